"""What a walk forward found out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from infrastructure.core.backtest import Backtest
from infrastructure.research.folds import Fold
from infrastructure.research.walking.choosing import Choice, Figures
from infrastructure.research.walking.drift import Drift
from infrastructure.research.walking.figures import annualised_pct, efficiency, fold_figures
from infrastructure.strategy_management.run_result import RunResult


@dataclass(frozen=True, kw_only=True)
class FoldResult(Fold):
    """A fold with what its training chose and what its test brought.

    sweep_id, trial: the choice in the ledger; trial None: nothing met the constraints, and the test
    entered nothing. n_trials, n_met: configurations tried, and those that met them.
    in_sample, out_of_sample: figures by their names in TradeMetrics; see `fold_figures`.
    in_sample_pct_a_year, out_of_sample_pct_a_year: `annualised_pct` of both; efficiency: their
    quotient, 1 is all that was promised. All three NaN where undefined.
    """

    sweep_id: int
    trial: int | None
    n_trials: int
    n_met: int
    parameters: Mapping[str, Any]
    in_sample: Figures
    out_of_sample: Figures
    in_sample_pct_a_year: float
    out_of_sample_pct_a_year: float
    efficiency: float

    @property
    def profitable(self) -> bool:
        """Whether the test ended with more than it began with."""
        profit = self.out_of_sample.get("net_profit")
        return isinstance(profit, int | float) and profit > 0


@dataclass(frozen=True)
class Asked:
    """What a walk forward was asked for; lengths as they were written. warm_up None: all bars."""

    train: str
    test: str
    anchored: bool
    embargo: str
    warm_up: int | None
    objective: str
    constraints: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class WalkForward:
    """The folds, and the one run of all tests joined, as the ledger has it.

    left_out: sessions at the end that were too few for another test. drift: of each swept key.
    """

    run: RunResult
    folds: tuple[FoldResult, ...]
    drift: tuple[Drift, ...]
    asked: Asked
    left_out: int

    @property
    def title(self) -> str:
        """The portfolio's name."""
        return self.run.portfolio.portfolio_name

    @property
    def objective(self) -> str:
        """The figure by which each training chose."""
        return self.asked.objective

    @property
    def synthetic(self) -> bool:
        """Whether any bar was made up."""
        return self.run.backtest.synthetic

    @property
    def n_trials(self) -> int:
        """Configurations tried in each fold (the most, where they differ)."""
        return max(fold.n_trials for fold in self.folds)

    @property
    def n_profitable(self) -> int:
        """Folds whose test ended with a profit."""
        return sum(fold.profitable for fold in self.folds)

    @property
    def n_empty(self) -> int:
        """Folds whose training chose nothing."""
        return sum(fold.trial is None for fold in self.folds)

    @property
    def efficiency(self) -> float:
        """Of all folds together: see `whole_efficiency`."""
        return whole_efficiency(self.folds)


def whole_efficiency(folds: Sequence[FoldResult]) -> float:
    """Annualised profit of the tests that had a choice as a share of that of their trainings.

    Both are means over the folds, each of the weight of its test's sessions. NaN where there was
    no profit in sample. Source: see `efficiency`.
    """
    chosen = [fold for fold in folds if fold.trial is not None and fold.out_of_sample]
    weight = sum(fold.test_sessions for fold in chosen)
    if not weight:
        return nan
    inside = sum(fold.in_sample_pct_a_year * fold.test_sessions for fold in chosen) / weight
    outside = sum(fold.out_of_sample_pct_a_year * fold.test_sessions for fold in chosen) / weight
    return efficiency(inside, outside)


def fold_result(backtest: Backtest, fold: Fold, choice: Choice) -> FoldResult:
    """A fold, once all tests were traded."""
    out = fold_figures(backtest, fold, fold.number - 1)
    years = backtest.sessions_per_year
    inside, outside = annualised_pct(choice.figures, years), annualised_pct(out, years)
    return FoldResult(
        **vars(fold),
        sweep_id=choice.sweep_id,
        trial=choice.trial,
        n_trials=choice.n_trials,
        n_met=choice.n_met,
        parameters=choice.parameters,
        in_sample=choice.figures,
        out_of_sample=out,
        in_sample_pct_a_year=inside,
        out_of_sample_pct_a_year=outside,
        efficiency=efficiency(inside, outside),
    )
