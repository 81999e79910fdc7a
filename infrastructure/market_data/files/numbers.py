"""Numbers as files write them: decimal points and commas, grouped thousands, 1.23M; to the bit."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ABSENT = ("", "null", "none", "nan", "n/a", "#n/a", "na", "n.a.", "-", "--")
"""What stands, in any case, where there is no number."""

_SPACES = "[ \u00a0\u202f'’]"
_SIGN = "^([+-]?)"
_BY_SPACES = rf"{_SIGN}\d{{1,3}}({_SPACES}\d{{3}})+([.,]\d*)?$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^(?i:[+-]?(inf|infinity|nan))$"
_MANY = {"k": "e3", "m": "e6", "b": "e9", "t": "e12"}

_GROUPED_POINT = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+|-?\d{1,3}(,\d{3}){2,}")
_COMMA = re.compile(
    r"-?\d{1,3}(\.\d{3})+,\d+|-?\d{1,3}(\.\d{3}){2,}|-?0,\d+|-?\d+,(\d{1,2}|\d{4,})|-?\d{4,},\d+"
)
_EITHER = re.compile(r"-?\d{1,3},\d{3}")
_POINT = re.compile(r"-?\d*\.\d+")


@dataclass(frozen=True)
class Style:
    """How a file writes numbers. decimal: `.` or `,`. grouped: whether `1,050` is 1050."""

    decimal: str = "."
    grouped: bool = False


def style_of(cells: Iterable[str]) -> Style | None:
    """The style that cells show; None where `2,850` could be 2850 and 2.85 and nothing tells."""
    texts = {re.sub(_SPACES, "", cell).lstrip("$€£") for cell in cells}
    grouped = any(_GROUPED_POINT.fullmatch(text) for text in texts)
    comma = any(_COMMA.fullmatch(text) for text in texts)
    if comma and not grouped:
        return Style(",")
    if grouped:
        return Style(".", grouped=True)
    if any(map(_EITHER.fullmatch, texts)) and not any(map(_POINT.fullmatch, texts)):
        return None
    return Style()


def numbers(cells: Any, style: Style) -> NDArray[np.float64]:
    """Cells (a pyarrow string array) as float64, NaN where one is not a number.

    A number is what Python's float() makes of its text, once groups and decimal comma are undone:
    the nearest float64. `1.5K`, `M`, `B` and `T` are thousands, millions and so on.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if style.decimal == ".":
        try:
            return _floats(pc.cast(cells, pa.float64()))
        except pa.ArrowInvalid:
            pass  # some cell is not a bare number
    text = pc.utf8_trim_whitespace(cells)
    text = pc.if_else(absent(text), "nan", text)
    text = _without_ornaments(text, style)
    text = pc.if_else(pc.match_substring_regex(text, _NUMBER), text, "nan")
    return _floats(pc.cast(text, pa.float64()))


def absent(cells: Any) -> Any:
    """Which cells say that there is no number: a pyarrow boolean array."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(pc.ascii_lower(pc.utf8_trim_whitespace(cells)), pa.array(ABSENT))


def _without_ornaments(text: Any, style: Style) -> Any:
    """Currency signs, groups and decimal commas undone, 1.5K written as 1.5e3."""
    import pyarrow.compute as pc

    text = pc.replace_substring_regex(text, rf"{_SIGN}[$€£¥]\s?", r"\1")
    for letter, power in _MANY.items():
        text = pc.replace_substring_regex(text, rf"(?i)(\d)\s?{letter}$", r"\1" + power)
    text = _undone(text, _BY_SPACES, _SPACES)
    exponent = r"(e\d+)?$"
    if style.decimal == ",":
        form = rf"{_SIGN}(\d+|\d{{1,3}}(\.\d{{3}})+)?(,\d*)?{exponent}"
        bare = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
        return pc.if_else(pc.match_substring_regex(text, form), bare, _unless_point(text))
    fraction = r"(\.\d*)?" if style.grouped else r"\.\d+"
    return _undone(text, rf"{_SIGN}\d{{1,3}}(,\d{{3}})+{fraction}{exponent}", ",")


def _unless_point(text: Any) -> Any:
    """Where commas are decimal, `12.5` is no number: nobody knows what it would be."""
    import pyarrow.compute as pc

    return pc.if_else(pc.match_substring(text, "."), "", text)


def _undone(text: Any, form: str, groups: str) -> Any:
    """The text of this form without what separates its groups."""
    import pyarrow.compute as pc

    bare = pc.replace_substring_regex(text, groups, "")
    return pc.if_else(pc.match_substring_regex(text, form), bare, text)


def _floats(values: Any) -> NDArray[np.float64]:
    floats: NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
    return floats
