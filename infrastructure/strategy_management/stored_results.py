"""What came of a stored run, as the ledger keeps it: equity by session, and its trades."""

from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.models import algo_trades, equity
from infrastructure.market_data.sessions.session_calendar import day_number

ACCOUNT = 0
"""The `book` of the account's own equity."""


@dataclass(frozen=True, eq=False)
class StoredResults:
    """The account's sessions and trades.

    sessions: days since 1970, (n_sessions,); equity: money at their closes, (n_sessions,).
    net_pnl, r, exit_session: of each trade in the order of closing, (n_trades,): money, realised R
    (NaN without a stop), days since 1970.
    """

    sessions: NDArray[np.int64]
    equity: NDArray[np.float64]
    net_pnl: NDArray[np.float64]
    r: NDArray[np.float64]
    exit_session: NDArray[np.int64]


def load_results(database: Database, run_id: int) -> StoredResults:
    """The results of a run; empty where there are none. Raises StorageError."""
    marks = (
        select(equity.c.session, equity.c.equity)
        .where(equity.c.run_id == run_id, equity.c.book == ACCOUNT)
        .order_by(equity.c.session)
    )
    columns = (algo_trades.c.net_pnl, algo_trades.c.risk_reward, algo_trades.c.exit_date)
    closed = select(*columns).where(algo_trades.c.run_id == run_id).order_by(algo_trades.c.trade_id)
    with database.read() as connection:
        days = connection.execute(marks).all()
        trades = connection.execute(closed).all()
    return StoredResults(
        sessions=_days([row.session for row in days]),
        equity=np.array([row.equity for row in days], np.float64),
        net_pnl=np.array([row.net_pnl for row in trades], np.float64),
        r=np.array([nan if row.risk_reward is None else row.risk_reward for row in trades]),
        exit_session=_days([row.exit_date for row in trades]),
    )


def _days(dates: list[date]) -> NDArray[np.int64]:
    return np.array([day_number(each) for each in dates], np.int64)
