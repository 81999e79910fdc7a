"""Files of splits and dividends: LEAN's factors, splits, Yahoo's splits and dividends."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.factors.adjusting import Factors
from infrastructure.market_data.factors.sources import (
    factors_from_cumulative,
    factors_from_dividends,
    factors_of,
    last_sessions,
)
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number
from infrastructure.market_data.symbols import check_symbol

_LEAN = ("date", "price_factor", "split_factor", "reference_price")
_SPLITS = ("ratio", "split", "splits", "stock_splits", "split_ratio")
_DIVIDENDS = ("dividends", "dividend")
_NOTHING = ("", "0", "0.0")
"""What Yahoo writes where a day has no split or no dividend."""

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T].*)?")
_RATIO = re.compile(r"([0-9.]+)(?:\s*[:/]\s*([0-9.]+))?")
_LONGEST_FOUND = 30


class Closes(NamedTuple):
    """Daily closes, oldest first: what dividends are measured by; both of shape (n_sessions,)."""

    session: NDArray[np.int64]
    close: NDArray[np.float64]


@dataclass(frozen=True)
class _Table:
    """A file's rows: the cells under each name, and the line of each row."""

    path: Path
    names: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(
        self, name: str, read: Callable[[str], float | None], wanted: str
    ) -> NDArray[np.float64]:
        """A column as numbers. Raises DataError naming the line of the first cell that is none."""
        place = self.names.index(name)
        values = []
        for line, row in zip(self.lines, self.rows, strict=True):
            value = read(row[place].strip())
            if value is None:
                found = row[place].strip()[:_LONGEST_FOUND]
                raise DataError(
                    f"{self.path}: line {line}: {name} must be {wanted}; found {found!r}"
                )
            values.append(value)
        return np.array(values)

    def days(self) -> NDArray[np.int64]:
        """The dates, days since 1970; each is there once."""
        days = self.column("date", _day, "a date such as 2024-01-31").astype(np.int64)
        seen: dict[int, int] = {}
        for line, day in zip(self.lines, days.tolist(), strict=True):
            if day in seen:
                raise DataError(
                    f"{self.path}: line {line}: a date must be there once; line {seen[day]} has it "
                    "too"
                )
            seen[day] = line
        return days


def read_factors(
    path: Path,
    symbol: str,
    calendar: SessionCalendar | None = None,
    closes: Closes | None = None,
) -> Factors:
    """Splits and dividends of one symbol from a CSV file, whose columns tell what it is.

    `date,price_factor,split_factor[,reference_price]`: LEAN's factors, with these names or without;
        a row holds for all days up to and including its date, back to the row before.
    `date,ratio` or `date,split`: 4:1, 4/1, 4 or 4.0 is four shares for one; the date is the first
        on the new scale. `Date,Stock Splits` and `Date,Dividends`, alone or together: Yahoo's.

    calendar: turns dates into sessions; None: New York's. closes: dividends are measured by the
    close before them, which must be on their scale (Yahoo's amounts are split-adjusted).

    Raises DataError, one line, for a file that is none of these, for a bad row with its line, and
    for dividends without closes.
    """
    check_symbol(symbol)
    table = _table(Path(path))
    days = table.days()
    known = calendar or get_calendar("XNYS")
    if "split_factor" in table.names:
        return _lean(table, symbol, days, known)
    splits = next((name for name in _SPLITS if name in table.names), None)
    dividends = next((name for name in _DIVIDENDS if name in table.names), None)
    parts = []
    if splits:
        factor = table.column(splits, _split, "a ratio such as 4:1, 4/1 or 4")
        parts.append(
            factors_of(symbol, last_sessions(known, days, before=True), factor, np.ones(len(days)))
        )
    if dividends:
        parts.append(_dividends(table, dividends, symbol, days, closes))
    return _together(symbol, parts)


def _lean(
    table: _Table, symbol: str, days: NDArray[np.int64], calendar: SessionCalendar
) -> Factors:
    order = np.argsort(days)
    columns = [
        table.column(name, _positive, "a number above 0")[order]
        for name in ("price_factor", "split_factor")
    ]
    return factors_from_cumulative(symbol, last_sessions(calendar, days[order]), *columns)


def _dividends(
    table: _Table, name: str, symbol: str, days: NDArray[np.int64], closes: Closes | None
) -> Factors:
    amounts = table.column(name, _amount, "an amount of money")
    paid = amounts > 0
    if paid.any() and closes is None:
        raise DataError(
            f"{table.path}: dividends are measured by the closes before them; import the daily "
            f"bars of {symbol} first"
        )
    session, close = closes or Closes(np.empty(0, np.int64), np.empty(0))
    return factors_from_dividends(symbol, days[paid], amounts[paid], session, close)


def _together(symbol: str, parts: list[Factors]) -> Factors:
    """The events of all parts."""
    until, split, dividend = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("until", "split", "dividend")
    )
    return factors_of(symbol, until, split, dividend)


def _table(path: Path) -> _Table:
    """The file's rows under their names. Raises DataError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            read = [(reader.line_num, tuple(row)) for row in reader if any(map(str.strip, row))]
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{path}: is no CSV text; expected splits, dividends or factors") from None
    if not read:
        raise DataError(f"{path}: is empty; expected splits, dividends or factors")
    names, rows = _named(path, read[0][1]), read[1:]
    if _day(read[0][1][0].strip()) is not None:
        rows = read
    for line, row in rows:
        if len(row) != len(names):
            raise DataError(
                f"{path}: line {line}: expected {len(names)} cells, {', '.join(names)}; found "
                f"{len(row)}"
            )
    return _Table(path, names, tuple(line for line, _ in rows), tuple(row for _, row in rows))


def _named(path: Path, first: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' names, by the first row: LEAN's own files have none."""
    names = tuple(name.strip().lower().replace(" ", "_") for name in first)
    lean = _day(first[0].strip()) is not None and len(first) in (3, 4)
    if lean:
        return _LEAN[: len(first)]
    factors = {"price_factor", "split_factor"} <= {*names}
    if "date" in names and (factors or not {*_SPLITS, *_DIVIDENDS}.isdisjoint(names)):
        return names
    found = ", ".join(first)[:60]
    raise DataError(
        f"{path}: expected a first line such as date,price_factor,split_factor or date,ratio or "
        f"Date,Stock Splits or Date,Dividends; found {found!r}"
    )


def _day(cell: str) -> int | None:
    parts = _DATE.fullmatch(cell)
    try:
        return day_number(date(*map(int, parts.groups()))) if parts else None
    except ValueError:  # 2024-02-30
        return None


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if np.isfinite(number) and "_" not in cell else None


def _positive(cell: str) -> float | None:
    number = _number(cell)
    return number if number is not None and number > 0 else None


def _amount(cell: str) -> float | None:
    number = 0.0 if cell in _NOTHING else _number(cell)
    return number if number is not None and number >= 0 else None


def _split(cell: str) -> float | None:
    """The factor of a ratio: 1/4 for 4:1."""
    if cell in _NOTHING:
        return 1.0
    parts = _RATIO.fullmatch(cell)
    new, old = (_positive(part or "1") for part in parts.groups()) if parts else (None, None)
    return old / new if new and old else None
