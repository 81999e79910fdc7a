"""The tight candle by hand, in exact decimals, and on real bars."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError
from infrastructure.indicators.tight_candle import TightCandle
from infrastructure.market_data.bars import Bars
from tests.indicators import plain_twins
from tests.sample_bars import REAL_BARS, Row, bars_of, random_bars

LONG, SHORT, NONE = (True, False), (False, True), (False, False)


def signal_of(row: Row, tightness: float = 0.1, ratio: float = 2.0) -> tuple[bool, bool]:
    """(long, short) of one bar."""
    found = TightCandle(tightness, ratio).generate(bars_of([row]))
    return bool(found.long[0]), bool(found.short[0])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((10.00, 10.20, 9.00, 10.05), LONG),  # a hammer
        ((10.00, 11.00, 9.80, 10.05), SHORT),  # its mirror
        ((10.00, 10.00, 9.00, 10.00), LONG),  # no upper wick: an infinite ratio
        ((10.00, 11.00, 10.00, 10.00), SHORT),  # no lower wick
        ((10.00, 10.00, 10.00, 10.00), NONE),  # no range at all
        ((10.00, 10.50, 9.50, 10.00), NONE),  # equal wicks
        ((10.00, 10.30, 9.40, 10.00), LONG),  # wicks 0.30 and 0.60: exactly twice
        ((10.00, 10.31, 9.40, 10.00), NONE),  # a cent short of twice
        ((10.00, 10.10, 9.10, 10.10), NONE),  # body exactly a tenth of the range
        ((10.00, 10.10, 9.09, 10.10), LONG),  # a cent wider: below a tenth
    ],
)
def test_hand_made_candles(row: Row, expected: tuple[bool, bool]) -> None:
    """Each clause of the rule by a bar that just meets or just misses it."""
    assert signal_of(row) == expected


@given(bars=random_bars())
def test_signals_are_those_of_exact_decimals(bars: Bars) -> None:
    """On prices in cents floats decide as decimal arithmetic does, ties included."""
    found = TightCandle().generate(bars)
    rows = zip(bars.open, bars.high, bars.low, bars.close, strict=True)
    assert list(zip(*found, strict=True)) == [plain_twins.tight_candle(row) for row in rows]


@given(bars=random_bars(), tightness=st.floats(0, 1), ratio=st.floats(0, 5))
def test_a_mirror_swaps_the_sides(bars: Bars, tightness: float, ratio: float) -> None:
    """Bars turned upside down signal the other side; no bar signals both."""
    upside_down = zip(bars.open, bars.low, bars.high, bars.close, strict=True)
    mirrored = bars_of(
        [(200.0 - o, 200.0 - h, 200.0 - low, 200.0 - c) for o, h, low, c in upside_down]
    )
    candle = TightCandle(round(tightness, 3), round(ratio, 3))
    found, mirror = candle.generate(bars), candle.generate(mirrored)
    assert np.array_equal(found.long, mirror.short)
    assert np.array_equal(found.short, mirror.long)
    assert not np.any(found.long & found.short)


def test_a_ratio_below_one_still_wants_the_longer_wick() -> None:
    """The lower wick must be the longer one, whatever the ratio asks."""
    assert signal_of((10.0, 10.5, 9.5, 10.0), ratio=0.0) == NONE
    assert signal_of((10.0, 10.5, 9.4, 10.0), ratio=0.5) == LONG


def test_a_missing_price_gives_no_signal() -> None:
    """NaN anywhere in a bar is not tight."""
    nan = float("nan")
    for open_, high, low, close in (
        (nan, 10.2, 9.0, 10.05),
        (10.0, nan, 9.0, 10.05),
        (10.0, 10.2, nan, 10.05),
        (10.0, 10.2, 9.0, nan),
    ):
        assert signal_of((open_, high, low, close)) == NONE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tightness_threshold", 10),
        ("tightness_threshold", -0.1),
        ("tightness_threshold", float("nan")),
        ("wick_ratio_threshold", float("inf")),
        ("wick_ratio_threshold", True),
        ("wick_ratio_threshold", "2"),
    ],
)
def test_thresholds_out_of_range_are_named(name: str, value: Any) -> None:
    """A threshold that cannot be meant is refused with its name and the value found."""
    with pytest.raises(ConfigError, match=f"{name} must be a number.*found {value!r}"):
        TightCandle(**{name: value})


@pytest.mark.skipif(not REAL_BARS.exists(), reason="the real bars are not beside the repository")
def test_real_bars() -> None:
    """QQQ 2024-01 to 2025-05, 30 minutes: 158 long, 102 short, and the three edge bars."""
    import pandas as pd

    frame = pd.read_csv(REAL_BARS / "qqq_30min_2024-01_2025-05.csv")
    prices = list(zip(*(frame[name] for name in ("open", "high", "low", "close")), strict=True))
    found = TightCandle(tightness_threshold=0.1, wick_ratio_threshold=2.0).generate(bars_of(prices))
    assert (found.long.sum(), found.short.sum()) == (158, 102)

    row = {stamp[:16]: row for row, stamp in enumerate(frame["timestamp"])}
    exactly_a_tenth, *exactly_twice = (
        row["2024-02-08T12:00"],
        row["2024-01-16T09:30"],
        row["2024-10-15T14:00"],
    )
    assert not (found.long | found.short)[exactly_a_tenth]
    assert (found.long | found.short)[exactly_twice].all()
