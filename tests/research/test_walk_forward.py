"""A walk forward from its portfolio to the ledger."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.dated_books import book_between
from infrastructure.core.execution.records import EXIT_REASONS
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import backtest_runs, sweeps
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.session_calendar import date_of_day, day_number
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.gates import gates_of_run
from infrastructure.research.judging.gathering import evidence_of
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.configs import build_configs
from infrastructure.research.walk_forward import walk_forward
from infrastructure.research.walking.rerunning import rerun_walk
from infrastructure.research.walking.result import WalkForward
from infrastructure.research.walking.testing import Account, Unseen
from infrastructure.strategy_management.stored_run import load_run
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader
from infrastructure.strategy_management.trial_ledger import TrialLedger

SPACE = {"tightness_threshold": [0.05, 0.1, 0.2], "stop_loss.value": "0:0.4:0.2"}
LENGTHS: dict[str, Any] = {"train": "3m", "test": "2m", "embargo": "2s"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Portfolios of one and of two strategies, and eleven months of half hours of QQQ."""
    folder = tmp_path_factory.mktemp("walk")
    with closing(open_database(folder / "kairos.db")) as database:
        make_demo_bars("QQQ", "30m", end=date(2023, 11, 30), database=database)
    for kind in ("strategies", "portfolios"):
        (folder / kind).mkdir()
    candles = {
        "strategy_name": "Candles",
        "class_name": "TightCandleStrategy",
        "symbols": ["QQQ"],
        "interval": "30m",
        "risk_reward": 2.0,
    }
    averages = {
        **candles,
        "strategy_name": "Averages",
        "class_name": "MovingAverageCross",
        "stop_loss": {"type": "atr", "value": 2.0, "period": 14},
        "exit_at_session_end": False,
    }
    for name, config in (("candles", candles), ("averages", averages)):
        (folder / "strategies" / f"{name}.json").write_text(json.dumps(config))
        _portfolio(folder, name, [name])
    _portfolio(folder, "both", ["candles", "averages"])
    return folder


def _portfolio(folder: Path, name: str, strategies: list[str]) -> None:
    shares = [{"strategy": each, "allocation_percentage": 50} for each in strategies]
    config = {
        "portfolio_name": name,
        "total_capital": 100_000,
        "strategies": shares,
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0, "max_leverage": 4},
        "costs": {"commission_per_share": 0.005, "slippage_bps": 1},
    }
    (folder / "portfolios" / f"{name}.json").write_text(json.dumps(config))


def load(folder: Path, name: str) -> LoadedPortfolio:
    """One of the portfolios."""
    return StrategyLoader(folder).load_portfolio(folder / "portfolios" / f"{name}.json")


def walk(folder: Path, name: str = "candles", space: Any = SPACE, **changed: Any) -> WalkForward:
    """Three months of training, two of testing, two sessions between."""
    given = {**LENGTHS, "db_path": folder / "kairos.db", "workers": 1, **changed}
    return walk_forward(load(folder, name), space, **given)


@pytest.fixture(scope="module")
def walked(folder: Path) -> WalkForward:
    """The walk forward that most laws look at."""
    return walk(folder)


@pytest.fixture
def ledger(folder: Path) -> Iterator[Database]:
    """The database of all of them."""
    with closing(open_database(folder / "kairos.db")) as database:
        yield database


def test_each_fold_has_the_best_of_its_training(folder: Path, walked: WalkForward) -> None:
    """A sweep of the same sessions finds the same trial; its other dates would find another."""
    assert len(walked.folds) == 4
    for fold in walked.folds:
        dates = {"start": fold.train_start, "end": fold.train_end}
        before = len(_before(folder, fold.train_start))
        again = sweep(
            load(folder, "candles"), SPACE, **dates, warm_up=before,
            db_path=folder / "kairos.db", store=False, workers=1,
        )  # fmt: skip
        assert fold.trial == again.best_trial
        assert fold.parameters == {key: again.best[key] for key in SPACE}
        assert fold.in_sample["sqn"] == again.best["sqn"] == again.frame["sqn"].max()
        assert fold.n_trials == fold.n_met == 9


