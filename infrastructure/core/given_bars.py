"""Bars that a notebook hands to a strategy: they must be the ones its config means."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from infrastructure.core.config import StrategyConfig
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import day_number


def given_bars(
    config: StrategyConfig,
    bars: Bars | Mapping[str, Bars],
    start: date | None = None,
    end: date | None = None,
) -> list[Bars]:
    """The bars of each of the config's symbols, from `start` to `end` (exchange dates).

    What they lack of the config's `context_intervals` is made of them, from before `start` too.
    Raises ConfigError where a symbol has none, or bars of another symbol, interval or calendar;
    DataError where none lie between the dates.
    """
    name = config.strategy_name
    by_symbol: object = {bars.symbol: bars} if isinstance(bars, Bars) else bars
    if not isinstance(by_symbol, Mapping):
        found = type(by_symbol).__name__
        raise ConfigError(f"{name}: bars must be Bars, or Bars by symbol; found {found}")
    missing = [symbol for symbol in config.symbols if symbol not in by_symbol]
    if missing:
        raise ConfigError(
            f"{name}: bars must be given for every symbol; found {', '.join(by_symbol)}, "
            f"missing {', '.join(missing)}"
        )
    series = [by_symbol[symbol] for symbol in config.symbols]
    for symbol, each in zip(config.symbols, series, strict=True):
        meant = (symbol, config.interval, config.calendar)
        found_is = (each.symbol, each.interval, each.calendar)
        if found_is != meant:
            raise ConfigError(
                f"{name}: bars must be of {' '.join(meant)}; found {' '.join(found_is)}"
            )
    return [_between(with_context(config, each), start, end) for each in series]


def with_context(config: StrategyConfig, bars: Bars) -> Bars:
    """The bars beside the config's `context_intervals`: those they carry, else made of themselves.

    Raises ConfigError for an interval that cannot be made of them.
    """
    if (*bars.coarser,) == config.context_intervals:
        return bars
    coarser = {
        each: bars.coarser[each]
        if each in bars.coarser
        else resampled(bars, each, get_calendar(bars.calendar))
        for each in config.context_intervals
    }
    return bars.with_coarser(coarser)


def as_date(key: str, given: date | str | None) -> date | None:
    """A date, or one written as "2024-01-31". Raises ConfigError."""
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise ConfigError(f'{key} must be a date such as "2024-01-31"; found {given!r}') from None


def _between(bars: Bars, start: date | None, end: date | None) -> Bars:
    first = 0 if start is None else int(np.searchsorted(bars.session, day_number(start)))
    last = len(bars)
    if end is not None:
        last = int(np.searchsorted(bars.session, day_number(end), side="right"))
    if first >= last:
        raise DataError(f"{bars.symbol} {bars.interval}: no bars from {start} to {end}")
    return bars if (first, last) == (0, len(bars)) else bars.rows(first, last)
