"""Turns cells of a space into figures: builds the groups, and hands them their configurations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from threading import Lock, get_ident
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config import CostsConfig, PortfolioConfig, RiskConfig
from infrastructure.core.execution.plan import AccountTerms
from infrastructure.core.execution.simulate import account_terms
from infrastructure.core.sweeping.choices import Choices
from infrastructure.core.sweeping.configurations import Configurations
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.core.sweeping.group import Group, GroupBook, GroupResult
from infrastructure.research.sweeps.configs import BuiltConfigs, build_configs
from infrastructure.research.sweeps.keys import (
    NUMBER,
    PARAMETER,
    RULE_NUMBERS,
    STRUCTURE,
    TERM,
    Key,
)
from infrastructure.research.sweeps.series import SweepSeries
from infrastructure.research.sweeps.space import Space
from infrastructure.research.sweeps.values import is_number
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

_GROUPS_HELD = 8
_EXACT = 2**53
"""Up to here a float64 tells every whole number from the next one."""

Cells = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Figures of n configurations, (n,) each by its name; NaN where undefined.

    invalid: (n,) those that a strategy refused; reasons: some of its lines. sessions: days since
    1970; returns: (n, n_sessions) fractions of the session's first equity, (1, 0) where not kept.
    """

    figures: dict[str, NDArray[np.float64]]
    invalid: NDArray[np.bool_]
    reasons: tuple[str, ...]
    sessions: NDArray[np.int64]
    returns: NDArray[np.float64]


class Evaluator:
    """Trades configurations of one portfolio on its bars. Safe for several threads."""

    def __init__(self, portfolio: LoadedPortfolio, space: Space, series: SweepSeries) -> None:
        self.portfolio, self.space, self.series = portfolio, space, series
        self._slow = [i for i, axis in enumerate(space.axes) if axis.kind == STRUCTURE]
        self._groups: dict[tuple[Any, ...], Group] = {}
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"portfolio": self.portfolio, "space": self.space, "series": self.series}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # another process builds its own groups

    def run(self, cells: Cells, *, keep_returns: bool = False) -> Evaluated:
        """The figures of each row of `cells`. Raises ConfigError, StrategyError, DataError."""
        if not self._slow:
            return self._run_group(cells, keep_returns)
        groups, place = np.unique(cells[:, self._slow], axis=0, return_inverse=True)
        parts = []
        for number in range(len(groups)):
            rows = np.flatnonzero(place.reshape(-1) == number)
            parts.append((rows, self._run_group(cells[rows], keep_returns)))
        return _joined(len(cells), parts)

    def build(self, cells: Cells) -> BuiltConfigs:
        """The configs of one configuration, cells of shape (n_axes,). Raises ConfigError."""
        values = self._values(cells.reshape(1, -1), range(len(self.space.axes)))
        return build_configs(self.portfolio, [(key, column[0]) for key, column in values])

    def _run_group(self, cells: Cells, keep_returns: bool) -> Evaluated:
        group = self._group(cells[0])
        result = group.run(self._configurations(group, cells), keep_returns=keep_returns)
        return _evaluated(len(cells), group, result)

    def _group(self, cells: Cells) -> Group:
        key = tuple(cells[self._slow].tolist())
        with self._lock:
            group = self._groups.get(key) or self._groups.get((*key, get_ident()))
            if group is None:
                group = self._built_group(cells)
                while len(self._groups) >= _GROUPS_HELD:
                    self._groups.pop(next(iter(self._groups)))
                # an account of several lanes is one thread's own
                self._groups[key if group.lone else (*key, get_ident())] = group
        return group

    def _built_group(self, cells: Cells) -> Group:
        """A group as its first configuration has it; what differs in others is set in columns."""
        return make_group(self.build(cells), self.series)

    def _values(self, cells: Cells, axes: Sequence[int]) -> list[tuple[Key, list[Any]]]:
        """Each key of these axes, and its values in `cells`."""
        return [
            (key, self.space.axes[place].values(position, cells[:, place]))
            for place in axes
            for position, key in enumerate(self.space.axes[place].targets)
        ]

    def _configurations(self, group: Group, cells: Cells) -> Configurations:
        quick = [i for i in range(len(self.space.axes)) if i not in self._slow]
        rules = np.repeat(group.rules.reshape(1, -1), len(cells), axis=0)
        lane_book = group.rules["book"]
        for key, column in self._values(cells, quick):
            if key.kind == NUMBER:
                name = RULE_NUMBERS[key.path]
                rules[name][:, lane_book == key.book] = np.array(column).reshape(-1, 1)
        terms, term = self._terms(group.terms, cells, quick)
        chosen = [self._choices(group, book, cells, quick) for book in range(len(group.books))]
        return Configurations(
            rules=rules,
            terms=terms,
            term=term,
            choices=[choices for choices, _ in chosen],
            choice=np.column_stack([choice for _, choice in chosen]),
        )

    def _distinct(self, cells: Cells, axes: list[int]) -> tuple[Cells, NDArray[np.int64]]:
        """(distinct rows of these axes' cells, which of them each row is)."""
        if not axes:
            return cells[:1, :0], np.zeros(len(cells), np.int64)
        some = np.ascontiguousarray(cells[:, axes])
        counts = [len(self.space.axes[axis].choices or ()) for axis in axes]
        if 0 < prod(counts) <= _EXACT:
            code = np.zeros(len(cells))
            for place, count in enumerate(counts):
                code = code * count + some[:, place]
            _, first, which = np.unique(code, return_index=True, return_inverse=True)
            return some[first], which
        rows, which = np.unique(some, axis=0, return_inverse=True)
        return rows, which.reshape(-1)

    def _choices(
        self, group: Group, book: int, cells: Cells, quick: list[int]
    ) -> tuple[Choices, NDArray[np.int64]]:
        """The parameter choices of one book among these cells, and each cell's."""
        axes = self._axes_with(quick, PARAMETER, book)
        rows, which = self._distinct(cells, axes)
        whole = np.zeros((len(rows), len(self.space.axes)))
        whole[:, axes] = rows
        held = group.books[book].config.indicator.parameters
        names, columns = [], []
        for key, column in self._values(whole, axes):
            if key.kind == PARAMETER and key.book == book:
                names.append(key.path[-1])
                as_float = isinstance(held[names[-1]], float)
                columns.append([_as_config(each, as_float) for each in column])
        values = list(zip(*columns, strict=True)) if columns else [()]
        return Choices(tuple(names), values), which

    def _terms(
        self, base: AccountTerms, cells: Cells, quick: list[int]
    ) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The account's terms among these cells, and each cell's."""
        axes = self._axes_with(quick, TERM, None)
        rows, which = self._distinct(cells, axes)
        whole = np.zeros((len(rows), len(self.space.axes)))
        whole[:, axes] = rows
        columns = [(key, column) for key, column in self._values(whole, axes) if key.kind == TERM]
        records = [
            account_terms(_with_terms(base, [(key.path, column[row]) for key, column in columns]))
            for row in range(len(rows))
        ]
        return np.concatenate(records), which

    def _axes_with(self, quick: list[int], kind: str, book: int | None) -> list[int]:
        return [
            place
            for place in quick
            if any(key.kind == kind and key.book == book for key in self.space.axes[place].targets)
        ]


def _as_config(value: Any, as_float: bool) -> Any:
    """A parameter as its config would hold it: lists as tuples, numbers of the field's type."""
    if isinstance(value, list):
        return tuple(value)
    return float(value) if as_float and is_number(value) else value


