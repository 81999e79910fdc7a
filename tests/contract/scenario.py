"""A tiny language for hand-made bars: what is traded, on which bars, and what came of it.

    run = Account().book("100, 100 103 99 101, 102", {0: "long"}, risk_reward=1).run()
    assert run.trade.exit_reason == "target"

How bars and signals are written stands in `scenario_bars`.

What is not said: capital 100,000, 1 % risked a trade, a stop 2.00 away, no target, and limits
too wide to matter (a day may lose everything, leverage 100). So 500 shares are traded.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import pytest
from scenario_bars import make_bars, make_signals

from infrastructure.core.config import CostsConfig, RiskConfig, StrategyConfig
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.execution.records import (
    AMBIGUITY,
    EXIT_REASONS,
    REFUSAL_REASONS,
    SIZE_BOUNDS,
)
from infrastructure.core.execution.simulate import simulate
from infrastructure.market_data.bars import Bars

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
    """Terms of an account, to which books are added; keys of a portfolio's `risk` and `costs`."""

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
    plain = {name: record[name].item() for name in Trade.__dataclass_fields__ if name not in codes}
    return Trade(**plain, **codes)


def _refusal(record: Any, symbols: Sequence[str]) -> Refusal:
    return Refusal(
        signal_bar=int(record["signal_bar"]),
        direction=int(record["direction"]),
        reason=REFUSAL_REASONS[int(record["reason"])],
        book=int(record["book"]),
        symbol=symbols[int(record["lane"])],
    )
