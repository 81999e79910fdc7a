"""Bars by hand: what the tests of this folder share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from infrastructure.market_data.columns import BarColumns

WriteFile = Callable[..., Path]
"""Type of the fixture `write_file`."""


def utc(moment: str) -> int:
    """Seconds since 1970 of `2024-01-02 14:30`, UTC."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


def rows_at(*moments: str, price: float = 100.0) -> BarColumns:
    """Bars at these moments (UTC): open at `price`, and a cent more from bar to bar."""
    open_ = price + 0.01 * np.arange(len(moments))
    return BarColumns(
        timestamp=np.array([utc(moment) for moment in moments], dtype=np.int64),
        open=open_,
        high=open_ + 1.0,
        low=open_ - 1.0,
        close=open_ + 0.5,
        volume=np.full(len(moments), 1_000.0),
    )
