"""Fixed bars for all benchmarks: a seeded random walk on XNYS sessions."""

import numpy as np

from infrastructure.market_data.bars import LAST_OF_SESSION, Bars

SEED = 20261123
BARS_A_SESSION = 13
DAY = 86_400


def random_bars(n_bars: int, seed: int = SEED, symbol: str = "QQQ") -> Bars:
    """30-minute bars, 13 a session, opening at the last close but for a gap each morning.

    Sessions are plain days from 14:30 UTC: no calendar takes part in what is timed.
    """
    random = np.random.default_rng(seed)
    row = np.arange(n_bars)
    close = 400.0 * np.exp(np.cumsum(random.normal(0.0, 0.002, n_bars)))
    open_ = np.concatenate(([400.0], close[:-1]))
    open_[::BARS_A_SESSION] *= np.exp(random.normal(0.0, 0.003, len(open_[::BARS_A_SESSION])))
    high = np.maximum(open_, close) * np.exp(np.abs(random.normal(0.0, 0.001, n_bars)))
    low = np.minimum(open_, close) * np.exp(-np.abs(random.normal(0.0, 0.001, n_bars)))
    session = row // BARS_A_SESSION
    timestamp = session * DAY + 52_200 + row % BARS_A_SESSION * 1_800
    last = (row % BARS_A_SESSION == BARS_A_SESSION - 1) | (row == n_bars - 1)
    return Bars(
        symbol=symbol,
        interval="30m",
        calendar="XNYS",
        timestamp=timestamp,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.full(n_bars, 1_000.0),
        session=session,
        closes_at=timestamp + 1_800,
        phase=np.where(last, LAST_OF_SESSION, 0).astype(np.uint8),
        source="benchmark",
    )
