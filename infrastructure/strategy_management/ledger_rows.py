"""A finished backtest as the rows that the ledger keeps."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np

from infrastructure.core.backtest import Backtest
from infrastructure.core.config import PortfolioConfig
from infrastructure.core.execution.plan import Lane
from infrastructure.strategy_management.audited_code import AuditedCode
from infrastructure.strategy_management.evidence import (
    RunStart,
    bars_read,
    evidence_of,
    series_rows,
)
from infrastructure.strategy_management.ledger_record import AllocationRecord, RunRecord
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

RUN_FIGURES = {
    "net_profit": "net_profit",
    "final_equity": "final_equity",
    "cagr": "cagr_pct",
    "sharpe": "sharpe",
    "sortino": "sortino",
    "max_drawdown": "max_drawdown_pct",
    "trades": "trades",
    "win_rate": "win_rate_pct",
    "profit_factor": "profit_factor",
    "expectancy_r": "expectancy_r",
    "sqn": "sqn",
    "exposure": "exposure_pct",
    "worst_day": "worst_day_pct",
    "ambiguous": "ambiguous_trades",
}
"""Columns of backtest_runs and the figures of TradeMetrics they hold."""


def run_record(
    portfolio: PortfolioConfig,
    backtest: Backtest,
    began: RunStart,
    code: Sequence[AuditedCode] = (),
) -> RunRecord:
    """Everything that is stored of one run. code: of the books' strategies, in their order."""
    lanes = [lane for book in backtest.books for lane in book.lanes]
    figures = backtest_figures(backtest)
    results = results_of(backtest)
    return RunRecord(
        run={
            "execution_date": began.executed,
            "portfolio_name": portfolio.portfolio_name,
            "account_id": portfolio.account_id,
            "portfolio_json": portfolio.model_dump(mode="json"),
            "kairos_version": version("kairos"),
            "vectorbt_version": version("vectorbt"),
            "bars_fingerprint": bars_fingerprint(lanes),
            "fill_policy": portfolio.fill_policy,
            "synthetic": backtest.synthetic,
            "bars_start": min(int(lane.bars.timestamp[0]) for lane in lanes),
            "bars_end": max(int(lane.bars.timestamp[-1]) for lane in lanes),
            "refused": len(backtest.simulation.refusals),
            "figures": figures,
            **run_columns(figures),
        },
        allocations=[
            AllocationRecord(
                book.config, book.allocation_percentage, book_figures(backtest, number)
            )
            for number, book in enumerate(backtest.books)
        ],
        **results,
        code=[each.row(position) for position, each in enumerate(code, start=1)],
        series=series_rows(backtest.books),
        evidence=evidence_of(
            began, portfolio, [book.config for book in backtest.books], code, results
        ),
    )


def run_columns(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of backtest_runs that hold a figure, by the figures of TradeMetrics."""
    return {column: figures[name] for column, name in RUN_FIGURES.items()}


def results_of(backtest: Backtest) -> dict[str, Any]:
    """What came of a run, by the names of result_columns.RESULTS, as a RunRecord has it."""
    return {
        "orders": backtest.orders,
        "trades": backtest.trades,
        "refusals": backtest.refusals,
        "equity": _session_equity(backtest),
    }


def backtest_figures(backtest: Backtest) -> dict[str, Any]:
    """The account's figures, JSON-safe, with the same-bar interval and what was refused."""
    return {
        **backtest.metrics.as_dict(),
        "refused_by_reason": backtest.refusal_counts(),
        "undecided_trades": backtest.undecided(),
        "doubtful_targets": backtest.doubtful_targets(),
        "accounting_difference": backtest.accounting_difference,
        "both_ways": {policy: run.metrics.as_dict() for policy, run in backtest.both_ways.items()},
    }


def book_figures(backtest: Backtest, book: int) -> dict[str, Any]:
    """One book's figures, JSON-safe."""
    metrics: TradeMetrics = backtest.book_metrics[book]
    return {
        **metrics.as_dict(),
        "refused_by_reason": backtest.refusal_counts(book),
        "undecided_trades": backtest.undecided(book),
        "both_ways": {
            policy: run.book_metrics[book].as_dict() for policy, run in backtest.both_ways.items()
        },
    }


def bars_fingerprint(lanes: list[Lane]) -> str:
    """SHA-256 over the fingerprints of every series that the run read."""
    read = [bars for lane in lanes for _, bars in bars_read(lane)]
    return sha256("".join(bars.fingerprint for bars in read).encode()).hexdigest()


def _session_equity(backtest: Backtest) -> dict[str, Any]:
    """Account (book 0) and books at the last row of every session."""
    simulation = backtest.simulation
    last = np.flatnonzero(np.diff(simulation.row_session, append=np.iinfo(np.int64).max))
    columns = [simulation.account_equity[last], *simulation.book_equity[last].T]
    return {
        "book": np.repeat(np.arange(len(columns)), len(last)),
        "session": np.tile(simulation.row_session[last], len(columns)),
        "equity": np.concatenate(columns),
    }
