"""What an audit is made of: other futures, places, comparing, settling."""

from functools import cache
from itertools import islice

import numpy as np
import pytest
from audit_setup import subject
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import VALUES
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.research.audit.comparing import columns_of, differing
from infrastructure.research.audit.findings import place_of
from infrastructure.research.audit.forgetting import forgetting
from infrastructure.research.audit.futures import changed_after, closed_by, other_future
from infrastructure.research.audit.places import cut_places, month_of, spread
from infrastructure.research.audit.seen import Seen, Wording, findings_of
from infrastructure.research.audit.settling import settlings
from infrastructure.research.audit.warm_up import later_starts
from strategies.tight_candle_strategy import TightCandleStrategy
from tests.sample_bars import flat, random_bars

KEPT: list[int] = [1]


@cache
def cached(value: int) -> int:
    """The value itself."""
    return value


@given(bars=random_bars(), share=st.floats(0, 1), mirrored=st.booleans())
def test_another_future_keeps_the_past_and_is_sound(
    bars: Bars, share: float, mirrored: bool
) -> None:
    """The first bars are the same to the bit; the others are whole bars at the same times."""
    known = round(share * len(bars))
    other = other_future(bars, known, seed=1, mirrored=mirrored)
    for name in VALUES:
        assert getattr(other, name)[:known].tobytes() == getattr(bars, name)[:known].tobytes()
    assert other.timestamp.tobytes() == bars.timestamp.tobytes()
    body = np.maximum(other.open, other.close), np.minimum(other.open, other.close)
    assert np.all(other.high >= body[0]) and np.all(other.low <= body[1])
    assert np.all(other.low > 0) and np.all(np.isfinite(other.high))


def test_a_mirrored_future_goes_the_other_way() -> None:
    """Where the drawn one rises, its mirror image falls by the same factor; bar by bar."""
    bars = flat(10, 11, 9, 12, 8, 10, 11, 9)
    up = other_future(bars, 3, seed=5, mirrored=False)
    down = other_future(bars, 3, seed=5, mirrored=True)
    assert np.allclose(up.close[3:] * down.close[3:], bars.close[2] ** 2)
    assert not np.allclose(up.close[3:], down.close[3:])


def test_other_futures_begin_after_what_had_closed(half_year: Bars) -> None:
    """Context bars that had closed stay; the day that was still open does not."""
    daily = resampled(half_year, "1d", get_calendar("XNYS"))
    asked = subject(TightCandleStrategy, half_year, context_intervals=["1d"])
    for known, bars in changed_after(asked, np.random.default_rng(0)):
        n_days = closed_by(half_year, known, daily)
        assert np.all(daily.closes_at[:n_days] <= half_year.closes_at[known - 1])
        same = bars.coarser["1d"].close == daily.close
        assert same[:n_days].all() and not same[n_days : n_days + 1].any()


def test_places_are_of_all_kinds(half_year: Bars) -> None:
    """Of 24 places: after signals, inside sessions, at their ends, at months' ends; none twice."""
    asked = subject(TightCandleStrategy, half_year)
    places = list(islice(cut_places(half_year, asked.whole, np.random.default_rng(0)), 24))
    last = np.array(places) - 1
    assert len({*places}) == 24
    after_signal = asked.whole["long"][last] | asked.whole["short"][last]
    ends = half_year.session[last] != half_year.session[last + 1]
    months = month_of(half_year)
    month_ends = months[last] != months[last + 1]
    assert after_signal.sum() >= 8 and month_ends.sum() >= 3
    assert ends.sum() >= 7 and (~ends).sum() >= 4
    quarters = np.histogram(last, 4, (0, len(half_year)))[0]
    assert quarters.min() >= 2


@given(n_rows=st.integers(1, 3000), n_asked=st.integers(1, 30), seed=st.integers(0, 99))
def test_a_spread_leaves_no_large_gap(n_rows: int, n_asked: int, seed: int) -> None:
    """Of any number of places asked for, the largest gap is at most some three of equal ones."""
    rows = spread(np.arange(n_rows), np.random.default_rng(seed))[:n_asked]
    assert len({*rows}) == len(rows) == min(n_asked, n_rows, len(rows))
    gaps = np.diff(sorted([-1, *rows, n_rows]))
    assert gaps.max() <= 3 * n_rows / len(rows) + 2


def test_every_place_comes_in_the_end() -> None:
    """A short series is cut everywhere once, and then there are no more places."""
    bars = flat(*range(10, 50))
    whole = columns_of(Signals(), len(bars))
    assert sorted(cut_places(bars, whole, np.random.default_rng(0))) == [*range(1, 40)]


def test_none_is_never_and_levels_have_a_tolerance() -> None:
    """A column left out is one of False; levels within 1e-9 of each other are equal; NaN is NaN."""
    level = np.array([100.0, np.nan, 0.0, np.inf, 5.0])
    ours = columns_of(Signals(long=np.zeros(5, np.bool_), long_level=level), 5)
    moved = level * (1 + 0.9e-9)
    assert differing(ours, columns_of(Signals(long_level=moved), 5), 0, 5) == {}
    moved[0] = 100 * (1 + 1.1e-9)
    moved[1] = 1.0
    found = differing(ours, columns_of(Signals(long_level=moved), 5), 0, 5)
    assert {name: rows.tolist() for name, rows in found.items()} == {"long_level": [0, 1]}


