"""The same trades in another order, and some of them missed: how much of a run was its sequence."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.arithmetic import ROUNDING
from infrastructure.trade_metrics.checks import above_zero, finite

QUANTILES = (0.01, 0.05, 0.50, 0.95, 0.99)
"""Of drawdowns, final equity and the fan."""

_STEPS = 200
_CHUNK = 1_000_000
"""Random numbers at a time, so that memory does not grow with the number of paths."""

_Column = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MonteCarloFan:
    """Quantiles of equity after so many trades.

    quantiles: (k,) QUANTILES. trades: (n_steps,) numbers of trades, from 0 to all. equity: money,
    (k, n_steps).
    """

    quantiles: _Column
    trades: NDArray[np.int64]
    equity: _Column


@dataclass(frozen=True, eq=False)
class Paths:
    """How a set of paths came out.

    drawdown_pct: QUANTILES of the deepest fall from a peak after any trade, percent of the peak,
        the starting capital included. final_equity: QUANTILES, money.
    ruin: share of paths that fell to the limit or below at any trade, 0 to 1.
    losing: share of paths that ended below the starting capital, 0 to 1.
    """

    drawdown_pct: _Column
    final_equity: _Column
    ruin: float
    losing: float


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """order: every trade once, in random orders. skipped: the same with trades missed.

    fan: of `skipped`; paths in another order alone all end at one point.
    """

    order: Paths
    skipped: Paths
    fan: MonteCarloFan


def monte_carlo(
    trade_returns: ArrayLike,
    starting_capital: float = 1.0,
    *,
    ruin_pct: float = 20.0,
    skip_probability: float = 0.10,
    n_paths: int = 10_000,
    seed: int = 0,
) -> MonteCarlo:
    """Paths of compounding trades: in random orders, and with each trade missed at times.

    trade_returns: fractions of the account's equity before each trade, shape (n_trades,), -1 or
        more, such as `compounding_returns` of a run, or R x risk per trade / 100.
    starting_capital: money. ruin_pct: the account's limit, percent of the starting capital lost.
    skip_probability: with which each trade is missed. Trades are taken as independent: runs of
    losses that come from one stretch of the market come out shorter here than they were.
    Raises DataError on NaN, no trades or a return below -1, ConfigError on the parameters.
    """
    returns = _checked(trade_returns, ruin_pct, skip_probability, n_paths)
    capital = above_zero("starting_capital", starting_capital)
    steps = min(len(returns), _STEPS)
    stops = np.unique(np.linspace(0, len(returns), steps + 1).round().astype(np.int64))
    limit = 1.0 - ruin_pct / 100.0
    order, _ = _walk(returns, stops, 0.0, n_paths, seed, limit, capital)
    skipped, equity = _walk(returns, stops, skip_probability, n_paths, seed + 1, limit, capital)
    return MonteCarlo(order, skipped, MonteCarloFan(np.array(QUANTILES), stops, equity))


def compounding_returns(net_pnl: ArrayLike, starting_capital: float) -> _Column:
    """Each trade's net profit as a fraction of the realised equity before it, (n_trades,).

    net_pnl: money, in the order in which the trades were closed. Compounded, they give the run's
    own final equity. A trade that leaves nothing is -1, and those after it are left out.
    Raises DataError on NaN, ConfigError on a capital not above zero.
    """
    profits = finite("net_pnl", net_pnl)
    after = above_zero("starting_capital", starting_capital) + profits.cumsum()
    gone = np.flatnonzero(after <= 0.0)
    alive = profits[: gone[0] + 1] if len(gone) else profits
    before = np.concatenate(([starting_capital], after))[: len(alive)]
    return np.maximum(alive / before, -1.0)


def _walk(
    returns: _Column,
    stops: NDArray[np.int64],
    skip_probability: float,
    n_paths: int,
    seed: int,
    limit: float,
    capital: float,
) -> tuple[Paths, _Column]:
    """How the paths came out, and the quantiles of their equity, money, (k, n_steps)."""
    from infrastructure.trade_metrics.monte_carlo_kernel import walk_nb  # loads numba

    random = np.random.default_rng(seed)
    n = len(returns)
    equity, deepest, lowest = np.empty((n_paths, len(stops))), np.empty(n_paths), np.empty(n_paths)
    rows = max(1, _CHUNK // n)
    for first in range(0, n_paths, rows):
        part = slice(first, min(first + rows, n_paths))
        shape = (part.stop - first, n)
        places = random.random(shape)
        misses = random.random(shape) if skip_probability else np.ones(shape)
        walk_nb(
            returns, places, misses, skip_probability, stops, np.empty(n),
            equity[part], deepest[part], lowest[part],
        )  # fmt: skip
    fan = np.quantile(equity, QUANTILES, axis=0)
    paths = Paths(
        drawdown_pct=100.0 * np.quantile(deepest, QUANTILES),
        final_equity=capital * fan[:, -1],
        ruin=float((lowest <= limit * (1.0 + ROUNDING)).mean()),
        losing=float((equity[:, -1] < 1.0 - ROUNDING).mean()),
    )
    return paths, capital * fan


def _checked(
    trade_returns: ArrayLike, ruin_pct: float, skip_probability: float, n_paths: int
) -> _Column:
    returns = finite("trade_returns", trade_returns).copy()
    if len(returns) == 0 or returns.min() < -1.0:
        found = f"one of {returns.min()}" if len(returns) else "none"
        raise DataError(f"trade_returns must be fractions of -1 or more; found {found}")
    if not (isfinite(ruin_pct) and 0.0 < ruin_pct <= 100.0):
        raise ConfigError(f"ruin_pct must be above 0, up to 100; found {ruin_pct}")
    if not 0.0 <= skip_probability < 1.0:
        raise ConfigError(f"skip_probability must be from 0 to below 1; found {skip_probability}")
    if n_paths < 1:
        raise ConfigError(f"n_paths must be at least 1; found {n_paths}")
    return returns
