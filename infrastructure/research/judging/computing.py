"""From evidence to numbers, each by its page of trade_metrics."""

from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from infrastructure.research.judging.evidence import Column, Evidence, Trials
from infrastructure.research.judging.figures import (
    Benchmark,
    Figures,
    Overfitting,
    Settings,
    SharpeFigures,
)
from infrastructure.research.judging.neighbourhood import Neighbourhood
from infrastructure.research.judging.thresholds import (
    CONFIDENCE,
    MIN_SESSIONS,
)
from infrastructure.trade_metrics.bootstrap import bootstrap_intervals
from infrastructure.trade_metrics.effective_trials import effective_trials
from infrastructure.trade_metrics.monte_carlo import MonteCarlo, compounding_returns, monte_carlo
from infrastructure.trade_metrics.overfitting import probability_of_backtest_overfitting
from infrastructure.trade_metrics.plateau import Plateau, plateau
from infrastructure.trade_metrics.ratios import kurtosis, sharpe_ratio, skewness
from infrastructure.trade_metrics.sharpe_significance import (
    deflated_sharpe,
    expected_maximum_sharpe,
    minimum_backtest_length,
    minimum_track_record_length,
    probabilistic_sharpe,
)
from infrastructure.trade_metrics.superiority import superiority

_MOST_BLOCKS, _BLOCK_SESSIONS = 16, 5
_MOST_STEPS = 20_000_000
"""Trades walked in a Monte Carlo: fewer paths where a run has very many."""


def figures_of(evidence: Evidence, settings: Settings) -> Figures:
    """Compute them; the same evidence and settings give the same figures."""
    seed, hold, around = settings.seed, evidence.hold, evidence.neighbourhood
    models, sessions = _models(evidence)
    return Figures(
        sharpe=_sharpe_figures(evidence),
        bootstrap=bootstrap_intervals(
            evidence.returns, evidence.r, evidence.r_session, evidence.sessions_per_year,
            confidence=CONFIDENCE, n_resamples=settings.n_resamples, seed=seed,
        ),
        nothing=_benchmark(models, np.zeros(len(sessions)), seed),
        holding=None if hold is None else _benchmark(models, hold[sessions], seed),
        hold_return_pct=nan if hold is None else 100.0 * float(np.prod(1.0 + hold) - 1.0),
        overfitting=_overfitting(evidence.trials),
        monte_carlo=_monte_carlo(evidence, settings),
        plateau=_plateau(around) if around else None,
    )  # fmt: skip


def _sharpe_figures(evidence: Evidence) -> SharpeFigures:
    returns, annual = evidence.returns, sqrt(evidence.sessions_per_year)
    n, sharpe = len(returns), sharpe_ratio(returns)
    moments = {"skewness": skewness(returns), "kurtosis": kurtosis(returns)}
    effective = _effective(evidence.trials)
    count = max(1, round(effective))
    variance = _trials_variance(evidence.trials.sharpes / annual, n)
    luck = expected_maximum_sharpe(count, variance) * annual
    return SharpeFigures(
        sharpe=sharpe * annual,
        probabilistic=probabilistic_sharpe(sharpe, n, **moments),
        deflated=deflated_sharpe(sharpe, n, count, variance, **moments),
        effective=effective,
        luck=luck,
        needed_sessions=minimum_track_record_length(sharpe, confidence=CONFIDENCE, **moments),
        luck_years=minimum_backtest_length(count, sharpe * annual) if sharpe > 0.0 else nan,
    )


def _effective(trials: Trials) -> float:
    """Of trials whose returns are not known, each counts."""
    if trials.returns is None or len(trials.returns) < MIN_SESSIONS:
        return float(trials.tried)
    return effective_trials(trials.returns, max(trials.tried, trials.returns.shape[1]))


def _trials_variance(sharpes: Column, n_sessions: int) -> float:
    """Over the recorded trials; where none are, that of an estimate without skill, 1 / (T - 1)."""
    known = sharpes[np.isfinite(sharpes)]
    return float(known.var(ddof=1)) if len(known) > 1 else 1.0 / (n_sessions - 1)


def _models(evidence: Evidence) -> tuple[Column, NDArray[np.int64]]:
    """Returns of the run and of the trials on the sessions they share; rows of these sessions.

    The run comes first. Alone where there are no trials, or too few sessions in common.
    """
    trials, own = evidence.trials, evidence.returns[:, None]
    everything = np.arange(len(own))
    if trials.sessions is None or trials.returns is None:
        return own, everything
    _, rows, theirs = np.intersect1d(
        evidence.sessions, trials.sessions, assume_unique=True, return_indices=True
    )
    if len(rows) < MIN_SESSIONS:
        return own, everything
    others = np.arange(trials.returns.shape[1]) != (-1 if trials.own is None else trials.own)
    return np.concatenate([own[rows], trials.returns[theirs][:, others]], axis=1), rows


def _benchmark(models: Column, benchmark: Column, seed: int) -> Benchmark:
    test = superiority(models, benchmark, size=1.0 - CONFIDENCE, seed=seed)
    return Benchmark(test, bool(test.superior[0]), models.shape[1], len(models))


def _overfitting(trials: Trials) -> Overfitting | None:
    table = trials.returns
    if table is None or table.shape[1] < 2 or len(table) < MIN_SESSIONS:
        return None
    blocks = min(_MOST_BLOCKS, len(table) // _BLOCK_SESSIONS // 2 * 2)
    found = probability_of_backtest_overfitting(table, blocks)
    return Overfitting(found.probability, found.loss_probability, table.shape[1], blocks)


def _plateau(around: Neighbourhood) -> Plateau:
    return plateau(
        around.positions, around.values, around.row, smaller_is_better=around.lower_is_better
    )


def _monte_carlo(evidence: Evidence, settings: Settings) -> MonteCarlo | None:
    if not len(evidence.net_pnl):
        return None
    return monte_carlo(
        compounding_returns(evidence.net_pnl, evidence.starting_capital),
        evidence.starting_capital,
        ruin_pct=settings.ruin_pct,
        skip_probability=settings.skip_probability,
        n_paths=min(settings.n_paths, max(1_000, _MOST_STEPS // len(evidence.net_pnl))),
        seed=settings.seed,
    )
