"""The bars that strategies ask for, read once for all strategies of a run."""

from datetime import date

from infrastructure.core.config import StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.store import read_bars, stored_series

_Key = tuple[str, str, str, str, str]


class BarsReader:
    """Reads each series of a database at most once, from `start` to `end` (exchange dates)."""

    def __init__(self, database: Database, start: date | None = None, end: date | None = None):
        self._database, self._start, self._end = database, start, end
        self._read: dict[_Key, Bars] = {}

    def bars(self, config: StrategyConfig, symbol: str) -> Bars:
        """Bars of one of the strategy's symbols. Raises DataError where there are none."""
        return self._series(symbol, config.interval, config)

    def detail(self, config: StrategyConfig, symbol: str) -> Bars | None:
        """The finest stored bars of the symbol below the strategy's interval, if there are any."""
        coarse = interval_seconds(config.interval)
        synthetic = self.bars(config, symbol).synthetic
        finer = [
            series.interval
            for series in stored_series(self._database, symbol)
            if interval_seconds(series.interval) < coarse
            and series.synthetic == synthetic  # real bars are not judged by made-up ones
        ]
        if not finer:
            return None
        return self._series(symbol, min(finer, key=interval_seconds), config)

    def _series(self, symbol: str, interval: str, config: StrategyConfig) -> Bars:
        key = (symbol, interval, config.calendar, config.session, config.adjust)
        if key not in self._read:
            self._read[key] = read_bars(
                self._database,
                symbol,
                interval,
                calendar=config.calendar,
                session=config.session,
                start=self._start,
                end=self._end,
                adjust=config.adjust,
            )
        return self._read[key]
