"""Cells into columns of bars, part by part: what the file's first part shows holds for all."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.files.column_roles import PRICES, Roles, plain
from infrastructure.market_data.files.known_formats import several_instruments
from infrastructure.market_data.files.numbers_in_text import (
    has_comma_decimals,
    is_nothing,
    numbers_of,
)
from infrastructure.market_data.files.stamp_text import date_order, read_stamps
from infrastructure.market_data.stamps import Stamps

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("open", "high", "low", "close", "volume", "place")
_STAMPS = ("wall", "utc", "readable", "zoned")
_LOOKED_AT = 100
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?|\d{3,6}"
_DATE = r"\d{4}-?\d{2}-?\d{2}|\d{10,}"


@dataclass(frozen=True, eq=False)
class FileRows:
    """Rows of a file as columns of shape (n_rows,); float64, NaN where the file has no number.

    place: the row's number in the file, from 1. no_volume: how many rows had no volume (taken as
    0). adj_close: None where the file has no such column.
    """

    stamps: Stamps
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    adj_close: NDArray[np.float64] | None
    place: NDArray[np.int64]
    no_volume: int = 0

    def __len__(self) -> int:
        return len(self.place)

    def take(self, rows: slice) -> "FileRows":
        """Some of the rows; `no_volume` stays with those that hold the first row of these."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        adj_close = None if self.adj_close is None else self.adj_close[rows]
        keeps = len(columns["place"]) > 0 and columns["place"][0] == self.place[0]
        no_volume = self.no_volume if keeps or len(columns["place"]) == len(self) else 0
        return FileRows(self.stamps.take(rows), **columns, adj_close=adj_close, no_volume=no_volume)

    @classmethod
    def joined(cls, parts: "list[FileRows]") -> "FileRows":
        """Parts of one file, one after another."""
        columns = {n: np.concatenate([getattr(p, n) for p in parts]) for n in _COLUMNS}
        times = [np.concatenate([getattr(p.stamps, n) for p in parts]) for n in _STAMPS]
        adjusted = [part.adj_close for part in parts if part.adj_close is not None]
        adj_close = np.concatenate(adjusted) if len(adjusted) == len(parts) else None
        no_volume = sum(part.no_volume for part in parts)
        return cls(Stamps(*times), **columns, adj_close=adj_close, no_volume=no_volume)


