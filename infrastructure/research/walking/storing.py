"""A walk forward in the ledger: the run of its joined tests, with its folds."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from infrastructure.core.backtest import Backtest
from infrastructure.database.engine import Database
from infrastructure.research.walking.result import Asked, FoldResult, whole_efficiency
from infrastructure.research.walking.testing import Account
from infrastructure.strategy_management.audited_code import audited_code
from infrastructure.strategy_management.evidence import RunStart
from infrastructure.strategy_management.ledger_record import RunRecord
from infrastructure.strategy_management.ledger_rows import run_record
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.strategy_loader import strategy_named


def store_walk(
    database: Database,
    account: Account,
    backtest: Backtest,
    folds: Sequence[FoldResult],
    asked: Asked,
    began: RunStart,
) -> RunResult:
    """The joined run and its folds in the ledger, in one transaction."""
    portfolio = account.portfolio
    dates = {"start": folds[0].test_start, "end": folds[-1].test_end}
    config = portfolio.config.model_copy(update=dates)
    files = [strategy_named(path) for path in portfolio.strategy_paths] or [""] * len(account.base)
    code = audited_code(database, list(zip(map(type, account.base), files, strict=True)))
    record = _record(run_record(config, backtest, began, code), folds, asked)
    creation = StrategyCreation(database)
    run_id = creation.save_run(record)
    strategies = portfolio.strategies
    ids = tuple(creation.create_strategy(each) for each in strategies)
    return RunResult(run_id, began.executed, database.name, config, strategies, ids, backtest, code)


def _record(run: RunRecord, folds: Sequence[FoldResult], asked: Asked) -> RunRecord:
    """The run with its folds, and with what was asked for among its figures."""
    whole = whole_efficiency(folds)
    about = {**vars(asked), "efficiency": whole if isfinite(whole) else None}
    about["constraints"] = list(asked.constraints)
    figures = {**run.run["figures"], "walk_forward": about}
    rows = [
        {
            "fold": fold.number,
            "sweep_id": fold.sweep_id,
            "trial": fold.trial,
            "train_start": fold.train_start,
            "train_end": fold.train_end,
            "test_start": fold.test_start,
            "test_end": fold.test_end,
            "parameters": dict(fold.parameters),
            "in_sample": dict(fold.in_sample),
            "out_of_sample": dict(fold.out_of_sample),
        }
        for fold in folds
    ]
    return replace(run, run={**run.run, "figures": figures}, folds=rows)
