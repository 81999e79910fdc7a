"""Everything that a verdict is made from, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from infrastructure.research.judging.neighbourhood import Neighbourhood
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What the run came to under other assumptions.

    net_profit_pct: percent of the starting capital. mean_r: R. sharpe: annualised. NaN: undefined.
    """

    net_profit_pct: float
    mean_r: float
    sharpe: float

    @classmethod
    def of(cls, metrics: TradeMetrics) -> "Outcome":
        """The three figures of a run."""
        return cls(metrics.net_profit_pct, metrics.expectancy_r, metrics.sharpe)


@dataclass(frozen=True)
class SlippageTest:
    """The run with more slippage: basis points paid, basis points tested, and the result."""

    paid_bps: float
    tested_bps: float
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Trials:
    """What the ledger knows of the configurations tried on these bars.

    tried: how many different ones in all, this run's included; sweeps: in how many sweeps.
    sharpes: annualised Sharpe of every recorded trial that may be sampled, shape (k,), NaN where it
    has none.
    sessions, returns: exchange days since 1970, (n_sessions,), and session returns of a sample of
    the trials, fractions, (n_sessions, m); None where none is recorded.
    recorded: of how many trials `returns` is the sample, their best included.
    own: the run's own column in `returns`; None where it is not one of them.
    """

    tried: int = 1
    sweeps: int = 0
    sharpes: Column = field(default_factory=lambda: np.empty(0))
    sessions: NDArray[np.int64] | None = None
    returns: Column | None = None
    recorded: int = 0
    own: int | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run, and what surrounds it.

    title: its name. sessions: exchange days since 1970, (n_sessions,); returns: the account's, in
    fractions, (n_sessions,), no NaN; hold: buy and hold's of the same sessions and capital, None
    where its bars are gone.
    net_pnl, r, r_session: of each trade in the order of closing, (n_trades,): money, realised R
    (NaN without a stop), and the row of the session in which it was closed.
    ruined: the account stood at zero or below; what came after is left out.
    own: the run's own outcome; both_ways: by fill policy, empty where no trade was ambiguous.
    neighbourhood: None where the configuration is no trial of a recorded sweep.
    remarks: sentences on what is not as it should be, such as bars that have changed.
    """

    run_id: int
    title: str
    synthetic: bool
    sessions: NDArray[np.int64]
    returns: Column
    hold: Column | None
    sessions_per_year: float
    starting_capital: float
    net_pnl: Column
    r: Column
    r_session: NDArray[np.int64]
    own: Outcome
    both_ways: Mapping[str, Outcome] = field(default_factory=dict)
    slippage: SlippageTest | None = None
    trials: Trials = field(default_factory=Trials)
    neighbourhood: Neighbourhood | None = None
    ruined: bool = False
    remarks: tuple[str, ...] = ()
