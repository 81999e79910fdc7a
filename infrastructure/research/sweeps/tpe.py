"""The sampler tpe: Optuna proposes, folds of the bars prune, the rest is an ordinary sweep.

Source: J. Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NIPS 24 (2011).
"""

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.chunks import Chunk, TrialIdentities, trial_columns
from infrastructure.research.sweeps.evaluator import Evaluated, Evaluator
from infrastructure.research.sweeps.keeping import Keeper, LedgerKeeper, MemoryKeeper
from infrastructure.research.sweeps.plan import SweepPlan, sweep_record
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
    plan: SweepPlan,
    database: Database | None,
    folds: int,
    progress: Callable[[int, int], None],
) -> SweepResult:
    """Draw trials one batch after the other, each learning from those before.

    A trial is judged on `folds` parts of the bars, in order of time; one that stands below the
    median of the others after a part is pruned and kept without figures. Raises ConfigError where
    Optuna is not installed.
    """
    from infrastructure.research.sweeping import finished

    began = time.perf_counter()
    n_trials = checked_trials(plan.terms.n_trials or _TRIALS)
    keeper: Keeper = MemoryKeeper()
    if database is not None:
        keeper = LedgerKeeper(database, sweep_record(plan, n_trials))
    search = _Search(plan, folds)
    n_resumed = search.remember(keeper)
    done, pruned = n_resumed, 0
    reasons: tuple[str, ...] = ()
    while done < n_trials:
        chunk, cut = search.next_chunk(done, min(_AT_ONCE, n_trials - done))
        keeper.save(trial_columns(chunk, plan.space, search.identities))
        done, pruned = done + len(chunk.cells), pruned + cut
        reasons = reasons or chunk.evaluated.reasons
        progress(done, n_trials)
    keeper.finish()
    return finished(plan, keeper, n_resumed, reasons, time.perf_counter() - began, pruned)


class _Search:
    """Optuna's study of one plan."""

    def __init__(self, plan: SweepPlan, folds: int) -> None:
        self._optuna = _optuna()
        self._space, self._terms = plan.space, plan.terms
        self.identities = TrialIdentities(
            plan.space, plan.portfolio.config, plan.portfolio.strategies
        )
        self._whole = plan.evaluator
        self._folds = [
            Evaluator(plan.portfolio, plan.space, part) for part in plan.series.parts(folds)
        ]
        optuna = self._optuna
        with warnings.catch_warnings(action="ignore"):  # its experimental switches
            sampler = optuna.samplers.TPESampler(seed=plan.terms.seed, constant_liar=True)
        pruner = optuna.pruners.MedianPruner(n_startup_trials=_AT_ONCE, n_warmup_steps=0)
        self._study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
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

    def remember(self, keeper: Keeper) -> int:
        """Tell the study what an unfinished sweep has stored; how many trials."""
        n_stored = sum(last - first for first, last in keeper.stored)
        if not n_stored:
            return 0
        names = [f"value_{place + 1}" for place in range(len(self._space.axes))]
        found = keeper.read([*names, *FIGURES])
        cells = self._space.cells_of(np.column_stack([found[name] for name in names]))
        scores = self._scores(found)
        states = self._optuna.trial.TrialState
        for row, score in zip(cells, scores, strict=True):
            pruned = np.isnan(score)
            self._study.add_trial(
                self._optuna.trial.create_trial(
                    params=self._params(row),
                    distributions=self._distributions,
                    value=None if pruned else float(score),
                    state=states.PRUNED if pruned else states.COMPLETE,
                )
            )
        return n_stored

    def next_chunk(self, first: int, n: int) -> tuple[Chunk, int]:
        """The next n trials with their figures, and how many of them were pruned."""
        trials = [self._study.ask(self._distributions) for _ in range(n)]
        cells = np.array(
            [[float(trial.params[axis.name]) for axis in self._space.axes] for trial in trials]
        )
        left = self._after_folds(trials, cells)
        whole = self._whole.run(cells[left]) if len(left) else None
        scores = np.full(n, np.nan)
        if whole is not None:
            scores[left] = self._scores(whole.figures)
        states = self._optuna.trial.TrialState
        for number, trial in enumerate(trials):
            if number not in left:
                self._study.tell(trial, state=states.PRUNED)
            else:
                self._study.tell(trial, float(np.nan_to_num(scores[number], nan=_NOTHING)))
        return Chunk(first, cells, _spread(n, left, whole)), n - len(left)

    def _after_folds(
        self, trials: "list[optuna.Trial]", cells: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Numbers of the trials that no fold prunes."""
        left, totals = np.arange(len(trials)), np.zeros(len(trials))
        for step, evaluator in enumerate(self._folds):
            figures = evaluator.run(cells[left]).figures
            scores = self._terms.objective.score(figures, ())
            totals[left] += np.nan_to_num(scores, nan=_NOTHING)
            kept = []
            for number in left.tolist():
                trials[number].report(totals[number] / (step + 1), step)
                if not trials[number].should_prune():
                    kept.append(number)
            left = np.array(kept, np.int64)
            if not len(left):
                break
        return left

    def _scores(self, figures: Any) -> NDArray[np.float64]:
        return self._terms.objective.score(figures, self._terms.constraints)

    def _params(self, row: NDArray[np.float64]) -> dict[str, Any]:
        return {
            axis.name: float(cell) if axis.span is not None else int(cell)
            for axis, cell in zip(self._space.axes, row, strict=True)
        }


def _spread(n: int, left: NDArray[np.int64], whole: Evaluated | None) -> Evaluated:
    """Figures of the trials that were left; the pruned ones have none."""
    figures = {name: np.full(n, np.nan) for name in FIGURES}
    invalid = np.zeros(n, np.bool_)
    if whole is None:
        empty = np.empty(0, np.int64)
        return Evaluated(figures, invalid, (), empty, np.zeros((1, 0)))
    for name, column in whole.figures.items():
        figures[name][left] = column
    invalid[left] = whole.invalid
    return replace(whole, figures=figures, invalid=invalid)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise ConfigError(
            "--sampler tpe needs Optuna, which is not installed: pip install 'kairos[optuna]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
