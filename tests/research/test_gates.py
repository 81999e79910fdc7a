"""What each gate of a run cost, against the run itself, other runs, and bars by hand."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from referee_cases import random_case
from referee_setup import Ohlc, account, bars_of_sessions, one_book, signals_at
from sqlalchemy import func, select

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.execution.records import REFUSAL_REASONS
from infrastructure.core.execution.simulate import simulate
from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import metadata, refused_signals
from infrastructure.errors import ConfigError
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.gates import Gate, Gates, gates_of_run
from infrastructure.research.refused_alone import Outcomes, refused_alone, taken_in_the_run
from infrastructure.research.sweeping import sweep
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.strategy_manager import StrategyManager
from infrastructure.strategy_management.trial_ledger import TrialLedger

THREE = Path(__file__).resolve().parents[2] / "backtest_config" / "portfolios" / "three_ideas.json"
FLAT: Ohlc = (100.0, 100.5, 99.5, 100.0)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the demo bars."""
    opened = open_database(tmp_path_factory.mktemp("gates") / "kairos.db")
    make_demo_bars("QQQ", "30m", database=opened)
    yield opened
    opened.close()


def run_of(database: Database, **settings: Any) -> RunResult:
    """A stored run of the three ideas."""
    return StrategyManager(THREE, db_path=database.url.database, **settings).run_all()


@pytest.fixture(scope="module")
def run(database: Database) -> RunResult:
    """Three books on one account that may lose little a day and hold one position."""
    risk = {"risk_per_trade": 0.5, "max_daily_risk": -0.3, "max_open_positions": 1}
    return run_of(database, risk=risk)


@pytest.fixture(scope="module")
def gates(database: Database, run: RunResult) -> Gates:
    """The gates of that run."""
    return gates_of_run(database, run.run_id)


def test_every_refusal_of_the_ledger_is_counted_once(
    database: Database, run: RunResult, gates: Gates
) -> None:
    """By reason as the ledger has them, most first; a trade or a reason for each."""
    count = func.count()
    query = select(refused_signals.c.reason, count).group_by(refused_signals.c.reason)
    with database.read() as connection:
        stored = connection.execute(query.where(refused_signals.c.run_id == run.run_id)).all()
    assert {gate.rule: gate.stopped for gate in gates.rules} == dict(map(tuple, stored))
    stopped = [gate.stopped for gate in gates.rules]
    assert stopped == sorted(stopped, reverse=True)
    for gate in gates.rules:
        assert gate.taken + sum(gate.why_not.values()) == gate.stopped
    assert {"daily_limit", "max_open_positions", "position_open"} <= {g.rule for g in gates.rules}
    assert gates.differences == ()
    assert gates.synthetic


def test_the_trades_of_the_run_stand_beside(run: RunResult, gates: Gates) -> None:
    """Their number, money and mean R are the run's."""
    metrics = run.backtest.metrics
    assert (gates.taken.taken, gates.taken.stopped) == (metrics.trades, 0)
    assert gates.taken.money == pytest.approx(metrics.net_profit)
    assert gates.taken.mean_r == pytest.approx(metrics.expectancy_r)
    assert gates.taken.low < gates.taken.mean_r < gates.taken.high


def test_the_books_add_up_to_the_account(gates: Gates) -> None:
    """Signals, trades, money and R of every rule."""
    for gate in gates.rules:
        parts = [each for book in gates.books for each in book.rules if each.rule == gate.rule]
        for figure in ("stopped", "taken", "measured", "won", "money"):
            added = sum(getattr(part, figure) for part in parts)
            assert added == pytest.approx(getattr(gate, figure)), (gate.rule, figure)
        in_r = sum(part.sum_r for part in parts if part.measured)
        assert not gate.measured or in_r == pytest.approx(gate.sum_r)
    assert sum(book.taken.taken for book in gates.books) == gates.taken.taken


def test_an_interval_holds_its_mean(gates: Gates) -> None:
    """And is there where a rule stopped trades of many sessions."""
    for gate in (gates.taken, *gates.rules):
        if gate.measured > 50:
            assert gate.low < gate.mean_r < gate.high
            assert gate.sum_r == pytest.approx(gate.mean_r * gate.measured)


def test_a_day_s_limit_costs_what_the_run_without_it_made_of_the_same_signals(
    database: Database,
) -> None:
    """Two runs, one limit apart and free of costs: each stopped signal's R is the free run's."""
    free_of_costs: dict[str, Any] = {"costs": {}, "lot_size": 1e-6}
    risk = {"risk_per_trade": 0.5, "max_leverage": 1000}
    free = run_of(database, risk={**risk, "max_daily_risk": -100.0}, **free_of_costs).backtest
    tight = run_of(database, risk={**risk, "max_daily_risk": -0.3}, **free_of_costs).backtest
    wanted = {
        signal_of(trade): r
        for trade, r in zip(free.simulation.trades, free.trades["risk_reward"], strict=True)
    }
    found = refused_alone(tight)
    compared = 0
    for n, refusal in enumerate(tight.simulation.refusals):
        if REFUSAL_REASONS[refusal["reason"]] == "daily_limit" and signal_of(refusal) in wanted:
            assert found.taken[n]
            assert found.r[n] == pytest.approx(wanted[signal_of(refusal)], rel=1e-4, nan_ok=True)
            compared += not isnan(found.r[n])
    assert compared > 50


