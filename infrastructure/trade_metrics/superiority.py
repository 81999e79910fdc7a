"""Is the best of many models better than a benchmark, and which are: SPA and the stepwise test."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.arithmetic import ROUNDING
from infrastructure.trade_metrics.checks import finite, finite_table
from infrastructure.trade_metrics.resampling import block_length, resampled_sessions

_Matrix = NDArray[np.float64]
_AT_ONCE = 4_000_000
"""Numbers of a spectrum at a time."""


@dataclass(frozen=True, eq=False)
class Superiority:
    """Whether any model beats the benchmark, after so many were tried.

    lower, consistent, upper: p-values of "no model is better", 0 to 1, never falling from one to
        the next; the consistent one is Hansen's. lower leaves every poor model out of account,
        upper none: unstudentized it is White's reality check.
    superior: (n_models,) true for those that the stepwise test finds better, where the chance that
        any one of them is not is at most the test's size.
    """

    lower: float
    consistent: float
    upper: float
    superior: NDArray[np.bool_]


def superiority(
    returns: ArrayLike,
    benchmark: ArrayLike = 0.0,
    *,
    size: float = 0.05,
    block: float | None = None,
    n_resamples: int = 2_000,
    studentized: bool = True,
    seed: int = 0,
) -> Superiority:
    """Hansen's test of superior predictive ability and Romano and Wolf's stepwise test.

    returns: fractions, shape (n_sessions, n_models), every model that was tried or a sample of
    them. benchmark: returns of the same sessions, shape (n_sessions,); 0 is doing nothing.
    size: of the stepwise test. block: mean block length in sessions; None: the `block_length` of
    the models' mean and of the best of them. studentized: each model's lead is measured in its own
    standard error, as Hansen has it (`arch.bootstrap.SPA` takes the leads as they are).
    A model whose lead never varies (it did not trade) is no better, and left out; with no other
    the p-values are 1.
    Raises DataError on shapes, NaN or fewer than 3 sessions, ConfigError on the parameters.
    Sources: P. R. Hansen, "A Test for Superior Predictive Ability", Journal of Business and
    Economic Statistics 23 (2005); J. Romano and M. Wolf, "Stepwise Multiple Testing as Formalized
    Data Snooping", Econometrica 73 (2005); H. White, "A Reality Check for Data Snooping",
    Econometrica 68 (2000).
    """
    if not 0.0 < size < 1.0:
        raise ConfigError(f"size must be between 0 and 1; found {size}")
    leads = _leads(returns, benchmark)
    moves = leads.std(axis=0) > ROUNDING * np.abs(leads).max(axis=0)
    superior = np.zeros(leads.shape[1], dtype=np.bool_)
    if not moves.any():
        return Superiority(1.0, 1.0, 1.0, superior)
    leads = leads[:, moves]
    mean = leads.mean(axis=0)
    if block is None:
        block = block_length(leads.mean(axis=1), leads[:, mean.argmax()])
    error = np.sqrt(long_run_variance(leads, block) / len(leads))
    unit = error if studentized else np.ones_like(error)
    luck = _resampled_means(leads, n_resamples, block, seed) / unit
    lead = mean / unit
    near = mean >= -error * np.sqrt(2.0 * log(log(len(leads))))
    centres = (np.maximum(lead, 0.0), np.where(near, lead, 0.0), lead)
    lower, consistent, upper = (
        float(((luck - centre).max(axis=1) > lead.max()).mean()) for centre in centres
    )
    superior[moves] = _stepwise(lead, luck - centres[1], size)
    return Superiority(lower, consistent, upper, superior)


def long_run_variance(series: _Matrix, block: float) -> NDArray[np.float64]:
    """Variance of each column's mean x n_sessions, as the stationary bootstrap has it, (n,).

    Autocovariances weighted by (1 - i/n) (1 - p)^i + (i/n) (1 - p)^(n - i), p = 1 / block; never
    below rounding. series: shape (n_sessions, n), no NaN.
    Source: D. Politis and J. Romano, "The Stationary Bootstrap" (1994), lemma 1.
    """
    n_sessions = len(series)
    lag = np.arange(n_sessions)
    keep = 1.0 - 1.0 / block
    weights = (1.0 - lag / n_sessions) * keep**lag + (lag / n_sessions) * keep ** (n_sessions - lag)
    weights[0] = 0.5  # each other lag counts twice, before and after
    centred = series - series.mean(axis=0)
    length = 2 ** (2 * n_sessions - 1).bit_length()
    found = np.empty(series.shape[1])
    columns = max(1, _AT_ONCE // length)
    for first in range(0, len(found), columns):
        spectrum = np.abs(np.fft.rfft(centred[:, first : first + columns], length, axis=0)) ** 2
        covariances = np.fft.irfft(spectrum, length, axis=0)[:n_sessions] / n_sessions
        found[first : first + columns] = 2.0 * (weights[:, None] * covariances).sum(axis=0)
    return np.maximum(found, ROUNDING * (centred * centred).mean(axis=0))


def _leads(returns: ArrayLike, benchmark: ArrayLike) -> _Matrix:
    table = finite_table("returns", returns, ("sessions", "models"), (3, 1))
    against = finite("benchmark", np.atleast_1d(np.asarray(benchmark, dtype=np.float64)))
    if len(against) not in (1, len(table)):
        raise DataError(
            f"benchmark must have one return for each of the {len(table)} sessions; found "
            f"{len(against)}"
        )
    leads: _Matrix = table - against[:, None]
    return leads


def _resampled_means(leads: _Matrix, n_resamples: int, block: float, seed: int) -> _Matrix:
    """Each model's mean lead in each resample, (n_resamples, n_models)."""
    n_sessions = len(leads)
    means = []
    for draws in resampled_sessions(n_sessions, n_resamples, block, seed):
        places = draws + n_sessions * np.arange(len(draws))[:, None]
        times = np.bincount(places.ravel(), minlength=draws.size).reshape(draws.shape)
        means.append(times.astype(np.float64) @ leads / n_sessions)
    return np.concatenate(means)


def _stepwise(lead: NDArray[np.float64], luck: _Matrix, size: float) -> NDArray[np.bool_]:
    """Better than what the best of those not yet found would show by luck; again, until none is."""
    better = np.zeros(len(lead), dtype=np.bool_)
    while not better.all():
        bar = np.quantile(luck[:, ~better].max(axis=1), 1.0 - size)
        found = ~better & (lead > bar)
        if not found.any():
            break
        better |= found
    return better
