"""A finished run as it goes to the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.core.config import StrategyConfig
from infrastructure.strategy_management.evidence import Evidence

Columns = Mapping[str, Any]
"""Columns by name, each a NumPy array or list of shape (n_rows,), or one value for all rows."""

Rows = Sequence[Mapping[str, Any]]
"""The same as one dict a row, all with the same keys."""


@dataclass(frozen=True)
class AllocationRecord:
    """A strategy of the run, its share of the account in percent, and its figures (JSON)."""

    strategy: StrategyConfig
    allocation_percentage: float
    figures: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class RunRecord:
    """Everything that is stored of one run; names are those of the tables' columns.

    run: a value for each column of backtest_runs but run_id; `status` is "completed" and
        `execution_date` is now where they are absent.
    allocations: in the portfolio's order, which numbers their positions from 1.
    trades, refusals: columns or rows of algo_trades and refused_signals but for their ids and
        account_id; `position` tells the strategy.
    equity: columns or rows book (0: the account, else a position), session and equity.
    orders: columns or rows of `orders` but for run_id.
    code: rows of run_strategy_code, folds: rows of walk_forward_folds, and series: rows of
    run_series, but for `run_id`.
    evidence: what made the run; None where nobody can tell.

    Moments are aware datetimes or seconds since 1970 UTC, exchange dates are dates or days since
    1970, and a figure that does not exist is None or NaN.
    """

    run: Mapping[str, Any]
    allocations: Sequence[AllocationRecord]
    trades: Columns | Rows
    refusals: Columns | Rows
    equity: Columns | Rows
    orders: Columns | Rows = ()
    code: Rows = ()
    folds: Rows = ()
    series: Rows = ()
    evidence: Evidence | None = None