def signal_of(record: Any) -> tuple[int, int, int]:
    """What names a signal in two runs."""
    return int(record["lane"]), int(record["signal_bar"]), int(record["direction"])


def test_a_book_alone_is_a_portfolio_of_its_own(
    database: Database, run: RunResult, gates: Gates
) -> None:
    """The same strategy, its share as the whole capital, the same risk: the run of that."""
    for number, (strategy, book) in enumerate(zip(run.strategies, gates.books, strict=True)):
        sharing = book.sharing
        share = run.backtest.books[number].allocation_percentage / 100.0
        assert sharing.capital == pytest.approx(share * run.portfolio.total_capital)
        kept = run.portfolio.model_dump(mode="json")
        del kept["strategies"]
        manager = StrategyManager(
            db_path=database.url.database, **{**kept, "total_capital": sharing.capital}
        )
        manager.add_strategy(strategy, 100.0)
        metrics = manager.run_all().backtest.metrics
        alone = sharing.alone
        assert (alone.net_profit, alone.trades) == (metrics.net_profit, metrics.trades)
        assert (alone.mean_r, alone.max_drawdown_pct) == (
            metrics.expectancy_r,
            metrics.max_drawdown_pct,
        )
        shared = run.backtest.book_metrics[number]
        assert sharing.shared.net_profit == shared.net_profit
        assert sharing.difference.net_profit == shared.net_profit - metrics.net_profit
        assert sharing.difference.trades == shared.trades - metrics.trades


def test_a_single_book_with_all_the_money_shares_nothing(database: Database) -> None:
    """Alone is what it is already."""
    manager = StrategyManager(
        db_path=database.url.database,
        total_capital=100_000.0,
        risk={"risk_per_trade": 0.5, "max_daily_risk": -2.0},
    )
    strategy = run_of(database, end="2023-03-31").strategies[0]
    manager.add_strategy(strategy, 100.0)
    (book,) = gates_of_run(database, manager.run_all().run_id).books
    assert book.sharing.shared == book.sharing.alone
    assert book.sharing.difference.net_profit == 0.0


def test_nothing_is_written(database: Database, run: RunResult) -> None:
    """Every table has the rows that it had."""

    def rows() -> dict[str, int]:
        with database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }

    before = rows()
    gates_of_run(database, run.run_id)
    assert rows() == before


def test_a_walk_forward_is_no_run_of_one_configuration(database: Database) -> None:
    """Simulated again with the parameters of its portfolio it would be another run."""
    run = run_of(database, end="2023-02-28")
    asked = {"tight_candle_qqq:risk_reward": [1, 2]}
    tried = sweep(
        THREE, asked, objective="net_profit", end="2023-02-28", db_path=database.url.database
    )
    days = dict.fromkeys(["train_start", "train_end"], date(2023, 1, 3))
    days |= dict.fromkeys(["test_start", "test_end"], date(2023, 6, 1))
    fold: dict[str, Any] = {"fold": 1, "sweep_id": tried.sweep_id, "trial": 0, "parameters": {}}
    TrialLedger(database).save_folds(
        run.run_id, [{**fold, **days, "in_sample": {}, "out_of_sample": {}}]
    )
    with pytest.raises(ConfigError, match=f"run {run.run_id}: is a walk forward"):
        gates_of_run(database, run.run_id)


def test_a_run_that_refused_nothing_is_one_line(database: Database) -> None:
    """There is no gate to tell of."""
    manager = StrategyManager(
        db_path=database.url.database,
        total_capital=100_000.0,
        start="2023-01-03",
        end="2023-01-03",
        risk={"risk_per_trade": 0.5, "max_daily_risk": -2.0},
    )
    strategy = json.loads(THREE.with_name("single_qqq.json").read_text())["strategies"][0]
    assert strategy["strategy"] == "tight_candle_qqq"
    manager.add_strategy(run_of(database, end="2023-01-31").strategies[0], 100.0)
    result = manager.run_all()
    assert len(result.backtest.simulation.refusals) == 0
    with pytest.raises(ConfigError, match=rf"^run {result.run_id}: no signal was refused: each of"):
        gates_of_run(database, result.run_id)


# --- By hand -------------------------------------------------------------------------------------


def refused(backtest: Backtest) -> list[tuple[str, bool, float]]:
    """(reason, taken, net P&L) of every refusal."""
    found = refused_alone(backtest)
    reasons = [REFUSAL_REASONS[code] for code in found.reason]
    return list(zip(reasons, found.taken.tolist(), found.net_pnl.tolist(), strict=True))


