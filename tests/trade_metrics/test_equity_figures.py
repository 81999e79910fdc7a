"""Laws of the figures of an equity path: sessions, years, worst days, ruin."""

import json
import statistics
from datetime import UTC, date, datetime
from itertools import pairwise
from math import isnan, nan, sqrt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.sessions import session_ends, session_returns
from tests.trade_metrics.figures_setup import DAY, FIRST_DAY, metrics, trades

SESSIONS = st.lists(
    st.lists(st.integers(50, 200).map(float), min_size=1, max_size=5), min_size=2, max_size=12
)


@given(SESSIONS)
def test_figures_equal_their_plain_twins(sessions: list[list[float]]) -> None:
    """Ratios, worst day and growth read closes of sessions, however many rows a session has."""
    rows = [value for session in sessions for value in session]
    numbers = [day for day, session in enumerate(sessions) for _ in session]
    found = metrics(equity=rows, session=numbers)
    closes = [100.0, *(session[-1] for session in sessions)]
    returns = [after / before - 1.0 for before, after in pairwise(closes)]
    assert found.sessions == len(sessions)
    assert found.worst_day_pct == pytest.approx(100 * min(returns))
    assert found.net_profit == rows[-1] - 100.0
    days = len(rows) - 1
    assert found.cagr_pct == pytest.approx(
        100 * ((rows[-1] / 100) ** (365 / days) - 1), nan_ok=True
    )
    deviation = statistics.stdev(returns)
    if len(set(closes)) > 1 and deviation > 1e-6:
        sharpe = statistics.fmean(returns) / deviation * sqrt(252)
        assert found.sharpe == pytest.approx(sharpe)
        assert found.volatility_pct == pytest.approx(100 * deviation * sqrt(252))


def test_money_and_percent() -> None:
    """Net profit in money and in percent of the starting capital; calmar is CAGR to drawdown."""
    found = metrics(
        equity=[100.0, 80.0, 121.0],
        timeline=[0, DAY, 730 * DAY],
        bars_in_market=2,
    )
    assert (found.starting_capital, found.final_equity, found.net_profit) == (100.0, 121.0, 21.0)
    assert found.net_profit_pct == pytest.approx(21.0)
    assert found.cagr_pct == pytest.approx(10.0)
    assert found.max_drawdown_pct == 20.0
    assert found.calmar == pytest.approx(0.5)
    assert found.exposure_pct == pytest.approx(200 / 3)


def test_the_first_session_starts_from_the_starting_capital() -> None:
    """A loss on the first day is a session return, the worst of this run."""
    found = metrics(equity=[90.0, 95.0, 97.0])
    assert found.worst_day_pct == pytest.approx(-10.0)
    assert found.worst_day == date(2024, 1, 1)


def test_the_worst_day_is_measured_from_the_close_before() -> None:
    """What was made and lost again within the session is no loss of that session."""
    found = metrics(equity=[100.0, 150.0, 99.0, 98.0], session=[0, 1, 1, 2])
    assert found.worst_day == date(2024, 1, 3)
    assert found.worst_day_pct == pytest.approx(-100 / 99)
    assert found.max_drawdown_pct == pytest.approx(100 * 52 / 150)


def test_the_worst_day_may_be_a_gain() -> None:
    """Where no session lost, the worst is the smallest gain; of equal ones the first."""
    found = metrics(equity=[110.0, 121.0])
    assert found.worst_day_pct == pytest.approx(10.0)
    assert metrics(equity=[100.0, 100.0]).worst_day == date(2024, 1, 1)


def test_daylight_saving_changes_no_ratio() -> None:
    """Rows around the change of clocks: ratios read session numbers, never the clock."""
    york = ZoneInfo("America/New_York")
    days = [date(2024, 3, day) for day in (7, 8, 11, 12)]  # clocks changed on the 10th
    clock = [(day, hour) for day in days for hour in (10, 16)]
    summer = [int(datetime(d.year, d.month, d.day, h, tzinfo=york).timestamp()) for d, h in clock]
    winter = [
        int(datetime(d.year, d.month, d.day, h + 5, tzinfo=UTC).timestamp()) for d, h in clock
    ]
    assert summer != winter
    columns: dict[str, Any] = {
        "equity": [101.0, 102.0, 101.0, 99.0, 103.0, 104.0, 102.0, 103.0],
        "session": [0, 0, 1, 1, 4, 4, 5, 5],
    }
    first, second = metrics(timeline=summer, **columns), metrics(timeline=winter, **columns)
    for name in ("sharpe", "sortino", "volatility_pct", "worst_day", "worst_day_pct", "sessions"):
        assert getattr(first, name) == getattr(second, name), name


def test_the_year_is_the_calendars() -> None:
    """A calendar of 365 sessions has a Sharpe sqrt(365 / 252) times as large, no other growth."""
    equity = [101.0, 99.0, 104.0]
    usual, daily = metrics(equity=equity), metrics(equity=equity, sessions_per_year=365.0)
    assert daily.sharpe == pytest.approx(usual.sharpe * sqrt(365 / 252))
    assert daily.cagr_pct == usual.cagr_pct


