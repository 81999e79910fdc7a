"""Names that mean something elsewhere: SQL, HTML, formulas, formats. Here they are names.

What may stand where is tested by the tables of bad configs, and how pages of pictures show it by
their own tests; this is what the ledger and the console make of it.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from stranger_setup import configs_of

from infrastructure.cli.app import main
from infrastructure.database.engine import open_database
from infrastructure.market_data.store.reading import stored_series

NAMES = [
    "x'; DROP TABLE algo_trades; --",
    'x"); DELETE FROM backtest_runs; --',
    "' OR '1'='1",
    "%s %(name)s :name ? {0.__class__} ${jndi}",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a> &lt;b&gt;",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "@SUM(A1:A9)",
    "-2+3",
    "../../etc/passwd",
    r"\\host\share",
    "[bold red]rich[/bold red] :smile:",
    "NULL",
    "שלום مرحبا",
    "Übung 三角 🕯",
    "$x^2$ `id` $(id) \\n \\x1b[31m",
]


def given_name(folder: Path, name: str) -> Path:
    """A portfolio whose every free text is this name."""
    texts = {"strategy_name": name, "version": name, "variant": name}
    indicator = {"name": name, "parameters": {"fast": 2, "slow": 3}}
    path = configs_of("MovingAverageCross", folder, indicator=indicator, **texts)
    portfolio = json.loads(path.read_text(encoding="utf-8"))
    portfolio |= {"portfolio_name": name, "account_id": name}
    path.write_text(json.dumps(portfolio), encoding="utf-8")
    return path


def queried(folder: Path, query: str) -> list[Any]:
    """The rows of a query on the folder's database."""
    with closing(sqlite3.connect(folder / "kairos.db")) as connection:
        return [*connection.execute(query)]


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_is_kept_as_it_is(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run is stored, its report says the name, the ledger gives it back, no table is gone."""
    tables = "SELECT name, sql FROM sqlite_master ORDER BY name"
    before = queried(folder, tables)
    assert main(["run", str(given_name(folder, name)), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["portfolio"]["portfolio_name"] == report["strategies"][0]["strategy_name"] == name
    assert queried(folder, tables) == before
    columns = "strategy_name, strategy_version, variant, indicator_name"
    assert queried(folder, f"SELECT {columns} FROM algo_strategies") == [(name,) * 4]
    assert queried(folder, "SELECT portfolio_name, account_id FROM backtest_runs") == [(name,) * 2]
    assert {*queried(folder, "SELECT account_id FROM algo_trades")} == {(name,)}
    assert main(["run", str(given_name(folder, name))]) == 0
    assert name.split()[0] in capsys.readouterr().out


def test_a_series_with_a_strange_symbol_changes_no_other(folder: Path) -> None:
    """Symbols go to SQL as values too: the strange one is looked for, and not there."""
    database = open_database(folder / "kairos.db")
    for symbol in ("x' OR '1'='1", "%", "_", "QQ%", "qqq"):
        assert stored_series(database, symbol) == []
    assert len(stored_series(database, "QQQ")) == 1
    database.close()
