from typing import Any

import numpy as np
import pytest
from bar_rows import rows_at, utc

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import make_bars

MORNING = [utc("2024-01-02 14:30") + 1800 * row for row in range(4)]


def bars_at(*moments: str, interval: str = "30m", **how: Any) -> Bars:
    """Sound bars at these moments, UTC."""
    return make_bars("QQQ", interval, **vars(rows_at(*moments)), **how)


def made(**changed: Any) -> Bars:
    """Four sound bars, but for the columns given."""
    columns: dict[str, Any] = {
        "timestamp": MORNING,
        "open": [10.0, 10.0, 10.0, 10.0],
        "high": [11.0, 11.0, 11.0, 11.0],
        "low": [9.0, 9.0, 9.0, 9.0],
        "close": [10.5, 10.5, 10.5, 10.5],
    }
    return make_bars("QQQ", "30m", **{**columns, **changed})


def test_bar_is_complete_at_its_end_or_the_sessions_close() -> None:
    """min(t + interval, close): 4-hour bars of a stock, on a half day as well."""
    bars = bars_at("2024-07-02 13:30", "2024-07-02 17:30", "2024-07-03 13:30", interval="4h")
    ends = ["2024-07-02 17:30", "2024-07-02 20:00", "2024-07-03 17:00"]
    assert bars.closes_at.tolist() == [utc(end) for end in ends]


def test_last_bar_of_a_session_is_the_last_present_before_the_close() -> None:
    """Where the bar of 15:30 is missing, the one of 15:00 is the last."""
    bars = bars_at("2024-01-02 14:30", "2024-01-02 20:00", "2024-01-03 14:30", "2024-01-03 20:30")
    assert bars.phase.tolist() == [IN_SESSION, LAST_OF_SESSION, IN_SESSION, LAST_OF_SESSION]
    assert bars.session.tolist() == [19_724, 19_724, 19_725, 19_725]


def test_regular_session_leaves_out_what_opens_outside_it() -> None:
    """Before the open and from the close on: not there."""
    bars = bars_at(
        "2024-01-02 14:29",
        "2024-01-02 14:30",
        "2024-01-02 20:59",
        "2024-01-02 21:00",
        interval="1m",
    )
    assert bars.timestamp.tolist() == [utc("2024-01-02 14:30"), utc("2024-01-02 20:59")]


def test_extended_session_keeps_all_and_tells_them_apart() -> None:
    """Before the open counts as in session; what opens before the close can be the last."""
    bars = bars_at(
        "2024-01-02 13:00",
        "2024-01-02 20:45",
        "2024-01-02 21:00",
        "2024-01-03 00:30",
        interval="30m",
        session="extended",
    )
    assert bars.phase.tolist() == [IN_SESSION, LAST_OF_SESSION, AFTER_CLOSE, AFTER_CLOSE]
    assert set(bars.session.tolist()) == {19_724}
    ends = ["2024-01-02 13:30", "2024-01-02 21:00", "2024-01-02 21:30", "2024-01-03 01:00"]
    assert bars.closes_at.tolist() == [utc(end) for end in ends]


def test_half_day_has_its_after_hours_from_its_own_close() -> None:
    """13:00 in New York on 2024-07-03 is after the close."""
    moments = ("2024-07-03 16:30", "2024-07-03 17:00", "2024-07-03 19:30")
    assert bars_at(*moments).timestamp.tolist() == [utc(moments[0])]
    extended = bars_at(*moments, session="extended")
    assert extended.phase.tolist() == [LAST_OF_SESSION, AFTER_CLOSE, AFTER_CLOSE]


def test_round_the_clock_days_end_at_midnight_utc() -> None:
    """24/7: the bar of 23:00 is the day's last."""
    bars = bars_at(
        "2024-01-06 00:00", "2024-01-06 23:00", "2024-01-07 00:00", interval="1h", calendar="24/7"
    )
    assert bars.phase.tolist() == [IN_SESSION, LAST_OF_SESSION, LAST_OF_SESSION]


@pytest.mark.parametrize("clock", ["00:00", "14:30", "21:00", "05:00"])
def test_daily_bar_stands_at_its_sessions_opening(clock: str) -> None:
    """Whatever moment of the date a vendor stamps it with; it is complete at the close."""
    bars = bars_at(f"2024-01-03 {clock}", interval="1d")
    assert bars.timestamp.tolist() == [utc("2024-01-03 14:30")]
    assert bars.closes_at.tolist() == [utc("2024-01-03 21:00")]
    assert bars.phase.tolist() == [LAST_OF_SESSION]


def test_daily_bar_on_a_holiday_is_left_out_in_any_hours() -> None:
    """A date without a session has no daily bar to trade."""
    for session in ("regular", "extended"):
        bars = bars_at("2023-12-29", "2024-01-01", "2024-01-02", interval="1d", session=session)
        assert bars.session.tolist() == [19_720, 19_724]


