"""What a walk forward's report says: on a console, and as JSON."""

import io
import json
from dataclasses import replace
from datetime import date
from math import nan
from typing import Any

from report_setup import QUIET, bars, day_with, result

from infrastructure.reporting.walk_forward_report import print_walk_forward, walk_forward_json
from infrastructure.research.walking.drift import drifts
from infrastructure.research.walking.result import Asked, FoldResult, WalkForward


def fold(number: int, inside: float = 12.0, outside: float = 6.0, **changed: Any) -> FoldResult:
    """A fold that promised and kept so many percent a year."""
    made = FoldResult(
        number=number,
        train_start=date(2024, 1, 2),
        train_end=date(2024, 6, 28),
        test_start=date(2024, 7, number),
        test_end=date(2024, 8, 30),
        train_sessions=124,
        test_sessions=40,
        sweep_id=number,
        trial=4,
        n_trials=1_200,
        n_met=900,
        parameters={"stop_loss.value": 0.5 * number, "indicator.parameters.fast": 10},
        in_sample={"sqn": 2.5, "net_profit": 900.0},
        out_of_sample={"sqn": 1.25, "net_profit": 450.0 * outside, "trades": 31},
        in_sample_pct_a_year=inside,
        out_of_sample_pct_a_year=outside,
        efficiency=outside / inside,
    )
    return replace(made, **changed)


def rested(number: int) -> FoldResult:
    """A fold whose training chose nothing."""
    return fold(
        number, trial=None, n_met=0, parameters={}, in_sample={}, in_sample_pct_a_year=nan,
        out_of_sample={"trades": 0, "net_profit": 0.0, "sqn": None},
        out_of_sample_pct_a_year=0.0, efficiency=nan,
    )  # fmt: skip


def walk(*folds: FoldResult, left_out: int = 0, **asked: Any) -> WalkForward:
    """A walk forward of these folds, over a run made by hand."""
    run = result(bars(day_with((100.0, 104.0, 99.0, 103.0), QUIET), day_with(QUIET)))
    chosen = [each.parameters for each in folds if each.parameters]
    tried = {"stop_loss.value": [0.5, 1.0, 1.5], "indicator.parameters.fast": None}
    terms = {"anchored": False, "embargo": "0d", "warm_up": None, "constraints": ["trades>=30"]}
    given = Asked(train="6m", test="2m", objective="sqn", **{**terms, **asked})
    return WalkForward(run, folds, drifts(chosen, tried), given, left_out)


def printed(walked: WalkForward) -> str:
    """The report as a file gets it, spaces and the ends of lines squeezed."""
    out = io.StringIO()
    print_walk_forward(walked, out)
    return " ".join(out.getvalue().split())


def test_a_row_tells_what_was_chosen_and_what_came_of_it() -> None:
    """Dates, parameters by their short names, both sides, efficiency; no line is cut."""
    said = printed(walk(fold(1), fold(2, outside=-3.0)))
    assert (
        "2 folds · train 6m · test 2m · best by sqn of 1,200 configurations a fold · trades>=30"
    ) in said
    assert "fold trained tested stop_loss.value fast sqn in out % a year in out" in said
    assert (
        "1 2024-01-02 to 2024-06-28 2024-07-01 to 2024-08-30 0.5 10 2.50 1.25 12.00 6.00 0.50 31 "
        "2,700"
    ) in said
    assert "…" not in said


def test_drift_is_told_in_steps_and_percent() -> None:
    """A span has no steps; what never moved says so."""
    said = printed(walk(fold(1), fold(2), fold(3)))
    assert "stop_loss.value 2 of 2 1.0 75 0.5 1.5" in said
    assert "fast 0 of 2 - 0 10 10" in said


def test_the_whole_is_judged_in_words() -> None:
    """How many tests ended well, and which share of the promise came."""
    said = printed(walk(fold(1), fold(2, outside=-3.0)))
    assert "1 of 2 tests ended with a profit." in said
    assert "Efficiency 0.12: a year out of sample brought 12 % of one in sample, less than" in said
    assert "at least the half that Pardo asks for" in printed(walk(fold(1)))
    assert "Efficiency -0.50: a profit in sample became a loss" in printed(walk(fold(1, 6.0, -3.0)))
    lost = fold(1, -6.0, 3.0, efficiency=nan)
    assert "The trainings promised no profit: there is no efficiency." in printed(walk(lost))


def test_nothing_is_left_out_without_a_word() -> None:
    """Folds that rested, a shorter last test, sessions after it; where all is well, none of it."""
    said = printed(walk(fold(1), rested(2), fold(3, covered=0.6), left_out=4))
    assert "In fold 2 no configuration met the constraints: nothing was entered there." in said
    assert "The last test is shorter: 40 sessions, 60 % of its length." in said
    assert "4 sessions at the end, less than half a test, were left out." in said
    quiet = printed(walk(fold(1), fold(2)))
    for word in ("nothing was entered", "shorter", "left out", "gap"):
        assert word not in quiet
    asked = printed(walk(fold(1), anchored=True, embargo="5d"))
    assert "train 6m and growing · gap 5d · test 2m" in asked


def test_the_joined_run_follows() -> None:
    """As `kairos run` prints one."""
    said = printed(walk(fold(1)))
    assert "Run 7, stored in some.db." in said
    assert said.index("Efficiency") < said.index("Net profit")


def test_json_has_folds_drift_and_the_run() -> None:
    """Undefined figures are null, dates are ISO, words stand as they are."""
    told = json.loads(walk_forward_json(walk(fold(1), rested(2), left_out=3)))
    assert list(told) == ["run_id", "walk_forward", "portfolio", "strategies"]
    walked = told["walk_forward"]
    assert (walked["train"], walked["embargo"], walked["constraints"]) == (
        "6m",
        "0d",
        ["trades>=30"],
    )
    assert (walked["profitable_folds"], walked["empty_folds"], walked["trials"]) == (1, 1, 2_400)
    assert (walked["efficiency"], walked["left_out_sessions"]) == (0.5, 3)
    first, second = walked["folds"]
    assert first["train_start"] == "2024-01-02"
    assert first["parameters"] == {"stop_loss.value": 0.5, "indicator.parameters.fast": 10}
    assert first["out_of_sample"]["trades"] == 31
    assert second["trial"] is None and second["efficiency"] is None
    assert walked["drift"][0]["mean_steps"] is None
