"""`kairos sweep`: its report for people and for programs, its page, its signs of life."""

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli_setup import Shop

from infrastructure.cli.trial_progress import TrialProgress
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

ROOT = Path(__file__).resolve().parents[2]
GRID = ("--param", "tightness_threshold=0.1:0.6:0.1", "--param", "risk_reward=null,1,2")


def report(shop: Shop, *options: object) -> dict[str, Any]:
    """What `--json` prints."""
    done = shop.kairos("sweep", shop.portfolio(), *options, "--json")
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_the_best_ones_are_a_table(shop: Shop) -> None:
    """How many, how fast, the best first, where they are kept; whole numbers without a point."""
    done = shop.kairos("sweep", shop.portfolio(), *GRID, "--top", 4, "--constraint", "trades>=5")
    assert (done.code, done.err) == (0, "")
    head, counted, met, columns, *rest = done.out.splitlines()
    assert head == "Sweep · single"
    assert re.fullmatch(r"18 configurations · [\d.]+ s, [\d,]+ a second · best by sqn", counted)
    assert re.fullmatch(r"Meet trades>=5: \d+\.", met)
    assert columns.split()[:4] == ["trial", "risk_reward", "tightness_threshold", "trades"]
    rows = [line.split() for line in rest[:4]]
    assert all(re.fullmatch(r"\d+", row[0]) for row in rows)
    assert {row[1] for row in rows} <= {"null", "1", "2"}
    sqn = [float(row[-1]) for row in rows]
    assert sqn == sorted(sqn, reverse=True)
    assert rest[-1] == "Sweep 1, every trial stored in the ledger."
    assert "\x1b" not in done.out


def test_json_is_one_object_of_the_same(shop: Shop) -> None:
    """Counts are whole, the worst day is a date, what is undefined is null; keys as they came."""
    found = report(shop, *GRID, "--top", 3)
    counts = {"sweep_id": 1, "tried": 18, "resumed": 0, "invalid": 0, "pruned": 0}
    assert {name: found[name] for name in counts} == counts
    assert (found["portfolio_name"], found["objective"]) == ("single", "sqn")
    assert len(found["top"]) == 3
    for row in found["top"]:
        names = ["trial", "risk_reward", "tightness_threshold", *TradeMetrics.__dataclass_fields__]
        assert list(row) == [*names, "refused"]
        assert re.fullmatch(r"2024-01-\d\d", row["worst_day"])
        for name in ("trial", "trades", "sessions", "refused", "longest_losing_streak"):
            assert type(row[name]) is int


def test_a_trial_of_the_report_is_a_run(shop: Shop) -> None:
    """With its values in the config, `kairos run` prints the same figures."""
    best = report(shop, *GRID)["top"][0]
    path = shop.portfolio()
    strategy = shop.folder / "config" / "strategies" / "single.json"
    config = json.loads(strategy.read_text())
    config["indicator"]["parameters"] = {"tightness_threshold": best["tightness_threshold"]}
    config["risk_reward"] = best["risk_reward"]
    strategy.write_text(json.dumps(config))
    run = json.loads(shop.kairos("run", path, "--json").out)["portfolio"]
    assert (run["trades"], run["worst_day"]) == (best["trades"], best["worst_day"])
    for name in ("net_profit", "sharpe", "sqn", "max_drawdown_pct", "expectancy_r"):
        assert run[name] == pytest.approx(best[name], rel=1e-9)


def test_a_row_is_never_cut(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many keys and long words, on a narrow terminal: the row is one long line."""
    monkeypatch.setenv("COLUMNS", "40")
    words = (
        "--param",
        'stop_loss={"type":"variable","price_ranges":[{"min_price":0,"delta_abs":2}]}',
    )
    done = shop.kairos("sweep", shop.portfolio(), *GRID, *words, "--top", 1)
    (row,) = [line for line in done.out.splitlines() if '"variable"' in line]
    assert '"price_ranges": [{"min_price": 0, "delta_abs": 2}]' in row
    assert "…" not in done.out
    assert len(row) > 150


def test_a_terminal_without_these_characters_gets_others(shop: Shop) -> None:
    """ASCII for the dots; never a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "infrastructure.cli", "sweep", str(shop.portfolio()), *GRID,
         "--db", str(shop.database)],
        cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[0] == b"Sweep - single"


