"""Text of times taken apart: rows of one pattern are read together, column of digits by column."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.files.stamp_forms import Form, form_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = 64  # characters of a time
_MOST_PATTERNS = 64  # of one length; a file of times has a handful
_EPOCHS = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (2**63 - 1, 10**9))
"""Below the first number an epoch counts 1/second of a second: 1e11 s is the year 5138."""
_OLDEST_EPOCH = 10**8  # 1973; a smaller number is no time that a file of bars would hold
_FURTHEST = 18 * 3_600  # seconds from UTC that ISO 8601 offsets reach, with room

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSUVWXY"  # T and Z have a meaning
_CLASSES = bytes.maketrans(b"0123456789" + _LETTERS, b"0" * 10 + b"a" * len(_LETTERS))


@dataclass(frozen=True, eq=False)
class Fields:
    """What rows of text say; every column has shape (n_rows,) and is 0 where a row says nothing.

    known: whether the text has the form of a time. year, month, day: as the text has them;
    needs_order: where it is open whether `month` holds the day. seconds: of the day, or of the
    epoch where `epoch`. offset: seconds east of UTC where `zoned`. in_range: whether the clock's
    numbers are a clock's.
    """

    known: NDArray[np.bool_]
    needs_order: NDArray[np.bool_]
    epoch: NDArray[np.bool_]
    zoned: NDArray[np.bool_]
    in_range: NDArray[np.bool_]
    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    seconds: NDArray[np.int64]
    offset: NDArray[np.int64]


def read_fields(text: Any, region: str = "") -> Fields:
    """The fields of a pyarrow string array without nulls.

    region: the zone whose name rows may bear, such as US/Eastern; such a row shows its clock and
    is not `zoned`. A row with another zone's name is not `known`.
    """
    import pyarrow.compute as pc

    text = _plain(text)
    fields = _blank(len(text))
    lengths = pc.binary_length(text).to_numpy()
    for length in np.unique(lengths):
        if 0 < length <= _LONGEST:
            rows = np.flatnonzero(lengths == length)
            same = text if len(rows) == len(text) else text.take(rows)
            _read_group(fields, rows, _bytes(same, int(length)), region)
    return fields


def _plain(text: Any) -> Any:
    """Without space around it and with plain spaces inside: some put narrow ones before AM."""
    import pyarrow.compute as pc

    if not pc.all(pc.string_is_ascii(text), min_count=0).as_py():
        text = pc.replace_substring_regex(text, "[\u00a0\u202f]", " ")
    return pc.ascii_trim_whitespace(text)


def _blank(n_rows: int) -> Fields:
    def flags() -> NDArray[np.bool_]:
        return np.zeros(n_rows, dtype=np.bool_)

    def whole() -> NDArray[np.int64]:
        return np.zeros(n_rows, dtype=np.int64)

    return Fields(
        *(flags(), flags(), flags(), flags(), flags()),
        *(whole(), whole(), whole(), whole(), whole()),
    )


def _bytes(text: Any, length: int) -> NDArray[np.uint8]:
    """Texts of one length as a matrix, a row for each (a view)."""
    _, offsets, data = text.buffers()
    first = int(np.frombuffer(offsets, np.int32)[text.offset])
    flat = np.frombuffer(data, np.uint8)[first : first + len(text) * length]
    return flat.reshape(len(text), length)


def _read_group(
    fields: Fields, rows: NDArray[np.intp], matrix: NDArray[np.uint8], region: str
) -> None:
    """Rows of one length, pattern by pattern; those beyond _MOST_PATTERNS stay unknown."""
    for _ in range(_MOST_PATTERNS):
        if not len(rows):
            return
        alike = _like_first(matrix)
        form = form_of(bytes(matrix[0]).decode(errors="replace"))
        members = matrix if alike is None else matrix[alike]
        if form is not None:
            _fill(fields, rows if alike is None else rows[alike], members, form, region)
        if alike is None:
            return
        rows, matrix = rows[~alike], matrix[~alike]


def _like_first(matrix: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Which rows have digits and letters where the first row has them; None where all do."""
    n_rows, length = matrix.shape
    classes = matrix.tobytes().translate(_CLASSES)
    pattern = classes[:length]
    if classes == pattern * n_rows:
        return None
    same = np.frombuffer(classes, f"S{length}") == pattern
    return np.asarray(same, dtype=np.bool_)


