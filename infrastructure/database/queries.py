"""Questions to the ledger that other floors ask."""

from datetime import date

from sqlalchemy import func, select

from infrastructure.database.engine import Database
from infrastructure.database.models import algo_trades


def realised_on(database: Database, run_id: int, day: date) -> float:
    """Net P&L, money, of the trades of a run that closed on an exchange date; 0.0 for none."""
    total = select(func.coalesce(func.sum(algo_trades.c.net_pnl), 0.0)).where(
        algo_trades.c.run_id == run_id, algo_trades.c.exit_date == day
    )
    with database.read() as connection:
        return float(connection.execute(total).scalar_one())
