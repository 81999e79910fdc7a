"""A verdict on runs of a ledger, with the sweeps that surround them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, func, select

from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import market_bars, metadata
from infrastructure.errors import ConfigError
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.judging.figures import Settings
from infrastructure.research.judging.gathering import evidence_of
from infrastructure.research.judging.recorded import recorded_on
from infrastructure.research.judging.rerunning import buy_and_hold, with_doubled_slippage
from infrastructure.research.judging.sampling import trials_on
from infrastructure.research.judging.thresholds import MOST_SAMPLED
from infrastructure.research.sweeping import sweep
from infrastructure.research.verdict import verdict
from infrastructure.risk_management.costs import Costs
from infrastructure.strategy_management.config_identity import config_identity
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.stored_run import load_run
from infrastructure.strategy_management.strategy_manager import StrategyManager
from infrastructure.strategy_management.trial_ledger import TrialLedger
from infrastructure.trade_metrics.sessions import session_ends, session_returns

ROOT = Path(__file__).resolve().parents[2]
SINGLE = ROOT / "backtest_config" / "portfolios" / "single_qqq.json"
QUICK = Settings(n_resamples=300, n_paths=300)
GRID = {"risk_reward": [1.5, 2.0, 2.5], "wick_ratio_threshold": [1.5, 2.0, 2.5]}
"""Nine configurations; the run's own stands in the middle."""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo bars, run 1, and sweep 1 around its configuration."""
    path = tmp_path_factory.mktemp("swept") / "kairos.db"
    database = open_database(path)
    make_demo_bars("QQQ", "30m", database=database)
    database.close()
    run_of(path)
    sweep(SINGLE, GRID, db_path=path)
    return path


