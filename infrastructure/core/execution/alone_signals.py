"""Signals taken alone: what each would have brought if no limit had been in its way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.core.execution.account_state import (
    EXIT_LONG,
    EXIT_SHORT,
    LONG,
    SHORT,
    Account,
    Market,
)
from infrastructure.core.execution.market_columns import market_columns
from infrastructure.core.execution.one_signal import TAKEN, signals_alone_nb
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.records import ORDER_DTYPE, REFUSAL_DTYPE, TRADE_DTYPE
from infrastructure.core.execution.simulate import open_account
from infrastructure.market_data.bars import AFTER_CLOSE, Bars

_NO_LIMIT = 1e18
"""Percent of the day's equity, and multiples of the book's: more than anyone asks for."""

_ROOM = 16
"""Records of a kind that one bar can bring about, and some."""


@dataclass(frozen=True, eq=False)
class TakenAlone:
    """What became of signals that were taken alone, in the order in which they were asked for.

    trades: (n_signals,) records of TRADE_DTYPE, zeros where there was no trade; `book` is 0, `lane`
        the lane's number in its book, and rows of the timeline are bars of the lane.
    refused: (n_signals,) index of REFUSAL_REASONS: why there was no trade; -1 where there was.
    """

    trades: NDArray[Any]
    refused: NDArray[np.int64]

    @property
    def taken(self) -> NDArray[np.bool_]:
        """(n_signals,) whether the signal became a trade."""
        return self.refused == TAKEN


def taken_alone(
    book: Book,
    lane_number: int,
    signal_bars: ArrayLike,
    directions: ArrayLike,
    terms: AccountTerms,
    equity: ArrayLike,
    in_next_session: ArrayLike | bool = False,
) -> TakenAlone:
    """Each signal taken as if it were the only one, at the size that its strategy asks for.

    No day's limit, no buying power, no cap on positions, nothing held. Everything else is as ever:
    entry, stop, target, the strategy's exit signals, session ends, costs. Where opposite signals
    reverse, they close the trade too: there, they are how the strategy leaves.

    lane_number: in the book, from 0. signal_bars: rows of the lane's bars; directions: +1 or -1.
    equity: of the book, money, for the size. All of shape (n_signals,).
    in_next_session: where True, the order is the next session's: at the open of its first bar, or
        from there on waiting at its level for what was left of `expiry_bars` when its own session
        ended; and it ends with that session.
    Cost grows with the bars that the trades are held for.
    """
    alone = replace(book, lanes=(book.lanes[lane_number],))
    market = market_columns([alone], terms)
    signal_bar = np.asarray(signal_bars, np.int64)
    direction = np.asarray(directions, np.int64)
    later = np.broadcast_to(np.asarray(in_next_session, np.bool_), signal_bar.shape)
    first, waited = _next_sessions(alone.lanes[0].bars, signal_bar)
    starts = np.where(later, first, -1)
    capital = np.asarray(equity, np.float64)
    trades = np.zeros(len(signal_bar), TRADE_DTYPE)
    refused = np.full(len(signal_bar), TAKEN, np.int64)
    for side, decision in _decisions(market, reverses=book.config.on_opposite_signal == "reverse"):
        rows = np.flatnonzero(direction == side)
        session = market.session.copy()
        columns = market._replace(decision=_read_only(decision), session=_read_only(session))
        signals_alone_nb(
            _unlimited(alone, terms, columns), columns, decision, session, side, rows,
            signal_bar, starts, waited, capital, trades, refused,
        )  # fmt: skip
    trades["lane"] = np.where(refused == TAKEN, lane_number, 0)
    return TakenAlone(trades, refused)


def _unlimited(book: Book, terms: AccountTerms, market: Market) -> Account:
    """An account of one book in which nothing but the strategy's own size bounds an entry."""
    account = open_account([book], terms, market)
    account.terms["max_daily_risk"] = _NO_LIMIT
    account.terms["max_leverage"] = _NO_LIMIT
    account.terms["min_risk_per_trade"] = 0.0
    account.terms["max_open_positions"] = 0
    account.day["idle_cash"] = 0.0
    return account._replace(
        orders=np.empty(_ROOM, ORDER_DTYPE),
        trades=np.empty(_ROOM, TRADE_DTYPE),
        refusals=np.empty(_ROOM, REFUSAL_DTYPE),
    )


def _decisions(market: Market, reverses: bool) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(direction, what is left of the decisions beside one signal of that direction)."""
    entries = market.decision & np.uint8(LONG | SHORT)
    for side, opposite in ((1, SHORT), (-1, LONG)):
        left = market.decision & np.uint8(EXIT_LONG | EXIT_SHORT)
        if reverses:  # a contradictory signal reverses nothing
            left[entries == opposite] |= np.uint8(opposite)
        yield side, left


def _next_sessions(
    bars: Bars, signal_bar: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(first bar of the session after each signal's, bars that its order waited in its own).

    The first is n_bars where the data end before.
    """
    first = np.searchsorted(bars.session, bars.session[signal_bar], side="right")
    after_close = np.flatnonzero(bars.phase == AFTER_CLOSE)
    ends = np.append(after_close, len(bars))[np.searchsorted(after_close, signal_bar, side="right")]
    return first, np.minimum(first, ends) - 1 - signal_bar


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    """A view that the machine's kernels take for a column of the market."""
    view = column.view()
    view.flags.writeable = False
    return view
