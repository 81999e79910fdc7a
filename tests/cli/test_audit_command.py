"""`kairos audit`: from a strategy's config to the ledger, and to what later runs say of it."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_setup import Shop

import strategies
from infrastructure.strategy_management import strategy_registry

LEAKY = '''
import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy


class NextClose(VectorBTStrategy):
    """Buys before a rise."""

    bars_ahead: int = 1

    def generate_signals(self, bars):
        ahead = np.append(bars.close[self.bars_ahead :], np.full(self.bars_ahead, np.nan))
        return Signals(long=ahead > bars.close)
'''


def rows(database: Path, table: str) -> list[dict[str, Any]]:
    """Every row of a table."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def config_of(shop: Shop, name: str = "single", **changes: Any) -> Path:
    """The config of the strategy of a portfolio of that name."""
    shop.portfolio(name)
    path = shop.folder / "config" / "strategies" / f"{name}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return path


@pytest.fixture
def leaky(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose folder of strategies holds one that knows the next close."""
    folder = shop.folder / "ideas"
    folder.mkdir()
    (folder / "next_close_of_a_test.py").write_text(LEAKY)
    monkeypatch.setattr(strategy_registry, "STRATEGIES", folder)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(folder)])
    yield shop
    sys.modules.pop("strategies.next_close_of_a_test", None)


def leaky_config(shop: Shop) -> Path:
    """The config of the leaky strategy."""
    return config_of(shop, class_name="NextClose", indicator={"name": "next"})


def test_an_honest_strategy_passes_with_0(shop: Shop) -> None:
    """Every check has its line, and the ledger one audit with nothing found."""
    done = shop.kairos("audit", config_of(shop))
    assert (done.code, done.err) == (0, "")
    for check in ("repetition", "truncation", "futures", "warm-up"):
        assert f"  {check:<16}" in done.out
    assert "QQQ 30m · 2024-01-02 to 2024-01-31 · 273 bars" in done.out
    assert "Passed: no decision hangs on a later bar." in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    (audit,) = rows(shop.database, "strategy_audits")
    assert (audit["class_name"], audit["passed"]) == ("TightCandleStrategy", 1)
    assert audit["truncations"] == 24 and json.loads(audit["findings"]) == []
    kept = json.loads(audit["checks"])
    assert kept["parameters"] == {"tightness_threshold": 0.1, "wick_ratio_threshold": 2.0}
    assert [each["check"] for each in kept["checks"]][:2] == ["repetition", "truncation"]


def test_a_leak_ends_with_1(leaky: Shop) -> None:
    """The finding names its check, its column and its first bar, by number, time and date."""
    done = leaky.kairos("audit", leaky_config(leaky))
    assert (done.code, done.err) == (1, "")
    (first, *_) = json.loads(rows(leaky.database, "strategy_audits")[0]["findings"])
    assert (first["check"], first["column"], first["symbol"]) == ("truncation", "long", "QQQ")
    place = f"row {first['row']} ({first['time']}, session {first['session']})"
    assert f"truncation · long · QQQ {place}" in done.out
    assert "FAILED: 2 findings; a backtest of this code is not to be believed." in done.out
    assert rows(leaky.database, "strategy_audits")[0]["passed"] == 0


def test_json_is_one_object(leaky: Shop) -> None:
    """The same for other programs, and nothing else is printed."""
    done = leaky.kairos("audit", leaky_config(leaky), "--json", "--truncations", 30)
    report = json.loads(done.out)
    (stored,) = rows(leaky.database, "strategy_audits")
    assert done.code == 1 and report["passed"] is False
    assert report["audit_id"] == stored["audit_id"]
    assert report["code_digest"] == stored["code_digest"]
    assert report["truncations"] == stored["truncations"] == 30
    assert report["findings"] == json.loads(stored["findings"])


def test_a_run_tells_whether_its_code_was_audited(leaky: Shop) -> None:
    """Not audited, failed, changed since: one line each; passed: none. The ledger keeps it."""
    config = leaky_config(leaky)
    portfolio = leaky.folder / "config" / "portfolios" / "single.json"
    asked = "(kairos audit config/strategies/single.json)"
    unknown = " ".join(leaky.kairos("run", portfolio).out.split())
    assert f"Not audited for look-ahead: NextClose {asked}." in unknown
    leaky.kairos("audit", config)
    failed = " ".join(leaky.kairos("run", portfolio).out.split())
    assert f"Audit FAILED, do not believe this run: NextClose {asked}." in failed
    source = leaky.folder / "ideas" / "next_close_of_a_test.py"
    source.write_text(LEAKY.replace("before a rise", "after a rise"))
    assert "Not audited" in leaky.kairos("run", portfolio).out
    report = json.loads(leaky.kairos("run", portfolio, "--json").out)["strategies"][0]
    assert (report["audit"], report["audit_id"]) == ("not_audited", None)
    stored = rows(leaky.database, "run_strategy_code")
    assert [row["audit"] for row in stored] == ["not_audited", "failed", *["not_audited"] * 2]
    assert [row["audit_id"] for row in stored] == [None, 1, None, None]
    first, second, third, fourth = (row["code_digest"] for row in stored)
    assert first == second != third == fourth == report["code_digest"]


def test_a_run_of_audited_code_says_nothing(shop: Shop) -> None:
    """The line is for those who have something to do."""
    shop.kairos("audit", config_of(shop))
    portfolio = shop.folder / "config" / "portfolios" / "single.json"
    out = shop.kairos("run", portfolio).out
    assert "udit" not in out
    (row,) = rows(shop.database, "run_strategy_code")
    assert (row["position"], row["audit"], row["audit_id"]) == (1, "passed", 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nope.json",), "nope.json: no such file"),
        (("CONFIG", "--truncations", 19), "'--truncations': must be greater than or equal to 20"),
        (("CONFIG", "--start", "2024-01-30"), "needs at least 60 bars; found 26"),
        (("CONFIG", "--end", "2001-01-30"), "QQQ 30m"),
    ],
)
def test_bad_input_ends_with_2(shop: Shop, arguments: tuple[object, ...], told: str) -> None:
    """One line, and no audit is stored."""
    config = config_of(shop)
    done = shop.kairos("audit", *(config if each == "CONFIG" else each for each in arguments))
    assert done.code == 2 and told in done.error
    with closing(sqlite3.connect(shop.database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    stored = rows(shop.database, "strategy_audits") if ("strategy_audits",) in tables else []
    assert stored == []


def test_a_class_that_is_not_there_is_named_by_its_config(shop: Shop) -> None:
    """As `kairos run` says it."""
    done = shop.kairos("audit", config_of(shop, class_name="TightCandleStrateg"))
    assert done.code == 2
    assert 'did you mean "TightCandleStrategy"' in done.error


def test_every_symbol_is_audited(shop: Shop) -> None:
    """A symbol without bars stops it; the others are told one by one."""
    done = shop.kairos("audit", config_of(shop, symbols=["QQQ", "SPY"]))
    assert done.code == 2 and "SPY" in done.error
