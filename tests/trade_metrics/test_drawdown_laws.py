"""Laws of drawdowns: the plain-Python twin, the starting capital, how long they last."""

import statistics
from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.drawdown import Drawdowns, drawdowns, max_drawdown, ulcer_index
from tests.trade_metrics.figures_setup import DAY, FIRST_DAY, metrics

EQUITY = st.lists(st.integers(-40, 200), min_size=1, max_size=40)
GAPS = st.lists(st.integers(1, 5), min_size=40, max_size=40)


def plain_drawdowns(equity: list[int], stamps: list[int], start: int, since: int) -> Drawdowns:
    """Every row against every earlier one, straight from the definition."""
    depth, peak_row, trough_row, longest = 0.0, -1, -1, 0
    recovery_row = -1
    for row in range(len(equity)):
        high = max([start, *equity[: row + 1]])
        peaks = [earlier for earlier in range(row + 1) if equity[earlier] == high]
        last_peak = peaks[-1] if peaks else -1
        if equity[row] == high:
            continue
        back = [later for later in range(row, len(equity)) if equity[later] >= high]
        end = back[0] if back else len(equity) - 1
        longest = max(longest, stamps[end] - (stamps[last_peak] if peaks else since))
        if (high - equity[row]) / high > depth:
            depth, peak_row, trough_row = (high - equity[row]) / high, last_peak, row
            recovery_row = end
    return Drawdowns(depth, peak_row, trough_row, recovery_row, longest)


@given(EQUITY, GAPS, st.integers(50, 150))
def test_one_pass_equals_the_definition(equity: list[int], gaps: list[int], start: int) -> None:
    """The compiled pass finds the rows, the depth and the length that the definition gives."""
    stamps = np.cumsum(gaps)[: len(equity)]
    found = drawdowns(equity, stamps, float(start), started_at=0)
    assert found == plain_drawdowns(equity, stamps.tolist(), start, 0)


@given(EQUITY, st.integers(50, 150))
def test_ulcer_index_equals_its_plain_twin(equity: list[int], start: int) -> None:
    """Root mean square of every row's fall below the highest value so far, in percent."""
    falls = [
        100.0 * (1.0 - value / max([start, *equity[: row + 1]])) for row, value in enumerate(equity)
    ]
    plain = sqrt(statistics.fmean([fall**2 for fall in falls]))
    assert ulcer_index(equity, float(start)) == pytest.approx(plain, abs=1e-9)


def test_the_starting_capital_is_the_first_peak() -> None:
    """A path that only ever loses falls from the starting capital, not from its own first row."""
    found = metrics(equity=[90.0, 75.0, 80.0])
    assert found.max_drawdown_pct == 25.0
    assert drawdowns([90.0, 75.0, 80.0], [1, 2, 3], 100.0).peak_row == -1


def test_a_path_that_never_falls_has_no_drawdown() -> None:
    """Zero depth and zero length are defined; what divides by them is not."""
    found = metrics(equity=[101.0, 101.0, 105.0])
    assert (found.max_drawdown_pct, found.max_drawdown_duration_days) == (0.0, 0.0)
    assert (found.max_drawdown_duration_sessions, found.longest_drawdown_days) == (0, 0.0)
    assert found.ulcer_index == 0.0
    assert isnan(found.calmar)


def test_a_drawdown_lasts_from_its_peak_to_its_recovery() -> None:
    """Peak on the second day, back there on the fifth: three days, three sessions."""
    found = metrics(equity=[100.0, 120.0, 90.0, 110.0, 120.0, 119.0])
    assert found.max_drawdown_pct == 25.0
    assert found.max_drawdown_duration_days == 3.0
    assert found.max_drawdown_duration_sessions == 3
    assert found.longest_drawdown_days == 3.0


def test_a_drawdown_without_recovery_lasts_to_the_end() -> None:
    """What never came back is as long as the data."""
    found = metrics(equity=[100.0, 120.0, 90.0, 110.0])
    assert found.max_drawdown_duration_days == 2.0
    assert found.max_drawdown_duration_sessions == 2


def test_the_longest_drawdown_need_not_be_the_deepest() -> None:
    """A day of -50 % and a week of -1 % are two figures."""
    found = metrics(equity=[50.0, 100.0, 99.0, 99.0, 99.0, 99.0, 99.0, 100.0])
    assert found.max_drawdown_pct == 50.0
    assert found.max_drawdown_duration_days == 1.0
    assert found.longest_drawdown_days == 6.0


def test_a_drawdown_from_the_start_counts_the_first_session() -> None:
    """The starting capital stands at the close before the first session and at `started_at`."""
    opened = DAY * FIRST_DAY - DAY // 4
    found = metrics(equity=[90.0, 100.0], started_at=opened)
    assert found.max_drawdown_duration_sessions == 2
    assert found.max_drawdown_duration_days == 1.25


def test_a_drawdown_inside_one_session_is_seen() -> None:
    """Every row counts, not only session closes; such a drawdown passes no session close."""
    found = metrics(equity=[100.0, 80.0, 100.0, 100.0], session=[0, 0, 0, 1])
    assert found.max_drawdown_pct == 20.0
    assert found.max_drawdown_duration_sessions == 0
    assert found.ulcer_index == 0.0
    later = metrics(equity=[100.0, 110.0, 88.0, 110.0], session=[0, 1, 1, 1])
    assert (later.max_drawdown_pct, later.max_drawdown_duration_sessions) == (20.0, 0)
    before = metrics(equity=[80.0, 100.0], session=[0, 0])
    assert before.max_drawdown_duration_sessions == 1  # the capital is of the close before


def test_rounding_does_not_prolong_a_drawdown() -> None:
    """A sum of trades that misses the old peak by its last digit is back at the peak."""
    back = 1000.0 - 0.1 - 0.2 + 0.3
    assert back != 1000.0
    found = drawdowns([1000.0, 999.7, min(back, 2000.0 - back), 999.9, 999.9], range(5), 1000.0)
    assert found.recovery_row == 2
    assert found.longest_seconds == 2


def test_a_debt_is_a_drawdown_beyond_the_whole() -> None:
    """Equity below zero is more than 100 % below its peak, and the index says so too."""
    assert max_drawdown([50.0, -20.0], 100.0) == 1.2
    assert ulcer_index([-20.0], 100.0) == pytest.approx(120.0)


def test_ulcer_index_of_nothing_is_undefined() -> None:
    """No rows, no index."""
    assert isnan(ulcer_index([], 100.0))


def test_drawdowns_refuse_what_they_cannot_judge() -> None:
    """NaN, no rows, columns of unequal length and a capital of zero each say what is wrong."""
    with pytest.raises(DataError, match="equity must hold finite numbers; found nan in row 1"):
        max_drawdown([1.0, nan], 100.0)
    with pytest.raises(DataError, match="equity must have at least one row"):
        max_drawdown([], 100.0)
    with pytest.raises(DataError, match="found lengths equity 2, timeline 1"):
        drawdowns([1.0, 2.0], [0], 100.0)
    with pytest.raises(ConfigError, match=r"starting_capital must be .* above zero; found 0"):
        max_drawdown([1.0], 0.0)
