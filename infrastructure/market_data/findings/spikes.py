"""Prices that leave all their neighbours and are back within the bar: bad ticks."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.findings.looked_at import LookedAt

_NEIGHBOURS = 2
"""Bars on each side whose own ranges a spike must exceed: wild markets are so for longer."""
_TIMES = 5.0
_ROBUST = 8.0
"""How many median ranges of the bars around a spike sticks out. Real bars of QQQ, SPY and AAPL, the
crash of August 2015 included, stay below 5."""
_AROUND = 12


def spikes(looked: LookedAt) -> Iterator[Finding]:
    """Highs and lows far outside the bars before and after, by the scale of those bars.

    A gap is none: the next bar opens where the last one closed. The scale is the ranges around, not
    a percent: 1 % is a spike in one market and a quiet minute in another.
    """
    bars = looked.regular
    if len(bars) < 2 * _NEIGHBOURS + 1:
        return
    span = bars.high - bars.low
    above, below = _excess(bars.high, span), _excess(-bars.low, span)
    excess = np.maximum(above, below)
    candidates = np.flatnonzero(excess > 0)
    sizes = np.array([_size(span, excess, int(row)) for row in candidates])
    found = candidates[sizes > _ROBUST] if len(candidates) else candidates
    if not len(found):
        return
    sizes = sizes[sizes > _ROBUST]
    worst = int(np.argmax(sizes))
    row = int(found[worst])
    side = "high" if above[row] >= below[row] else "low"
    price = float(getattr(bars, side)[row])
    yield Finding(
        "spike", "error", len(found), "bars leave their neighbours and are back at once",
        f"{looked.moment(int(bars.timestamp[row]))}: {side} {price:.10g} between closes of "
        f"{float(bars.close[max(0, row - 1)]):.10g} and {float(bars.close[row + 1]):.10g}",
        f"kairos data mend {looked.series} --remove spike", bars.timestamp[found],
        float(sizes[worst]),
    )  # fmt: skip


def _excess(extreme: NDArray[np.float64], span: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each bar's extreme stands above its neighbours'; 0 below _TIMES their ranges."""
    top = np.full(len(extreme), -np.inf)
    wide = np.zeros(len(extreme))
    for shift in range(1, _NEIGHBOURS + 1):
        for one, other in (((shift, None), (None, -shift)), ((None, -shift), (shift, None))):
            np.maximum(top[slice(*one)], extreme[slice(*other)], out=top[slice(*one)])
            np.maximum(wide[slice(*one)], span[slice(*other)], out=wide[slice(*one)])
    excess = extreme - top
    excess[:_NEIGHBOURS] = 0.0
    excess[-_NEIGHBOURS:] = 0.0
    excess[excess <= _TIMES * wide] = 0.0
    return np.maximum(excess, 0.0)


def _size(span: NDArray[np.float64], excess: NDArray[np.float64], row: int) -> float:
    """The excess in median ranges of the bars around."""
    around = np.concatenate((span[max(0, row - _AROUND) : row], span[row + 1 : row + 1 + _AROUND]))
    scale = float(np.median(around)) or float(np.mean(around)) or np.nan
    return float(excess[row] / scale) if scale == scale else np.inf
