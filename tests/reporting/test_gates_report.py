"""The gates of a run as tables and as JSON."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from math import nan
from typing import Any

from infrastructure.reporting.gates_report import as_json, print_gates
from infrastructure.research.gates import BookGates, Gate, Gates
from infrastructure.research.sharing import BookFigures, SharedBook

TAKEN = Gate("taken", 0, 40, 40, {}, 18, 1_250.0, 0.12, -0.05, 0.31, 4.8)
LIMIT = Gate("daily_limit", 12, 11, 11, {"stop_crossed": 1}, 7, 2_345.67, 0.41, 0.08, 0.77, 4.51)
OPEN = Gate("position_open", 9, 9, 4, {}, 2, -1_000.5, -0.7, -0.9, -0.5, -2.8)
NO_STOP = Gate("no_stop", 3, 0, 0, {"no_stop": 3}, 0, 0.0, nan, nan, nan, nan)
SHARED = BookFigures(1_250.0, 40, 0.12, 4.5)
ALONE = BookFigures(1_600.0, 55, 0.11, 5.25)


def gates(**changes: Any) -> Gates:
    """Gates of one book, or with other values."""
    book = BookGates(TAKEN, (LIMIT, OPEN, NO_STOP), SharedBook("ideas", 50_000.0, SHARED, ALONE))
    executed = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rules = (LIMIT, OPEN, NO_STOP)
    whole = Gates(7, "made", executed, False, 19_724, 19_800, TAKEN, rules, (book,), ())
    return replace(whole, **changes)


def printed(given: Gates) -> str:
    """What is printed to a file, in one line."""
    file = io.StringIO()
    print_gates(given, file)
    assert max(map(len, file.getvalue().splitlines())) <= 80
    return " ".join(file.getvalue().split())


def test_each_rule_has_a_row_with_its_figures() -> None:
    """Stopped, trades, money, sum and mean of R, and the interval; a dash for what is none."""
    text = printed(gates())
    assert "daily_limit 12 11 2,345.67 4.51 0.41 0.08 to 0.77" in text
    assert "position_open 9 9 -1,000.50 -2.80 -0.70 -0.90 to -0.50" in text
    assert "no_stop 3 0 - - - -" in text
    assert "taken in the run 40 1,250.00 4.80 0.12 -0.05 to 0.31" in text
    assert "run 7 · 2024-01-02 to 2024-03-18 · 24 of 64 signals refused" in text


def test_words_say_what_the_intervals_say() -> None:
    """What cost, what saved, and nothing of a rule that stopped no trade."""
    text = printed(gates())
    assert "Cost profits (interval above zero): daily_limit." in text
    assert "Spared losses (interval below zero): position_open." in text
    assert "Neither can be told" not in text
    unsure = replace(LIMIT, low=-0.1)
    assert "none): daily_limit." in printed(gates(rules=(unsure,)))
    assert "daily_limit: no trade alone either: stop_crossed 1." in text
    assert "position_open: 4 of 9 trades had a stop, and so an R." in text


def test_each_book_is_told_shared_and_alone() -> None:
    """And what sharing made of it, with its sign."""
    text = printed(gates())
    assert "ideas shared 1,250.00 40 0.12 4.50 with 50,000 alone 1,600.00 55 0.11 5.25" in text
    assert "sharing -350.00 -15 +0.01 -0.75" in text


def test_no_figure_is_cut_however_long_names_and_amounts_are() -> None:
    """A name of 200 characters, a billion of profit."""
    long = replace(SHARED, net_profit=-123_456_789_012.34)
    named = SharedBook("Many words in a name " * 9, 1e12, long, ALONE)
    text = printed(gates(books=(BookGates(TAKEN, (LIMIT,), named),), title="name " * 40))
    assert "-123,456,789,012.34" in text
    assert "…" not in text


def test_made_up_bars_and_differences_are_told() -> None:
    """SYNTHETIC above the figures and below them; each difference in a line."""
    text = printed(gates(synthetic=True, differences=("it ran with Kairos 0.0.1, this is 0.1",)))
    assert text.count("SYNTHETIC") == 5
    assert "No longer the run that was stored: it ran with Kairos 0.0.1, this is 0.1." in text
    assert "SYNTHETIC" not in printed(gates())


def test_json_has_every_figure_and_null_for_what_is_none() -> None:
    """The same figures by their names."""
    report = json.loads(as_json(gates()))
    limit, _, no_stop = report["rules"]
    assert limit == {
        "rule": "daily_limit", "stopped": 12, "taken": 11, "measured": 11,
        "why_not": {"stop_crossed": 1}, "won": 7, "money": 2_345.67, "mean_r": 0.41, "low": 0.08,
        "high": 0.77, "sum_r": 4.51, "effect": "cost",
    }  # fmt: skip
    assert no_stop["mean_r"] is no_stop["low"] is None
    (book,) = report["strategies"]
    assert book["alone"]["trades"] == 55
    assert book["difference"]["net_profit"] == -350.0
    assert (report["run_id"], report["first_session"]) == (7, "2024-01-02")
    assert "\n" not in as_json(gates(), indent=None)
