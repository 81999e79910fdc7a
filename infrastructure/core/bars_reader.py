"""The bars that strategies ask for, read once for all strategies of a run."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Literal

from infrastructure import log
from infrastructure.core.config import StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.assembling import opened_between
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.derived import source_interval
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import read_bars, stored_series

_Key = tuple[str, str, str, str, str]

Use = Literal["own", "context", "detail"]

Spans = Mapping[tuple[str, str, Use], tuple[int, int]]
"""Opening times of a series' first and last bar, by symbol, interval and what it is read for."""

_ZONES = timedelta(days=2)
"""An exchange date lies nearer than this to the UTC date of its bars."""


class BarsReader:
    """Reads each series of a database at most once, from `start` to `end` (exchange dates).

    spans: what a stored run had read. Its series are cut to them: bars that have come before or
    after since are not the run's, not even those of a session that was not over.
    """

    def __init__(
        self,
        database: Database,
        start: date | None = None,
        end: date | None = None,
        spans: Spans | None = None,
    ):
        self._database, self._start, self._end = database, start, end
        self._spans = spans or {}
        self._read: dict[tuple[Use, _Key], Bars] = {}
        self._with_context: dict[tuple[_Key, tuple[str, ...]], Bars] = {}

    def bars(self, config: StrategyConfig, symbol: str) -> Bars:
        """Bars of one of the strategy's symbols, beside its context intervals.

        The coarser bars are the stored ones, else made of the strategy's own or finer ones; they
        begin where the store begins, so that an average of many days is there on the first.
        Raises DataError where there are none.
        """
        bars = self._series(symbol, config.interval, config)
        if not config.context_intervals:
            return bars
        key = (_key(symbol, config.interval, config), config.context_intervals)
        if key not in self._with_context:
            coarser = {each: self._coarser(bars, each, config) for each in key[1]}
            self._with_context[key] = bars.with_coarser(coarser)
        return self._with_context[key]

    def detail(self, config: StrategyConfig, symbol: str) -> Bars | None:
        """The finest stored bars of the symbol below the strategy's interval, if there are any."""
        bars = self._series(symbol, config.interval, config)
        own = interval_seconds(bars.interval)
        finer = [each for each in self._stored_beside(bars) if interval_seconds(each) < own]
        if self._spans:
            finer = [each for each in finer if (symbol, each, "detail") in self._spans]
        if not finer:
            return None
        return self._series(symbol, min(finer, key=interval_seconds), config, "detail")

    def _coarser(self, bars: Bars, interval: str, config: StrategyConfig) -> Bars:
        """Bars of a context interval, from the store's first one on."""
        own = interval_seconds(bars.interval)
        stored = self._stored_beside(bars)
        usable = [each for each in stored if each == interval or interval_seconds(each) <= own]
        source = source_interval(interval, usable)
        if source is None:
            raise DataError(
                f"{bars.symbol} {interval}: no bars stored for context_intervals, and none of "
                f"{', '.join(stored)} makes them beside {bars.interval} ones; import some with: "
                f"kairos data import FILE --symbol {bars.symbol} --interval {interval}"
            )
        history = self._from_store(_key(bars.symbol, source, config), None, self._end)
        span = self._spans.get((bars.symbol, interval, "context"))
        if span is None:
            return resampled(history, interval, get_calendar(config.calendar, self._database))
        history = opened_between(history, None, int(bars.closes_at[-1]) - 1)
        coarser = resampled(history, interval, get_calendar(config.calendar, self._database))
        return opened_between(coarser, *span)

    def _stored_beside(self, bars: Bars) -> list[str]:
        """Stored intervals of the symbol: real bars are not judged by made-up ones."""
        stored = stored_series(self._database, bars.symbol)
        return [each.interval for each in stored if each.synthetic == bars.synthetic]

    def _series(self, symbol: str, interval: str, config: StrategyConfig, use: Use = "own") -> Bars:
        span = self._spans.get((symbol, interval, use))
        key = _key(symbol, interval, config)
        known = ("own" if span is None else use, key)
        if known not in self._read:
            self._read[known] = self._spanned(key, span)
        return self._read[known]

    def _spanned(self, key: _Key, span: tuple[int, int] | None) -> Bars:
        if span is None:
            return self._from_store(key, self._start, self._end)
        first, last = (datetime.fromtimestamp(each, UTC).date() for each in span)
        return opened_between(self._from_store(key, first - _ZONES, last + _ZONES), *span)

    def _from_store(self, key: _Key, start: date | None, end: date | None) -> Bars:
        symbol, interval, calendar, session, adjust = key
        began = perf_counter()
        bars = read_bars(self._database, symbol, interval, calendar, session, start, end, adjust)
        if log.heard():
            log.event(
                "bars read",
                series=f"{symbol} {interval}",
                bars=len(bars),
                fingerprint=bars.fingerprint[:12],
                synthetic=bars.synthetic,
                seconds=round(perf_counter() - began, 3),
            )
        return bars


def _key(symbol: str, interval: str, config: StrategyConfig) -> _Key:
    return (symbol, interval, config.calendar, config.session, config.adjust)