@pytest.mark.parametrize(
    ("column", "values", "fault"),
    [
        ("open", [10.0, np.nan, 10.0, np.nan], "price missing"),
        ("close", [10.0, -np.inf, 10.0, 10.0], "price infinite"),
        ("high", [11.0, np.inf, 11.0, 11.0], "price infinite"),
        ("low", [9.0, 0.0, -1.0, 9.0], "price zero or negative"),
        ("high", [11.0, 8.0, 11.0, 11.0], "high below low"),
        ("open", [10.0, 11.5, 10.0, 10.0], "open or close outside"),
        ("close", [10.0, 8.99, 10.0, 10.0], "open or close outside"),
        ("volume", [0.0, -1.0, 0.0, 0.0], "volume negative"),
        ("volume", [0.0, np.nan, 0.0, 0.0], "volume negative"),
        ("timestamp", [MORNING[0], MORNING[0], *MORNING[2:]], "same time as the row before"),
        ("timestamp", [MORNING[1], *MORNING[:1], *MORNING[2:]], "earlier than the row before"),
    ],
)
def test_bad_bars_are_refused_with_the_first_row(column: str, values: Any, fault: str) -> None:
    """Row 1 (from 0) is named with what is wrong, in one line."""
    with pytest.raises(DataError, match=f"QQQ 30m: .*row 1, 2024-01-02 1.*: {fault}") as caught:
        made(**{column: values})
    assert "\n" not in str(caught.value)


def test_number_of_bad_bars_is_told() -> None:
    """Two of them are two."""
    with pytest.raises(DataError, match="QQQ 30m: 2 bars are unfit to trade; the first is row 1"):
        made(close=[10.0, np.nan, 10.0, 0.0])


def test_float_noise_is_forgiven_and_taken_out() -> None:
    """A high 1e-10 of the price below the open is the open; a cent below is not."""
    high = [10.0 * (1 - 1e-10), 11.0, 11.0, 11.0]
    low = [9.0, 10.0 * (1 + 1e-10), 9.0, 9.0]
    bars = made(high=high, low=low, close=[9.5, 10.5, 10.5, 10.5])
    assert bars.high[0] == 10.0 and bars.low[1] == 10.0
    with pytest.raises(DataError, match="open or close outside"):
        made(high=[9.99, 11.0, 11.0, 11.0], close=[9.5, 10.5, 10.5, 10.5])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"timestamp": np.array(MORNING, "datetime64[s]")}, "whole seconds since 1970 UTC"),
        ({"timestamp": [float(stamp) for stamp in MORNING]}, "whole seconds since 1970 UTC"),
        ({"close": [10.0, 10.0]}, "close has"),
        ({"close": ["ten"] * 4}, "close must hold numbers only"),
        ({"timestamp": [stamp * 1000 for stamp in MORNING]}, "stamps are seconds since 1970"),
        ({"timestamp": [utc("2024-01-06 15:00") + row for row in range(4)]}, "none of the 4 bars"),
    ],
)
def test_what_is_no_column_of_bars_is_refused(changed: dict[str, Any], told: str) -> None:
    """Stamps without a zone, unequal lengths, text, milliseconds, a weekend."""
    with pytest.raises(DataError, match=told):
        made(**changed)


def test_given_arrays_stay_the_callers() -> None:
    """Bars copy what they are given: the caller's arrays can still be written."""
    close = np.array([10.0, 10.0, 10.0, 10.0])
    bars = made(close=close)
    close[0] = 99.0
    assert bars.close[0] == 10.0 and not bars.close.flags.writeable


def test_wrong_session_names_the_right_ones() -> None:
    """A typing error is answered with the word."""
    with pytest.raises(ConfigError, match=r"found 'extnded' \(did you mean \"extended\""):
        made(session="extnded")


def test_no_bars_make_no_bars() -> None:
    """Empty columns are not an error in memory."""
    assert len(make_bars("QQQ", "30m", [], [], [], [], [])) == 0


def test_stored_noon_of_a_holiday_lies_in_no_session() -> None:
    """A daily bar of a date without a session is kept where nothing trades."""
    from infrastructure.market_data.assembling import daily_stamps

    for name in ("XNYS", "CMES", "24/5", "XASX"):
        days = get_calendar(name)
        every = np.arange(19_700, 20_400, dtype=np.int64)
        stamps = daily_stamps(days, every)
        known = np.isin(every, days.session)
        assert np.array_equal(days.in_session(stamps), known)
        assert np.array_equal(days.session_of(stamps)[known], every[known])
        assert (np.diff(stamps) > 0).all()


def test_sound_rows_are_kept_to_the_last_bit() -> None:
    """Nothing is rounded on the way."""
    columns: BarColumns = rows_at("2024-01-02 14:30", "2024-01-02 15:00", price=0.1 + 0.2)
    bars = make_bars("X", "30m", columns.timestamp, *(columns.open,) * 4, columns.volume)
    assert np.array_equal(bars.open, columns.open) and np.array_equal(bars.low, columns.open)
