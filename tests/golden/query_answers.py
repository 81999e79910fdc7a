"""The queries of docs/ledger-queries.md, and what they find in a ledger of two demo runs."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from infrastructure.database.engine import Database
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.strategy_manager import StrategyManager

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "ledger-queries.md"
PORTFOLIOS = ROOT / "backtest_config" / "portfolios"
QUERY = re.compile(r"^```sql\n(.*?)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


def demo_ledger(database: Database) -> None:
    """Bars of QQQ, run 1 of one strategy, run 2 of three on one account."""
    make_demo_bars("QQQ", "30m", database=database)
    for name in ("single_qqq", "three_ideas"):
        url = database.url.render_as_string(hide_password=False)
        StrategyManager(PORTFOLIOS / f"{name}.json", db_path=url).run_all()


def queries(page: str) -> list[str]:
    """Every query of the page that stands above an answer."""
    return [query for query, _ in QUERY.findall(page)]


def answered(page: str, database: Database) -> str:
    """The page with the answers of this ledger."""

    def answer(found: re.Match[str]) -> str:
        return f"```sql\n{found[1]}```\n\n```text\n{_answer(database, found[1])}```"

    return QUERY.sub(answer, page)


def _answer(database: Database, query: str) -> str:
    """Column names, then rows, one below the other; numbers to the right."""
    with database.read() as connection:
        found = connection.exec_driver_sql(query)
        rows = [list(found.keys()), *([_shown(cell) for cell in row] for row in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = [all(_is_number(cell) for cell in column[1:]) for column in zip(*rows, strict=True)]
    return "".join(f"{_line(row, widths, numbers)}\n" for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    cells = zip(row, widths, numbers, strict=True)
    return "  ".join(
        cell.rjust(width) if is_number else cell.ljust(width) for cell, width, is_number in cells
    ).rstrip()


def _shown(cell: Any) -> str:
    """Two places of a real number, as both databases have them; nothing for NULL."""
    if cell is None:
        return ""
    if isinstance(cell, float | Decimal):
        return f"{float(cell) + 0.0:.2f}".replace("-0.00", "0.00")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?|", cell) is not None