def _before(folder: Path, day: date) -> Any:
    with closing(open_database(folder / "kairos.db")) as database:
        config = load(folder, "candles").strategies[0]
        bars = BarsReader(database).bars(config, "QQQ")
    return np.flatnonzero(bars.session < day_number(day))


def test_tests_are_one_run_that_ends_with_what_their_profits_add_up_to(walked: WalkForward) -> None:
    """Each goes on with the money of the one before; every trade belongs to one fold."""
    backtest, folds = walked.run.backtest, walked.folds
    days = backtest.simulation.row_session[[0, -1]].astype("datetime64[D]").astype(object)
    assert days.tolist() == [folds[0].test_start, folds[-1].test_end]
    profits = [fold.out_of_sample["net_profit"] for fold in folds]
    assert sum(profits) == pytest.approx(backtest.metrics.net_profit)  # type: ignore[arg-type]
    capital = backtest.simulation.total_capital
    for fold in folds:
        assert fold.out_of_sample["starting_capital"] == pytest.approx(capital)
        capital = fold.out_of_sample["final_equity"]  # type: ignore[assignment]
    trades = [fold.out_of_sample["trades"] for fold in folds]
    assert sum(trades) == backtest.metrics.trades > 20  # type: ignore[arg-type]
    sessions = [fold.out_of_sample["sessions"] for fold in folds]
    assert sessions == [fold.test_sessions for fold in folds]


def test_a_fold_alone_has_the_figures_of_its_own_run(folder: Path) -> None:
    """One fold of one configuration is `kairos run` on its test, with the bars before known."""
    alone = walk(folder, space={"stop_loss.value": [0.2]}, train="7m", test="4m")
    (fold,) = alone.folds
    with closing(open_database(folder / "kairos.db")) as database:
        built = build_configs(load(folder, "candles"), ())
        changed = {"value": 0.2, "type": "candle"}
        strategy = type(built.strategies[0])(built.configs[0], stop_loss=changed)
        dates = (fold.test_start, fold.test_end)
        book = book_between(strategy, 50.0, BarsReader(database), *dates)
    usual = run_backtest([book], alone.run.backtest.terms, 252.0)
    assert alone.run.backtest.metrics.as_dict() == usual.metrics.as_dict() == fold.out_of_sample
    assert alone.run.backtest.simulation.trades.tobytes() == usual.simulation.trades.tobytes()


def test_no_fold_knows_what_came_after_it(folder: Path, walked: WalkForward) -> None:
    """With the data cut at the end of the second test its folds chose and traded the same."""
    cut = walk(folder, end=walked.folds[1].test_end)
    assert len(cut.folds) == 2
    for early, whole in zip(cut.folds, walked.folds, strict=False):
        assert early.parameters == whole.parameters
        assert early.out_of_sample == whole.out_of_sample
    known = cut.run.backtest.simulation
    assert (
        known.trades.tobytes()
        == walked.run.backtest.simulation.trades[: len(known.trades)].tobytes()
    )


