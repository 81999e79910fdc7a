"""A run of the ledger run again from the ledger, and compared: orders, trades, refusals, equity."""

from collections.abc import Iterator
from importlib.metadata import version

from sqlalchemy import select

from infrastructure.core.backtest import Backtest
from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs
from infrastructure.errors import ConfigError, KairosError, StorageError
from infrastructure.ledger.proving.causes import (
    Cause,
    changed_bars,
    changed_environment,
    changed_kairos,
    changed_strategies,
)
from infrastructure.ledger.proving.contradictions import (
    contradicted_bars,
    contradictions,
)
from infrastructure.ledger.proving.differing import (
    Difference,
    different_figure,
    first_difference,
)
from infrastructure.ledger.proving.inner_figures import different_books, different_folds
from infrastructure.ledger.proving.kept import Kept, read_kept
from infrastructure.ledger.proving.proof import Proof
from infrastructure.research.walking.rerunning import is_walk_forward, rerun_walk
from infrastructure.strategy_management.digests import content_hash
from infrastructure.strategy_management.evidence import configs_digest
from infrastructure.strategy_management.evidence_rows import StoredEvidence
from infrastructure.strategy_management.ledger_rows import (
    backtest_figures,
    results_of,
)
from infrastructure.strategy_management.result_columns import (
    digest_of,
    result_columns,
)
from infrastructure.strategy_management.run_numbers import known_runs
from infrastructure.strategy_management.simulating import Progress
from infrastructure.strategy_management.stored_run import StoredRun, rerun
from infrastructure.strategy_management.strategy_registry import strategy_class


def verify(database: Database, run_id: int, progress: Progress | None = None) -> Proof:
    """Run it again and compare every order, trade, refusal, equity mark and figure.

    Nothing is written. Raises ConfigError for a run that is not there, StorageError.
    """
    known_runs(database, [run_id])
    try:
        kept = read_kept(database, run_id)
    except ConfigError as error:  # a config that this Kairos does not know
        return Proof(run_id, _name(database, run_id), "cannot_run", {}, why_not=str(error))
    name = kept.run.portfolio.portfolio_name
    edited = tuple(_edited(kept)) or tuple(_unsealed(kept))
    try:
        again = _again(database, kept.run, progress)
    except StorageError:
        raise
    except KairosError as error:
        causes = (*edited, *_causes_outside(kept))
        return Proof(
            run_id, name, "cannot_run", {}, (), causes, str(error), kept.evidence is not None
        )
    differences = (*_differences(kept, again), *_different_folds(database, kept, again))
    causes = (*edited, *_causes(kept, again))
    # A row that somebody has changed is no proof, whether or not a run again shows it.
    is_same = not differences and all(cause.kind != "ledger" for cause in causes)
    return Proof(
        run_id=run_id,
        name=name,
        outcome="identical" if is_same else "differs",
        counts=kept.counts,
        differences=differences,
        causes=causes,
        has_evidence=kept.evidence is not None,
    )


def _name(database: Database, run_id: int) -> str:
    """The portfolio's."""
    wanted = select(backtest_runs.c.portfolio_name).where(backtest_runs.c.run_id == run_id)
    with database.read() as connection:
        return str(connection.execute(wanted).scalar_one())


def _again(database: Database, run: StoredRun, progress: Progress | None) -> Backtest:
    if is_walk_forward(run):
        return rerun_walk(database, run).backtest
    return rerun(database, run, progress).backtest


def _differences(kept: Kept, again: Backtest) -> Iterator[Difference]:
    """In the order in which one thing makes another: an order makes a trade, a trade equity."""
    results = results_of(again)
    for what, then in kept.results.items():
        difference = first_difference(what, then, result_columns(what, results[what]))
        if difference is not None:
            yield difference
    figure = different_figure(kept.run.figures, backtest_figures(again))
    if figure is not None:
        yield figure
    yield from different_books(kept.rows.strategies, again)


def _different_folds(database: Database, kept: Kept, again: Backtest) -> Iterator[Difference]:
    if is_walk_forward(kept.run):
        yield from different_folds(database, kept.folds, again)


def _edited(kept: Kept) -> Iterator[Cause]:
    """What the ledger holds is not what was stored: somebody has changed its rows."""
    if kept.evidence is not None:
        yield from _other_digests(kept, kept.evidence)
    elif kept.rows.left_over:
        yield Cause("ledger", "the ledger's evidence of the run was deleted")
    for words in contradictions(kept.run, kept.rows):
        yield Cause("ledger", f"the ledger's {words}")


def _other_digests(kept: Kept, evidence: StoredEvidence) -> Iterator[Cause]:
    for what, columns in kept.results.items():
        if digest_of(columns) != evidence.row[f"{what}_digest"]:
            yield Cause("ledger", f"the ledger's {what} were changed after the run was stored")
    if configs_digest(*kept.configs) != evidence.row["configs_digest"]:
        yield Cause("ledger", "the ledger's configs were changed after the run was stored")
    if content_hash(kept.run.figures) != evidence.row["figures_digest"]:
        yield Cause("ledger", "the ledger's figures were changed after the run was stored")


def _unsealed(kept: Kept) -> Iterator[Cause]:
    """Where nothing else tells what was changed: moments, versions, series, a fold's dates."""
    if kept.evidence is not None and kept.seal != kept.evidence.row["seal"]:
        yield Cause("ledger", "the ledger's rows about the run were changed after it was stored")


def _causes(kept: Kept, again: Backtest) -> Iterator[Cause]:
    if kept.evidence is None:
        return
    bars = list(changed_bars(kept.evidence, again))
    if not bars:
        for words in contradicted_bars(kept.run, again):
            yield Cause("ledger", f"the ledger's {words}")
    yield from bars
    classes = [
        strategy_class(each.class_name, where=kept.run.where) for each in kept.run.strategies
    ]
    yield from changed_strategies(kept.evidence, classes)
    yield from _causes_outside(kept)


def _causes_outside(kept: Kept) -> Iterator[Cause]:
    """Those that can be told without running it."""
    if kept.evidence is not None:
        yield from changed_kairos(kept.evidence, kept.run.kairos_version, version("kairos"))
        yield from changed_environment(kept.evidence)
