"""A swept key as an axis: each value has a place, or each interval where values are many."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.reporting.research_pictures.look import plain

if TYPE_CHECKING:
    import pandas as pd

MOST_PLACES = 80
"""More cells to a side would be thinner than the eye and heavier than a page should be."""

_FEWEST_INTERVALS, _MOST_INTERVALS = 5, 60
_LONGEST = 28
_EVEN = 1e-6


@dataclass(frozen=True, eq=False)
class Places:
    """code: (n_rows,) the place of each row, -1 for none. labels: of the places, safe and distinct.

    centres: (n_places,) numbers, None for words. interval: width of a place, 0 where each value has
    its own. words: (n_places,) the whole words, as `word` gives them; empty for numbers.
    """

    code: NDArray[np.int64]
    labels: list[str]
    centres: NDArray[np.float64] | None
    interval: float
    words: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def of(self, value: Any) -> str | float | None:
        """Where a value stands on the axis (its label, or its number among intervals)."""
        if self.centres is None:
            whole = word(value)
            return self.labels[self.words.index(whole)] if whole in self.words else None
        if not is_number(value):
            return None
        if self.interval:
            return float(value)
        nearest = int(np.nanargmin(np.abs(self.centres - float(value))))
        same = np.isclose(self.centres[nearest], float(value), rtol=1e-9, atol=1e-12)
        return self.labels[nearest] if same else None

    def cell_of(self, value: Any) -> tuple[float, float] | None:
        """The edges of a value's place on the axis of a flat picture, which numbers its labels."""
        place = self.of(value)
        if place is None:
            return None
        if self.interval and self.centres is not None:
            low = float(self.centres[0]) - 0.5 * self.interval
            number = int((float(place) - low) // self.interval)
            number = min(max(number, 0), len(self) - 1)
            return low + number * self.interval, low + (number + 1) * self.interval
        number = self.labels.index(str(place))
        return number - 0.5, number + 0.5

    def layout(self, title: str) -> dict[str, Any]:
        """The axis of a flat picture: categories in order, or plain numbers for intervals."""
        if self.interval:
            return {"title_text": title, "type": "linear", "nticks": 9}
        return {
            "title_text": title,
            "type": "category",
            "categoryorder": "array",
            "categoryarray": self.labels,
            "nticks": 16,
        }

    @property
    def ticks(self) -> list[str] | NDArray[np.float64]:
        """What a trace takes for its coordinate along this axis."""
        if self.interval and self.centres is not None:
            return self.centres
        return self.labels

    @property
    def positions(self) -> NDArray[np.float64]:
        """Numbers to draw at: the values themselves, or 0, 1, 2 for words."""
        return np.arange(float(len(self))) if self.centres is None else self.centres


def places_of(column: "pd.Series[Any]") -> Places:
    """The places of a column's values, numbers in order, words as they come."""
    import pandas as pd

    if not holds_numbers(column):
        return _of_words(column)
    values = column.to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(values)
    distinct = np.sort(pd.unique(values[known]))  # by hash: many rows hold few values
    if len(distinct) > MOST_PLACES:
        return _of_intervals(values, known, distinct)
    code = np.where(known, np.searchsorted(distinct, values), len(distinct)).astype(np.int64)
    labels = _number_labels(distinct)
    if known.all():
        return Places(code, labels, distinct, 0.0)
    words = [*(word(value) for value in distinct), word(None)]
    return Places(code, [*labels, words[-1]], None, 0.0, words)


def holds_numbers(column: "pd.Series[Any]") -> bool:
    """Whether a column's values are numbers, rather than words or true and false."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column.dtype) and not is_bool_dtype(column.dtype)


def word(value: Any) -> str:
    """A value as a word: texts as they are, numbers in short, the rest as JSON; not escaped."""
    if is_number(value):
        return f"{float(value):.10g}"
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return "none"
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str) else json.dumps(value, default=str)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number; true and false are none."""
    numeric = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return numeric and bool(np.isfinite(value))


def _of_words(column: "pd.Series[Any]") -> Places:
    """The first MOST_PLACES different words; rows of later ones have no place."""
    import pandas as pd

    values = column.astype(object)
    try:
        code, distinct = pd.factorize(values, use_na_sentinel=False)
    except TypeError:  # lists cannot be told apart by their hash
        code, distinct = pd.factorize(values.map(word))
    numbered: dict[str, int] = {}
    place = [numbered.setdefault(word(value), len(numbered)) for value in distinct]
    code = np.asarray(place, np.int64)[code] if place else np.empty(0, np.int64)
    code[code >= MOST_PLACES] = -1
    words = list(numbered)[:MOST_PLACES]
    return Places(code, _word_labels(words), None, 0.0, words)


def _word_labels(words: list[str]) -> list[str]:
    """The words cut and escaped; those that are the same when cut are numbered."""
    labels: list[str] = []
    for each in words:
        label, again = plain(each, _LONGEST), 1
        while label in labels:
            again += 1
            label = f"{plain(each, _LONGEST)} ({again})"
        labels.append(label)
    return labels


def _of_intervals(
    values: NDArray[np.float64], known: NDArray[np.bool_], distinct: NDArray[np.float64]
) -> Places:
    """Intervals of one width: whole steps where the values are evenly spaced."""
    low, high, n = distinct[0], distinct[-1], len(distinct)
    steps = np.diff(distinct)
    step = float((high - low) / (n - 1))
    if np.abs(steps - step).max() <= _EVEN * step:
        width, start = step * -(-n // _MOST_INTERVALS), low - 0.5 * step
        count = -(-n // round(width / step))
    else:
        wanted = int(np.sqrt(np.count_nonzero(known) / 4.0))
        count = min(max(wanted, _FEWEST_INTERVALS), _MOST_INTERVALS)
        width, start = float(high - low) / count, low
    code = np.full(len(values), -1, np.int64)
    code[known] = np.clip((values[known] - start) / width, 0, count - 1).astype(np.int64)
    centres = start + width * (np.arange(count) + 0.5)
    return Places(code, _number_labels(centres), centres, float(width))


def _number_labels(values: NDArray[np.float64]) -> list[str]:
    """As short as keeps them apart."""
    for digits in (6, 10, 17):
        labels = [f"{value:.{digits}g}" for value in values]
        if len(set(labels)) == len(labels):
            return labels
    return [repr(float(value)) for value in values]