def test_the_ledger_has_run_folds_and_every_trial(ledger: Database, walked: WalkForward) -> None:
    """Trials count as tried; a fold's trial is one of its sweep; all of it can be traded again."""
    run_id = walked.run.run_id
    folds = TrialLedger(ledger).folds(run_id)
    assert [row["fold"] for row in folds] == [1, 2, 3, 4]
    for row, fold in zip(folds, walked.folds, strict=True):
        assert (row["sweep_id"], row["trial"]) == (fold.sweep_id, fold.trial)
        assert (row["train_start"], row["test_end"]) == (fold.train_start, fold.test_end)
        assert row["parameters"] == fold.parameters
        assert row["in_sample"] == fold.in_sample
        assert row["out_of_sample"] == fold.out_of_sample
        record = TrialLedger(ledger).sweep(row["sweep_id"])
        assert (record.purpose, record.n_trials) == ("walk_forward", 9)
    stored = load_run(ledger, run_id)
    assert stored.figures["net_profit"] == walked.run.backtest.metrics.net_profit
    assert stored.figures["walk_forward"]["train"] == "3m"
    again = rerun_walk(ledger, stored)
    assert again.differences == ()
    ours, theirs = (each.backtest.simulation for each in (again, walked.run))
    assert ours.trades.tobytes() == theirs.trades.tobytes()
    dearer = rerun_walk(ledger, stored, costs={"slippage_bps": 20.0})
    assert dearer.backtest.metrics.net_profit < walked.run.backtest.metrics.net_profit


def test_a_verdict_doubles_the_slippage_of_every_test(
    ledger: Database, walked: WalkForward
) -> None:
    """The tests are traded again by what they chose, at twice the cost."""
    stored = load_run(ledger, walked.run.run_id)
    found = evidence_of(ledger, stored).slippage
    assert found is not None
    costs = {**stored.portfolio.costs.model_dump(mode="json"), "slippage_bps": found.tested_bps}
    dearer = rerun_walk(ledger, stored, costs=costs).backtest.metrics
    assert found.tested_bps == (2 * stored.portfolio.costs.slippage_bps or found.tested_bps)
    assert found.outcome.net_profit_pct == dearer.net_profit_pct


def test_gates_are_not_told_of_rules_that_changed(ledger: Database, walked: WalkForward) -> None:
    """One line says why, and what to do."""
    with pytest.raises(ConfigError, match="is a walk forward, whose tests had other parameters"):
        gates_of_run(ledger, walked.run.run_id)
    usual = replace(load_run(ledger, walked.run.run_id), figures={"net_profit": 1.0})
    with pytest.raises(ConfigError, match=r"run \d+: expected a walk forward"):
        rerun_walk(ledger, usual)


def test_a_training_that_chooses_nothing_lets_its_test_rest(folder: Path) -> None:
    """The constraint is met in some folds only: the others enter nothing, and are no error."""
    found = walk(folder, constraints=["sqn>=0.9"])
    empty = [fold for fold in found.folds if fold.trial is None]
    assert 0 < len(empty) == found.n_empty < 4
    for fold in empty:
        assert (fold.n_met, fold.parameters, fold.in_sample) == (0, {}, {})
        assert fold.out_of_sample["trades"] == 0
        assert np.isnan(fold.efficiency)
    assert len(found.drift[0].values) == 4 - len(empty)


def count(database: Database) -> tuple[int, int]:
    """How many runs and sweeps are stored."""
    with database.read() as connection:
        runs = connection.execute(select(func.count()).select_from(backtest_runs)).scalar_one()
        return runs, connection.execute(select(func.count()).select_from(sweeps)).scalar_one()


def test_no_choice_in_any_fold_is_one_line(folder: Path, ledger: Database) -> None:
    """The trials were tried and count; no run is stored."""
    runs, tried = count(ledger)
    with pytest.raises(ConfigError) as told:
        walk(folder, constraints=["trades>=100000"])
    assert str(told.value) == (
        "walk forward: in none of the 4 folds has any of the 36 trials a defined objective and "
        "meets the constraints; loosen them, or train for longer"
    )
    assert count(ledger) == (runs, tried + 4)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"train": "3 months"}, 'train must be a length .* found "3 months" .did you mean "3m"'),
        (
            {"train": "2y"},
            "one fold needs about 5.. sessions, there are 230 .2023-01-03 to 2023-11",
        ),
        ({"space": {"stop_loss.valu": [1]}}, 'did you mean "stop_loss.value"'),
        ({"space": {"portfolio:risk.risk_per_trade": [1]}}, "changes strategies .* account not"),
        (
            {"space": {"interval": ["30m", "1h"]}},
            "the bars that a walk forward trades are the same",
        ),
        ({"space": {}}, "nothing to sweep"),
        ({"objective": "sqm"}, "sqm is no figure of a backtest"),
        ({"constraints": ["trades"]}, "expected FIGURE, one of"),
        ({"start": "2024-01-02"}, "walk forward: .* there are no bars"),
        ({"end": "2022-01-02"}, "candles.json: candles: QQQ 30m: no bars"),
        ({"sampler": "grud"}, 'did you mean "grid"'),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    folder: Path, ledger: Database, changed: dict[str, Any], line: str
) -> None:
    """Before any trial is tried."""
    before = count(ledger)
    with pytest.raises((ConfigError, DataError), match=line) as told:
        walk(folder, **changed)
    assert "\n" not in str(told.value)
    assert count(ledger) == before


