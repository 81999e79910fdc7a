"""Trades that only one of two runs has, and those that ended in another way."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from infrastructure.database.models import algo_trades

Key = tuple[str, str, str, datetime, int]
"""A trade's identity: its strategy's label, symbol, direction, entry time, and which of those."""

_COLUMNS = (
    "position",
    "symbol",
    "direction",
    "entry_timestamp",
    "exit_timestamp",
    "entry_price",
    "exit_price",
    "exit_reason",
    "quantity",
    "net_pnl",
    "risk_reward",
)


class Trade(NamedTuple):
    """A closed trade, as algo_trades has it, and its strategy's label."""

    strategy: str
    symbol: str
    direction: str
    entry_timestamp: datetime
    exit_timestamp: datetime
    entry_price: float
    exit_price: float
    exit_reason: str
    quantity: float
    net_pnl: float
    risk_reward: float | None


@dataclass(frozen=True)
class TradeDifferences:
    """The trades of two runs, one against the other.

    only_first, only_other: in the order of closing. shared: how many both have; of those,
    other_exit, other_size and other_pnl: how many left at another time, price or for another
    reason, were of another size, and came to another P&L.
    """

    first: int
    other: int
    only_first: tuple[Trade, ...]
    only_other: tuple[Trade, ...]
    shared: int
    other_exit: int
    other_size: int
    other_pnl: int


def trades_of(connection: Connection, run_id: int, labels: Mapping[int, str]) -> dict[Key, Trade]:
    """The trades of a run by their identities. labels: of its positions."""
    columns = [algo_trades.c[name] for name in _COLUMNS]
    wanted = select(*columns).where(algo_trades.c.run_id == run_id).order_by(algo_trades.c.trade_id)
    return dict(_keyed(connection.execute(wanted), labels))


def _keyed(rows: Any, labels: Mapping[int, str]) -> Iterator[tuple[Key, Trade]]:
    seen: Counter[tuple[Any, ...]] = Counter()
    for position, *rest in rows:
        trade = Trade(labels[position], *rest)
        same = trade[:4]
        yield (*same, seen[same]), trade
        seen[same] += 1


def trade_differences(
    first: int, other: int, of_first: Mapping[Key, Trade], of_other: Mapping[Key, Trade]
) -> TradeDifferences:
    """The trades of run `first` against those of run `other`."""
    both = [(trade, of_other[key]) for key, trade in of_first.items() if key in of_other]
    return TradeDifferences(
        first=first,
        other=other,
        only_first=_only(of_first, of_other),
        only_other=_only(of_other, of_first),
        shared=len(both),
        other_exit=_differing(both, ("exit_timestamp", "exit_price", "exit_reason")),
        other_size=_differing(both, ("quantity",)),
        other_pnl=_differing(both, ("net_pnl",)),
    )


def _only(here: Mapping[Key, Trade], there: Mapping[Key, Trade]) -> tuple[Trade, ...]:
    return tuple(trade for key, trade in here.items() if key not in there)


def _differing(both: Sequence[tuple[Trade, Trade]], names: Sequence[str]) -> int:
    return sum(
        any(getattr(one, name) != getattr(other, name) for name in names) for one, other in both
    )
