"""Records of a simulation: what the account machine emits, as plain NumPy structures."""

import numpy as np

from infrastructure.risk_management.sizing import SIZE_BOUNDS, VERDICTS

__all__ = [
    "AMBIGUITY",
    "EXIT_REASONS",
    "ORDER_DTYPE",
    "REFUSAL_DTYPE",
    "REFUSAL_REASONS",
    "SIDES",
    "SIZE_BOUNDS",
    "TRADE_DTYPE",
    "VERDICT_TO_REASON",
]

EXIT_REASONS = ("stop", "target", "session_end", "exit_signal", "reverse", "end_of_data")
_REFUSED_BEFORE_FILL = ("contradictory", "position_open", "end_of_data", "session_end", "expired")
REFUSAL_REASONS = (*_REFUSED_BEFORE_FILL, *VERDICTS[1:])
"""In the order in which they are asked: at the signal, while the order waits, at the fill."""
VERDICT_TO_REASON = len(_REFUSED_BEFORE_FILL) - 1
"""What to add to a verdict of risk_management.sizing for its index in REFUSAL_REASONS."""


ORDER_DTYPE = np.dtype(
    [
        ("id", np.int64),
        ("col", np.int64),
        ("idx", np.int64),
        ("size", np.float64),
        ("price", np.float64),
        ("fees", np.float64),
        ("side", np.int64),
    ],
    align=True,
)
"""VectorBT's `order_dt`: col is the lane, idx the row of the timeline, side an index of SIDES."""

SIDES = ("buy", "sell")

TRADE_DTYPE = np.dtype(
    [
        ("lane", np.int64),
        ("book", np.int64),
        ("direction", np.int64),  # +1 long, -1 short
        ("signal_bar", np.int64),  # row numbers in the lane's bars
        ("entry_bar", np.int64),
        ("exit_bar", np.int64),
        ("entry_row", np.int64),  # row numbers in the run's timeline
        ("exit_row", np.int64),
        ("quantity", np.float64),
        ("entry_price", np.float64),
        ("exit_price", np.float64),
        ("stop_price", np.float64),  # the initial stop; NaN: none
        ("target_price", np.float64),  # NaN: none
        ("net_pnl", np.float64),
        ("commission", np.float64),  # both sides
        ("slippage", np.float64),  # both sides, money
        ("book_equity", np.float64),  # at entry
        ("mae", np.float64),  # furthest against, money per share, >= 0
        ("mfe", np.float64),  # furthest for, money per share, >= 0
        ("exit_reason", np.int64),  # index of EXIT_REASONS
        ("ambiguous", np.int64),  # index of AMBIGUITY
        ("size_bound", np.int64),  # index of SIZE_BOUNDS
    ],
    align=True,
)

AMBIGUITY = ("no", "undecided", "decided_by_detail")

REFUSAL_DTYPE = np.dtype(
    [
        ("lane", np.int64),
        ("book", np.int64),
        ("signal_bar", np.int64),
        ("direction", np.int64),
        ("reason", np.int64),  # index of REFUSAL_REASONS
    ],
    align=True,
)
