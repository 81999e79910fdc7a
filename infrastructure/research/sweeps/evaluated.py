"""What came of configurations: figures, refusals and session returns, one row each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.figures import FIGURES


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Figures of n configurations, (n,) each by its name; NaN where undefined.

    invalid: (n,) those that a strategy refused; reasons: some of its lines. sessions: days since
    1970; returns: (n, n_sessions) fractions of the session's first equity, (1, 0) where not kept.
    """

    figures: dict[str, NDArray[np.float64]]
    invalid: NDArray[np.bool_]
    reasons: tuple[str, ...]
    sessions: NDArray[np.int64]
    returns: NDArray[np.float64]


def joined(n: int, parts: Sequence[tuple[NDArray[np.int64], Evaluated]]) -> Evaluated:
    """Groups in the order of their configurations; returns on the sessions of all of them."""
    figures = {name: np.empty(n) for name in FIGURES}
    invalid = np.zeros(n, np.bool_)
    sessions = all_sessions([part for _, part in parts])
    keeps = parts[0][1].returns.shape[1] > 0
    returns = np.zeros((n, len(sessions)) if keeps else (1, 0))
    for rows, part in parts:
        for name, column in part.figures.items():
            figures[name][rows] = column
        invalid[rows] = part.invalid
        if keeps:
            returns[rows] = on_sessions(part, sessions)
    reasons = tuple(dict.fromkeys(line for _, part in parts for line in part.reasons))[:3]
    return Evaluated(figures, invalid, reasons, sessions, returns)


def all_sessions(parts: Sequence[Evaluated]) -> NDArray[np.int64]:
    """Every session that any of them had, rising."""
    return np.unique(np.concatenate([part.sessions for part in parts]))


def on_sessions(part: Evaluated, sessions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Its returns, (n, n_sessions), on sessions among which its own are; 0 where it had none."""
    if np.array_equal(part.sessions, sessions):
        return part.returns
    placed = np.zeros((len(part.returns), len(sessions)))
    placed[:, np.searchsorted(sessions, part.sessions)] = part.returns
    return placed
