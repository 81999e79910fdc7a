"""A verdict: its word, its reasons, and every number behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infrastructure.research.judging.evidence import Evidence
from infrastructure.research.judging.figures import Figures, Settings
from infrastructure.research.judging.finding import Finding
from infrastructure.research.judging.neighbourhood import Neighbourhood
from infrastructure.trade_metrics.bootstrap import BootstrapInterval
from infrastructure.trade_metrics.monte_carlo import MonteCarloFan

Word = Literal["robust", "fragile", "indistinguishable from luck"]
ROBUST: Word = "robust"
FRAGILE: Word = "fragile"
LUCK: Word = "indistinguishable from luck"


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is to be thought of a run.

    verdict: one of three words. summary: what it means, and by which findings. reasons: their
    sentences, number by number. warnings: what to know before believing anything here.
    luck, stress: findings, in order; empty where there were too few trades or sessions to compute
    anything, and figures is then None.

    For pictures: bootstrap by statistic (see `trade_metrics.bootstrap`: estimate, low, high,
    distribution (n_resamples,)); fan, equity quantiles by number of trades (see `MonteCarloFan`);
    plateau, the sweep around the run's configuration (frame, axes, objective, best).
    """

    evidence: Evidence
    settings: Settings
    verdict: Word
    summary: str
    reasons: Sequence[str]
    warnings: Sequence[str]
    luck: Sequence[Finding] = ()
    stress: Sequence[Finding] = ()
    figures: Figures | None = None

    @property
    def title(self) -> str:
        """The run's name and number."""
        return f"{self.evidence.title} · run {self.evidence.run_id}"

    @property
    def synthetic(self) -> bool:
        """Whether any bar was made up."""
        return self.evidence.synthetic

    @property
    def n_trials(self) -> int:
        """Different configurations tried on these bars, this run's included."""
        return self.evidence.trials.tried

    @property
    def bootstrap(self) -> Mapping[str, BootstrapInterval]:
        """Intervals and distributions by statistic; empty where nothing was computed."""
        return self.figures.bootstrap if self.figures else {}

    @property
    def fan(self) -> MonteCarloFan | None:
        """Equity quantiles of shuffled trades, some missed, by the number of trades; money."""
        found = self.figures.monte_carlo if self.figures else None
        return found.fan if found else None

    @property
    def plateau(self) -> Neighbourhood | None:
        """The sweep around the configuration, as a landscape."""
        return self.evidence.neighbourhood