def test_a_size_below_one_lot_is_taken_in_parts_of_it() -> None:
    """100 of equity risk 1.00: half a share with a stop 2.00 away, which loses 1.00."""
    bars = bars_of_sessions([[FLAT, (100.0, 100.5, 97.0, 97.5), FLAT]])
    books = one_book(bars, signals_at(3, long=[0]), stop_loss={"type": "fix_abs", "value": 2.0})
    backtest = run_backtest(books, account(total_capital=100.0))
    ((reason, taken, money),) = refused(backtest)
    assert (reason, taken) == ("risk_budget", True)
    assert money == pytest.approx(-1.0, abs=1e-4)
    assert refused_alone(backtest).r.tolist() == pytest.approx([-1.0])


def test_a_signal_while_a_position_is_open_is_taken_beside_it() -> None:
    """Bought at 100, sold at 102 at the session's end: the second one would have gained, too."""
    bars = bars_of_sessions([[FLAT, FLAT, FLAT, (100.0, 102.0, 99.5, 102.0)]])
    stop = {"stop_loss": {"type": "fix_abs", "value": 2.0}}
    backtest = run_backtest(
        one_book(bars, signals_at(4, long=[0, 1], short=[2]), **stop), account()
    )
    assert refused(backtest) == [("position_open", True, 1000.0), ("position_open", True, -1000.0)]


def test_the_size_is_that_of_the_book_at_the_signal() -> None:
    """After a loss of 1,000 the book has 99,000, and asks for 495 shares where it asked for 500."""
    lost: list[Ohlc] = [FLAT, (100.0, 100.5, 97.0, 97.5)]
    won: list[Ohlc] = [FLAT, FLAT, (100.0, 102.0, 99.5, 102.0)]
    bars = bars_of_sessions([lost, won])
    stop = {"stop_loss": {"type": "fix_abs", "value": 2.0}}
    backtest = run_backtest(one_book(bars, signals_at(5, long=[0, 2, 3]), **stop), account())
    assert backtest.trades["net_pnl"].tolist() == [-1000.0, 990.0]
    assert refused(backtest) == [("position_open", True, 990.0)]


def test_signals_of_the_session_s_end_are_taken_in_the_next_one() -> None:
    """Daily bars that must be left on the day: in at the next open, out at that day's close."""
    days: list[list[Ohlc]] = [[FLAT], [(101.0, 103.0, 100.5, 102.0)], [FLAT]]
    bars = bars_of_sessions(days)
    stop = {"stop_loss": {"type": "fix_abs", "value": 2.0}}
    backtest = run_backtest(one_book(bars, signals_at(3, long=[0, 2]), **stop), account())
    assert refused(backtest) == [("session_end", True, 500.0), ("end_of_data", False, 0.0)]
    found = refused_alone(backtest)
    assert found.session.tolist() == [1, 0]
    assert [REFUSAL_REASONS[code] for code in found.why_not if code >= 0] == ["end_of_data"]


def test_without_a_stop_there_is_money_and_no_r() -> None:
    """R is measured by the stop."""
    bars = bars_of_sessions([[FLAT, FLAT, FLAT, (100.0, 102.0, 99.5, 102.0)]])
    keys = {"stop_loss": None, "sizing": {"type": "fixed_quantity", "value": 10.0}}
    found = refused_alone(
        run_backtest(one_book(bars, signals_at(4, long=[0, 1]), **keys), account())
    )
    assert found.net_pnl.tolist() == [20.0]
    assert isnan(found.r[0])


def test_every_refusal_of_random_portfolios_is_a_trade_or_has_its_reason() -> None:
    """And each trade would have been closed in a session of the run."""
    for seed in range(20):
        case = random_case(seed)
        simulation = simulate(case.books, case.terms)
        backtest = Backtest(tuple(case.books), case.terms, simulation, 252.0, 0.0)
        found: Outcomes = refused_alone(backtest)
        assert (found.taken == (found.why_not < 0)).all()
        assert found.reason.tolist() == simulation.refusals["reason"].tolist()
        assert (found.net_pnl[~found.taken] == 0.0).all()
        n_sessions = len(np.unique(simulation.row_session))
        assert ((found.session >= 0) & (found.session < n_sessions)).all()
        own = taken_in_the_run(backtest)
        assert own.net_pnl.tolist() == simulation.trades["net_pnl"].tolist()


def test_the_effect_of_a_gate_is_told_where_its_interval_leaves_out_zero() -> None:
    """Cost, saved, or unclear; without an interval it is unclear."""
    gate = Gate("daily_limit", 9, 9, 9, {}, 5, 1.0, 0.2, 0.1, 0.3, 1.8)
    assert gate.effect == "cost"
    assert replace(gate, mean_r=-0.2, low=-0.3, high=-0.1).effect == "saved"
    assert replace(gate, low=-0.1).effect == "unclear"
    assert replace(gate, low=nan, high=nan).effect == "unclear"
