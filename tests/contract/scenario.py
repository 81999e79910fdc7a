"""A tiny language for hand-made bars: what is traded, on which bars, and what came of it.

    run = Account().book("100, 100 103 99 101, 102", {0: "long"}, risk_reward=1).run()
    assert run.trade.exit_reason == "target"

Bars are text. `,` ends a bar and `/` a session; a bar is `open high low close`, or one number for a
flat bar; `-` is a bar the data lack; `+` before a bar puts it after the calendar's close.
Signals are a dict from the row of a bar to words among long, short, exit_long, exit_short;
`long@102` gives the level of a stop or limit entry.

What is not said: capital 100,000, 1 % risked a trade, a stop 2.00 away, no target, and limits
too wide to matter (a day may lose everything, leverage 100). So 500 shares are traded.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import pytest

from infrastructure.core.config import CostsConfig, RiskConfig, StrategyConfig
from infrastructure.core.plan import AccountTerms, Book, Lane
from infrastructure.core.records import AMBIGUITY, EXIT_REASONS, REFUSAL_REASONS, SIZE_BOUNDS
from infrastructure.core.signals import Signals
from infrastructure.core.simulate import simulate
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars

FIRST_SESSION = 19_724  # 2024-01-02
OPENS_AT = 52_200  # 14:30 UTC, 09:30 in New York in winter
DAY, HALF_HOUR = 86_400, 1_800

_RISK_KEYS = set(RiskConfig.model_fields)
_COST_KEYS = set(CostsConfig.model_fields)


def near(value: float) -> Any:
    """`value` to a millionth: far below the cent that the contract calls a defect."""
    return pytest.approx(value, abs=1e-6)


def near_all(values: Sequence[float]) -> list[Any]:
    """Each of `values` to a millionth."""
    return [near(value) for value in values]


def stop(kind: str, value: float | None = None, **more: Any) -> dict[str, Any]:
    """The `stop_loss` of a strategy config."""
    return {"type": kind, "value": value, **more}


def sizing(kind: str, value: float | None = None) -> dict[str, Any]:
    """The `sizing` of a strategy config."""
    return {"type": kind, "value": value}


def at_level(kind: str, expiry_bars: int = 1) -> dict[str, Any]:
    """The `entry` of a strategy config."""
    return {"type": kind, "expiry_bars": expiry_bars}


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


@dataclass(frozen=True)
class Trade:
    """A trade record with its codes spelt out."""

    book: int
    symbol: str
    direction: int
    signal_bar: int
    entry_bar: int
    exit_bar: int
    quantity: float
    entry_price: float
    exit_price: float
    stop_price: float
    target_price: float
    net_pnl: float
    commission: float
    slippage: float
    book_equity: float
    mae: float
    mfe: float
    exit_reason: str
    ambiguous: str
    size_bound: str


class Refusal(NamedTuple):
    signal_bar: int
    direction: int
    reason: str
    book: int
    symbol: str


class Run:
    """What came of a scenario; trades by entry, refusals by signal bar."""

    def __init__(self, books: Sequence[Book], terms: AccountTerms) -> None:
        self.books = books
        self.simulation = simulation = simulate(books, terms)
        symbols = [lane.bars.symbol for book in books for lane in book.lanes]
        trades = [_trade(record, symbols) for record in simulation.trades]
        refusals = [_refusal(record, symbols) for record in simulation.refusals]
        self.trades = sorted(trades, key=lambda t: (t.entry_bar, t.book, t.symbol))
        self.refusals = sorted(refusals, key=lambda r: (r.signal_bar, r.book, r.symbol))

    @property
    def trade(self) -> Trade:
        """The only trade, of a run that refused nothing."""
        assert len(self.trades) == 1 and not self.refusals, (self.trades, self.refusals)
        return self.trades[0]

    @property
    def refusal(self) -> str:
        """The reason of the only refusal, of a run that traded nothing."""
        assert len(self.refusals) == 1 and not self.trades, (self.trades, self.refusals)
        return self.refusals[0].reason

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """(signal bar, reason) of every refusal."""
        return [(refusal.signal_bar, refusal.reason) for refusal in self.refusals]

    def of(self, symbol: str) -> list[Trade]:
        """The trades of one symbol."""
        return [trade for trade in self.trades if trade.symbol == symbol]

    def equity(self, book: int = 0) -> list[float]:
        """One book's equity after every row of the timeline."""
        return [float(value) for value in self.simulation.book_equity[:, book]]

    @property
    def account(self) -> list[float]:
        """The account's equity after every row of the timeline."""
        return [float(value) for value in self.simulation.account_equity]


