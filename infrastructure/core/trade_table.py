"""The figures of every order, trade and refusal, as the ledger names them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.plan import Book, Lane
from infrastructure.core.execution.records import (
    EXIT_REASONS,
    REFUSAL_REASONS,
    SIDES,
    SIZE_BOUNDS,
)
from infrastructure.core.execution.simulate import Simulation

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, NDArray[Any]]


def trade_table(books: Sequence[Book], simulation: Simulation) -> Columns:
    """Columns of shape (n_trades,), in the order in which the trades were closed.

    position: the strategy's place in the portfolio, from 1. *_timestamp: opening times of bars,
    seconds UTC. *_date: exchange dates, days since 1970. risk_size: money; risk_reward: realised R;
    risk_per_trade, perc_return: percent of book equity at entry; mae_r, mfe_r: R. The figures
    measured by the stop are NaN where there was none.
    """
    trades = simulation.trades
    lanes = _Lanes(books)
    entry, exit_, signal = (
        lanes.rows(trades["lane"], trades[name]) for name in ("entry_bar", "exit_bar", "signal_bar")
    )
    risk_per_share = np.abs(trades["entry_price"] - trades["stop_price"])
    risk_size = risk_per_share * trades["quantity"]
    entered_at, left_at = lanes.timestamp[entry], lanes.timestamp[exit_]
    return {
        "position": trades["book"] + 1,
        "symbol": lanes.symbol[trades["lane"]],
        "direction": np.where(trades["direction"] > 0, "long", "short"),
        "instrument_type": lanes.instrument_type[trades["lane"]],
        "signal_timestamp": lanes.timestamp[signal],
        "entry_date": lanes.session[entry],
        "entry_timestamp": entered_at,
        "exit_date": lanes.session[exit_],
        "exit_timestamp": left_at,
        "entry_price": trades["entry_price"],
        "exit_price": trades["exit_price"],
        "stop_price": trades["stop_price"],
        "target_price": trades["target_price"],
        "quantity": trades["quantity"],
        "capital_required": trades["entry_price"] * trades["quantity"],
        "trade_duration": (left_at - entered_at) / 60.0,
        "winning_trade": trades["net_pnl"] > 0,
        "net_pnl": trades["net_pnl"],
        "commission": trades["commission"],
        "slippage": trades["slippage"],
        "risk_size": risk_size,
        "risk_reward": trades["net_pnl"] / risk_size,
        "risk_per_trade": 100.0 * risk_size / trades["book_equity"],
        "perc_return": 100.0 * trades["net_pnl"] / trades["book_equity"],
        "mae_r": trades["mae"] / risk_per_share,
        "mfe_r": trades["mfe"] / risk_per_share,
        "exit_reason": np.array(EXIT_REASONS)[trades["exit_reason"]],
        "ambiguous": trades["ambiguous"] > 0,
        "size_bound": np.array(SIZE_BOUNDS)[trades["size_bound"]],
    }


def order_table(books: Sequence[Book], simulation: Simulation) -> Columns:
    """Columns of shape (n_orders,), in the order of filling; two for each trade.

    number: from 1. position: the strategy's place in the portfolio, from 1. bar_timestamp: opening
    time of the bar that filled it, seconds UTC. quantity: above zero; commission: money.
    """
    orders = simulation.orders
    lanes = _Lanes(books)
    return {
        "number": np.arange(1, len(orders) + 1),
        "position": lanes.book[orders["col"]] + 1,
        "symbol": lanes.symbol[orders["col"]],
        "side": np.array(SIDES)[orders["side"]],
        "bar_timestamp": lanes.opened(orders["col"], simulation.timeline[orders["idx"]]),
        "quantity": orders["size"],
        "price": orders["price"],
        "commission": orders["fees"],
    }


def metric_columns(table: Columns, chosen: Any) -> dict[str, Any]:
    """What TradeMetrics asks of each trade, of the trades chosen (a mask or a slice)."""
    names = {
        "net_pnl": "net_pnl",
        "r": "risk_reward",
        "entry_time": "entry_timestamp",
        "exit_time": "exit_timestamp",
        "commission": "commission",
        "slippage": "slippage",
        "ambiguous": "ambiguous",
    }
    return {name: table[column][chosen] for name, column in names.items()}


def refusal_table(books: Sequence[Book], simulation: Simulation) -> Columns:
    """Columns of shape (n_refusals,), in the order of events; units as for trades."""
    refusals = simulation.refusals
    lanes = _Lanes(books)
    return {
        "position": refusals["book"] + 1,
        "symbol": lanes.symbol[refusals["lane"]],
        "signal_timestamp": lanes.timestamp[lanes.rows(refusals["lane"], refusals["signal_bar"])],
        "direction": np.where(refusals["direction"] > 0, "long", "short"),
        "reason": np.array(REFUSAL_REASONS)[refusals["reason"]],
    }


def as_frame(columns: Columns) -> "pd.DataFrame":
    """The columns as a DataFrame: stamps in UTC, exchange dates as dates."""
    import pandas as pd

    frame = pd.DataFrame(columns)
    for name in frame.columns:
        if name.endswith("_timestamp"):
            frame[name] = pd.to_datetime(frame[name], unit="s", utc=True)
        elif name.endswith("_date"):
            frame[name] = pd.to_datetime(frame[name], unit="D")
    return frame


class _Lanes:
    """Bar columns of all lanes end to end, to look rows up at once."""

    def __init__(self, books: Sequence[Book]) -> None:
        lanes: list[Lane] = [lane for book in books for lane in book.lanes]
        self._lanes = lanes
        self.book = np.repeat(np.arange(len(books)), [len(book.lanes) for book in books])
        self.first = np.cumsum([0] + [len(lane.bars) for lane in lanes[:-1]])
        self.timestamp = _end_to_end([lane.bars.timestamp for lane in lanes])
        self.session = _end_to_end([lane.bars.session for lane in lanes])
        self.symbol = np.array([lane.bars.symbol for lane in lanes])
        types = [book.config.instrument_type for book in books for _ in book.lanes]
        self.instrument_type = np.array(types)

    def rows(self, lane: NDArray[np.int64], bar: NDArray[np.int64]) -> NDArray[np.int64]:
        rows: NDArray[np.int64] = self.first[lane] + bar
        return rows

    def opened(self, lane: NDArray[np.int64], complete: NDArray[np.int64]) -> NDArray[np.int64]:
        """Opening times of the bars of these lanes that were complete at these moments."""
        opened = np.empty(len(lane), np.int64)
        for number in np.unique(lane):
            bars, own = self._lanes[number].bars, lane == number
            opened[own] = bars.timestamp[np.searchsorted(bars.closes_at, complete[own])]
        return opened


def _end_to_end(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)
