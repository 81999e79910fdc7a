"""Bars as lists without names: which value is which, told by their number and their order."""

from typing import TYPE_CHECKING, Any

import numpy as np

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_columns import PRICES, kind, lists_frame, numbers
from infrastructure.market_data.files.table import Facts, Table
from infrastructure.market_data.intervals import interval_name

if TYPE_CHECKING:
    import pandas as pd

KRAKEN = ["timestamp", *PRICES, "vwap", "volume", "count"]
"""https://docs.kraken.com/api/docs/rest-api/get-ohlc-data"""

_BINANCE = [
    *("timestamp", *PRICES, "volume", "close_time", "quote_volume", "trades"),
    *("taker_buy_volume", "taker_buy_quote_volume", "ignore"),
]
"""https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints"""

_ORDERS = {
    "freqtrade or ccxt": ("open", "high", "low", "close"),
    "Coinbase": ("low", "high", "open", "close"),
    "Bitfinex": ("open", "close", "high", "low"),
}
"""Whose lists of six hold time, these, volume. Where two orders fit every row, so do their bars."""


def lists_table(rows: list[Any]) -> Table:
    """Binance, Kraken, freqtrade, ccxt, Coinbase and Bitfinex lists, and lists without a volume.

    Raises DataError for rows of other or unequal lengths, and for lists of six in no known order.
    """
    if not isinstance(rows[0], list):
        raise DataError(f"entry 1: expected a list, found {kind(rows[0])}")
    width = len(rows[0])
    if width == len(_BINANCE):
        return _binance(rows)
    if width == len(KRAKEN):
        return Table("Kraken JSON", lists_frame(rows, KRAKEN), "entry")
    if width == 6:
        return _six(rows)
    if width == 5:
        return Table("JSON lists", lists_frame(rows, ["timestamp", *PRICES]), "entry")
    raise DataError(
        f"lists of {width:,} values: expected 5 (time, open, high, low, close), 6 (with volume), "
        "8 (Kraken) or 12 (Binance); give the columns names"
    )


def _binance(rows: list[Any]) -> Table:
    frame = lists_frame(rows, _BINANCE)
    times = numbers([rows[0][0], rows[0][6]])
    interval = "" if times is None or np.isnan(times).any() else _span(*times)
    facts = Facts(interval=interval, stamps_at="start", adjusted="none")
    return Table("Binance klines JSON", frame, "entry", facts=facts)


def _span(opened: float, closed: float) -> str:
    """The interval of a bar from its first to its last instant, in ms or (since 2025) in us."""
    second = 1e6 if opened > 1e14 else 1e3
    length = (closed - opened + 1) / second
    return interval_name(int(length)) or "" if length == int(length) else ""


def _six(rows: list[Any]) -> Table:
    frame = lists_frame(rows, ["timestamp", *PRICES, "volume"])
    fitting = {name: _fits(order, frame) for name, order in _ORDERS.items()}
    name = max(fitting, key=lambda each: fitting[each])  # the first of equals
    if 2 * fitting[name] <= len(rows):
        raise DataError(
            "lists of 6 values: expected time, open, high, low, close, volume, or Coinbase's time, "
            "low, high, open, close, volume; no order has its low below and its high above in most "
            "rows; give the columns names"
        )
    frame = frame.rename(columns=dict(zip(PRICES, _ORDERS[name], strict=True)))
    return Table(f"{name} JSON", frame, "entry", facts=Facts(stamps_at="start"))


def _fits(order: tuple[str, ...], frame: "pd.DataFrame") -> int:
    """In how many rows the four prices make a bar if they stand in this order."""
    bar = {meant: frame[name].to_numpy() for meant, name in zip(order, PRICES, strict=True)}
    if any(column.dtype != np.float64 for column in bar.values()):
        return 0
    lowest = np.minimum(bar["open"], bar["close"])
    highest = np.maximum(bar["open"], bar["close"])
    return int(((bar["low"] <= lowest) & (highest <= bar["high"])).sum())