def _fill(
    fields: Fields, rows: NDArray[np.intp], matrix: NDArray[np.uint8], form: Form, region: str
) -> None:
    """The fields of rows that have one form."""
    whole = slice(None) if len(rows) == len(fields.known) else rows

    def number(name: str) -> NDArray[np.int64]:
        return _digits(matrix, form.spans.get(name))

    fields.known[whole] = True
    fields.in_range[whole] = True
    if "epoch" in form.spans:
        _fill_epoch(fields, whole, number("epoch"))
        return
    fields.year[whole] = number("year")
    fields.month[whole] = _month(matrix, form) if "month_name" in form.spans else number("month")
    fields.day[whole] = number("day")
    fields.needs_order[whole] = form.needs_order
    hour, minute, second = number("hour"), number("minute"), number("second")
    valid = (minute < 60) & (second < 60)
    if "half" in form.spans:
        valid &= (hour >= 1) & (hour <= 12)
        half = matrix[:, form.spans["half"][0]] | 32  # in lower case
        valid &= (half == ord("a")) | (half == ord("p"))
        afternoon = half == ord("p")
        hour = hour % 12 + 12 * afternoon
    fields.in_range[whole] = valid & (hour < 24)
    fields.seconds[whole] = hour * 3_600 + minute * 60 + second
    _fill_zone(fields, whole, matrix, form, region)


def _fill_epoch(fields: Fields, whole: Any, number: NDArray[np.int64]) -> None:
    fields.epoch[whole] = fields.zoned[whole] = True
    fields.in_range[whole] = number >= _OLDEST_EPOCH
    parts = np.select([number < limit for limit, _ in _EPOCHS], [n for _, n in _EPOCHS], 10**9)
    fields.seconds[whole] = number // parts


def _fill_zone(
    fields: Fields, whole: Any, matrix: NDArray[np.uint8], form: Form, region: str
) -> None:
    if "sign" in form.spans:
        east = _digits(matrix, form.spans["zone_hours"]) * 3_600
        east += _digits(matrix, form.spans.get("zone_minutes")) * 60
        west = matrix[:, form.spans["sign"][0]] == ord("-")
        fields.offset[whole] = np.where(west, -east, east)
        fields.in_range[whole] &= east <= _FURTHEST  # no clock is a day from Greenwich
        fields.zoned[whole] = True
    elif "zone" in form.spans:
        words, which = _words(matrix, form.spans["zone"])
        meanings = [_offset(word, region) for word in words]
        fields.zoned[whole] = np.array([zoned for _, zoned, _ in meanings])[which]
        fields.offset[whole] = np.array([offset for _, _, offset in meanings])[which]
        fields.known[whole] = np.array([known for known, _, _ in meanings])[which]


def _offset(word: str, region: str) -> tuple[bool, bool, int]:
    """Whether a zone's word is known, whether it tells the offset, and the offset."""
    fixed = {"z": 0, "utc": 0, "gmt": 0, "est": -5 * 3_600, "edt": -4 * 3_600}.get(word.lower())
    return fixed is not None or word == region, fixed is not None, fixed or 0


def _digits(matrix: NDArray[np.uint8], span: tuple[int, int] | None) -> NDArray[np.int64]:
    """The number that a span of digits shows, row by row; 0 where there is no span."""
    total = np.zeros(len(matrix), dtype=np.int64)
    for column in range(*(span or (0, 0))):
        total *= 10
        total += matrix[:, column] - np.uint8(ord("0"))
    return total


def _month(matrix: NDArray[np.uint8], form: Form) -> NDArray[np.int64]:
    """Month number of a name by its first three letters; 0 for a word that is no month."""
    words, which = _words(matrix, form.spans["month_name"])
    numbers = [
        _MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in _MONTHS else 0 for word in words
    ]
    return np.array(numbers, dtype=np.int64)[which]


def _words(
    matrix: NDArray[np.uint8], span: tuple[int, int]
) -> tuple[list[str], NDArray[np.intp] | int]:
    """The different words of a span, and which of them each row has."""
    part = matrix[:, span[0] : span[1]]
    if (part == part[0]).all():
        return [bytes(part[0]).decode()], np.zeros(len(matrix), dtype=np.intp)
    width = span[1] - span[0]
    packed = np.ascontiguousarray(part).view(f"S{width}").ravel()
    words, which = np.unique(packed, return_inverse=True)
    return [word.decode() for word in words], which
