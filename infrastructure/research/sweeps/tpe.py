"""The sampler tpe: Optuna proposes, folds of the bars prune, the rest is an ordinary sweep.

Source: J. Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NIPS 24 (2011).
"""

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.chunks import Chunk
from infrastructure.research.sweeps.evaluated import Evaluated
from infrastructure.research.sweeps.evaluator import Evaluator
from infrastructure.research.sweeps.finishing import Progress, keep_all, make_keeper
from infrastructure.research.sweeps.keeping import Keeper
from infrastructure.research.sweeps.plan import SweepPlan
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.research.sweeps.samplers import checked_trials

if TYPE_CHECKING:
    import optuna

_AT_ONCE = 32
"""Trials asked for together: they share a pass over the bars."""

_NOTHING = -1e9
"""What Optuna is told of a trial without a defined objective: worse than any that has one."""

_TRIALS = 200
"""How many trials unless told otherwise: Optuna thinks for some milliseconds about each."""


def run_tpe(
    plan: SweepPlan, database: Database | None, progress: Progress | None = None
) -> SweepResult:
    """Draw trials one batch after the other, each learning from those before.

    A trial is judged on as many parts of the bars as the plan has folds, in order of time; one that
    stands below the median of the others after a part is pruned and kept without figures. What a
    batch draws depends on the seed and the trials before it alone: a sweep that goes on draws what
    it would have drawn. Raises ConfigError where Optuna is not installed.
    """
    n_trials = checked_trials(plan.terms.n_trials, _TRIALS)
    search = _Search(plan)
    keeper = make_keeper(database, plan, n_trials)
    return keep_all(plan, keeper, search.chunks(keeper, n_trials), n_trials, progress)


class _Search:
    """Optuna's study of one plan. n_known: how many trials it has been told."""

    def __init__(self, plan: SweepPlan) -> None:
        self._optuna = _optuna()
        self._space, self._terms = plan.space, plan.terms
        self._whole, self.n_known = plan.evaluator, 0
        parts = plan.series.parts(plan.terms.folds)
        self._folds = [Evaluator(plan.portfolio, plan.space, part) for part in parts]
        pruner = self._optuna.pruners.MedianPruner(n_startup_trials=_AT_ONCE, n_warmup_steps=0)
        self._study = self._optuna.create_study(direction="maximize", pruner=pruner)
        self._distributions = {
            axis.name: self._distribution(place) for place, axis in enumerate(plan.space.axes)
        }

    def _distribution(self, place: int) -> Any:
        axis, distributions = self._space.axes[place], self._optuna.distributions
        if axis.span is not None:
            return distributions.FloatDistribution(axis.span.low, axis.span.high)
        count = len(axis.choices or ())
        if axis.numeric:
            return distributions.IntDistribution(0, count - 1)
        return distributions.CategoricalDistribution(tuple(range(count)))

    def chunks(self, keeper: Keeper, n_trials: int) -> Iterator[Chunk]:
        """What `keeper` has is remembered; then batches, up to `n_trials`."""
        self._remember(keeper)
        while self.n_known < n_trials:
            yield self._next_chunk(min(_AT_ONCE, n_trials - self.n_known))

    def _remember(self, keeper: Keeper) -> None:
        """Tell the study what an unfinished sweep has stored, as it was told before."""
        n_stored = sum(last - first for first, last in keeper.stored)
        if not n_stored:
            return
        found = keeper.read([*self._space.value_columns, *FIGURES])
        cells = self._space.cells_in(found)
        scores = self._terms.objective.score(found, self._terms.constraints)
        for first in range(0, n_stored, _AT_ONCE):
            some = cells[first : first + _AT_ONCE]
            for row in some:
                self._study.enqueue_trial(self._params(row))
            trials, _ = self._ask(len(some))
            left, _ = self._after_folds(trials, some)
            self._tell(trials, left, scores[first + left])

    def _next_chunk(self, n: int) -> Chunk:
        """The next n trials with their figures; those that were pruned have none."""
        first = self.n_known
        trials, cells = self._ask(n)
        left, refused = self._after_folds(trials, cells)
        figures = {name: np.full(n, np.nan) for name in FIGURES}
        if len(left):
            whole = self._whole.run(cells[left])
            for name, column in whole.figures.items():
                figures[name][left] = column
        invalid = np.zeros(n, np.bool_)
        invalid[[*refused]] = True
        scores = self._terms.objective.score(figures, self._terms.constraints)
        self._tell(trials, left, scores[left])
        reasons = tuple(dict.fromkeys(refused.values()))[:3]
        empty = np.empty(0, np.int64)
        evaluated = Evaluated(figures, invalid, reasons, empty, np.zeros((1, 0)))
        return Chunk(first, cells, evaluated)

    def _ask(self, n: int) -> "tuple[list[optuna.Trial], NDArray[np.float64]]":
        """The next n trials and their cells."""
        seed = np.random.SeedSequence([self._terms.seed, self.n_known]).generate_state(1)[0]
        with warnings.catch_warnings(action="ignore"):  # its experimental switches
            samplers = self._optuna.samplers
            self._study.sampler = samplers.TPESampler(seed=int(seed), constant_liar=True)
        trials = [self._study.ask(self._distributions) for _ in range(n)]
        names = [axis.name for axis in self._space.axes]
        return trials, np.array([[float(trial.params[name]) for name in names] for trial in trials])

    def _after_folds(
        self, trials: "list[optuna.Trial]", cells: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], dict[int, str]]:
        """Numbers of the trials that no fold prunes, and why a strategy refused others."""
        left, totals = np.arange(len(trials)), np.zeros(len(trials))
        refused: dict[int, str] = {}
        for step, evaluator in enumerate(self._folds):
            if not len(left):
                break
            evaluated = evaluator.run(cells[left])
            refused |= dict.fromkeys(left[evaluated.invalid].tolist(), "; ".join(evaluated.reasons))
            scores = self._terms.objective.score(evaluated.figures, ())
            totals[left] += np.nan_to_num(scores, nan=_NOTHING)
            kept = []
            for number in left[~evaluated.invalid].tolist():
                trials[number].report(totals[number] / (step + 1), step)
                if not trials[number].should_prune():
                    kept.append(number)
            left = np.array(kept, np.int64)
        return left, refused

    def _tell(
        self, trials: "list[optuna.Trial]", left: NDArray[np.int64], scores: NDArray[np.float64]
    ) -> None:
        """What the trials that are left came to; the others were pruned."""
        told = dict(zip(left.tolist(), np.nan_to_num(scores, nan=_NOTHING).tolist(), strict=True))
        for number, trial in enumerate(trials):
            if number in told:
                self._study.tell(trial, told[number])
            else:
                self._study.tell(trial, state=self._optuna.trial.TrialState.PRUNED)
        self.n_known += len(trials)

    def _params(self, row: NDArray[np.float64]) -> dict[str, Any]:
        return {
            axis.name: float(cell) if axis.span is not None else int(cell)
            for axis, cell in zip(self._space.axes, row, strict=True)
        }


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise ConfigError(
            "--sampler tpe needs Optuna, which is not installed: pip install 'kairos[optuna]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