def test_two_strategies_share_the_account_of_all_tests(folder: Path) -> None:
    """One of them is optimised, the other trades on; positions are carried from test to test."""
    space = {"averages:fast": [5, 10], "averages:stop_loss.value": [1.0, 2.0]}
    found = walk(folder, "both", space, anchored=True, embargo="0d")
    assert {fold.train_start for fold in found.folds} == {date(2023, 1, 3)}
    backtest = found.run.backtest
    assert set(backtest.simulation.trades["book"]) == {0, 1}
    assert backtest.accounting_difference < 0.01
    profits = sum(float(fold.out_of_sample["net_profit"] or 0) for fold in found.folds)
    assert profits == pytest.approx(backtest.metrics.net_profit)
    with closing(open_database(folder / "kairos.db")) as database:
        again = rerun_walk(database, load_run(database, found.run.run_id))
    assert again.differences == ()


class Leaving(VectorBTStrategy):
    """Buys every seventh bar's close above the open, and leaves every fifth one's below it."""

    def generate_signals(self, bars: Bars) -> Signals:
        """By the bar's own candle and its place in the day."""
        minute = bars.timestamp // 1800
        up = bars.close > bars.open
        return Signals(long=up & (minute % 7 == 0), exit_long=~up & (minute % 5 == 0))


def carried_over(found: Backtest) -> tuple[date, date, int]:
    """Two sessions between which a trade was held that an exit signal closed; its number."""
    simulation, trades = found.simulation, found.simulation.trades
    entered, left = (simulation.row_session[trades[name]] for name in ("entry_row", "exit_row"))
    by_signal = trades["exit_reason"] == EXIT_REASONS.index("exit_signal")
    number = int(np.flatnonzero((left > entered) & by_signal)[2])
    days = np.unique(simulation.row_session)
    later = days[np.searchsorted(days, entered[number], side="right")]
    return date_of_day(entered[number]), date_of_day(later), number


def test_a_test_that_rests_looks_after_what_was_left_open(folder: Path, ledger: Database) -> None:
    """An account that changes nothing at its boundaries is the ordinary one.

    One that rests enters nothing, and the exit signals of the last strategies close what they had
    opened.
    """
    portfolio = load(folder, "averages")
    base = (Leaving(portfolio.strategies[0]),)
    account = Account(ledger, portfolio, base)
    first, last = date(2023, 6, 1), date(2023, 8, 31)
    whole = account.trade([Unseen(first, last, base)])
    ends, begins, number = carried_over(whole)
    usual = whole.simulation.trades
    both = account.trade([Unseen(first, ends, base), Unseen(begins, last, base)])
    assert both.simulation.trades.tobytes() == usual.tobytes()
    rests = account.trade([Unseen(first, ends, base), Unseen(begins, last, ())])
    assert rests.simulation.trades.tobytes() == usual[: number + 1].tobytes()
    nothing = account.trade([Unseen(first, ends, ()), Unseen(begins, last, base)])
    boundary = int(np.searchsorted(nothing.simulation.row_session, day_number(begins)))
    assert nothing.simulation.trades["signal_bar"].min() >= boundary
