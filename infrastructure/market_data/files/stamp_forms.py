"""The forms in which files write a time, as patterns of text."""

import re
from dataclasses import dataclass
from functools import lru_cache

_WEEKDAY = r"(?:[A-Za-z]{3,9},? )?"
_MONTH_NAME = r"(?P<month_name>[A-Za-z]{3,9})\.?"
_DATES = (
    r"(?P<year>\d{4})(?P<between>[-./])(?P<month>\d{1,2})(?P=between)(?P<day>\d{1,2})",
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
    r"(?P<month>\d{1,2})(?P<between>[-./])(?P<day>\d{1,2})(?P=between)(?P<year>\d{4}|\d{2})",
    rf"{_WEEKDAY}{_MONTH_NAME} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[ \-./]{_MONTH_NAME}[ \-./](?P<year>\d{{4}}|\d{{2}})",
)
_ORDERED = _DATES[2]  # named as if the month stood first
_HALF = r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = (
    r"(?: ?(?:(?P<zone>[A-Za-z]{1,8}(?:/[A-Za-z_]+){0,2})"
    r"|(?:UTC|GMT)?(?P<sign>[+-])(?P<zone_hours>\d{2}):?(?P<zone_minutes>\d{2})?))?"
)
_SPACE = r"(?:T|,? {1,3})"
_CLOCKS = (
    rf"{_SPACE}(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d{{1,9}})?)?"
    rf"{_HALF}{_ZONE}",
    rf"{_SPACE}(?P<hour>\d{{1,2}})(?P<minute>\d{{2}}){_ZONE}",
    rf"{_SPACE}(?P<hour>\d{{1,2}})(?P<minute>\d{{2}})(?P<second>\d{{2}}){_ZONE}",
    "",
)
_UNSPACED = r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?"
_FORMS = (
    *((re.compile(date + clock), date == _ORDERED) for date in _DATES for clock in _CLOCKS),
    (re.compile(_DATES[1] + _UNSPACED), False),
    (re.compile(r"(?P<epoch>\d{9,19})(?:\.\d*)?"), False),
)
_NOT_NUMBERS = {"between"}


@dataclass(frozen=True)
class Form:
    """Where a text of one form has its numbers. spans: (first, last + 1) of each, by name.

    needs_order: whether `month` and `day` may have to change places.
    """

    spans: dict[str, tuple[int, int]]
    needs_order: bool
    n_bytes: int


@lru_cache(maxsize=4096)
def form_of(text: str) -> Form | None:
    """The form of a text; None where it is no time that can be read.

    Known are ISO 8601, 20240102 with and without 0930 or 093000, 2024.01.02, 01/02/2024,
    Jan 02, 2024, 2-Jan-24, clocks of 24 and 12 hours, zones as Z, UTC, -05:00, GMT-0500, EST and
    US/Eastern, and epochs.
    """
    if not text.isascii():
        return None
    for pattern, needs_order in _FORMS:
        if match := pattern.fullmatch(text):
            names = [name for name, part in match.groupdict().items() if part is not None]
            spans = {name: match.span(name) for name in names if name not in _NOT_NUMBERS}
            return Form(spans, needs_order, len(text))
    return None


def region_of(text: str) -> str:
    """The zone's name that a text bears, such as US/Eastern; "" where it bears none."""
    form = form_of(text.strip())
    if form is None or "zone" not in form.spans:
        return ""
    first, last = form.spans["zone"]
    name = text.strip()[first:last]
    return name if "/" in name else ""
