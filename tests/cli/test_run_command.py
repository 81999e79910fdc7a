"""`kairos run`: from a portfolio's config to the ledger and the report."""

import json
import sqlite3
from pathlib import Path

import pytest
from cli_setup import IMPORT_LINE, Shop


def n_runs(database: Path) -> int:
    """Rows of backtest_runs."""
    connection = sqlite3.connect(database)
    (count,) = connection.execute("SELECT count(*) FROM backtest_runs").fetchone()
    connection.close()
    return int(count)


def test_a_run_prints_its_tables_and_stores_one_row(shop: Shop) -> None:
    """One table per strategy, one for the portfolio, and one new row in backtest_runs."""
    done = shop.kairos("run", shop.portfolio())
    assert done.code == 0
    assert done.err == ""
    assert done.out.count("Net profit") == 2
    assert done.out.index("Strategy · single candles") < done.out.index("Portfolio · single")
    assert "Run 1, stored in kairos.db." in done.out
    assert "SYNTHETIC" not in done.out
    assert n_runs(shop.database) == 1


def test_what_is_piped_holds_no_colour_codes(shop: Shop) -> None:
    """Plain text where no terminal reads it, in lines of at most 80 characters."""
    done = shop.kairos("run", shop.portfolio())
    assert "\x1b" not in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert all(line == line.rstrip() for line in done.out.splitlines())


def test_json_is_one_object_and_nothing_else(shop: Shop) -> None:
    """--json prints {run_id, portfolio, strategies}."""
    done = shop.kairos("run", shop.portfolio(), "--json")
    report = json.loads(done.out)
    assert list(report) == ["run_id", "portfolio", "strategies"]
    assert report["run_id"] == 1
    assert report["portfolio"]["trades"] == report["strategies"][0]["trades"] > 0
    assert report["portfolio"]["synthetic"] is False
    assert done.err == ""


def test_start_and_end_are_whole_exchange_days(shop: Shop) -> None:
    """Bars of three sessions, of which the last is whole."""
    given = ("--start", "2024-01-08", "--end", "2024-01-10", "--json")
    report = json.loads(shop.kairos("run", shop.portfolio(), *given).out)["portfolio"]
    assert (report["first_session"], report["last_session"]) == ("2024-01-08", "2024-01-10")
    assert report["bars"] == 3 * 13


def test_the_fill_policy_of_the_command_line_wins(shop: Shop) -> None:
    """The config says stop_first, the option target_first."""
    path = shop.portfolio(fill_policy="stop_first")
    done = shop.kairos("run", path, "--fill-policy", "target_first", "--json")
    assert json.loads(done.out)["portfolio"]["fill_policy"] == "target_first"


def test_db_comes_from_the_option_or_the_environment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--db wins over KAIROS_DB, and KAIROS_DB over kairos.db."""
    path = shop.portfolio()
    (shop.folder / "elsewhere").mkdir()
    named = shop.database.rename(shop.folder / "elsewhere" / "named.db")
    assert shop.kairos("run", path, "--db", named).code == 0
    monkeypatch.setenv("KAIROS_DB", str(named))
    assert shop.kairos("run", path).code == 0
    monkeypatch.setenv("KAIROS_DB", str(shop.folder))
    assert shop.kairos("run", path, "--db", named).code == 0
    assert n_runs(named) == 3


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"totl_capital": 1}, 'totl_capital is not a known key (did you mean "total_capital"?)'),
        ({"risk": {"risk_per_trade": 0.5, "max_daily_risk": 2}}, "max_daily_risk"),
        ({"total_capital": "100000"}, "total_capital must be a number"),
    ],
)
def test_a_broken_config_is_one_line(shop: Shop, settings: dict[str, object], line: str) -> None:
    """File, key, what was found, what to do; nothing is stored."""
    done = shop.kairos("run", shop.portfolio(**settings))
    assert done.code == 2
    assert done.error.startswith("single.json: ")
    assert line in done.error
    assert done.out == ""
    assert n_runs(shop.database) == 0


def test_a_missing_portfolio_is_one_line(shop: Shop) -> None:
    """Neither the file nor a name."""
    done = shop.kairos("run", "nothing.json")
    assert (done.code, done.error) == (2, "nothing.json: no such file")


def test_a_symbol_without_bars_is_one_line_with_the_import_command(empty_shop: Shop) -> None:
    """`kairos run` never makes bars up."""
    done = empty_shop.kairos("run", empty_shop.portfolio())
    assert done.code == 2
    assert IMPORT_LINE in done.error
    assert done.out == ""


def test_dates_without_bars_are_one_line(shop: Shop) -> None:
    """The line names what there is."""
    done = shop.kairos("run", shop.portfolio(), "--start", "2031-01-01", "--end", "2031-02-01")
    assert done.code == 2
    assert "2031-01-01" in done.error
    assert "2024-01-31" in done.error


def test_bad_databases_are_one_line(shop: Shop) -> None:
    """A folder, a missing folder, a file that is no database, an address of another kind."""
    path = shop.portfolio()
    (shop.folder / "corrupt.db").write_text("this is no database, and long enough to tell\n" * 9)
    for db in (shop.folder, shop.folder / "no" / "x.db", shop.folder / "corrupt.db", "mysql://x"):
        done = shop.kairos("run", path, "--db", db)
        assert done.code == 2, db
        assert str(db) in done.error


def test_a_read_only_database_is_one_line(shop: Shop) -> None:
    """Opened by SQLite as read-only, which holds for an administrator too."""
    address = f"sqlite:///file:{shop.database}?mode=ro&uri=true"
    done = shop.kairos("run", shop.portfolio(), "--db", address)
    assert done.code == 2
    assert "read-only" in done.error
    assert n_runs(shop.database) == 0


def test_verbose_shows_where_the_error_came_from(shop: Shop) -> None:
    """-v puts the traceback before the line, wherever it stands."""
    for arguments in (("-v", "run", "nothing.json"), ("run", "nothing.json", "--verbose")):
        done = shop.kairos(*arguments)
        assert done.code == 2
        assert "Traceback" in done.err
        assert done.err.splitlines()[-1] == "error: nothing.json: no such file"


def test_a_class_that_does_not_exist_is_one_line(shop: Shop) -> None:
    """With the nearest one that does."""
    path = shop.portfolio()
    strategy = shop.folder / "config" / "strategies" / "single.json"
    strategy.write_text(strategy.read_text().replace("TightCandleStrategy", "TightCandelStrategy"))
    done = shop.kairos("run", path)
    assert done.code == 2
    assert 'did you mean "TightCandleStrategy"' in done.error
