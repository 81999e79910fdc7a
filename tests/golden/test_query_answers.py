"""The queries that the docs promise run, and find what the page shows."""

import re

import pytest
from query_answers import PAGE, answered, demo_ledger, queries
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_strategy_allocations
from infrastructure.database.view_tables import VIEWS, v_strategy_summary


def test_every_query_of_the_page_finds_what_the_page_shows(database: Database) -> None:
    """On SQLite and PostgreSQL alike; `make golden` writes the answers anew."""
    page = PAGE.read_text(encoding="utf-8")
    demo_ledger(database)
    assert answered(page, database) == page


def test_the_summary_is_the_report_of_a_run(file_database: Database) -> None:
    """Of real runs: every figure that both name is one, net profit too, to the last cent."""
    demo_ledger(file_database)
    wanted = select(v_strategy_summary, backtest_strategy_allocations.c.figures).join(
        backtest_strategy_allocations,
        (backtest_strategy_allocations.c.run_id == v_strategy_summary.c.run_id)
        & (backtest_strategy_allocations.c.position == v_strategy_summary.c.position),
    )
    with file_database.read() as connection:
        books = connection.execute(wanted).mappings().all()
    assert len(books) == 4
    for book in books:
        shared = book["figures"].keys() & book.keys()
        assert {"net_profit", "trades", "profit_factor", "sharpe", "expectancy_r"} < shared
        for name in shared:
            reported = book["figures"][name]
            same = None if reported is None else pytest.approx(reported, rel=1e-9, abs=1e-6)
            assert book[name] == same, name
        assert book["refused"] == sum(book["figures"]["refused_by_reason"].values())


def test_the_page_tells_every_column_of_every_view_and_ten_queries() -> None:
    """A view that gets a column gets it there too; each query looks at a view."""
    page = PAGE.read_text(encoding="utf-8")
    for name, view in VIEWS.items():
        (told,) = re.findall(rf"^### {name}\n(.*?)^##", page, re.MULTILINE | re.DOTALL)
        assert [each.name for each in view.c if f"`{each.name}`" not in told] == []
    assert len(queries(page)) >= 10
    assert len(re.findall(r"^```sql$", page, re.MULTILINE)) == len(queries(page))
    assert all(any(name in query for name in VIEWS) for query in queries(page))
