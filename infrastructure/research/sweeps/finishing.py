"""Chunks as they come: kept, scored, and the best trial run again by the account machine."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from infrastructure import log
from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.execution.plan import Book
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import Database
from infrastructure.errors import AccountingError
from infrastructure.kept import keep
from infrastructure.research.sweeps.chunks import Chunk, trial_columns
from infrastructure.research.sweeps.evaluator import make_group
from infrastructure.research.sweeps.identities import TrialIdentities
from infrastructure.research.sweeps.keeping import Keeper, LedgerKeeper, MemoryKeeper
from infrastructure.research.sweeps.plan import SweepPlan, sweep_record
from infrastructure.research.sweeps.result import SweepResult

Progress = Callable[[int, int], None]
"""Told (trials done, trials in all), first of those stored before, then after each chunk."""


def keep_all(
    plan: SweepPlan,
    keeper: Keeper,
    chunks: Iterable[Chunk],
    n_trials: int,
    progress: Progress | None = None,
) -> SweepResult:
    """Keep each chunk as soon as it is there, score all trials, and run the best one again.

    chunks: of the trials that `keeper` has not yet, of `n_trials` in all.
    Raises AccountingError where the account machine finds other figures of the best one.
    """
    began = time.perf_counter()
    tell = progress or silent
    identities = TrialIdentities(plan.portfolio, plan.space)
    done = n_resumed = sum(last - first for first, last in keeper.stored)
    reasons: dict[str, None] = {}
    tell(done, n_trials)
    with log.bound(sweep=keeper.sweep_id):
        log.event("sweep begun", trials=n_trials, stored_before=n_resumed)
        for chunk in chunks:
            keeper.save(trial_columns(chunk, plan.space, identities))
            reasons |= dict.fromkeys(chunk.evaluated.reasons)
            done += len(chunk.cells)
            _tell_kept(keeper, done, n_trials)
            tell(done, n_trials)
        keeper.finish()
        seconds = time.perf_counter() - began
        result = _finished(plan, keeper, n_resumed, tuple(reasons)[:3], seconds)
        log.event("sweep finished", trials=n_trials, met=result.n_met, seconds=round(seconds, 3))
    return result


def _tell_kept(keeper: Keeper, done: int, n_trials: int) -> None:
    """The log hears of the chunk; a crash would tell how far the ledger is."""
    log.event("chunk stored", trials=done, of=n_trials)
    if keeper.sweep_id is not None:
        sweep = f"sweep {keeper.sweep_id}"
        keep(sweep, f"{sweep} has {done:,} of {n_trials:,} trials; the same command goes on")


def make_keeper(database: Database | None, plan: SweepPlan, n_trials: int) -> Keeper:
    """The ledger, which an unfinished sweep of the same plan is gone on with in; None: memory."""
    if database is None:
        return MemoryKeeper()
    return LedgerKeeper(database, sweep_record(plan, n_trials))


def _finished(
    plan: SweepPlan,
    keeper: Keeper,
    n_resumed: int,
    reasons: tuple[str, ...],
    seconds: float,
) -> SweepResult:
    """Score the trials; the best one must come out the same from the account machine."""
    terms = plan.terms
    asked = [terms.objective.figure, *(each.figure for each in terms.constraints)]
    found = keeper.read(list(dict.fromkeys(["invalid", "trades", *asked])))
    scores = terms.objective.score(found, terms.constraints)
    n_invalid = int(np.count_nonzero(found["invalid"]))
    pruned = int(np.count_nonzero(np.isnan(found["trades"]))) - n_invalid  # no figure, no fault
    result = SweepResult(
        plan, keeper, len(scores), n_invalid, n_resumed, reasons, seconds, pruned, scores
    )
    if result.n_met:
        best = result.best_trial
        swept = keeper.read(FIGURES, [best])
        figures = {name: float(swept[name][0]) for name in FIGURES}
        again = backtest_of(result, best)
        _check_against_machine(figures, again.metrics.as_dict(), f"trial {best}")
    return result


def backtest_of(result: SweepResult, trial: int) -> Backtest:
    """A trial run again, alone, as `kairos run` would: signals by generate_signals."""
    built = result.build(trial)
    group = make_group(built, result.plan.series)
    books = []
    for book in group.books:
        lanes = tuple(
            book.lane(place, book.strategy.signals(seen.bars).rows(seen.warm_up))
            for place, seen in enumerate(book.seen)
        )
        books.append(Book(book.config, book.allocation_percentage, lanes))
    return run_backtest(books, group.terms, group.sessions_per_year)


def _check_against_machine(swept: dict[str, float], run_again: dict[str, Any], where: str) -> None:
    """Raise AccountingError where a configuration run again by the account machine differs.

    swept: its figures in the sweep. run_again: TradeMetrics.as_dict of the ordinary backtest.
    """
    for name in FIGURES:
        expected, found = run_again.get(name), swept[name]
        if not isinstance(expected, int | float):
            continue  # undefined, or a date
        if not abs(found - expected) <= 1e-6 * max(abs(expected), 1.0):
            raise AccountingError(
                f"{where}: its sweep and its backtest differ in {name}, {found!r} against "
                f"{expected!r}: does generate_many decide what generate_signals does, and does "
                "generate_signals read nothing but bars and parameters?"
            )


def silent(done: int, in_all: int) -> None:
    """Nobody is told."""