@pytest.fixture
def ledger(swept: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it for one test."""
    copyfile(swept, tmp_path / "kairos.db")
    database = open_database(tmp_path / "kairos.db")
    yield database
    database.close()


def run_of(path: Any, **settings: Any) -> RunResult:
    """A stored run of the portfolio."""
    return StrategyManager(SINGLE, db_path=path, **settings).run_all()


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_the_evidence_is_the_stored_run(ledger: Database) -> None:
    """Session returns, trades and outcomes are those of the run's own backtest."""
    made = run_of(ledger.url.database)
    backtest = made.backtest
    found = evidence_of(ledger, load_run(ledger, made.run_id))
    simulation = backtest.simulation
    ends = session_ends(simulation.row_session)
    expected = session_returns(simulation.account_equity[ends], simulation.total_capital)
    assert found.returns == pytest.approx(expected)
    assert found.sessions.tolist() == simulation.row_session[ends].tolist()
    assert found.net_pnl == pytest.approx(backtest.trades["net_pnl"])
    assert found.r == pytest.approx(backtest.trades["risk_reward"], nan_ok=True)
    closed_on = simulation.row_session[simulation.trades["exit_row"]]
    assert found.sessions[found.r_session].tolist() == closed_on.tolist()
    assert found.own.net_profit_pct == pytest.approx(backtest.metrics.net_profit_pct)
    for policy, way in backtest.both_ways.items():
        assert found.both_ways[policy].sharpe == pytest.approx(way.metrics.sharpe)
    assert found.remarks == ()


def test_every_configuration_tried_on_the_bars_counts(ledger: Database) -> None:
    """Nine of the sweep, of which the run is one; another run adds one, the same again none."""
    found = evidence_of(ledger, load_run(ledger, 1)).trials
    assert (found.tried, found.sweeps, found.recorded) == (9, 1, 9)
    run_of(ledger.url.database, risk={"risk_per_trade": 0.4, "max_daily_risk": -2.0})
    run_of(ledger.url.database)
    assert evidence_of(ledger, load_run(ledger, 1)).trials.tried == 10


def test_the_runs_own_trial_has_its_returns(ledger: Database) -> None:
    """Simulated again as a trial of the sweep, it is the run."""
    found = evidence_of(ledger, load_run(ledger, 1))
    trials = found.trials
    assert trials.returns is not None and trials.sessions is not None and trials.own is not None
    assert trials.sessions.tolist() == found.sessions.tolist()
    assert trials.returns[:, trials.own] == pytest.approx(found.returns, abs=1e-12)
    assert trials.sharpes[trials.own] == pytest.approx(found.own.sharpe)


def test_the_neighbours_are_those_of_the_sweep(ledger: Database) -> None:
    """In the middle of three by three: four on the axes, eight around, nobody at an edge."""
    judged = verdict(ledger, 1, QUICK)
    around = judged.plateau
    assert around is not None and judged.figures is not None
    assert around.best["risk_reward"] == 2.0
    assert around.best["wick_ratio_threshold"] == 2.0
    found = judged.figures.plateau
    assert found is not None
    assert (found.on_axes, found.in_box) == (4, 8)
    assert not found.at_edge.any()
    assert found.chosen == pytest.approx(load_run(ledger, 1).figures["sqn"])


def test_a_run_that_is_no_trial_says_so(ledger: Database) -> None:
    """Another risk per trade: the sweep is of its bars, but not around it."""
    other = run_of(
        ledger.url.database, risk={"risk_per_trade": 0.4, "max_daily_risk": -2.0, "max_leverage": 4}
    )
    judged = verdict(ledger, other.run_id, QUICK)
    assert judged.plateau is None
    assert judged.evidence.trials.own is None
    assert judged.figures is not None and judged.figures.nothing.models == 10
    (plateau,) = [each for each in judged.stress if each.name == "Plateau"]
    assert "no trial of a sweep in the ledger" in plateau.words


def test_a_sample_holds_the_best_and_the_runs_own(ledger: Database) -> None:
    """Of 1,155 trials 1,000 are simulated again, the same ones for the same seed."""
    grid = {"risk_reward": "1:2:0.1", "wick_ratio_threshold": "1.5:2.5:0.1",
            "tightness_threshold": "0.1:0.18:0.01"}  # fmt: skip
    result = sweep(SINGLE, grid, db_path=ledger.url.database, objective="net_profit")
    assert result.n_trials == 1_089
    stored = load_run(ledger, 1)
    sweeps = recorded_on(ledger, stored)
    identity = config_identity(stored.portfolio, stored.strategies)
    one, remarks = trials_on(ledger, stored, sweeps, identity, seed=3)
    again, _ = trials_on(ledger, stored, sweeps, identity, seed=3)
    assert remarks == ()
    assert one.returns is not None and again.returns is not None and one.own is not None
    assert one.returns.shape[1] == MOST_SAMPLED
    assert (one.tried, one.sweeps, len(one.sharpes)) == (1_092, 2, one.recorded)
    assert one.returns.tobytes() == again.returns.tobytes()
    final = np.prod(1.0 + one.returns, axis=0)
    assert final.max() - 1.0 == pytest.approx(result.best["net_profit_pct"] / 100.0)
    own = evidence_of(ledger, stored).returns
    assert one.returns[:, one.own] == pytest.approx(own, abs=1e-12)


def test_a_sweep_of_other_sessions_counts_and_is_not_compared(ledger: Database) -> None:
    """The period that holds the run's own trial is the one that is compared."""
    sweep(SINGLE, {"risk_reward": [3.0, 4.0]}, db_path=ledger.url.database, end="2023-12-29")
    found = evidence_of(ledger, load_run(ledger, 1)).trials
    assert (found.tried, found.sweeps, found.recorded) == (11, 2, 9)
    assert found.returns is not None and len(found.returns) > 500


def test_holding_is_the_market(ledger: Database) -> None:
    """The whole capital in one symbol: its own growth, from the first open to the last close."""
    made = run_of(ledger.url.database)
    books = made.backtest.books
    sessions = evidence_of(ledger, load_run(ledger, 1)).sessions
    bars = read_bars(ledger, "QQQ", "30m")
    held = buy_and_hold(books, sessions)
    assert np.prod(1.0 + held) == pytest.approx(bars.close[-1] / bars.open[0])
    half = [replace(book, allocation_percentage=40.0) for book in books]
    grown = 1.0 + 0.4 * (bars.close[-1] / bars.open[0] - 1.0)
    assert np.prod(1.0 + buy_and_hold(half, sessions)) == pytest.approx(grown)


def test_slippage_is_doubled(ledger: Database) -> None:
    """As a run with twice of it; a run that paid none is tested with a basis point."""
    costs = {"commission_per_share": 0.005, "commission_minimum": 1.0}
    made = run_of(ledger.url.database, costs={**costs, "slippage_bps": 1})
    twice = run_of(ledger.url.database, costs={**costs, "slippage_bps": 2})
    found = with_doubled_slippage(made.backtest)
    assert (found.paid_bps, found.tested_bps) == (1.0, 2.0)
    assert found.outcome.net_profit_pct == twice.backtest.metrics.net_profit_pct
    free = replace(made.backtest, terms=replace(made.backtest.terms, costs=Costs()))
    assert (with_doubled_slippage(free).paid_bps, with_doubled_slippage(free).tested_bps) == (0, 1)


def test_the_same_ledger_gives_the_same_verdict(ledger: Database) -> None:
    """And nothing is written."""
    before = counts(ledger)
    one, same = verdict(ledger, 1, QUICK), verdict(ledger, 1, QUICK)
    assert [*one.luck, *one.stress] == [*same.luck, *same.stress]
    assert counts(ledger) == before
    assert one.synthetic and one.n_trials == 9


def test_bars_that_are_gone_leave_what_the_ledger_knows(ledger: Database) -> None:
    """No holding, no slippage, no returns of trials: said, and the rest is judged."""
    with ledger.write() as connection:
        connection.execute(delete(market_bars))
    judged = verdict(ledger, 1, QUICK)
    assert judged.figures is not None
    assert judged.figures.holding is None and judged.evidence.slippage is None
    assert judged.evidence.trials.returns is None
    assert judged.figures.sharpe.effective == 9.0
    said = " ".join(judged.warnings)
    assert "The run cannot be simulated again" in said
    assert "The recorded trials cannot be simulated again" in said
    assert judged.plateau is not None


def test_a_walk_forward_is_judged_by_its_own_trades(ledger: Database) -> None:
    """No single configuration traded it: no plateau, no other slippage, and a word on it."""
    fold = {
        "fold": 1, "sweep_id": 1, "trial": 4, "train_start": "2023-01-03",
        "train_end": "2023-12-29", "test_start": "2024-01-02", "test_end": "2024-06-28",
        "parameters": {}, "in_sample": {}, "out_of_sample": {},
    }  # fmt: skip
    TrialLedger(ledger).save_folds(1, [fold | _dates(fold)])
    judged = verdict(ledger, 1, QUICK)
    assert judged.plateau is None and judged.evidence.slippage is None
    assert judged.figures is not None and judged.figures.holding is not None
    assert "It is a walk forward" in judged.warnings[1]


def _dates(fold: dict[str, Any]) -> dict[str, Any]:
    from datetime import date

    names = ("train_start", "train_end", "test_start", "test_end")
    return {name: date.fromisoformat(fold[name]) for name in names}


def test_an_unknown_run_is_one_line(ledger: Database) -> None:
    """It names those there are."""
    with pytest.raises(ConfigError, match=r"run 9: no such run; .*kairos\.db has 1;"):
        verdict(ledger, 9)
