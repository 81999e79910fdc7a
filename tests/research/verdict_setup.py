"""Evidence made by hand: runs with and without an edge, and what surrounds them."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.research.judging.evidence import (
    Evidence,
    Outcome,
    SlippageTest,
    Trials,
)
from infrastructure.research.judging.neighbourhood import Neighbourhood, SweptAxis
from infrastructure.trade_metrics.ratios import sharpe_ratio

FIRST_DAY = 18_263
"""2020-01-02."""

CAPITAL = 100_000.0


def evidence(mean_r: float = 0.35, n_sessions: int = 500, n_trades: int = 300, seed: int = 1,
             **changes: Any) -> Evidence:  # fmt: skip
    """A run that risks 0.5 % a trade, with a mean R of about `mean_r`; no other try is known."""
    random = np.random.default_rng(seed)
    r = random.normal(mean_r, 1.2, n_trades)
    session = np.sort(random.integers(0, n_sessions, n_trades))
    equity = CAPITAL * np.cumprod(1.0 + 0.005 * r)
    net_pnl = np.diff(equity, prepend=CAPITAL)
    by_session = np.bincount(session, net_pnl, minlength=n_sessions).cumsum() + CAPITAL
    returns = by_session / np.concatenate(([CAPITAL], by_session[:-1])) - 1.0
    profit = 100.0 * (by_session[-1] / CAPITAL - 1.0)
    own = Outcome(
        float(profit), float(r.mean()) if n_trades else np.nan, sharpe_ratio(returns, 252)
    )
    made = Evidence(
        run_id=7,
        title="By hand",
        synthetic=False,
        sessions=FIRST_DAY + np.arange(n_sessions),
        returns=returns,
        hold=random.normal(0.0003, 0.01, n_sessions),
        sessions_per_year=252.0,
        starting_capital=CAPITAL,
        net_pnl=net_pnl,
        r=r,
        r_session=session,
        own=own,
        slippage=SlippageTest(1.0, 2.0, replace(own, net_profit_pct=0.8 * float(profit))),
    )
    return replace(made, **changes)


def with_trials(
    run: Evidence, others: NDArray[np.float64], tried: int = 0, position: int = 0
) -> Evidence:
    """The run as one of these trials, on the same sessions; the run's own column at `position`."""
    table = np.insert(others, position, run.returns, axis=1)
    sharpes = np.array([sharpe_ratio(column, 252) for column in table.T])
    n_trials = table.shape[1]
    return replace(
        run,
        trials=Trials(
            tried=max(tried, n_trials), sweeps=1, sharpes=sharpes, sessions=run.sessions,
            returns=table, recorded=n_trials, own=position,
        ),
    )  # fmt: skip


def hill(*objective: float, row: int, **changes: Any) -> Neighbourhood:
    """Trials along one axis."""
    steps = np.arange(len(objective))
    around = Neighbourhood(
        sweep_id=4,
        trial=row,
        axes=(SweptAxis(("a",), None),),
        numbers=steps,
        kept=steps[:, None].astype(np.float64),
        values=np.array(objective),
        row=row,
        objective="sqn",
    )
    return replace(around, **changes)
