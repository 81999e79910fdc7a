"""Folds of a walk forward: where they begin and end, by the calendar and by hand."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.sessions.session_calendar import day_number
from infrastructure.research.folds import Fold, cut_folds, left_out

NO_SESSIONS: NDArray[np.int64] = np.empty(0, np.int64)


def weekdays(first: str, last: str) -> NDArray[np.int64]:
    """Every Monday to Friday between two dates, both included."""
    day, days = date.fromisoformat(first), []
    while day <= date.fromisoformat(last):
        if day.weekday() < 5:
            days.append(day_number(day))
        day += timedelta(days=1)
    return np.array(days, np.int64)


def shown(folds: tuple[Fold, ...]) -> list[str]:
    """Each fold in a line."""
    return [f"{f.train_start} {f.train_end} | {f.test_start} {f.test_end}" for f in folds]


def test_tests_follow_each_other_and_trainings_roll() -> None:
    """Two years before each half year; every boundary is the first weekday from its date on."""
    folds = cut_folds(weekdays("2020-01-01", "2023-06-30"), "2y", "6m")
    assert shown(folds) == [
        "2020-01-01 2021-12-31 | 2022-01-03 2022-06-30",
        "2020-07-01 2022-06-30 | 2022-07-01 2022-12-30",
        "2021-01-01 2022-12-30 | 2023-01-02 2023-06-30",
    ]
    assert [fold.number for fold in folds] == [1, 2, 3]
    assert [fold.covered for fold in folds] == [1.0, 1.0, 1.0]


def test_anchored_trainings_grow() -> None:
    """They all begin with the first session; the tests are the same."""
    days = weekdays("2020-01-01", "2023-06-30")
    folds = cut_folds(days, "2y", "6m", anchored=True)
    assert {fold.train_start for fold in folds} == {date(2020, 1, 1)}
    assert [f.test_start for f in folds] == [f.test_start for f in cut_folds(days, "2y", "6m")]


def test_an_embargo_leaves_days_out_before_the_test() -> None:
    """The training keeps its length, and the test begins five days later; tests stay together."""
    folds = cut_folds(weekdays("2020-01-01", "2022-12-30"), "2y", "6m", embargo="5d")
    assert shown(folds) == [
        "2020-01-01 2021-12-31 | 2022-01-06 2022-07-05",
        "2020-07-01 2022-06-30 | 2022-07-06 2022-12-30",
    ]


def test_lengths_in_sessions_count_sessions() -> None:
    """Ten, a gap of two, then five, whatever the calendar does."""
    days = weekdays("2024-01-01", "2024-02-02")  # 25 sessions
    folds = cut_folds(days, "10s", "5s", embargo="2s")
    rows = [
        tuple(np.searchsorted(days, [day_number(d) for d in (f.train_start, f.train_end)]))
        + tuple(np.searchsorted(days, [day_number(d) for d in (f.test_start, f.test_end)]))
        for f in folds
    ]
    assert rows == [(0, 9, 12, 16), (5, 14, 17, 21), (10, 19, 22, 24)]
    assert [(f.train_sessions, f.test_sessions) for f in folds] == [(10, 5), (10, 5), (10, 3)]
    assert [f.covered for f in folds] == [1.0, 1.0, 0.6]


def test_a_last_test_of_less_than_half_its_length_is_left_out() -> None:
    """Two of five sessions are no test; they are counted."""
    days = weekdays("2024-01-01", "2024-02-02")[:24]
    folds = cut_folds(days, "10s", "5s", embargo="2s")
    assert (len(folds), left_out(days, folds)) == (2, 2)
    assert left_out(days[:22], folds) == 0
    by_date = cut_folds(weekdays("2020-01-01", "2022-03-10"), "2y", "4m")
    assert len(by_date) == 1
    assert by_date[0].covered == pytest.approx(69 / 120)  # 1 January to 10 March; to 1 May


def test_a_month_from_its_last_day_is_the_next_ones_last_day() -> None:
    """31 January and a month is 29 February, and two months are 31 March: no drift."""
    folds = cut_folds(weekdays("2024-01-31", "2024-05-31"), "1m", "1m")
    assert [f.test_start for f in folds] == [date(2024, 2, 29), date(2024, 4, 1), date(2024, 4, 30)]
    assert folds[-1].covered == 1.0


@given(
    st.lists(st.integers(1, 4), min_size=30, max_size=200),
    st.sampled_from(["20d", "2m", "6w", "13s"]),
    st.sampled_from(["10d", "1m", "2w", "7s"]),
    st.sampled_from(["0d", "3d", "2s"]),
    st.booleans(),
)
def test_no_session_is_trained_and_tested_at_once(
    steps: list[int], train: str, test: str, embargo: str, anchored: bool
) -> None:
    """Training ends before its test; tests share no session and leave none out between them."""
    days = np.cumsum([day_number(date(2021, 3, 1)), *steps])
    try:
        folds = cut_folds(days, train, test, anchored, embargo)
    except DataError:  # too short, or with a hole: told by laws of their own
        return
    known = {day_number(f.test_start) for f in folds} | {day_number(f.train_end) for f in folds}
    assert known <= set(days.tolist())
    for fold in folds:
        assert fold.train_start <= fold.train_end < fold.test_start <= fold.test_end
    for one, next_one in pairwise(folds):
        between = (days > day_number(one.test_end)) & (days < day_number(next_one.test_start))
        assert not between.any()
    tested = (days >= day_number(folds[0].test_start)) & (days <= day_number(folds[-1].test_end))
    assert sum(f.test_sessions for f in folds) == np.count_nonzero(tested)
    assert left_out(days, folds) + np.count_nonzero(tested) == np.count_nonzero(
        days >= day_number(folds[0].test_start)
    )


@pytest.mark.parametrize(
    ("found", "hint"),
    [
        ("2 years", ' (did you mean "2y"?)'),
        ("6M", ' (did you mean "6m"?)'),
        ("06m", ' (did you mean "6m"?)'),
        ("0d", ""),
        ("", ""),
        ("-5d", ""),
        ("1y6m", ""),
        ("30min", ""),
        ("٣d", ""),
        ("999999d", ""),
    ],
)
def test_what_is_no_length_is_told_in_one_line(found: str, hint: str) -> None:
    """Where, what was expected, what was found."""
    with pytest.raises(ConfigError) as told:
        cut_folds(NO_SESSIONS, "2y", found)
    assert str(told.value).startswith(
        "test must be a length above 0 such as 2y, 6m, 8w, 90d or 250s (sessions); found "
    )
    assert str(told.value).endswith(f'"{hint}')


def test_too_few_sessions_are_told_with_how_many_there_are_and_how_many_are_needed() -> None:
    """One line; exact where lengths are sessions, about where they are dates."""
    days = weekdays("2024-01-01", "2024-02-02")
    with pytest.raises(DataError) as told:
        cut_folds(days, "20s", "10s", embargo="3s")
    assert str(told.value) == (
        "walk forward: train 20s, a gap of 3s and test 10s must fit into the sessions that have "
        "bars; one fold needs 28 sessions, there are 25 (2024-01-01 to 2024-02-02)"
    )
    with pytest.raises(DataError, match=r"one fold needs about 6\d\d sessions, there are 25 "):
        cut_folds(days, "2y", "6m")
    assert len(cut_folds(weekdays("2024-01-01", "2024-02-07"), "20s", "10s", embargo="3s")) == 1
    with pytest.raises(DataError, match="there are no bars"):
        cut_folds(NO_SESSIONS, "2y", "6m")
    with pytest.raises(DataError, match="one fold needs about"):
        cut_folds(days, "99999y", "99999y")


def test_a_hole_as_long_as_the_training_is_told() -> None:
    """There is nothing to train on: the test is named."""
    days = np.concatenate(
        [weekdays("2020-01-01", "2020-03-31"), weekdays("2021-01-04", "2021-03-31")]
    )
    with pytest.raises(
        DataError, match=r"no session with bars .* begins 2021-01-04; give a longer"
    ):
        cut_folds(days, "1m", "1m")
