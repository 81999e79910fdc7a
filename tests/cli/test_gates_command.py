"""`kairos gates`: what the rules of a stored run cost, or one clear line."""

import json
from pathlib import Path

import pytest
from cli_setup import IMPORT_LINE, Shop


@pytest.fixture
def ran(shop: Shop) -> Shop:
    """A shop in which one portfolio has run."""
    assert shop.kairos("run", shop.portfolio()).code == 0
    return shop


def test_a_run_s_gates_are_told(ran: Shop) -> None:
    """A row for each reason that the run's report names, in lines of at most 80 characters."""
    report = json.loads(ran.kairos("run", ran.portfolio(), "--json").out)["portfolio"]
    done = ran.kairos("gates", 1)
    assert (done.code, done.err) == (0, "")
    assert len(report["refused_by_reason"]) > 0
    for reason, count in report["refused_by_reason"].items():
        assert f" {reason} {count} " in " ".join(done.out.split())
    assert done.out.splitlines()[-1]
    assert max(map(len, done.out.splitlines())) <= 80
    assert "\x1b" not in done.out


def test_json_is_one_object_and_nothing_else(ran: Shop) -> None:
    """As many refused signals as the run stored."""
    done = ran.kairos("gates", 1, "--json")
    report = json.loads(done.out)
    assert done.err == ""
    assert (report["run_id"], report["portfolio_name"]) == (1, "single")
    assert sum(gate["stopped"] for gate in report["rules"]) > 0
    assert [book["strategy_name"] for book in report["strategies"]] == ["single candles"]


def test_an_unknown_run_is_one_line(shop: Shop) -> None:
    """Before any run there is none; afterwards the line names those there are."""
    done = shop.kairos("gates", 1)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("run 1: no such run; no run is stored in kairos.db; `kairos run")
    shop.kairos("run", shop.portfolio())
    for unknown in ("2", "0", "9" * 30):
        done = shop.kairos("gates", unknown)
        assert (done.code, done.out) == (2, "")
        assert done.error.startswith(f"run {unknown}: no such run; kairos.db has 1;")


def test_what_is_no_number_is_one_line(shop: Shop) -> None:
    """A portfolio's name, as `kairos run` takes it."""
    done = shop.kairos("gates", "single")
    assert (done.code, done.out) == (2, "")
    assert "RUN" in done.error


def test_a_run_without_refusals_is_one_line(shop: Shop) -> None:
    """A session in which every signal became a trade."""
    path = shop.portfolio()
    quiet = ("--start", "2024-01-26", "--end", "2024-01-26")
    run = json.loads(shop.kairos("run", path, *quiet, "--json").out)
    assert run["portfolio"]["refused_by_reason"] == {}
    done = shop.kairos("gates", run["run_id"])
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("run 1: no signal was refused: ")


def test_bars_that_are_gone_are_one_line(ran: Shop) -> None:
    """With the command that brings them."""
    assert ran.kairos("data", "remove", "QQQ").code == 0
    done = ran.kairos("gates", 1)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("run 1: single candles: QQQ 30m: ")
    assert IMPORT_LINE in done.error


def test_a_page_is_drawn_where_one_is_asked_for(ran: Shop, tmp_path: Path) -> None:
    """One file that holds all that it needs; its path is the last line."""
    pytest.importorskip("infrastructure.reporting.research_pictures")
    page = tmp_path / "made" / "gates.html"
    done = ran.kairos("gates", 1, "--html", page)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == str(page)
    assert "<html" in page.read_text(encoding="utf-8")
    blocked = ran.kairos("gates", 1, "--html", ran.database / "gates.html")
    assert (blocked.code, blocked.out) == (2, "")
    assert str(ran.database) in blocked.error
