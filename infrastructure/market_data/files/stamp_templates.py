"""Times written in digits at fixed places, a column at once: `2024-01-02T09:30:00-05:00`.

A template shows where the digits stand: y o d for year, month and day, h m s; f: a fraction, left
out; +: the sign of an offset from UTC; x and w: its hours and minutes. Capitals and punctuation
stand for themselves.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_DAY = 86_400
_FARTHEST = 14
"""Hours from UTC that a clock may be."""
_DIGITS = "yodhmsfxw"


class Parsed(NamedTuple):
    """Times of rows; every column has shape (n_rows,).

    wall: what the row's clock shows, seconds since 1970. offset: seconds east of UTC; None where
    the template has no zone. fits: whether the row fits the template.
    """

    wall: NDArray[np.int64]
    offset: NDArray[np.int64] | None
    fits: NDArray[np.bool_]


@cache
def pattern_of(template: str) -> "re.Pattern[str]":
    """What a text must match for a template to be tried on it."""
    return re.compile(
        "".join(
            "[+-]" if sign == "+" else r"\d" if sign in _DIGITS else re.escape(sign)
            for sign in template
        )
    )


def parse(texts: NDArray[np.uint8], template: str) -> Parsed:
    """Times of texts that are all as long as the template.

    texts: their bytes, shape (n_rows, length). A row whose digits are no date or no time of day
    does not fit; 24:00 does not either.
    """
    places = {sign: [i for i, each in enumerate(template) if each == sign] for sign in template}
    fits = np.ones(len(texts), dtype=np.bool_)
    for sign, where in places.items():
        if sign in _DIGITS:
            fits &= ((texts[:, where] >= ord("0")) & (texts[:, where] <= ord("9"))).all(axis=1)
        elif sign == "+":
            fits &= (texts[:, where[0]] == ord("+")) | (texts[:, where[0]] == ord("-"))
        else:
            fits &= (texts[:, where] == ord(sign)).all(axis=1)

    def number(sign: str) -> NDArray[np.int64]:
        value = np.zeros(len(texts), dtype=np.int64)
        for place in places.get(sign, ()):
            value = value * 10 + (texts[:, place] - np.uint8(ord("0")))
        return value

    year, month, day = number("y"), number("o"), number("d")
    if len(places.get("y", ())) == 2:
        year += np.where(year < 70, 2000, 1900)
    hour, minute, second = number("h"), number("m"), number("s")
    fits &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    fits &= (hour < 24) & (minute < 60) & (second < 60)
    fits &= (number("x") <= _FARTHEST) & (number("w") < 60)
    month = np.where(fits, month, 1)
    fits &= day <= _days_in(year, month)
    wall = _days(year, month, day) * _DAY + hour * 3_600 + minute * 60 + second
    return Parsed(np.where(fits, wall, 0), _offset(texts, places, number), fits)


def _offset(
    texts: NDArray[np.uint8],
    places: dict[str, list[int]],
    number: Callable[[str], NDArray[np.int64]],
) -> NDArray[np.int64] | None:
    if "+" not in places:
        return None
    east = number("x") * 3_600 + number("w") * 60
    return np.where(texts[:, places["+"][0]] == ord("-"), -east, east)


def _days(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Days since 1970 of dates; NumPy's own calendar counts the months."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64) + day - 1


def _days_in(year: NDArray[np.int64], month: NDArray[np.int64]) -> NDArray[np.int64]:
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month - 1]
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return lengths + leap
