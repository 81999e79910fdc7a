"""What a training chooses: the best trial of a sweep over its sessions, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.market_data.sessions.session_calendar import day_text
from infrastructure.research.folds import Fold
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.finishing import Progress
from infrastructure.research.sweeps.keys import Key
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.research.sweeps.space import Space
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

FIXED_KEYS = frozenset({"symbols", "interval", "calendar", "session", "adjust"})
"""Keys of a strategy's config that say which bars it trades."""

Figures = Mapping[str, float | str | None]
"""Figures by the names of TradeMetrics, JSON-safe; None is undefined."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What a training found. trial: its number in the sweep; None: no trial met the constraints.

    n_trials, n_met: how many were tried, and how many met them. parameters: the swept keys and
    what was chosen; figures: in sample. strategies: those of the chosen configuration, in the
    portfolio's order. All three are empty where nothing was chosen.
    """

    sweep_id: int
    trial: int | None
    n_trials: int
    n_met: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    strategies: tuple[VectorBTStrategy, ...] = ()


@dataclass(frozen=True, eq=False)
class Trainer:
    """Sweeps the sessions of each training; every trial counts in the ledger.

    settings: of `sweep`, but for its period. warm_up_before: how many of the bars before a date
    strategies see.
    """

    portfolio: LoadedPortfolio
    parameters: Mapping[Any, Any] | Sequence[str]
    settings: Mapping[str, Any]
    warm_up_before: Callable[[date], int]

    def choose(self, fold: Fold, n_folds: int, progress: Progress) -> Choice:
        """The best trial of a fold's training."""

        def tell(done: int, in_all: int) -> None:
            progress((fold.number - 1) * in_all + done, n_folds * in_all)

        return choice_of(
            sweep(
                self.portfolio,
                self.parameters,
                start=fold.train_start,
                end=fold.train_end,
                warm_up=self.warm_up_before(fold.train_start),
                purpose="walk_forward",
                progress=tell,
                **self.settings,
            )
        )


def choice_of(result: SweepResult) -> Choice:
    """The best trial of a stored sweep that meets its constraints, if there is one."""
    assert result.sweep_id is not None
    found = (result.sweep_id, result.best_trials(1), result.n_trials, result.n_met)
    sweep_id, best, n_trials, n_met = found
    if not best:
        return Choice(sweep_id, None, n_trials, n_met)
    columns = result.plan.space.columns(result.cells(best))
    return Choice(
        sweep_id,
        best[0],
        n_trials,
        n_met,
        parameters={name: column[0] for name, column in columns.items()},
        figures=plain_figures(result.keeper.read(FIGURES, best)),
        strategies=result.build(best[0]).strategies,
    )


def check_walked(space: Space) -> None:
    """Raise ConfigError for a key that cannot change from fold to fold."""
    for key in (key for axis in space.axes for key in axis.targets):
        reason = _why_fixed(key)
        if reason:
            raise ConfigError(f"--param {key.name}: {reason}; sweep it with: kairos sweep")


def _why_fixed(key: Key) -> str:
    if key.book is None:
        return "a walk forward changes strategies from fold to fold, and their one account not"
    if key.path[0] in FIXED_KEYS:
        return "the bars that a walk forward trades are the same in every fold"
    return ""


def plain_figures(columns: Mapping[str, Any]) -> dict[str, float | str | None]:
    """One trial's figures as TradeMetrics.as_dict would give them."""
    figures: dict[str, float | str | None] = {}
    for name in FIGURES:
        value = float(columns[name][0])
        figures[name] = value if isfinite(value) else None
        if name == "worst_day" and isfinite(value):
            figures[name] = day_text(int(value))
    return figures
