"""`python main.py`: every portfolio of a folder, on synthetic bars where there are none."""

import json
import subprocess
import sys
from pathlib import Path

from cli_setup import IMPORT_LINE, Shop, month_of_bars


def test_a_first_run_makes_synthetic_bars_and_says_so_everywhere(empty_shop: Shop) -> None:
    """Every title and every column of figures says SYNTHETIC; the import line is printed."""
    empty_shop.portfolio()
    done = empty_shop.everything()
    assert done.code == 0
    assert "SYNTHETIC" in done.err
    assert IMPORT_LINE in done.err
    lines = done.out.splitlines()
    titles = [line for line in lines if line.startswith(("single", "Strategy ·", "Portfolio ·"))]
    assert len(titles) == 3
    assert all(line.endswith("SYNTHETIC") for line in titles)
    for row, line in enumerate(lines):
        if line.startswith("Net profit"):
            assert lines[row - 1].split() == ["SYNTHETIC", "SYNTHETIC"]
    assert IMPORT_LINE in done.out


def test_a_second_run_makes_nothing_and_still_says_synthetic(empty_shop: Shop) -> None:
    """The bars are there, the label stays."""
    empty_shop.portfolio()
    empty_shop.everything()
    done = empty_shop.everything("--json")
    assert done.err == ""
    report = json.loads(done.out)
    assert report["portfolio"]["synthetic"] is True
    assert report["strategies"][0]["synthetic"] is True
    assert report["portfolio"]["synthetic_series"] == ["QQQ 30m"]


def test_real_bars_replace_the_synthetic_ones(empty_shop: Shop) -> None:
    """After an import no figure is labelled, and none made of the old bars is left."""
    path = empty_shop.portfolio()
    empty_shop.everything()
    csv = month_of_bars(empty_shop.folder / "qqq.csv")
    took = empty_shop.kairos("data", "import", csv, "--symbol", "QQQ", "--interval", "30m")
    assert took.code == 0
    assert "synthetic bars removed" in took.out
    done = empty_shop.kairos("run", path)
    assert done.code == 0
    assert "SYNTHETIC" not in done.out
    assert "273 bars" in done.out


def test_only_qqq_is_ever_made_up(empty_shop: Shop) -> None:
    """Another symbol without bars is an error, not an invention."""
    empty_shop.portfolio(symbol="SPY")
    done = empty_shop.everything()
    assert done.code == 2
    assert "SPY 30m" in done.error


def test_a_portfolio_of_nasdaq_runs_on_the_real_series_that_is_shipped(empty_shop: Shop) -> None:
    """Stored once, told on standard error, and labelled SYNTHETIC nowhere."""
    empty_shop.portfolio(symbol="NASDAQ", interval="1d")
    done = empty_shop.everything()
    assert done.code == 0
    assert done.err.startswith("NASDAQ 1d: no bars in kairos.db; stored 5,031 real ones, ")
    assert "SYNTHETIC" not in done.out
    assert empty_shop.everything().err == ""


def test_nasdaq_at_another_interval_is_not_made_up(empty_shop: Shop) -> None:
    """There are daily bars of it only."""
    empty_shop.portfolio(symbol="NASDAQ")
    done = empty_shop.everything()
    assert done.code == 2
    assert "NASDAQ 30m" in done.error


def test_one_broken_portfolio_does_not_stop_the_others(shop: Shop) -> None:
    """Its line is printed, the others run, and the exit code tells."""
    shop.portfolio("a_broken", total_capital=-1)
    shop.portfolio("b_good")
    shop.portfolio("c_unknown", symbol="NOPE")
    done = shop.everything()
    assert done.code == 2
    first, second = done.err.splitlines()
    assert first.startswith("error: a_broken.json: total_capital must be above 0")
    assert second.startswith("error: c_unknown.json: ")
    assert "NOPE 30m: no bars stored" in second
    assert done.out.count("Portfolio · ") == 1
    assert "Portfolio · b_good" in done.out


def test_json_of_several_portfolios_is_a_line_for_each(shop: Shop) -> None:
    """Each line is one whole object."""
    shop.portfolio("one")
    shop.portfolio("two")
    done = shop.everything("--json")
    names = [json.loads(line)["portfolio"]["portfolio_name"] for line in done.out.splitlines()]
    assert names == ["one", "two"]


def test_no_portfolio_at_all_is_one_line(empty_shop: Shop) -> None:
    """Where one was looked for, and what tells how to write one."""
    done = empty_shop.everything()
    assert done.code == 2
    assert "kairos schema portfolio" in done.error
    assert not empty_shop.database.exists()


def test_a_bad_database_is_told_once(empty_shop: Shop) -> None:
    """Not once for each portfolio."""
    empty_shop.portfolio("one")
    empty_shop.portfolio("two")
    done = empty_shop.everything("--db", empty_shop.folder)
    assert done.code == 2
    assert "is a folder" in done.error


def test_main_py_runs_the_shipped_portfolios(tmp_path: Path) -> None:
    """The file itself, as a user starts it, in another folder and with another database."""
    root = Path(__file__).resolve().parents[2]
    shipped = sorted((root / "backtest_config" / "portfolios").glob("*.json"))
    command = [sys.executable, str(root / "main.py"), "--json", "--db", str(tmp_path / "kairos.db")]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["run_id"] for report in reports] == list(range(1, len(shipped) + 1))
    synthetic = {
        each["portfolio"]["portfolio_name"]: each["portfolio"]["synthetic"] for each in reports
    }
    assert synthetic == {"NASDAQ daily": False, "Single QQQ": True, "Three ideas on QQQ": True}
    assert "NASDAQ 1d: no bars in" in done.stderr
    assert "stored 5,031 real ones, 1999-01-04 to 2018-12-31" in done.stderr
