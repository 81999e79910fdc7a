"""Bars from Yahoo Finance, through the package yfinance."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.providers.provider import Event, Fetched
from infrastructure.market_data.providers.retrying import Retrying
from infrastructure.wording import printable

if TYPE_CHECKING:
    import pandas as pd

SPACING = 0.5
"""Seconds between two questions: Yahoo names no limit, and stops answering those who ask faster."""


@dataclass(frozen=True)
class _Reach:
    """How Yahoo spells an interval, for how many days it keeps such bars, and gives at once."""

    name: str
    days_back: int | None = None
    days_at_once: int | None = None


_INTERVALS = {
    "1m": _Reach("1m", 30, 7),
    "2m": _Reach("2m", 60),
    "5m": _Reach("5m", 60),
    "15m": _Reach("15m", 60),
    "30m": _Reach("30m", 60),
    "90m": _Reach("90m", 60),
    "1h": _Reach("1h", 730),
    "1d": _Reach("1d"),
}


class Yahoo:
    """Yahoo's bars. Open, high, low, close and volume come adjusted for splits, not for dividends.

    base: address that takes the place of Yahoo's; None is Yahoo.
    extended: with bars before and after the regular hours.
    Raises ModuleNotFoundError where yfinance is not installed.
    """

    title, source, adjusted = "Yahoo", "yahoo", "split"

    def __init__(self, retrying: Retrying, base: str | None = None, extended: bool = False) -> None:
        import yfinance.data

        from infrastructure.market_data.providers.yahoo_session import YahooSession

        self._retrying, self._extended = retrying, extended
        self._session = YahooSession(base, retrying.clock)
        # What was answered to an earlier download of this process may no longer be true.
        yfinance.data.YfData.cache_get.cache_clear()

    def check_interval(self, interval: str) -> None:
        if interval not in _INTERVALS:
            raise ConfigError(
                f"interval: Yahoo has bars of {', '.join(_INTERVALS)}; found {interval}"
            )

    def earliest(self, interval: str, now: float) -> int | None:
        days = _INTERVALS[interval].days_back
        return None if days is None else int(now) - days * DAY + 60  # while the question travels

    def fetch(self, symbol: str, interval: str, start: int, end: int) -> Iterator[Fetched]:
        reach = _INTERVALS[interval]
        at_once = reach.days_at_once * DAY if reach.days_at_once else end - start
        for first in range(start, end, max(at_once, 1)):
            page = self._page(symbol, reach.name, first, min(first + at_once, end))
            if page is not None:
                yield page

    def _page(self, symbol: str, interval: str, start: int, end: int) -> Fetched | None:
        from infrastructure.market_data.providers.yahoo_session import NothingThere

        try:
            frame = self._retrying(lambda: self._history(symbol, interval, start, end))
        except NothingThere:
            return None
        if frame.empty and not self._session.empty_rows:
            return None
        return _fetched(frame, interval == "1d", self._session.empty_rows)

    def _history(self, symbol: str, interval: str, start: int, end: int) -> "pd.DataFrame":
        import yfinance
        from yfinance.exceptions import YFException, YFPricesMissingError

        with _telling_errors(yfinance):
            try:
                return yfinance.Ticker(symbol, session=self._session).history(
                    start=datetime.fromtimestamp(start, UTC),
                    end=datetime.fromtimestamp(end, UTC),
                    interval=interval,
                    prepost=self._extended,
                    auto_adjust=False,
                )
            except YFPricesMissingError as error:
                if self._session.status not in (401, 403):
                    return _no_rows()
                reason = f"refused ({self._session.status}): {error.rationale}"
            except YFException as error:
                reason = str(error)
            except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
                reason = f"answered in a form that yfinance cannot read ({type(error).__name__})"
        raise DataError(f"Yahoo {printable(reason)[:160]}")


@contextmanager
def _telling_errors(yfinance: Any) -> Iterator[None]:
    """yfinance raises what it would log, and is silent otherwise."""
    logger, debug = logging.getLogger("yfinance"), yfinance.config.debug
    level, hidden = logger.level, debug.hide_exceptions
    logger.setLevel(logging.CRITICAL)
    debug.hide_exceptions = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it calls parts of pandas that pandas is about to drop
            yield
    finally:
        logger.setLevel(level)
        debug.hide_exceptions = hidden


def _no_rows() -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame()


def _fetched(frame: "pd.DataFrame", daily: bool, empty_rows: int) -> Fetched:
    if frame.empty:
        none = np.empty(0)
        return Fetched(
            BarColumns(np.empty(0, np.int64), none, none, none, none, none), empty_rows=empty_rows
        )
    stamps = _stamps(frame.index, daily)
    prices = (_column(frame, name) for name in ("Open", "High", "Low", "Close", "Volume"))
    return Fetched(
        BarColumns(stamps, *prices),
        _column(frame, "Adj Close"),
        splits=_events(frame, "Stock Splits", stamps),
        dividends=_events(frame, "Dividends", stamps),
        empty_rows=empty_rows,
    )


def _stamps(index: Any, daily: bool) -> NDArray[np.int64]:
    """Seconds UTC; of daily bars midnight UTC of the date that the exchange's clock shows."""
    bare = index.tz_localize(None) if daily else index.tz_convert("UTC").tz_localize(None)
    stamps: NDArray[np.int64] = bare.to_numpy().astype("datetime64[s]").astype(np.int64)
    return stamps // DAY * DAY if daily else stamps


def _column(frame: "pd.DataFrame", name: str) -> NDArray[np.float64]:
    return frame[name].to_numpy(dtype=np.float64)


def _events(frame: "pd.DataFrame", name: str, stamps: NDArray[np.int64]) -> tuple[Event, ...]:
    if name not in frame:
        return ()
    values = np.nan_to_num(_column(frame, name))
    return tuple(Event(int(stamps[row]), float(values[row])) for row in np.flatnonzero(values))
