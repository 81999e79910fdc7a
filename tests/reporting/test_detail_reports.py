"""What reports say of `fill_policy: detail`: what finer bars decided, and what they could not."""

import io
import json

import numpy as np
import pytest
from report_setup import BOTH_TOUCHED, QUIET, result

from infrastructure.market_data.bars import Bars
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.reporting.console import print_report
from infrastructure.reporting.json_report import as_json
from infrastructure.strategy_management.run_result import RunResult
from tests.sample_bars import Row, bars_of

UP: Row = (100.0, 104.0, 100.0, 101.0)
DOWN: Row = (101.0, 101.0, 96.0, 100.0)
QUARTERS = [
    *([QUIET] * 3 + [UP, DOWN, QUIET]),  # the second half hour: its target came first
    *([QUIET] * 3 + [DOWN, UP, QUIET]),  # its stop did
    *([QUIET] * 3 + [BOTH_TOUCHED, QUIET, QUIET]),  # the ten minutes hold both as well
    *[QUIET] * 21,
]
"""Ten-minute bars of one session of 13 half hours: three bars that hold stop and target."""


def ten_minutes() -> Bars:
    """The finer bars."""
    return bars_of(QUARTERS, a_session=39, interval="10m")


def detail_run(fine: Bars | None) -> RunResult:
    """A long signal before each of the three half hours, which are made of the finer bars."""
    coarse = resampled(ten_minutes(), "30m", get_calendar("24/7"))
    return result(coarse, signals_at=(0, 2, 4), fill_policy="detail", detail=fine)


def test_bars_made_of_finer_ones_are_decided_by_them() -> None:
    """Target first, stop first, and one that ten minutes cannot tell: the stop."""
    trades = detail_run(ten_minutes()).backtest.trades
    assert [str(reason) for reason in trades["exit_reason"]] == ["target", "stop", "stop"]
    assert np.count_nonzero(trades["ambiguous"]) == 3


@pytest.mark.parametrize(("fine", "undecided"), [(ten_minutes(), 1), (None, 3)])
def test_reports_tell_how_many_stayed_undecided(
    fine: Bars | None, undecided: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the table of the strategy and of the portfolio, and in the JSON of both."""
    run = detail_run(fine)
    monkeypatch.setenv("COLUMNS", "80")
    file = io.StringIO()
    print_report(run, file)
    told = f"3 of 3 trades: stop and target inside one bar; {undecided} undecided"
    assert file.getvalue().count(told) == 2
    report = json.loads(as_json(run))
    for part in (report["portfolio"], *report["strategies"]):
        assert (part["ambiguous_trades"], part["undecided_trades"]) == (3, undecided)
    missing = [] if fine else ["X 30m"]
    assert report["portfolio"]["without_detail"] == missing
    assert file.getvalue().count("No finer bars are stored of X 30m") == len(missing)
