"""Trades as the rows of a table."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from infrastructure.reporting.tables import add_columns, bare_table, figure, short

_TO_THE_RIGHT = ("size", "in", "out", "P&L", "R")
_HEADS = ("entered, UTC", "left, UTC", "strategy", "symbol", "", "size", "in", "out", "why", "P&L")


def trade_table(trades: Iterable[Mapping[str, Any]]) -> Table:
    """A row a trade. Of each: names as in v_trades."""
    table = bare_table()
    for head in (*_HEADS, "R"):
        add_columns(table, head, justify="right" if head in _TO_THE_RIGHT else "left")
    for trade in trades:
        table.add_row(*map(Text, _cells(trade)))
    return table


def _cells(trade: Mapping[str, Any]) -> Iterator[str]:
    yield f"{trade['entry_timestamp']:%Y-%m-%d %H:%M}"
    yield f"{trade['exit_timestamp']:%Y-%m-%d %H:%M}"
    yield short(trade["strategy_name"])
    yield short(trade["symbol"])
    yield str(trade["direction"])
    yield f"{trade['quantity']:,g}"
    for name in ("entry_price", "exit_price"):
        yield figure(trade[name])
    yield str(trade["exit_reason"]).replace("_", " ")
    for name in ("net_pnl", "r"):
        yield figure(trade[name])
