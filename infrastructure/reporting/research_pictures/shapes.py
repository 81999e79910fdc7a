"""What the pictures are drawn from: the few attributes that each one reads.

Results of sweeps, walk forwards, verdicts and gates have many more; these are enough here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas as pd

Figures = Mapping[str, float | str | None]
"""Figures by the names of TradeMetrics; None and NaN are undefined."""


class Axis(Protocol):
    """One axis of a sweep: the config keys that move together along it."""

    @property
    def keys(self) -> Sequence[str]: ...


class Landscape(Protocol):
    """Trials as a surface.

    frame: a row a trial, a column for every swept key and for every figure by its TradeMetrics
    name. best: the chosen row; None, or a ConfigError, where there is none. objective: the figure
    that chose it.
    """

    @property
    def frame(self) -> "pd.DataFrame": ...
    @property
    def axes(self) -> Sequence[Axis]: ...
    @property
    def objective(self) -> str: ...
    @property
    def best(self) -> "pd.Series[Any] | None": ...


class Sweep(Landscape, Protocol):
    """A sweep's result. n_trials: how many configurations were tried."""

    @property
    def n_trials(self) -> int: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def title(self) -> str: ...


class Fold(Protocol):
    """One fold of a walk forward; dates are exchange dates, both included.

    parameters: what the train sessions chose, by config key. efficiency: profit a year out of
    sample as a share of that in sample (1 is all of it), NaN where that has no meaning.
    """

    @property
    def number(self) -> int: ...
    @property
    def train_start(self) -> date: ...
    @property
    def train_end(self) -> date: ...
    @property
    def test_start(self) -> date: ...
    @property
    def test_end(self) -> date: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def in_sample(self) -> Figures: ...
    @property
    def out_of_sample(self) -> Figures: ...
    @property
    def efficiency(self) -> float: ...


class WalkForward(Protocol):
    """A walk forward's result. n_trials: configurations tried in each fold."""

    @property
    def folds(self) -> Sequence[Fold]: ...
    @property
    def objective(self) -> str: ...
    @property
    def n_trials(self) -> int: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def title(self) -> str: ...


class Interval(Protocol):
    """A bootstrapped figure: estimate, bounds, and the values of the resamples, (n,)."""

    @property
    def estimate(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def distribution(self) -> ArrayLike: ...


class Fan(Protocol):
    """Monte Carlo paths: equity (k, n_steps) in money, a row for each of the quantiles (k,).

    quantiles are shares: 0.05 is the path below which one equity in twenty lies at each step.
    Where it has `trades` too, (n_steps,) numbers of trades, the steps are drawn at these.
    """

    @property
    def quantiles(self) -> ArrayLike: ...
    @property
    def equity(self) -> ArrayLike: ...


class Verdict(Protocol):
    """A verdict: its word, and the sentences that give its reasons.

    n_trials: how many configurations were tried on these bars, from the ledger. Where it has a
    `summary` and `warnings` (sentences) too, the page shows them.
    """

    @property
    def bootstrap(self) -> Mapping[str, Interval]: ...
    @property
    def fan(self) -> Fan | None: ...
    @property
    def plateau(self) -> Landscape | None: ...
    @property
    def n_trials(self) -> int: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def title(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> Sequence[str]: ...


class Gate(Protocol):
    """One rule. stopped: signals that it refused; taken: those of them simulated as trades.

    mean_r, low, high: what these would have brought, R a trade, with its interval; NaN is fine.
    """

    @property
    def rule(self) -> str: ...
    @property
    def stopped(self) -> int: ...
    @property
    def taken(self) -> int: ...
    @property
    def mean_r(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


class Gates(Protocol):
    """What each gate of a run cost."""

    @property
    def rules(self) -> Sequence[Gate]: ...
    @property
    def synthetic(self) -> bool: ...
    @property
    def title(self) -> str: ...