def test_one_configuration_is_one(shop: Shop) -> None:
    """Not `1 configurations`."""
    done = shop.kairos("sweep", shop.portfolio(), "--param", "risk_reward=2")
    assert "1 configuration · " in done.out


def test_refused_trials_are_told(shop: Shop) -> None:
    """With the strategy's own line."""
    done = shop.kairos(
        "sweep", shop.portfolio(), "--param", "tightness_threshold=0.2,0.5,2", "--top", 9
    )
    told = "Refused by the strategy: 1, such as single candles: tightness_threshold must be"
    assert told in " ".join(done.out.split())
    assert len([line for line in done.out.splitlines() if re.match(r" +\d+ +0\.", line)]) == 2


def test_more_than_all_may_be_asked_for(shop: Shop) -> None:
    """A hundred thousand of eighteen are those with a defined objective."""
    found = report(shop, *GRID, "--top", 100_000)
    assert 0 < len(found["top"]) == found["met_constraints"] <= 18


def test_a_page_is_drawn_where_one_is_asked_for(shop: Shop) -> None:
    """In a folder that is made for it; its path is the last line, with --json on standard error."""
    page = shop.folder / "made" / "sweep.html"
    done = shop.kairos("sweep", shop.portfolio(), *GRID, "--html", page)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == str(page)
    assert "<html" in page.read_text(encoding="utf-8")
    page.unlink()
    done = shop.kairos("sweep", shop.portfolio(), *GRID, "--html", page, "--json")
    assert (done.code, done.err) == (0, f"{page}\n")
    assert json.loads(done.out)["sweep_id"] == 2
    assert page.exists()


def screen(sent: str) -> list[str]:
    """What stands on a terminal after these characters: returns, newlines, ups and erasures."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[\d;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", sent):
        if part == "\r":
            column = 0
        elif part == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif part.endswith("A"):
            row -= int(part[2:-1] or 1)
        elif part == "\x1b[2K":
            lines[row] = ""
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return [line.rstrip() for line in lines if line.strip()]


_SLOW_SWEEP = """
import time
from infrastructure.cli.trial_progress import TrialProgress
with TrialProgress("a title") as progress:
    progress.update(100, 2000)
    time.sleep(3.0)
    for done in (1100, 1600):
        progress.update(done, 2000)
        time.sleep(1.0)
print("the report")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_terminal_sees_rate_and_time_left_and_keeps_no_trace() -> None:
    """After a second: trials, trials a second without those of before, minutes left; then nothing.

    Before the first chunk has come there is no rate, and the bar says so.

    100 were stored before; 1,000 more after three seconds are some 330 a second.
    """
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _SLOW_SWEEP], cwd=ROOT, stdout=theirs, stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    ):  # fmt: skip
        os.close(theirs)
        sent = ""
        while part := _read(ours):
            sent += part
    os.close(ours)
    assert re.search(r"a title .*100/2000.* \?/s +\? left", sent.replace("\x1b[0m", ""))
    shown = re.findall(r"1100/2000.*?([\d,]+)/s +0:(\d\d) left", sent.replace("\x1b[0m", ""))
    assert shown
    for rate, left in shown:
        assert int(rate.replace(",", "")) < 340
        assert abs(900 / int(rate.replace(",", "")) - int(left)) <= 1
    assert screen(sent) == ["the report"]


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # the other side is closed
        return ""


def test_no_terminal_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log keeps no bars."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr("infrastructure.cli.late_bar._PATIENCE", 0.0)
    with TrialProgress("a title") as progress:
        progress.update(0, 100)
        time.sleep(0.1)
        progress.update(50, 100)
    assert log.getvalue() == ""
