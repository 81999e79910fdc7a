"""`kairos verdict`: what is to be thought of a stored run, or one clear line."""

import json
from pathlib import Path

import pytest
from cli_setup import Shop


@pytest.fixture
def ran(shop: Shop) -> Shop:
    """A shop in which one portfolio has run on a month."""
    assert shop.kairos("run", shop.portfolio()).code == 0
    return shop


def test_a_month_gets_one_honest_sentence(ran: Shop) -> None:
    """In lines of at most 80 characters, the word in capitals."""
    done = ran.kairos("verdict", 1)
    assert (done.code, done.err) == (0, "")
    assert "Verdict · single · run 1" in done.out
    assert "INDISTINGUISHABLE FROM LUCK" in done.out.splitlines()
    assert "60 sessions are needed" in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 80
    assert "\x1b" not in done.out


def test_json_is_one_object_and_nothing_else(ran: Shop) -> None:
    """With the settings that were asked for."""
    done = ran.kairos("verdict", 1, "--json", "--ruin", 30, "--seed", 4)
    report = json.loads(done.out)
    assert done.err == ""
    assert (report["run_id"], report["verdict"]) == (1, "indistinguishable from luck")
    assert report["figures"] is None
    assert (report["settings"]["ruin_pct"], report["settings"]["seed"]) == (30.0, 4)


def test_what_cannot_be_is_one_line(ran: Shop) -> None:
    """An unknown run, a name, a limit that is none, a seed below zero."""
    for arguments, said in (
        ((2,), "run 2: no such run; kairos.db has 1;"),
        (("single",), "RUN"),
        ((1, "--ruin", 0), "--ruin: expected a percentage above 0, up to 100; found 0"),
        ((1, "--ruin", "nan"), "found nan"),
        ((1, "--seed", -1), "--seed"),
    ):
        done = ran.kairos("verdict", *arguments)
        assert (done.code, done.out) == (2, "")
        assert said in done.error


def test_a_page_is_drawn_where_one_is_asked_for(ran: Shop, tmp_path: Path) -> None:
    """Also of a run with too little to draw; its path is the last line."""
    page = tmp_path / "made" / "verdict.html"
    done = ran.kairos("verdict", 1, "--html", page)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == str(page)
    assert "<html" in page.read_text(encoding="utf-8")
    blocked = ran.kairos("verdict", 1, "--html", ran.database / "verdict.html")
    assert (blocked.code, blocked.out) == (2, "")
    assert str(ran.database) in blocked.error
