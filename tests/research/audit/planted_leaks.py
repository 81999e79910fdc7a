"""Twelve ways to look into the future, each a strategy as somebody might have written it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars


def closes(bars: Bars) -> "pd.Series[float]":
    """The closes over their times."""
    return bars.to_frame()["close"]


class NextClose(VectorBTStrategy):
    """shift(-1): buys where the next close is higher."""

    def generate_signals(self, bars: Bars) -> Signals:
        close = closes(bars)
        return Signals(long=close.shift(-1) > close)


class CentredWindow(VectorBTStrategy):
    """A centred mean: half of its window lies ahead."""

    def generate_signals(self, bars: Bars) -> Signals:
        close = closes(bars)
        smooth = close.rolling(9, center=True).mean()
        return Signals(long=(close < smooth) & (close.shift(1) >= smooth.shift(1)))


class ZScore(VectorBTStrategy):
    """Mean and deviation of the whole sample."""

    def generate_signals(self, bars: Bars) -> Signals:
        z = (bars.close - bars.close.mean()) / bars.close.std()
        return Signals(long=z < -1.0, short=z > 1.0)


class Quantile(VectorBTStrategy):
    """Busy bars, by a quantile of the whole sample: rare, and never at the last row alone."""

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(short=bars.volume > np.quantile(bars.volume, 0.99))


class BackFill(VectorBTStrategy):
    """The session's close, filled back over its bars."""

    def generate_signals(self, bars: Bars) -> Signals:
        ends = np.append(np.diff(bars.session) > 0, True)
        close = closes(bars)
        target = close.where(ends).bfill()
        return Signals(long=target > 1.004 * close, long_level=target.to_numpy())


class MonthMean(VectorBTStrategy):
    """The mean of the calendar month, its days to come included."""

    def generate_signals(self, bars: Bars) -> Signals:
        month = bars.session.astype("datetime64[D]").astype("datetime64[M]")
        close = closes(bars)
        mean = close.groupby(month).transform("mean")
        return Signals(long=close < 0.99 * mean, exit_long=close > mean)


class Detrended(VectorBTStrategy):
    """Below a line that was fitted to all closes."""

    def generate_signals(self, bars: Bars) -> Signals:
        row = np.arange(len(bars), dtype=np.float64)
        line = np.polynomial.Polynomial.fit(row, bars.close, 1)(row)
        below = bars.close < line
        return Signals(long=below & ~np.append(False, below[:-1]))


class LabelRight(VectorBTStrategy):
    """Two-hour bars labelled by their end: each bar takes the one it is still a part of."""

    def generate_signals(self, bars: Bars) -> Signals:
        close = closes(bars)
        coarse = close.resample("2h", label="right", closed="right").last().dropna()
        seen = coarse.reindex(close.index, method="bfill")
        return Signals(long=seen > 1.002 * close, short=seen < 0.998 * close)


class TodaysDay(VectorBTStrategy):
    """The day's high and low on its own bars, hours before they were made."""

    def generate_signals(self, bars: Bars) -> Signals:
        frame = bars.to_frame()
        day = frame.groupby("session")
        return Signals(
            long=frame.low <= day.low.transform("min"),
            short=frame.high >= day.high.transform("max"),
        )


class TodaysContext(VectorBTStrategy):
    """The context's daily bar of the same date: `bars.coarser` past `bars.context`."""

    def generate_signals(self, bars: Bars) -> Signals:
        daily = bars.coarser["1d"]
        row = np.searchsorted(daily.session, bars.session)
        today = np.append(daily.close, np.nan)[row]
        return Signals(long=today > 1.003 * bars.close)


class NextOpen(VectorBTStrategy):
    """The open of the session after: the gap before it was there."""

    def generate_signals(self, bars: Bars) -> Signals:
        first = np.append(True, np.diff(bars.session) > 0)
        number = np.cumsum(first)  # of the session, from 1: the next one's place among the opens
        next_open = np.append(bars.open[first], np.nan)[number]
        last = np.append(np.diff(bars.session) > 0, False)
        return Signals(long=last & (next_open > bars.close))


class TargetAsFeature(VectorBTStrategy):
    """A regression whose features hold the forward return that it is to foretell."""

    def generate_signals(self, bars: Bars) -> Signals:
        change = closes(bars).pct_change()
        forward = change.rolling(3).sum().shift(-3)
        features = np.column_stack([change, change.shift(1), forward.rolling(2).mean()])
        return Signals(long=_foretold(np.nan_to_num(features), np.nan_to_num(forward)) > 0.002)


class SortedByTimeDescending(VectorBTStrategy):
    """Rolling over rows whose newest comes first, put back into order afterwards."""

    def generate_signals(self, bars: Bars) -> Signals:
        close = closes(bars)
        mean = close.sort_index(ascending=False).rolling(10).mean().sort_index()
        return Signals(long=close > 1.003 * mean)


class SortedByPrice(VectorBTStrategy):
    """A bar's place among the prices of all."""

    def generate_signals(self, bars: Bars) -> Signals:
        place = np.argsort(np.argsort(bars.close)) / len(bars)
        return Signals(long=place < 0.1)


def _foretold(features: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares."""
    weights = np.linalg.lstsq(features, target, rcond=None)[0]
    foretold: NDArray[np.float64] = features @ weights
    return foretold
