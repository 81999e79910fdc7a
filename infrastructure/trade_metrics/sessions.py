"""From rows of an equity path to sessions: the only place where a day begins or ends.

Sessions are numbers given with every row, never derived from a clock: daylight saving, half days
and bars of several sizes change nothing here.
"""

from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError
from infrastructure.trade_metrics.checks import above_zero, finite

_EPOCH = date(1970, 1, 1).toordinal()


def session_ends(session: ArrayLike) -> NDArray[np.int64]:
    """The last row of every session, shape (n_sessions,).

    session: each row's session, days since 1970, shape (n_rows,), never falling.
    Raises DataError where the rows of a session are not together and in order.
    """
    rows = np.asarray(session, dtype=np.int64)
    if rows.ndim != 1 or len(rows) == 0:
        raise DataError(f"session must have shape (n_rows,) with n_rows >= 1; found {rows.shape}")
    changes = np.flatnonzero(rows[1:] != rows[:-1])
    ends = np.empty(len(changes) + 1, dtype=np.int64)
    ends[:-1], ends[-1] = changes, len(rows) - 1
    numbers = rows[ends]
    falls = np.flatnonzero(numbers[1:] < numbers[:-1])
    if len(falls):
        row = int(ends[falls[0]])
        raise DataError(
            f"session must not fall from row to row; found {session_date(int(rows[row]))} in row "
            f"{row} and {session_date(int(rows[row + 1]))} after it: sort the rows by time"
        )
    return ends


def session_returns(closes: ArrayLike, starting_capital: float) -> NDArray[np.float64]:
    """Change of each session as a fraction of the equity it began with, shape (n_sessions,).

    closes: equity at each session's last row, money, shape (n_sessions,). The first session began
    with the starting capital. A session that began at zero or below has no return: NaN. The session
    that took the equity there has one, of -1 or less.
    Raises DataError on NaN, ConfigError on a starting capital not above zero.
    """
    ends_with = finite("closes", closes)
    begins_with = np.empty_like(ends_with)
    begins_with[:1] = above_zero("starting_capital", starting_capital)
    begins_with[1:] = ends_with[:-1]
    begins_with[begins_with <= 0.0] = np.nan
    return ends_with / begins_with - 1.0


def session_date(session: int) -> date:
    """The exchange date of a session number (days since 1970)."""
    return date.fromordinal(_EPOCH + session)
