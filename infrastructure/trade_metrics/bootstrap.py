"""How far the figures of a run could have come out otherwise: resampled sessions, BCa intervals."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError
from infrastructure.trade_metrics.arithmetic import ROUNDING
from infrastructure.trade_metrics.bca import bca_interval
from infrastructure.trade_metrics.checks import above_zero, finite, floats, same_length
from infrastructure.trade_metrics.resampling import block_length, resampled_sessions

STATISTICS = ("mean_r", "sqn", "sharpe", "max_drawdown_pct")
_ROWS = 1_000_000
"""Indices of the jackknife at a time."""


@dataclass(frozen=True, eq=False)
class BootstrapInterval:
    """A figure of the run, and where it could have come out.

    estimate: the run's own. low, high: its BCa interval, in the same unit. NaN: not defined.
    distribution: of the resamples, shape (n_resamples,), NaN where a resample has no such figure.
    """

    estimate: float
    low: float
    high: float
    distribution: NDArray[np.float64]


def bootstrap_intervals(
    session_returns: ArrayLike,
    r: ArrayLike,
    r_session: ArrayLike,
    sessions_per_year: float,
    *,
    block: float | None = None,
    confidence: float = 0.95,
    n_resamples: int = 5_000,
    seed: int = 0,
) -> Mapping[str, BootstrapInterval]:
    """Intervals of each of STATISTICS, from sessions resampled with everything that they brought.

    session_returns: fractions, shape (n_sessions,), no NaN.
    r, r_session: realised R of each trade, and the row in session_returns of the session in which
    it was closed, shape (n_trades,). A trade without a stop (NaN) does not count.
    block: mean block length in sessions; None: the `block_length` of the returns and of the
    sessions' sums of R.
    mean_r: R. sqn: sqrt(n) x mean R / sd R, n the trades of the resample. sharpe: annualised.
    max_drawdown_pct: of session closes, percent of the peak, the starting capital included.
    NaN: a figure that is not defined: no R, no variance.
    Raises DataError on NaN, unequal lengths, fewer than two sessions or rows that are none;
    ConfigError on the parameters. Sources: see `resampling` and `bca`.
    """
    from infrastructure.trade_metrics.bootstrap_kernel import statistics_nb  # loads numba

    returns, multiples = finite("session_returns", session_returns).copy(), floats("r", r)
    above_zero("sessions_per_year", sessions_per_year)
    n_sessions = len(returns)
    sums, centre = _by_session(multiples, np.asarray(r_session, dtype=np.int64), n_sessions)
    length = block_length(returns, sums[1]) if block is None else block
    annual = sqrt(sessions_per_year)

    def figures(draws: NDArray[np.int64]) -> NDArray[np.float64]:
        out = np.empty((len(draws), len(STATISTICS)))
        statistics_nb(draws, returns, sums, centre, annual, ROUNDING, out)
        return out

    own = figures(np.arange(n_sessions)[None, :])[0]
    resamples = resampled_sessions(n_sessions, n_resamples, length, seed)
    spread = np.concatenate([figures(part) for part in resamples])
    without = np.concatenate([figures(part) for part in _one_left_out(n_sessions)])
    return {
        name: BootstrapInterval(
            float(own[i]), *bca_interval(float(own[i]), spread[:, i], without[:, i], confidence),
            np.ascontiguousarray(spread[:, i]),
        )
        for i, name in enumerate(STATISTICS)
    }  # fmt: skip


def _by_session(
    r: NDArray[np.float64], session: NDArray[np.int64], n_sessions: int
) -> tuple[NDArray[np.float64], float]:
    """Number, sum and sum of squares of each session's R about their mean, (3, n_sessions)."""
    same_length(r=r, r_session=session)
    if n_sessions < 2:
        raise DataError(f"session_returns must have at least two sessions; found {n_sessions}")
    if len(session) and not 0 <= session.min() <= session.max() < n_sessions:
        raise DataError(
            f"r_session must hold rows 0 to {n_sessions - 1} of session_returns; found "
            f"{session.min()} to {session.max()}"
        )
    known = ~np.isnan(r)
    r, session = r[known], session[known]
    centre = float(r.mean()) if len(r) else 0.0
    weights = (np.ones(len(r)), r - centre, (r - centre) ** 2)
    sums = [np.bincount(session, each, minlength=n_sessions) for each in weights]
    return np.stack(sums), centre


def _one_left_out(n_sessions: int) -> list[NDArray[np.int64]]:
    """Every session number but one, for each of them, in parts of shape (k, n_sessions - 1)."""
    rows = max(1, _ROWS // n_sessions)
    places = np.arange(n_sessions - 1)
    parts = []
    for first in range(0, n_sessions, rows):
        left_out = np.arange(first, min(first + rows, n_sessions))[:, None]
        parts.append(places + (places >= left_out))
    return parts
