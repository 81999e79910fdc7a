"""A strategy's signals under many choices of its parameters, each choice worked out once."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import EXIT_LONG, EXIT_SHORT, LONG
from infrastructure.core.execution.market_columns import decisions_of
from infrastructure.core.signals import Signals
from infrastructure.core.signals_of_many import ManySignals
from infrastructure.core.sweeping.signal_rows import SignalRows, signal_rows
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.market_data.bars import Bars

_ENTRIES, _EXITS = np.uint8(3), np.uint8(EXIT_LONG | EXIT_SHORT)


@dataclass(frozen=True, eq=False)
class Seen:
    """The bars that a strategy sees of one symbol; the first `warm_up` of them are not traded."""

    bars: Bars
    warm_up: int = 0

    @property
    def traded(self) -> int:
        """How many bars are traded."""
        return len(self.bars) - self.warm_up

    @property
    def before(self) -> Bars | None:
        """The warm-up; None where there is none."""
        return self.bars.rows(0, self.warm_up) if self.warm_up else None


@dataclass(frozen=True)
class Choices:
    """The parameter choices of one strategy: names, and a tuple of values for each choice."""

    names: tuple[str, ...]
    values: Sequence[tuple[Any, ...]]

    def __len__(self) -> int:
        return len(self.values)

    def columns(self, strategy: VectorBTStrategy) -> dict[str, NDArray[Any]]:
        """(n_choices,) of every parameter of the strategy; those not chosen keep its values."""
        held = strategy.config.indicator.parameters
        columns = {name: _column([value] * len(self)) for name, value in held.items()}
        for place, name in enumerate(self.names):
            columns[name] = _column([row[place] for row in self.values])
        return columns


def _column(values: Sequence[Any]) -> NDArray[Any]:
    """(n,) also where each value is a list itself."""
    if not any(isinstance(each, list | tuple) for each in values):
        return np.array(values)
    column = np.empty(len(values), object)
    for place, each in enumerate(values):
        column[place] = each
    return column


@dataclass(frozen=True, eq=False)
class LaneSignals:
    """Signals of every choice on one lane.

    rows: for accounts with a single lane. refusals: why the strategy refused a choice, by its
    number; such a choice has no signals.
    """

    rows: SignalRows
    refusals: Mapping[int, str]


def lane_signals(
    strategy: VectorBTStrategy, seen: Seen, choices: Choices, *, at_level: bool, reverses: bool
) -> LaneSignals:
    """Work out every choice's signals. at_level: entries have levels. reverses: as in the config.

    A ConfigError of the strategy (fast above slow, say) refuses that choice alone; any other error
    is raised.
    """
    if choices.names and not (at_level or reverses):
        many = _of_many(strategy, seen, choices)
        if many is not None:
            return LaneSignals(_traded(many, seen), {})
    collected, refusals = _Collected(seen.traded, at_level), {}
    for number, signals in enumerate(each_choice(strategy, seen, choices)):
        if isinstance(signals, str):
            refusals[number] = signals
            signals = Signals()
        collected.add(signals)
    return LaneSignals(collected.rows(reverses), refusals)


def _of_many(strategy: VectorBTStrategy, seen: Seen, choices: Choices) -> ManySignals | None:
    """All at once; None where the strategy cannot, or refuses some: one by one tells which."""
    try:
        return strategy.many_signals(seen.bars, choices.columns(strategy))
    except ConfigError:
        return None


def _traded(many: ManySignals, seen: Seen) -> SignalRows:
    """The signals from the first traded bar on, their rows counted from there."""
    first, bar, side = many.first, many.bar, many.side
    if seen.warm_up:
        kept = bar >= seen.warm_up
        first = np.concatenate(([0], np.cumsum(kept)))[first]
        bar, side = bar[kept] - np.int32(seen.warm_up), side[kept]
    return signal_rows(first, bar, side, np.empty(0), np.empty((0, 0), np.uint8), seen.traded)


def each_choice(strategy: VectorBTStrategy, seen: Seen, choices: Choices) -> "list[Signals | str]":
    """Each choice's Signals of the traded bars, or the line with which the strategy refused it."""
    found: list[Signals | str] = []
    for values in choices.values:
        try:
            chosen = _with_values(strategy, choices.names, values)
            found.append(chosen.signals(seen.bars).rows(seen.warm_up))
        except ConfigError as error:
            found.append(str(error))
    return found


def _with_values(
    strategy: VectorBTStrategy, names: Sequence[str], values: Sequence[Any]
) -> VectorBTStrategy:
    """The strategy with these values of its parameters, as if it had been made with them.

    One with an `__init__` of its own is made anew: that may work something out of the parameters.
    """
    given = dict(zip(names, values, strict=True))
    if given and type(strategy).__init__ is not VectorBTStrategy.__init__:
        indicator = strategy.config.indicator
        parameters = {**indicator.parameters, **given}
        chosen = indicator.model_copy(update={"parameters": parameters})
        config = strategy.config.model_copy(update={"indicator": chosen})
        return type(strategy).of_config(config, type(strategy).__name__)
    copied = copy(strategy)
    for name, value in given.items():
        setattr(copied, name, value)
    return copied


class _Collected:
    """Sparse rows of choice after choice."""

    def __init__(self, n_bars: int, at_level: bool) -> None:
        self._n_bars, self._at_level = n_bars, at_level
        self._bars: list[NDArray[np.int32]] = []
        self._sides: list[NDArray[np.uint8]] = []
        self._levels: list[NDArray[np.float64]] = []
        self._watched: list[NDArray[np.uint8]] = []
        self._exits = False

    def add(self, signals: Signals) -> None:
        decision = decisions_of(signals, self._n_bars)
        bar = np.flatnonzero(decision & _ENTRIES)
        side = decision[bar] & _ENTRIES
        self._bars.append(bar.astype(np.int32))
        self._sides.append(side)
        self._watched.append(decision)
        self._exits = self._exits or bool((decision & _EXITS).any())
        if self._at_level:
            missing = np.full(self._n_bars, np.nan)
            long = missing if signals.long_level is None else signals.long_level
            short = missing if signals.short_level is None else signals.short_level
            self._levels.append(np.where(side & LONG, long[bar], short[bar]))

    def rows(self, reverses: bool) -> SignalRows:
        counts = [len(bar) for bar in self._bars]
        watched = np.vstack(self._watched) if self._exits or reverses else None
        return signal_rows(
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            np.concatenate([np.empty(0, np.int32), *self._bars]),
            np.concatenate([np.empty(0, np.uint8), *self._sides]),
            np.concatenate([np.empty(0), *self._levels]),
            np.empty((0, 0), np.uint8) if watched is None else watched,
            self._n_bars,
        )
