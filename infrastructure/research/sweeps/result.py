"""What a sweep found out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.keeping import Keeper
from infrastructure.research.sweeps.plan import SweepPlan
from infrastructure.research.sweeps.space import Axis

if TYPE_CHECKING:
    import pandas as pd

    from infrastructure.research.sweeps.configs import BuiltConfigs


@dataclass(frozen=True, eq=False)
class SweepResult:
    """The trials of a sweep, the best ones, and what was not counted as one.

    n_trials: how many were tried. n_invalid: those that a strategy refused, reasons: why (some).
    n_resumed: those that an earlier, unfinished sweep had stored. seconds: how long this one took.
    """

    plan: SweepPlan
    keeper: Keeper
    n_trials: int
    n_invalid: int
    n_resumed: int
    reasons: tuple[str, ...]
    seconds: float
    pruned: int = 0
    scores: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def sweep_id(self) -> int | None:
        """Its number in the ledger; None where it was not stored."""
        return self.keeper.sweep_id

    @property
    def title(self) -> str:
        """The portfolio's name."""
        return self.plan.portfolio.config.portfolio_name

    @property
    def objective(self) -> str:
        """The figure that the best one has the most of (or the least, where less is better)."""
        return self.plan.terms.objective.figure

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes, the slowest first."""
        return self.plan.space.axes

    @property
    def synthetic(self) -> bool:
        """Whether any bar was made up."""
        return self.plan.synthetic

    @property
    def n_met(self) -> int:
        """How many trials have a defined objective and meet the constraints."""
        return int(np.count_nonzero(~np.isnan(self.scores)))

    @property
    def rate(self) -> float:
        """Configurations a second, of those that this sweep tried itself."""
        return (self.n_trials - self.n_resumed) / self.seconds if self.seconds > 0 else 0.0

    def best_trials(self, n: int) -> list[int]:
        """Numbers of the n best trials, the best first; equal ones by their numbers."""
        order = np.argsort(-self.scores, kind="stable")
        return [int(trial) for trial in order[: min(n, self.n_met)]]

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """Every trial: `trial`, a column for each swept key, and one for each figure."""
        return self._frame(None)

    def top(self, n: int = 20) -> "pd.DataFrame":
        """The n best trials that meet the constraints, the best first."""
        return self._frame(self.best_trials(n))

    @cached_property
    def best(self) -> "pd.Series[Any]":
        """The best trial's row of `frame`. Raises ConfigError where there is none."""
        return self._frame([self.best_trial]).iloc[0]

    @property
    def best_trial(self) -> int:
        """The best trial's number. Raises ConfigError where none meets the constraints."""
        best = self.best_trials(1)
        if not best:
            raise ConfigError(self.why_none())
        return best[0]

    def why_none(self) -> str:
        """Why no trial is the best one."""
        constraints = [str(each) for each in self.plan.terms.constraints]
        met = f" and meets {', '.join(constraints)}" if constraints else ""
        why = "; loosen the constraints, or choose another objective"
        if self.n_invalid == self.n_trials:
            why = ": the strategy refused all" + "".join(f", {each}" for each in self.reasons[:1])
        stored = f"sweep {self.sweep_id} is stored, but " if self.sweep_id is not None else ""
        tried = f"no configuration of {self.n_trials:,} tried"
        return f"{stored}{tried} has a defined {self.objective}{met}{why}"

    def build(self, trial: int) -> "BuiltConfigs":
        """The configs of a trial."""
        return self.plan.evaluator.build(self.cells([trial])[0])

    def cells(self, trials: Sequence[int] | None = None) -> NDArray[np.float64]:
        """(n, n_axes) of all trials, or of these."""
        space = self.plan.space
        return space.cells_in(self.keeper.read(space.value_columns, trials))

    def _frame(self, trials: list[int] | None) -> "pd.DataFrame":
        import pandas as pd

        space = self.plan.space
        found = self.keeper.read(["trial", *space.value_columns, *FIGURES], trials)
        columns = {"trial": found["trial"], **space.columns(space.cells_in(found))}
        frame = pd.DataFrame({**columns, **{name: found[name] for name in FIGURES}})
        if trials is not None:
            frame = frame.set_index("trial").loc[trials].reset_index()
        return frame