def test_rows_are_those_of_the_whole_series() -> None:
    """Row t of one is compared with row t - shift of the other, between first and last only."""
    whole = columns_of(Signals(short=np.array([1, 0, 0, 1, 0, 1])), 6)
    other = columns_of(Signals(short=np.array([0, 0, 0, 0])), 4)
    assert differing(whole, other, 2, 6, shift=2)["short"].tolist() == [3, 5]
    assert differing(whole, other, 2, 5, shift=2)["short"].tolist() == [3]


@pytest.mark.parametrize(
    ("rows", "settled", "after"), [([3], True, 2), ([3, 10], True, 9), ([3, 12], False, 11)]
)
def test_the_second_half_must_agree(rows: list[int], settled: bool, after: int) -> None:
    """Of 20 bars from row 2 on: row 11 is the first that must agree."""
    whole = columns_of(Signals(), 20)
    long = np.zeros(18, np.bool_)
    long[np.array(rows) - 2] = True
    (told,) = settlings(
        whole, columns_of(Signals(long=long), 18), 2, lambda: columns_of(Signals(), 20)
    )
    assert (told.settled, told.after) == (settled, after)


def test_a_level_that_fades_settles() -> None:
    """Differences that shrink to a thousandth by the last quarter: 0.9 ** 75 is, 0.95 ** 75 not."""
    whole = columns_of(Signals(long_level=np.full(101, 50.0)), 101)
    for per_bar, settled in ((0.9, True), (0.95, False), (1.0, False)):
        other = columns_of(Signals(long_level=50.0 + per_bar ** np.arange(100)), 100)
        (told,) = settlings(whole, other, 1, dict)
        assert told.settled is settled
    gone = columns_of(Signals(long_level=np.append(np.full(99, 50.0), np.nan)), 100)
    (told,) = settlings(whole, gone, 1, dict)
    assert not told.settled


def test_later_starts_are_odd_and_even_and_not_too_late() -> None:
    """Eight, the first ones close together, the others drawn; none beyond a quarter."""
    starts = later_starts(1000, np.random.default_rng(0))
    assert len(starts) == 8 and starts[:2] == [1, 2] and max(starts) <= 250
    assert {start % 2 for start in starts} == {0, 1} and max(starts) > 150


def test_what_was_kept_is_put_back() -> None:
    """Names and contents of a class and its module are as before, even after an error."""

    class Keeps(VectorBTStrategy):
        """Has a number."""

        number = 1

        def generate_signals(self, bars: Bars) -> Signals:
            return Signals()

    def overstep() -> None:
        Keeps.number, Keeps.other = 2, 3  # type: ignore[attr-defined]
        globals()["NEW"] = 7
        KEPT.append(2)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), forgetting(Keeps):
        overstep()
    assert (Keeps.number, KEPT) == (1, [1])
    assert not hasattr(Keeps, "other") and "NEW" not in globals()


def test_caches_of_functions_are_emptied() -> None:
    """What functools keeps of this module's own functions is forgotten; other modules' stays."""

    class Plain(VectorBTStrategy):
        """Calls what the module caches."""

        def generate_signals(self, bars: Bars) -> Signals:
            return Signals()

    with forgetting(Plain):
        assert cached(7) == 7 and cached.cache_info().currsize == 1
    assert cached.cache_info().currsize == 0


def test_a_finding_points_at_the_first_bar_of_all() -> None:
    """Of all that was seen in a column: the lowest row, with its own cut; counted over all."""
    bars = flat(*range(10, 50))
    seen = [
        Seen(30, "long", 28, True, False),
        Seen(20, "long", 18, False, True),
        Seen(25, "long_level", 24, 7.25, np.nan),
        Seen(39, "long", 36, True, False),
    ]
    wording = Wording("truncation", "where the bars end with", "truncations")
    decision, level = findings_of(bars, seen, 5, wording)
    assert (decision.column, decision.place.row) == ("long", 18)
    assert decision.words == (
        "False on the bars as they are, True where the bars end with row 19 (2024-01-03 17:30 UTC, "
        "session 2024-01-03); seen in 3 of 5 truncations. It looks at least 3 bars ahead, never "
        "out of the session."
    )
    assert level.words.startswith("7.25 on the bars as they are, no level where the bars end")
    assert level.words.endswith("seen in 1 of 5 truncations. It looks at least 1 bar ahead.")


def test_a_place_tells_row_time_and_exchange_date(half_year: Bars) -> None:
    """The bar's number from 0, its opening time in UTC, the session's date in New York."""
    assert str(place_of(half_year, 14)) == "row 14 (2024-01-03 15:00 UTC, session 2024-01-03)"
    assert place_of(half_year, 14).as_dict() == {
        "row": 14,
        "time": "2024-01-03 15:00 UTC",
        "session": "2024-01-03",
    }
