"""Runs to be proved, and ways to change what they were made of."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, select, text, update

from infrastructure.database.engine import Database
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.strategy_manager import StrategyManager

PORTFOLIOS = Path(__file__).resolve().parents[2] / "backtest_config" / "portfolios"
SINGLE, THREE = (PORTFOLIOS / f"{name}.json" for name in ("single_qqq", "three_ideas"))


def run_of(ledger: Database, portfolio: Path = SINGLE, **settings: Any) -> RunResult:
    """A stored run."""
    return StrategyManager(portfolio, db_path=ledger.url, **settings).run_all()


def change(ledger: Database, statement: str, **values: Any) -> None:
    """What somebody does to the ledger by hand."""
    with ledger.write() as connection:
        connection.execute(text(statement), values)


GONE = object()
"""Instead of a value: the key is taken out."""


def change_json(
    ledger: Database, column: Column[Any], path: str, value: Any, *which: ColumnElement[bool]
) -> None:
    """The same inside the JSON of one row, the table's only one unless `which` says.

    path: keys with dots between. value: GONE takes the key out.
    """
    *above, last = path.split(".")
    with ledger.write() as connection:
        whole = connection.execute(select(column).where(*which)).scalar_one()
        inner = whole
        for name in above:
            inner = inner[name]
        if value is GONE:
            del inner[last]
        else:
            inner[last] = value
        connection.execute(update(column.table).where(*which).values({column.name: whole}))
