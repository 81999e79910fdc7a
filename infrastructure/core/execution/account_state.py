"""The account machine's whole state, as plain records: nothing else remembers anything.

A run can be stopped after any bar, its arrays stored, and taken up again.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]

RULES_DTYPE = np.dtype(
    [
        ("book", np.int64),
        ("entry_type", np.int64),  # index of ENTRY_TYPES
        ("expiry_bars", np.int64),
        ("stop_type", np.int64),  # index of stops.STOP_TYPES
        ("stop_value", np.float64),
        ("range_from", np.int64),  # rows of the price ranges
        ("range_to", np.int64),
        ("risk_reward", np.float64),  # NaN: no target
        ("sizing_type", np.int64),  # index of sizing.SIZING_TYPES
        ("sizing_value", np.float64),
        ("flat_at_session_end", np.int64),  # 1: closed at the close of its session's last bar
        ("reverses", np.int64),  # 1: a signal for the other side closes and turns the position
    ],
    align=True,
)

LANE_DTYPE = np.dtype(
    [
        # which rules hold: rows of Account.rules
        ("rules", np.int64),  # for what is decided now: the part's that its bars belong to
        ("order_rules", np.int64),  # for the waiting order: those it was placed under
        ("position_rules", np.int64),  # for the position: those of its order
        # where it stands in its bars
        ("bar", np.int64),
        ("inside_bar", np.int64),  # 1: `bar` has opened and is not complete
        ("next_moment", np.int64),  # when this bar is complete, or the next one opens
        ("last_close", np.float64),
        # the position
        ("direction", np.int64),  # 0: none
        ("quantity", np.float64),
        ("entry_price", np.float64),
        ("stop", np.float64),
        ("target", np.float64),
        ("signal_bar", np.int64),
        ("entry_bar", np.int64),
        ("entry_row", np.int64),
        ("commission", np.float64),
        ("slippage", np.float64),
        ("book_equity", np.float64),
        ("size_bound", np.int64),  # index of SIZE_BOUNDS
        ("mae", np.float64),
        ("mfe", np.float64),
        ("exit_ordered", np.int64),  # an exit signal waits for the next open
        ("mark", np.float64),  # its last close since the entry; before that, the entry price
        ("day_base", np.float64),  # the price that today's P&L is measured from
        ("day_cost", np.float64),  # commission paid for it today
        # the waiting entry order
        ("order_direction", np.int64),  # 0: none
        ("order_level", np.float64),
        ("order_bars_left", np.int64),
        ("order_bar", np.int64),  # the signal's bar
    ],
    align=True,
)

DAY_DTYPE = np.dtype(
    [
        ("session", np.int64),
        ("start_equity", np.float64),
        ("realised", np.float64),  # net P&L of what was closed today, money
        ("open_positions", np.int64),
        ("idle_cash", np.float64),
        ("row", np.int64),  # the timeline's row being built
        ("n_orders", np.int64),
        ("n_trades", np.int64),
        ("n_refusals", np.int64),
    ],
    align=True,
)

ENTRY_TYPES = ("next_open", "close", "stop", "limit")
NO_SESSION = np.iinfo(np.int64).min
NEVER = np.iinfo(np.int64).max


class Account(NamedTuple):
    """State and terms of one account, and what it emits; every field is an array."""

    terms: Records  # (1,) risk_management.terms.TERMS_DTYPE
    rules: Records  # (n_parts * n_lanes,) RULES_DTYPE; lane i in part p: p * n_lanes + i
    ranges: NDArray[np.float64]  # (n_ranges, 4)
    first_lane: NDArray[np.int64]  # (n_books + 1,): lanes of book b are first[b] .. first[b + 1]
    lanes: Records  # (n_lanes,) LANE_DTYPE
    cash: NDArray[np.float64]  # (n_books,)
    day: Records  # (1,) DAY_DTYPE
    orders: Records  # ORDER_DTYPE, the first day.n_orders of them
    trades: Records  # TRADE_DTYPE, likewise
    refusals: Records  # REFUSAL_DTYPE, likewise
    row_moment: NDArray[np.int64]  # (n_rows,) seconds UTC
    row_session: NDArray[np.int64]  # (n_rows,) days since 1970
    book_equity: NDArray[np.float64]  # (n_rows, n_books) money


class Market(NamedTuple):
    """Bars and signals of all lanes, end to end; lane i reads `n_bars[i]` rows from `first_bar[i]`.

    Lanes that share a feed share its rows: their `first_bar` is then the same. Times are seconds
    UTC, sessions days since 1970.
    """

    first_bar: NDArray[np.int64]  # (n_lanes,) into the bar columns
    n_bars: NDArray[np.int64]  # (n_lanes,)
    timestamp: NDArray[np.int64]
    closes_at: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    session: NDArray[np.int64]
    account_session: NDArray[np.int64]
    phase: NDArray[np.uint8]
    first_signal: NDArray[np.int64]  # (n_lanes,) into `decision`
    decision: NDArray[np.uint8]  # bits LONG, SHORT, EXIT_LONG, EXIT_SHORT
    first_level: NDArray[np.int64]  # (n_lanes,) into the levels; -1: none
    long_level: NDArray[np.float64]
    short_level: NDArray[np.float64]
    first_atr: NDArray[np.int64]  # (n_lanes,) into `atr`; -1: none
    atr: NDArray[np.float64]
    first_detail: NDArray[np.int64]  # (n_lanes,) into `detail_from`; -1: none
    detail_from: NDArray[np.int64]  # finer bars of each bar: rows detail_from .. detail_to
    detail_to: NDArray[np.int64]
    detail_high: NDArray[np.float64]
    detail_low: NDArray[np.float64]


LONG, SHORT, EXIT_LONG, EXIT_SHORT = 1, 2, 4, 8
"""Bits of `Market.decision`."""
