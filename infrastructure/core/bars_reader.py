"""The bars that strategies ask for, read once for all strategies of a run."""

from datetime import date
from time import perf_counter

from infrastructure import log
from infrastructure.core.config import StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.derived import source_interval
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import read_bars, stored_series

_Key = tuple[str, str, str, str, str]


class BarsReader:
    """Reads each series of a database at most once, from `start` to `end` (exchange dates)."""

    def __init__(self, database: Database, start: date | None = None, end: date | None = None):
        self._database, self._start, self._end = database, start, end
        self._read: dict[_Key, Bars] = {}
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
        if not finer:
            return None
        return self._series(symbol, min(finer, key=interval_seconds), config)

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
        history = self._from_store(_key(bars.symbol, source, config), start=None)
        return resampled(history, interval, get_calendar(config.calendar, self._database))

    def _stored_beside(self, bars: Bars) -> list[str]:
        """Stored intervals of the symbol: real bars are not judged by made-up ones."""
        stored = stored_series(self._database, bars.symbol)
        return [each.interval for each in stored if each.synthetic == bars.synthetic]

    def _series(self, symbol: str, interval: str, config: StrategyConfig) -> Bars:
        key = _key(symbol, interval, config)
        if key not in self._read:
            self._read[key] = self._from_store(key, self._start)
        return self._read[key]

    def _from_store(self, key: _Key, start: date | None) -> Bars:
        symbol, interval, calendar, session, adjust = key
        began = perf_counter()
        bars = read_bars(
            self._database, symbol, interval, calendar, session, start, self._end, adjust
        )
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
