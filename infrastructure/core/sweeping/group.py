"""A group of configurations: one set of bars and books; signals, levels and terms differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config import StrategyConfig
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.execution.records import REFUSAL_REASONS, TRADE_DTYPE
from infrastructure.core.execution.simulate import lane_rules
from infrastructure.core.signals import Signals
from infrastructure.core.sweeping.choices import Seen
from infrastructure.core.sweeping.configurations import Configurations
from infrastructure.core.sweeping.figures import Timeline, figures_of
from infrastructure.core.sweeping.lone_lane import Outputs
from infrastructure.core.sweeping.lone_runner import LoneRunner
from infrastructure.core.sweeping.many_runner import ManyRunner
from infrastructure.core.sweeping.tally import TALLY_DTYPE
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars


@dataclass(frozen=True, eq=False)
class GroupBook:
    """One strategy of a group, its share of the account, and what it sees of each of its symbols.

    detail: finer bars of each symbol, for `fill_policy: detail`; None where there are none.
    """

    strategy: VectorBTStrategy
    allocation_percentage: float
    seen: tuple[Seen, ...]
    detail: tuple[Bars | None, ...]

    @property
    def config(self) -> StrategyConfig:
        """The strategy's config; the numbers that are swept in it do not count."""
        return self.strategy.config

    def silent(self) -> Book:
        """The book without a signal."""
        lanes = tuple(self.lane(place, Signals()) for place in range(len(self.seen)))
        return Book(self.config, self.allocation_percentage, lanes)

    def lane(self, place: int, signals: Signals) -> Lane:
        """The traded bars of a symbol with their signals; its ATR knows the warm-up."""
        seen = self.seen[place]
        warm_up = seen.bars.head(seen.warm_up) if seen.warm_up else None
        return Lane(self.traded[place], signals, self.detail[place], warm_up)

    @cached_property
    def traded(self) -> tuple[Bars, ...]:
        """The bars of each symbol that are traded."""
        return tuple(
            each.bars.rows(each.warm_up, len(each.bars)) if each.warm_up else each.bars
            for each in self.seen
        )


@dataclass(frozen=True, eq=False)
class GroupResult:
    """What became of each configuration, in the order given.

    figures: (n,) of each name in TradeMetrics, and `refused`; NaN where undefined or invalid.
    refusals: (n, n_reasons) signals by reason. invalid: why a strategy refused a configuration, by
    its number. returns: (n, n_sessions) session returns, (1, 0) where not kept. trades: (n, most)
    TRADE_DTYPE, likewise.
    """

    figures: dict[str, NDArray[np.float64]]
    refusals: NDArray[np.int64]
    invalid: dict[int, str]
    returns: NDArray[np.float64]
    trades: NDArray[Any]


class Runner(Protocol):
    """One of the two ways: an account with a single lane, or any other."""

    timeline: Timeline

    def run(self, given: Configurations, outputs: Outputs) -> dict[int, str]:
        """Fill the outputs; why a strategy refused a configuration, by its number."""
        ...


class Group:
    """Configurations that share books, bars and the account's capital.

    For one thread at a time, unless it is `lone`. sessions_per_year: of the account's calendar.
    """

    def __init__(
        self, books: Sequence[GroupBook], terms: AccountTerms, sessions_per_year: float
    ) -> None:
        self.books, self.terms, self.sessions_per_year = tuple(books), terms, sessions_per_year
        self.rules, _ = lane_rules([book.silent() for book in books])

    @cached_property
    def _runner(self) -> Runner:
        silent = [book.silent() for book in self.books]
        strategies = [book.strategy for book in self.books]
        kind = LoneRunner if self.lone else ManyRunner
        seen = [book.seen for book in self.books]
        return kind(silent, strategies, seen, self.terms, self.sessions_per_year)

    @property
    def lone(self) -> bool:
        """Whether one strategy trades one symbol; then several threads may run the group."""
        return len(self.rules) == 1

    @property
    def timeline(self) -> Timeline:
        """Rows and sessions that all configurations share."""
        return self._runner.timeline

    def run(
        self, given: Configurations, *, keep_returns: bool = False, keep_trades: int = 0
    ) -> GroupResult:
        """Trade every configuration. keep_trades: at most so many trades of each are kept.

        Raises StrategyError, DataError.
        """
        n, n_sessions = len(given), len(self.timeline.day_session)
        outputs = Outputs(
            tallies=np.zeros(n, TALLY_DTYPE),
            refusals=np.zeros((n, len(REFUSAL_REASONS)), np.int64),
            returns=np.zeros((n, n_sessions) if keep_returns else (1, 0)),
            trades=np.zeros((n, keep_trades) if keep_trades else (1, 0), TRADE_DTYPE),
        )
        invalid = self._runner.run(given, outputs)
        figures = figures_of(outputs.tallies, self.timeline)
        for column in figures.values():
            column[[*invalid]] = np.nan
        return GroupResult(figures, outputs.refusals, invalid, outputs.returns, outputs.trades)
