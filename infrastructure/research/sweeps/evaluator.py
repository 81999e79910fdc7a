"""Turns cells of a space into figures: builds the groups, and hands them their configurations."""

from collections.abc import Mapping
from threading import Lock, get_ident
from typing import Any

import numpy as np

from infrastructure.core.execution.plan import AccountTerms
from infrastructure.core.sweeping.group import Group, GroupBook, GroupResult
from infrastructure.research.sweeps.configs import BuiltConfigs, build_configs
from infrastructure.research.sweeps.configuring import configurations
from infrastructure.research.sweeps.evaluated import Evaluated, joined
from infrastructure.research.sweeps.series import SweepSeries
from infrastructure.research.sweeps.space import Cells, Space
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

_GROUPS_HELD = 8


class Evaluator:
    """Trades configurations of one portfolio on its bars. Safe for several threads."""

    def __init__(self, portfolio: LoadedPortfolio, space: Space, series: SweepSeries) -> None:
        self.portfolio, self.space, self.series = portfolio, space, series
        self._groups: dict[tuple[Any, ...], Group] = {}
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"portfolio": self.portfolio, "space": self.space, "series": self.series}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # another process builds its own groups

    def run(self, cells: Cells, *, keep_returns: bool = False) -> Evaluated:
        """The figures of each row of `cells`. Raises ConfigError, StrategyError, DataError."""
        if not self.space.slow:
            return self._run_group(cells, keep_returns)
        groups, place = self.space.distinct(cells, self.space.slow)
        parts = []
        for number in range(len(groups)):
            rows = np.flatnonzero(place == number)
            parts.append((rows, self._run_group(cells[rows], keep_returns)))
        return joined(len(cells), parts)

    def build(self, cells: Cells) -> BuiltConfigs:
        """The configs of one configuration, cells of shape (n_axes,). Raises ConfigError."""
        values = self.space.values(cells.reshape(1, -1))
        return build_configs(self.portfolio, [(key, column[0]) for key, column in values])

    def _run_group(self, cells: Cells, keep_returns: bool) -> Evaluated:
        group = self._group(cells[0])
        result = group.run(configurations(self.space, group, cells), keep_returns=keep_returns)
        return _evaluated(len(cells), group, result)

    def _group(self, cells: Cells) -> Group:
        """A group as its first configuration has it; what differs in others is set in columns."""
        key = tuple(cells[[*self.space.slow]].tolist())
        with self._lock:
            group = self._groups.get(key) or self._groups.get((*key, get_ident()))
            if group is None:
                group = make_group(self.build(cells), self.series)
                while len(self._groups) >= _GROUPS_HELD:
                    self._groups.pop(next(iter(self._groups)))
                # an account of several lanes is one thread's own
                self._groups[key if group.lone else (*key, get_ident())] = group
        return group


def make_group(built: BuiltConfigs, series: SweepSeries) -> Group:
    """The books of these configs on their bars."""
    portfolio = built.portfolio
    calendar = series.calendars[portfolio.calendar_of(built.configs)]
    books = [
        GroupBook(
            strategy,
            share.allocation_percentage,
            series.of(strategy.config),
            series.detail_of(strategy.config, portfolio.fill_policy == "detail"),
        )
        for strategy, share in zip(built.strategies, portfolio.strategies, strict=True)
    ]
    return Group(books, AccountTerms.of(portfolio, calendar), calendar.sessions_per_year)


def _evaluated(n: int, group: Group, result: GroupResult) -> Evaluated:
    invalid = np.zeros(n, np.bool_)
    invalid[[*result.invalid]] = True
    reasons = tuple(dict.fromkeys(result.invalid.values()))[:3]
    sessions = group.timeline.day_session
    return Evaluated(result.figures, invalid, reasons, sessions, result.returns)
