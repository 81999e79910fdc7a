"""The bars of a sweep: read once, for every strategy and every variant of its market."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.config import StrategyConfig
from infrastructure.core.sweeping.choices import Seen
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number

_Key = tuple[str, ...]


@dataclass(eq=False)
class SweepSeries:
    """Bars by what a strategy's config says of its market; plain data, for any process.

    seen: what the strategy sees of each symbol. detail: finer bars, where `fill_policy` asks.
    calendars: by their names.
    """

    seen: dict[_Key, Seen] = field(default_factory=dict)
    detail: dict[_Key, Bars | None] = field(default_factory=dict)
    calendars: dict[str, SessionCalendar] = field(default_factory=dict)

    def of(self, config: StrategyConfig) -> tuple[Seen, ...]:
        """What a strategy sees of each of its symbols."""
        return tuple(self.seen[_key(config, symbol)] for symbol in config.symbols)

    def detail_of(self, config: StrategyConfig, wanted: bool) -> tuple[Bars | None, ...]:
        """The finer bars of each of its symbols; None where they are not wanted or not there."""
        keys = [_key(config, symbol) for symbol in config.symbols]
        return tuple(self.detail.get(key) if wanted else None for key in keys)

    def parts(self, n: int) -> list["SweepSeries"]:
        """The traded sessions in n equal parts, each warmed up by all that came before it.

        Raises ConfigError for fewer sessions than parts.
        """
        sessions = np.unique(np.concatenate([bars.session for bars in self.traded()]))
        if not 1 <= n <= len(sessions):
            raise ConfigError(
                f"folds: expected 1 to {len(sessions):,}, the number of sessions; found {n:,}"
            )
        return [self.between(int(part[0]), int(part[-1])) for part in np.array_split(sessions, n)]

    def between(self, first: int, last: int) -> "SweepSeries":
        """The sessions from `first` to `last`, days since 1970; what came before is warm-up."""
        cut = {key: _between(seen, first, last) for key, seen in self.seen.items()}
        for (symbol, interval, *_), seen in cut.items():
            if not seen.traded:
                days = np.array([first, last]).astype("datetime64[D]")
                raise DataError(f"{symbol} {interval}: no bars from {days[0]} to {days[1]}")
        return SweepSeries(cut, self.detail, self.calendars)

    def traded(self) -> list[Bars]:
        """Every series, without its warm-up."""
        return [each.bars.rows(each.warm_up, len(each.bars)) for each in self.seen.values()]


@dataclass(frozen=True)
class Period:
    """What is traded: from `start` to `end`, exchange dates; None: all there is.

    warm_up: how many bars before `start` a strategy sees, where there are any.
    """

    start: date | None = None
    end: date | None = None
    warm_up: int = 0


def read_series(
    database: Database,
    configs: Iterable[StrategyConfig],
    calendars: Iterable[str],
    period: Period,
    *,
    with_detail: bool,
) -> SweepSeries:
    """Read every series that the configs name. Raises DataError, ConfigError."""
    found = SweepSeries()
    reader = BarsReader(database, None if period.warm_up else period.start, period.end)
    for config in configs:
        for symbol in config.symbols:
            key = _key(config, symbol)
            if key not in found.seen:
                found.seen[key] = _cut(reader.bars(config, symbol), period)
                if with_detail:
                    found.detail[key] = reader.detail(config, symbol)
    for name in calendars:
        found.calendars.setdefault(name, get_calendar(name, database))
    return found


def _cut(bars: Bars, period: Period) -> Seen:
    """The period's bars and the warm-up before them."""
    if not period.warm_up or period.start is None:
        return Seen(bars)
    first = int(np.searchsorted(bars.session, day_number(period.start)))
    if first == len(bars):
        where = f"{bars.symbol} {bars.interval}"
        raise DataError(f"{where}: no bars from {period.start} to {period.end}")
    seen_from = max(first - period.warm_up, 0)
    return Seen(bars.rows(seen_from, len(bars)), first - seen_from)


def _between(seen: Seen, first: int, last: int) -> Seen:
    session = seen.bars.session
    begin = max(int(np.searchsorted(session, first)), seen.warm_up)
    end = int(np.searchsorted(session, last, side="right"))
    return Seen(seen.bars.rows(0, max(end, begin)), begin)


def _key(config: StrategyConfig, symbol: str) -> _Key:
    market = (config.interval, config.calendar, config.session, config.adjust)
    return (symbol, *market, *config.context_intervals)
