"""Bars and signals written as text, for `scenario`.

Bars: `,` ends a bar and `/` a session; a bar is `open high low close`, or one number for a flat
bar; `-` is a bar the data lack; `+` before a bar puts it after the calendar's close.
Signals: a dict from the row of a bar to words among long, short, exit_long, exit_short;
`long@102` gives the level of a stop or limit entry.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars

FIRST_SESSION = 19_724  # 2024-01-02
OPENS_AT = 52_200  # 14:30 UTC, 09:30 in New York in winter
DAY, HALF_HOUR = 86_400, 1_800


class Bar(NamedTuple):
    open: float
    high: float
    low: float
    close: float
    session: int
    timestamp: int
    phase: int


def parse_bars(text: str, step: int = HALF_HOUR) -> list[Bar]:
    """Bars of `text`, each `step` seconds after the other, a session a day."""
    bars: list[Bar] = []
    for number, session_text in enumerate(text.split("/")):
        session = FIRST_SESSION + number
        day_bars = []
        for slot, word in enumerate(session_text.split(",")):
            prices = [float(price) for price in word.replace("+", " ").split() if price != "-"]
            if not prices:
                continue
            o, h, low, c = prices * 4 if len(prices) == 1 else prices
            phase = AFTER_CLOSE if "+" in word else IN_SESSION
            stamp = session * DAY + OPENS_AT + slot * step
            day_bars.append(Bar(o, h, low, c, session, stamp, phase))
        regular = [row for row, bar in enumerate(day_bars) if bar.phase == IN_SESSION]
        if regular:
            day_bars[regular[-1]] = day_bars[regular[-1]]._replace(phase=LAST_OF_SESSION)
        bars += day_bars
    return bars


def make_bars(
    text: str, symbol: str = "AAA", step: int = HALF_HOUR, calendar: str = "XNYS"
) -> Bars:
    """The `Bars` of `text` (see the module)."""
    return bars_of(parse_bars(text, step), symbol, step, calendar)


def bars_of(
    rows: Sequence[Bar], symbol: str = "AAA", step: int = HALF_HOUR, calendar: str = "XNYS"
) -> Bars:
    """`Bars` of literal rows; `step` seconds from a bar's opening to its completion."""
    assert all(a.timestamp < b.timestamp for a, b in pairwise(rows))
    column = {name: np.array([getattr(row, name) for row in rows]) for name in Bar._fields}
    return Bars(
        symbol=symbol,
        interval={300: "5m", 600: "10m", HALF_HOUR: "30m", DAY: "1d"}.get(step, "1m"),
        calendar=calendar,
        timestamp=column["timestamp"].astype(np.int64),
        open=column["open"],
        high=column["high"],
        low=column["low"],
        close=column["close"],
        volume=np.ones(len(rows)),
        session=column["session"].astype(np.int64),
        closes_at=column["timestamp"].astype(np.int64) + step,
        phase=column["phase"].astype(np.uint8),
    )


def make_signals(n_bars: int, words: Mapping[int, str]) -> Signals:
    """`Signals` from {row: "long@102 exit_short"}."""
    flags = {
        name: np.zeros(n_bars, dtype=np.bool_)
        for name in ("long", "short", "exit_long", "exit_short")
    }
    levels = {name: np.full(n_bars, np.nan) for name in ("long", "short")}
    for row, text in words.items():
        for word in text.split():
            side, _, level = word.partition("@")
            flags[side][row] = True
            if level:
                levels[side][row] = float(level)
    return Signals(**flags, long_level=levels["long"], short_level=levels["short"])
