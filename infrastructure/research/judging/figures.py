"""The numbers of a verdict, and what may be chosen of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from infrastructure.research.judging.thresholds import RUIN_PCT, SKIP_PROBABILITY
from infrastructure.trade_metrics.bootstrap import BootstrapInterval
from infrastructure.trade_metrics.monte_carlo import MonteCarlo
from infrastructure.trade_metrics.plateau import Plateau
from infrastructure.trade_metrics.superiority import Superiority


@dataclass(frozen=True)
class Settings:
    """What may be chosen of a verdict. seed: of every random number. ruin_pct: see RUIN_PCT."""

    seed: int = 0
    ruin_pct: float = RUIN_PCT
    skip_probability: float = SKIP_PROBABILITY
    n_resamples: int = 5_000
    n_paths: int = 10_000


@dataclass(frozen=True)
class SharpeFigures:
    """Sharpe ratios are annualised; sessions and years are lengths of the record. NaN: undefined.

    probabilistic, deflated: probabilities, 0 to 1. effective: independent trials among all tried.
    luck: the Sharpe that the best of so many shows without skill.
    needed_sessions: minimum track record. luck_years: minimum backtest length, years below which
    the best of so many shows this Sharpe by luck alone.
    """

    sharpe: float
    probabilistic: float
    deflated: float
    effective: float
    luck: float
    needed_sessions: float
    luck_years: float


@dataclass(frozen=True)
class Overfitting:
    """probability: of backtest overfitting; loss: of a loss out of sample; both 0 to 1.

    columns: trials compared. blocks: CSCV's S.
    """

    probability: float
    loss: float
    columns: int
    blocks: int


@dataclass(frozen=True, eq=False)
class Benchmark:
    """The tests against one benchmark. models: how many were compared, the run's own included.

    own_better: whether the stepwise test finds the run itself better. sessions: compared.
    """

    test: Superiority
    own_better: bool
    models: int
    sessions: int


@dataclass(frozen=True, eq=False)
class Figures:
    """All of them; None where there was nothing to compute one from."""

    sharpe: SharpeFigures
    bootstrap: Mapping[str, BootstrapInterval]
    nothing: Benchmark
    holding: Benchmark | None
    hold_return_pct: float
    overfitting: Overfitting | None
    monte_carlo: MonteCarlo | None
    plateau: Plateau | None