def test_the_risk_free_rate_is_percent_a_year() -> None:
    """4 % a year takes 4 / 252 percent from every session before the ratio."""
    equity = [101.0, 99.0, 104.0]
    returns = session_returns(equity, 100.0) - 0.04 / 252
    plain = statistics.fmean(returns) / statistics.stdev(returns) * sqrt(252)
    assert metrics(equity=equity, risk_free_pct=4.0).sharpe == pytest.approx(plain)


def test_calendar_time_begins_where_the_run_began() -> None:
    """With `started_at` growth runs from the first bar's opening, else from the first row."""
    year = {"equity": [100.0, 110.0], "timeline": [DAY, 365 * DAY]}
    assert metrics(**year, started_at=0).cagr_pct == pytest.approx(10.0)
    assert metrics(**year).cagr_pct > 10.0
    with pytest.raises(DataError, match="started_at must not be after the first row's stamp 86400"):
        metrics(**year, started_at=DAY + 1)


def test_one_row_is_a_run_without_ratios() -> None:
    """One session has a worst day and a profit, but no spread and no time."""
    found = metrics(equity=[99.0])
    assert (found.sessions, found.net_profit) == (1, -1.0)
    assert found.worst_day_pct == pytest.approx(-1.0)
    assert all(isnan(x) for x in (found.sharpe, found.volatility_pct, found.cagr_pct, found.calmar))


def test_after_ruin_there_is_no_return() -> None:
    """The session that ruins the book has a return; those that begin in debt have none."""
    returns = session_returns([50.0, -10.0, 20.0, 30.0], 100.0)
    assert returns[:2].tolist() == [-0.5, -1.2]
    assert isnan(returns[2])
    assert returns[3] == 0.5


def test_ruin_leaves_no_nonsense() -> None:
    """A book in debt has no Sharpe, Sortino or CAGR; drawdown and worst day stay true."""
    found = metrics(equity=[50.0, -10.0, -5.0])
    assert all(isnan(x) for x in (found.sharpe, found.sortino, found.volatility_pct))
    assert isnan(found.cagr_pct)
    assert found.max_drawdown_pct == pytest.approx(110.0)
    assert found.worst_day == date(2024, 1, 2)
    assert found.worst_day_pct == pytest.approx(-120.0)
    assert found.as_dict()["sharpe"] is None


def test_zero_at_the_end_is_a_total_loss() -> None:
    """Equity of exactly zero is -100 % a year and a drawdown of 100 %."""
    found = metrics(equity=[100.0, 0.0])
    assert (found.cagr_pct, found.max_drawdown_pct) == (-100.0, 100.0)


def test_a_session_has_one_last_row() -> None:
    """Rows of a session stand together; the last one of each is its close."""
    assert session_ends([5, 5, 6, 9, 9]).tolist() == [1, 2, 4]
    assert session_ends([3]).tolist() == [0]


def test_bad_columns_are_refused_with_their_row() -> None:
    """Sessions out of order, NaN equity, unequal lengths, too many bars in market."""
    with pytest.raises(DataError, match="found 2024-01-02 in row 0 and 2024-01-01 after it"):
        metrics(equity=[1.0, 2.0], session=[1, 0])
    with pytest.raises(DataError, match="equity must hold finite numbers; found nan in row 1"):
        metrics(equity=[1.0, nan])
    with pytest.raises(DataError, match="found lengths timeline 1, session 2, equity 2"):
        metrics(equity=[1.0, 2.0], timeline=[0])
    with pytest.raises(DataError, match="session must have shape"):
        metrics(equity=[])
    with pytest.raises(DataError, match="bars_in_market must be from 0 to 2; found 3"):
        metrics(bars_in_market=3)


@pytest.mark.parametrize("name", ["starting_capital", "sessions_per_year"])
@pytest.mark.parametrize("value", [0.0, -1.0, nan])
def test_parameters_must_be_above_zero(name: str, value: float) -> None:
    """No capital and no year are config errors, not infinite figures."""
    with pytest.raises(ConfigError, match="must be a finite number above zero"):
        metrics(**{name: value})


def test_read_only_and_strided_columns_give_the_same_figures() -> None:
    """A book's column of a table of books is as good as a copy of it, and is left as it was."""
    table = np.array([[101.0, 1.0], [99.0, 2.0], [104.0, 3.0]])
    table.flags.writeable = False
    strided, plain = metrics(equity=table[:, 0]), metrics(equity=[101.0, 99.0, 104.0])
    assert strided.as_dict() == plain.as_dict()


def test_the_dictionary_is_json() -> None:
    """Every figure by its name, NaN as null, the day as an ISO date, and nothing else."""
    found = metrics(trades([1.0, -2.0]), equity=[101.0, 99.0])
    text = json.dumps(found.as_dict(), allow_nan=False)
    assert json.loads(text)["worst_day"] == date.fromordinal(719_163 + FIRST_DAY + 1).isoformat()
    assert json.loads(text)["sqn"] is None
    assert list(found.as_dict()) == list(vars(found))
