"""Files of runs: complete, readable by any program, harmless in spreadsheets, whole or absent."""

import csv
import gzip
import json
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from asking_setup import store
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.models import orders
from infrastructure.database.research_tables import METRIC_FIGURES
from infrastructure.errors import ConfigError, StorageError
from infrastructure.ledger.asking.exporting import export_list, export_runs
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.ledger.asking.marking import add_tags
from infrastructure.ledger.asking.row_files import ENDINGS, Field, harmless, write_rows
from tests.database.ledger_samples import strategy, trade

WHAT = ("trades", "orders", "refusals", "equity", "figures")
FIELDS = [
    Field("whole", "whole"),
    Field("real", "real"),
    Field("text", "text"),
    Field("moment", "moment"),
    Field("date", "date"),
    Field("flag", "flag"),
]
MOMENT = datetime(2024, 1, 2, 15, tzinfo=UTC)
ROWS: list[tuple[Any, ...]] = [
    (1, -0.1, "=SUM(A1)", MOMENT, date(2024, 1, 2), True),
    (2**53 + 1, 1e-300, 'a,"b"\r\nc', MOMENT, date(1969, 12, 31), False),
    (None, None, None, None, None, None),
    (-5, 402.0, "-5", MOMENT, date(2024, 2, 29), True),
]


def of_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, packed or not."""
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of any kind."""
    if path.suffix == ".json":
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return found
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]
    return of_csv(path)  # type: ignore[return-value]


def test_parquet_gives_back_what_was_written(tmp_path: Path) -> None:
    """Every value and type, text as it was."""
    path = tmp_path / "x.parquet"
    assert write_rows(path, FIELDS, ROWS) == 4
    assert [tuple(row.values()) for row in rows_of(path)] == ROWS


def test_json_is_one_document(tmp_path: Path) -> None:
    """Numbers are numbers, what does not exist is null, text is as it was."""
    path = tmp_path / "x.json"
    write_rows(path, FIELDS, ROWS)
    first, second, third, _ = rows_of(path)
    told = [1, -0.1, "=SUM(A1)", "2024-01-02T15:00:00Z", "2024-01-02", True]
    assert list(first.values()) == told
    assert second["text"] == 'a,"b"\r\nc'
    assert set(third.values()) == {None}
    write_rows(tmp_path / "none.json", FIELDS, [])
    assert rows_of(tmp_path / "none.json") == []


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_csv_loses_no_digit_and_runs_no_formula(tmp_path: Path, name: str) -> None:
    """Numbers stay numbers, negative ones too; only text gets an apostrophe."""
    write_rows(tmp_path / name, FIELDS, ROWS)
    first, second, third, fourth = of_csv(tmp_path / name)
    told = ["1", "-0.1", "'=SUM(A1)", "2024-01-02T15:00:00Z", "2024-01-02", "true"]
    assert list(first.values()) == told
    assert (int(second["whole"]), float(second["real"])) == (2**53 + 1, 1e-300)
    assert second["text"] == 'a,"b"\r\nc'
    assert set(third.values()) == {""}
    assert (fourth["whole"], fourth["text"]) == ("-5", "'-5")


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"],
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    """Each sign that OWASP names, in full width too; others are left alone."""
    assert harmless(text) == f"'{text}"
    for plain in (f"a{text}", f"'{text}", "^NDX", "", "1=1"):
        assert harmless(plain) == plain


@pytest.fixture
def ledger(database: Database) -> Database:
    """Two runs: one of two strategies with orders and a name that looks like a formula."""
    figures = {"sharpe": 1.5, "trades": 2, "worst_day": "2024-01-02"}
    configs = [strategy("=cmd"), strategy("b", symbols=("SPY",))]
    trades = [trade(1), trade(2, symbol="SPY", stop_price=None, net_pnl=-3.25)]
    store(database, configs, {"trades": trades}, figures=figures, sharpe=1.5, bars_start=MOMENT)
    store(database, portfolio_name="@home")
    bought = {"run_id": 1, "position": 2, "symbol": "SPY", "side": "buy", "bar_timestamp": MOMENT}
    rows = [
        {**bought, "number": n, "quantity": 1.5, "price": 2.0, "commission": 0.0} for n in (2, 1)
    ]
    with database.write() as connection:
        connection.execute(orders.insert(), rows)
    add_tags(database, [1], ["good", "a"])
    return database


def test_every_kind_of_row_goes_into_every_kind_of_file(ledger: Database, tmp_path: Path) -> None:
    """As many as there are of the runs that were named, in their order, once each."""
    expected = {"trades": 4, "orders": 2, "refusals": 2, "equity": 6, "figures": 5}
    for what, ending in product(WHAT, ENDINGS):
        path = tmp_path / f"{what}{ending}"
        assert export_runs(ledger, [2, 1, 2], what, path) == expected[what]
        found = rows_of(path)
        assert len(found) == expected[what]
        runs = [int(row["run_id"]) for row in found]
        assert runs == sorted(runs, reverse=True)


