"""Figures inside a run, of each strategy and of each fold, held against those of the run again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infrastructure.core.backtest import Backtest
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import Database
from infrastructure.ledger.proving.differing import Difference, different_figure
from infrastructure.research.folds import Fold
from infrastructure.research.walking.choosing import plain_figures
from infrastructure.research.walking.figures import fold_figures
from infrastructure.strategy_management.ledger_rows import book_figures
from infrastructure.strategy_management.trial_ledger import TrialLedger


def different_books(
    strategies: Sequence[Mapping[str, Any]], again: Backtest
) -> Iterator[Difference]:
    """A difference for each strategy that has one; strategies: as in RunRows."""
    for book, row in enumerate(strategies[: len(again.books)]):
        about = f"strategy {row['position']}"
        found = different_figure(row["allocated"], book_figures(again, book), about)
        if found is not None:
            yield found


def different_folds(
    database: Database, folds: Sequence[Mapping[str, Any]], again: Backtest
) -> Iterator[Difference]:
    """A difference for each test and each training that has one.

    folds: rows of walk_forward_folds. A training is held against its trial in the ledger.
    """
    for part, row in enumerate(folds):
        now = fold_figures(again, _fold(row), part)
        trained = _trained(database, row)
        for what, known in (("out_of_sample", now), ("in_sample", trained)):
            about = f"{what} of fold {row['fold']}"
            found = different_figure(_whole(row[what], known), known, about)
            if found is not None:
                yield found


def _whole(then: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    """A fold that has figures where there are none, or none where there are, differs in all."""
    return then if bool(then) == bool(now) else dict.fromkeys(now or then)


def _trained(database: Database, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The figures of the trial that a fold chose; none where it chose nothing."""
    if row["trial"] is None:
        return {}
    sweep, trial = row["sweep_id"], row["trial"]
    found = TrialLedger(database).trials(sweep, trials=[trial], columns=("trial", *FIGURES))
    return plain_figures(found) if len(found["trial"]) else {}


def _fold(row: Mapping[str, Any]) -> Fold:
    """Its dates; how many sessions have bars does not count here."""
    dates = {name: row[name] for name in ("train_start", "train_end", "test_start", "test_end")}
    return Fold(number=row["fold"], **dates, train_sessions=0, test_sessions=0)