def make_group(built: BuiltConfigs, series: SweepSeries) -> Group:
    """The books of these configs on their bars."""
    portfolio = built.portfolio
    calendar = series.calendars[portfolio.calendar or built.configs[0].calendar]
    books = [
        GroupBook(
            strategy,
            share.allocation_percentage,
            series.of(strategy.config),
            series.detail_of(strategy.config, portfolio.fill_policy == "detail"),
        )
        for strategy, share in zip(built.strategies, portfolio.strategies, strict=True)
    ]
    return Group(books, account_terms_of(portfolio, calendar), calendar.sessions_per_year)


def account_terms_of(portfolio: PortfolioConfig, calendar: Any) -> AccountTerms:
    """The terms that a portfolio's config describes."""
    return AccountTerms(
        portfolio.total_capital,
        portfolio.risk,
        portfolio.costs,
        portfolio.lot_size,
        portfolio.fill_policy,
        calendar,
    )


def _with_terms(base: AccountTerms, values: Sequence[tuple[tuple[str, ...], Any]]) -> AccountTerms:
    """The terms with these keys of a portfolio's config; the values have been checked."""
    terms = base
    for path, value in values:
        if path == ("lot_size",):
            terms = replace(terms, lot_size=value)
            continue
        change = {path[1]: value}
        if path[0] == "risk":
            assert isinstance(terms.risk, RiskConfig)
            terms = replace(terms, risk=terms.risk.model_copy(update=change))
        else:
            assert isinstance(terms.costs, CostsConfig)
            terms = replace(terms, costs=terms.costs.model_copy(update=change))
    return terms


def _evaluated(n: int, group: Group, result: GroupResult) -> Evaluated:
    invalid = np.zeros(n, np.bool_)
    invalid[[*result.invalid]] = True
    reasons = tuple(dict.fromkeys(result.invalid.values()))[:3]
    sessions = group.timeline.day_session
    return Evaluated(result.figures, invalid, reasons, sessions, result.returns)


def _joined(n: int, parts: Sequence[tuple[NDArray[np.int64], Evaluated]]) -> Evaluated:
    """Groups in the order of their configurations; returns on the sessions of all of them."""
    figures = {name: np.empty(n) for name in FIGURES}
    invalid = np.zeros(n, np.bool_)
    sessions = all_sessions([part for _, part in parts])
    keeps = parts[0][1].returns.shape[1] > 0
    returns = np.zeros((n, len(sessions)) if keeps else (1, 0))
    for rows, part in parts:
        for name, column in part.figures.items():
            figures[name][rows] = column
        invalid[rows] = part.invalid
        if keeps:
            returns[rows] = on_sessions(part, sessions)
    reasons = tuple(dict.fromkeys(line for _, part in parts for line in part.reasons))[:3]
    return Evaluated(figures, invalid, reasons, sessions, returns)


def all_sessions(parts: Sequence[Evaluated]) -> NDArray[np.int64]:
    """Every session that any of them had, rising."""
    return np.unique(np.concatenate([part.sessions for part in parts]))


def on_sessions(part: Evaluated, sessions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Its returns, (n, n_sessions), on sessions among which its own are; 0 where it had none."""
    if np.array_equal(part.sessions, sessions):
        return part.returns
    placed = np.zeros((len(part.returns), len(sessions)))
    placed[:, np.searchsorted(sessions, part.sessions)] = part.returns
    return placed