def test_trades_are_those_of_the_ledger(ledger: Database, tmp_path: Path) -> None:
    """With their names beside them; text as it stands but in CSV."""
    for ending, name in ((".parquet", "=cmd"), (".csv", "'=cmd")):
        export_runs(ledger, [1], "trades", tmp_path / f"x{ending}")
        first, second = rows_of(tmp_path / f"x{ending}")
        assert (first["strategy_name"], second["strategy_name"]) == (name, "b")
        assert (float(first["net_pnl"]), float(second["net_pnl"])) == (20.0, -3.25)
        assert second["stop_price"] in (None, "")


def test_figures_have_a_row_for_the_account_and_each_strategy(
    ledger: Database, tmp_path: Path
) -> None:
    """Every figure of TradeMetrics is a column; what is not defined is empty."""
    export_runs(ledger, [1], "figures", tmp_path / "x.parquet")
    account, first, second = rows_of(tmp_path / "x.parquet")
    assert [row["strategy_name"] for row in (account, first, second)] == [None, "=cmd", "b"]
    assert [row["book"] for row in (account, first, second)] == [0, 1, 2]
    assert (account["sharpe"], account["trades"]) == (1.5, 2)
    assert (account["worst_day"], account["calmar"], first["sharpe"]) == ("2024-01-02", None, None)
    assert set(METRIC_FIGURES) < set(account)


def test_a_list_is_written_with_all_its_columns(ledger: Database, tmp_path: Path) -> None:
    """Names and tags with commas between them."""
    for ending in ENDINGS:
        export_list(list_runs(ledger), tmp_path / f"x{ending}")
        second, first = rows_of(tmp_path / f"x{ending}")
        assert first["tags"] == "a, good"
        assert first["symbols"] == "QQQ, SPY"
        assert float(first["sharpe"]) == 1.5
        assert second["sharpe"] in (None, "")
    assert of_csv(tmp_path / "x.csv")[0]["portfolio_name"] == "'@home"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_there_is_not_replaced(
    file_database: Database, tmp_path: Path, ending: str
) -> None:
    """Unless somebody says so; a link that leads nowhere is a file, too."""
    store(file_database)
    path = tmp_path / f"x{ending}"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="is there already; give another name, or --force"):
        export_runs(file_database, [1], "trades", path)
    assert path.read_text() == "mine"
    export_runs(file_database, [1], "trades", path, force=True)
    assert len(rows_of(path)) == 2
    link = tmp_path / f"link{ending}"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="is there already"):
        export_runs(file_database, [1], "trades", link)
    assert [each.name for each in tmp_path.iterdir() if "unfinished" in each.name] == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_whole_or_not_there(tmp_path: Path, ending: str) -> None:
    """What fails half-way leaves neither a part of the file nor the one it began."""

    def failing() -> Any:
        yield from ROWS * 10_000
        raise StorageError("the disk is gone")

    path = tmp_path / f"x{ending}"
    path.write_text("mine")
    with pytest.raises(StorageError, match="the disk is gone"):
        write_rows(path, FIELDS, failing(), force=True)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "mine"


def test_where_no_file_can_be_is_one_line(file_database: Database, tmp_path: Path) -> None:
    """Another ending, a folder that is not there, a run that is not there."""
    store(file_database)
    for name in ("x.txt", "x", "x.xlsx", ".json.bak"):
        with pytest.raises(ConfigError, match=r"expected a name that ends in \.csv, \.csv\.gz"):
            export_runs(file_database, [1], "trades", tmp_path / name)
    with pytest.raises(StorageError, match="cannot be written"):
        export_runs(file_database, [1], "trades", tmp_path / "nowhere" / "x.csv")
    with pytest.raises(ConfigError, match=r"^run 4: no such run"):
        export_runs(file_database, [1, 4], "trades", tmp_path / "x.csv")
    assert [each.name for each in tmp_path.iterdir() if "kairos.db" not in each.name] == []


def test_nothing_is_changed_by_an_export(ledger: Database, tmp_path: Path) -> None:
    """Orders are as they were stored."""
    export_runs(ledger, [1], "orders", tmp_path / "x.json")
    with ledger.read() as connection:
        stored = connection.execute(select(orders).order_by(orders.c.number)).mappings().all()
    found = rows_of(tmp_path / "x.json")
    assert [row["number"] for row in found] == [row["number"] for row in stored] == [1, 2]
    assert found[0]["bar_timestamp"] == "2024-01-02T15:00:00Z"
    assert (found[0]["strategy_name"], found[0]["quantity"]) == ("b", 1.5)
