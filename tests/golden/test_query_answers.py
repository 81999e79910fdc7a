"""The queries that the docs promise run, and find what the page shows."""

import re

from query_answers import PAGE, answered, demo_ledger, queries

from infrastructure.database.engine import Database
from infrastructure.database.view_tables import VIEWS


def test_every_query_of_the_page_finds_what_the_page_shows(database: Database) -> None:
    """On SQLite and PostgreSQL alike; `make golden` writes the answers anew."""
    page = PAGE.read_text(encoding="utf-8")
    demo_ledger(database)
    assert answered(page, database) == page


def test_the_page_tells_every_column_of_every_view_and_ten_queries() -> None:
    """A view that gets a column gets it there too; each query looks at a view."""
    page = PAGE.read_text(encoding="utf-8")
    for name, view in VIEWS.items():
        (told,) = re.findall(rf"^### {name}\n(.*?)^##", page, re.MULTILINE | re.DOTALL)
        assert [each.name for each in view.c if f"`{each.name}`" not in told] == []
    assert len(queries(page)) >= 10
    assert len(re.findall(r"^```sql$", page, re.MULTILINE)) == len(queries(page))
    assert all(any(name in query for name in VIEWS) for query in queries(page))
