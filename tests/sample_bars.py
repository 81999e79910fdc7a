"""Small bars for the tests of indicators and strategies: by hand, or by hypothesis."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from infrastructure.market_data.bars import Bars
from infrastructure.market_data.intervals import interval_seconds

REAL_BARS = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FIRST_SESSION, OPENS_AT, DAY = 19_724, 52_200, 86_400  # 2024-01-02, 14:30 UTC

Row = tuple[float, float, float, float]


def bars_of(rows: Sequence[Row], a_session: int = 13, interval: str = "30m") -> Bars:
    """Bars of (open, high, low, close) rows, `a_session` of them to each session."""
    row = np.arange(len(rows))
    session = FIRST_SESSION + row // a_session
    step = interval_seconds(interval)
    timestamp = session * DAY + OPENS_AT + (row % a_session) * step
    prices = np.array(rows, dtype=np.float64).reshape(-1, 4)
    last = np.append(session[1:] != session[:-1], True)[: len(rows)]
    return Bars(
        symbol="X",
        interval=interval,
        calendar="24/7",
        timestamp=timestamp,
        open=prices[:, 0].copy(),
        high=prices[:, 1].copy(),
        low=prices[:, 2].copy(),
        close=prices[:, 3].copy(),
        volume=np.ones(len(rows)),
        session=session,
        closes_at=timestamp + step,
        phase=last.astype(np.uint8),
    )


def flat(*closes: float, a_session: int = 13, interval: str = "30m") -> Bars:
    """Bars that never move inside: open, high, low and close are one price."""
    return bars_of([(price,) * 4 for price in closes], a_session, interval)


@st.composite
def random_bars(draw: Any, max_bars: int = 60, interval: str = "30m") -> Bars:
    """Bars in whole cents near 100.00, with short steps: ties and dojis are common."""
    cents = st.integers(0, 4)
    steps = draw(st.lists(st.tuples(st.integers(-9, 9), cents, cents), max_size=max_bars))
    rows, price = [], 10_000
    for body, above, below in steps:
        gap = above - below
        open_ = price + gap
        price = open_ + body
        bar = (open_, max(open_, price) + above, min(open_, price) - below, price)
        rows.append((bar[0] / 100, bar[1] / 100, bar[2] / 100, bar[3] / 100))
    return bars_of(rows, draw(st.integers(1, 9)), interval)