class RowMaker:
    """Turns frames of one file into FileRows.

    dates: what 01/02/2024 means, as the user says. commas_are_free: the file is cut by another
    character.
    """

    def __init__(self, path: Path, roles: Roles, dates: str | None, commas_are_free: bool) -> None:
        self._path, self._roles, self._order = path, roles, dates or None
        self._commas_are_free = commas_are_free
        self._comma_decimal: bool | None = None
        self._volume = roles.volume
        self._settled = False
        self._symbols: dict[str, None] = {}  # of all parts, in the file's order

    def rows(self, frame: "pd.DataFrame", place: NDArray[np.int64]) -> FileRows | None:
        """The rows of a frame; None where all of them are blank. Raises DataError."""
        blank = frame.isna().all(axis=1).to_numpy(dtype=np.bool_)
        if blank.any():
            frame, place = frame[~blank].reset_index(drop=True), place[~blank]
        if not len(frame):
            return None
        times = self._times(frame)
        if not self._settled:
            self._settle(frame, times)
        self._refuse_several(frame)
        stamps = read_stamps(times, self._order)
        self._refuse_other_order(times, stamps, place)
        volume, no_volume = self._volumes(frame)
        adjusted = self._roles.adj_close
        return FileRows(
            stamps,
            **{name: self._numbers(frame[column]) for name, column in self._roles.prices.items()},
            volume=volume,
            adj_close=None if adjusted is None else self._numbers(frame[adjusted]),
            place=place,
            no_volume=no_volume,
        )

    def _settle(self, frame: "pd.DataFrame", times: Any) -> None:
        """What the first rows show of dates, decimal marks and which volume is meant."""
        order = self._order_of(times)
        if order is None and self._order is None:
            raise DataError(
                f"{self._path}: {str(times.iloc[0])[:20]!r} and every other date in it could be "
                "day-first or month-first; say --dates day-first or --dates month-first"
            )
        if order and self._order and order != self._order:
            raise DataError(
                f"{self._path}: its dates are {order} ({str(times.iloc[0])[:20]!r} ...); "
                f"found --dates {self._order}; leave it out"
            )
        self._order = self._order or order or None
        texts = [frame[c] for c in self._roles.prices.values() if _is_text(frame[c])]
        self._comma_decimal = any(has_comma_decimals(text, self._commas_are_free) for text in texts)
        self._volume = _better_volume(frame, self._volume)
        self._settled = True

    def _order_of(self, times: Any) -> str | None:
        try:
            return date_order(times)
        except DataError as error:
            raise DataError(f"{self._path}: {error}; correct the file") from None

    def _times(self, frame: "pd.DataFrame") -> Any:
        times = frame[self._roles.time]
        if self._roles.clock is None:
            return times
        clock = frame[self._roles.clock].astype("string").str.strip()
        if not clock.head(_LOOKED_AT).str.fullmatch(_CLOCK).any():
            return clock if clock.head(_LOOKED_AT).str.match(_DATE).any() else times
        clock = clock.where(~clock.str.fullmatch(r"\d{3}|\d{5}").fillna(False), "0" + clock)
        return times.astype("string").str.replace(r"[ T]00:00(:00)?$", "", regex=True) + " " + clock

    def _numbers(self, column: "pd.Series[Any]") -> NDArray[np.float64]:
        return numbers_of(column, bool(self._comma_decimal))

    def _volumes(self, frame: "pd.DataFrame") -> tuple[NDArray[np.float64], int]:
        if self._volume is None:
            return np.zeros(len(frame)), len(frame)
        column = frame[self._volume]
        absent = is_nothing(column)
        volumes = numbers_of(column, bool(self._comma_decimal), units=True)
        volumes[absent] = 0.0
        return volumes, int(absent.sum())

    def _refuse_several(self, frame: "pd.DataFrame") -> None:
        if self._roles.symbol is not None:
            named = frame[self._roles.symbol].dropna().astype("string").str.strip()
            self._symbols |= dict.fromkeys(named.unique())
            if len(self._symbols) > 1:
                raise several_instruments(self._path, [*self._symbols])

    def _refuse_other_order(self, times: Any, stamps: Stamps, place: NDArray[np.int64]) -> None:
        """A date that contradicts the order of the rows before it is no typing error."""
        unread = np.flatnonzero(~stamps.readable)
        if self._order is None or not len(unread):
            return
        other = self._order_of(times.iloc[unread])
        if other and other != self._order:
            line = int(place[unread[0]])
            raise DataError(
                f"{self._path}: dates are {self._order} up to row {line:,}, where "
                f"{str(times.iloc[unread[0]])[:20]!r} is {other}; correct the file"
            )


def _is_text(column: "pd.Series[Any]") -> bool:
    import pandas as pd

    return not (
        pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    )


def _better_volume(frame: "pd.DataFrame", chosen: Any) -> Any:
    """MetaTrader 5 has VOL, mostly zero, and TICKVOL."""
    ticks = next((column for column in frame.columns if plain(column) == "tickvol"), None)
    if ticks is None or chosen is None or ticks == chosen:
        return chosen
    return ticks if not np.nan_to_num(numbers_of(frame[chosen])).any() else chosen


def column_names(roles: Roles) -> list[Any]:
    """The columns of a file that are used, each once."""
    names = (roles.time, roles.clock, *(getattr(roles, p) for p in PRICES))
    names = (*names, roles.volume, roles.adj_close, roles.symbol)
    return [*dict.fromkeys(name for name in names if name is not None)]