class Account:
    """Terms of an account, to which books are added; keys as in a portfolio's `risk` and `costs`."""

    def __init__(self, **terms: Any) -> None:
        risk = {"risk_per_trade": 1.0, "max_daily_risk": -100.0, "max_leverage": 100.0}
        risk |= {key: value for key, value in terms.items() if key in _RISK_KEYS}
        costs = {key: value for key, value in terms.items() if key in _COST_KEYS}
        rest = {k: v for k, v in terms.items() if k not in _RISK_KEYS | _COST_KEYS}
        self._terms = AccountTerms(
            total_capital=rest.pop("total_capital", 100_000.0),
            risk=RiskConfig.model_validate_json(json.dumps(risk)),
            costs=CostsConfig.model_validate_json(json.dumps(costs)),
            **rest,
        )
        self._books: list[Book] = []

    def book(
        self,
        bars: str | Bars,
        signals: Mapping[int, str],
        *,
        allocation: float = 100.0,
        symbol: str | None = None,
        detail: str | Bars | None = None,
        **config: Any,
    ) -> Self:
        """Add a strategy; `config` overrides keys of its JSON."""
        number = len(self._books) + 1
        keys = {
            "strategy_name": f"made_{number}",
            "class_name": "Made",
            "symbols": [symbol or "AAA"],
            "interval": "30m",
            "stop_loss": stop("fix_abs", 2.0),
            "risk_reward": None,
        }
        model = StrategyConfig.model_validate_json(json.dumps(keys | config))
        lane = _lane(bars, signals, symbol or "ABCDEFGH"[number - 1] * 3, detail)
        self._books.append(Book(model, allocation, (lane,)))
        return self

    def also(self, bars: str | Bars, signals: Mapping[int, str], *, symbol: str) -> Self:
        """Add a symbol to the last strategy."""
        last = self._books[-1]
        lane = _lane(bars, signals, symbol, None)
        self._books[-1] = replace(last, lanes=(*last.lanes, lane))
        return self

    def run(self) -> Run:
        """Simulate."""
        return Run(self._books, self._terms)


def _lane(
    bars: str | Bars, signals: Mapping[int, str], symbol: str, detail: str | Bars | None
) -> Lane:
    made = make_bars(bars, symbol) if isinstance(bars, str) else bars
    fine = make_bars(detail, symbol, 600) if isinstance(detail, str) else detail
    return Lane(bars=made, signals=make_signals(len(made), signals), detail=fine)


def _trade(record: Any, symbols: Sequence[str]) -> Trade:
    codes = {
        "exit_reason": EXIT_REASONS[int(record["exit_reason"])],
        "ambiguous": AMBIGUITY[int(record["ambiguous"])],
        "size_bound": SIZE_BOUNDS[int(record["size_bound"])],
        "symbol": symbols[int(record["lane"])],
    }
    plain = {
        name: record[name].item() for name in Trade.__dataclass_fields__ if name not in codes
    }
    return Trade(**plain, **codes)


def _refusal(record: Any, symbols: Sequence[str]) -> Refusal:
    return Refusal(
        signal_bar=int(record["signal_bar"]),
        direction=int(record["direction"]),
        reason=REFUSAL_REASONS[int(record["reason"])],
        book=int(record["book"]),
        symbol=symbols[int(record["lane"])],
    )
