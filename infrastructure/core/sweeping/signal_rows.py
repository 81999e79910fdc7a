"""Entry signals of many parameter choices, row after row."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import LONG, SHORT

BOTH_SIDES = LONG | SHORT
NO_ROW = -1


class SignalRows(NamedTuple):
    """Choice c's signals are rows first[c] up to first[c + 1]."""

    first: NDArray[np.int64]  # (n_choices + 1,)
    bar: NDArray[np.int32]  # (n_signals,) rising within a choice
    decision: NDArray[np.uint8]  # (n_signals,) bits LONG and SHORT
    slot: NDArray[np.int32]  # (n_signals,) the same for the same bar and side, from 0
    level: NDArray[
        np.float64
    ]  # (n_signals,) of a stop or limit entry; (0,) where none is asked for
    watched: NDArray[np.uint8]  # (n_choices, n_bars) every decision, where exits or reversals
    # are watched for; (0, 0): nowhere


def signal_rows(
    first: NDArray[np.int64],
    bar: NDArray[np.int32],
    decision: NDArray[np.uint8],
    level: NDArray[np.float64],
    watched: NDArray[np.uint8],
    n_bars: int,
) -> SignalRows:
    """Number the distinct signals among these rows."""
    place = bar.astype(np.int64) * 2 + (decision == SHORT)
    seen = np.zeros(2 * n_bars, np.bool_)
    seen[place] = True
    number = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    return SignalRows(first, bar, decision, number[place], level, watched)
