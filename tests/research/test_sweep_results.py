"""What a sweep gives back: the best ones, constraints, order, frame, replayed returns."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trials_setup import Desk, rows_of, strategy_json, values_of

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.errors import ConfigError, KairosError
from infrastructure.research.replay import returns_of
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.constraints import (
    LOWER_IS_BETTER,
    Objective,
    parse_constraint,
    parse_objective,
)
from infrastructure.research.sweeps.evaluated import Evaluated
from infrastructure.research.sweeps.evaluator import Evaluator
from infrastructure.research.sweeps.result import SweepResult

GRID: dict[str, Any] = {
    "tightness_threshold": "0.05:0.4:0.05",
    "stop_loss.value": "0,0.2",
    "risk_reward": "null,1,2",
}
ANY_ACCOUNT: dict[str, dict[str, Any]] = {
    "one lane": GRID,
    "one lane, groups": GRID | {"entry.type": "next_open,close", "symbols": [["QQQ"], ["SPY"]]},
    "two lanes": GRID | {"symbols": [["QQQ", "SPY"]], "portfolio:risk.max_daily_risk": "-1,-2"},
}


@pytest.fixture
def desk(swept_store: Path) -> Desk:
    """The tight candle on one account."""
    return Desk({"tight": strategy_json("tight_candle_qqq")}, swept_store)


def swept(desk: Desk, parameters: Any = GRID, **others: Any) -> SweepResult:
    """Kept in memory."""
    return sweep(desk.loaded, parameters, db_path=desk.store, store=False, **others)


def assert_same_figures(found: Evaluated, expected: Evaluated) -> None:
    """To the last bit."""
    for name in FIGURES:
        np.testing.assert_array_equal(found.figures[name], expected.figures[name], name)
    np.testing.assert_array_equal(found.invalid, expected.invalid)


def evaluated(evaluator: Evaluator, parts: list[np.ndarray]) -> Evaluated:
    """Chunks one after the other, joined."""
    runs = [evaluator.run(part) for part in parts]
    return Evaluated(
        {name: np.concatenate([run.figures[name] for run in runs]) for name in FIGURES},
        np.concatenate([run.invalid for run in runs]),
        (),
        runs[0].sessions,
        runs[0].returns,
    )


@pytest.mark.parametrize("account", ANY_ACCOUNT)
def test_a_trial_does_not_hang_on_its_neighbours(desk: Desk, account: str) -> None:
    """Alone, in any order and in any chunk it is the same to the last bit."""
    found = swept(desk, ANY_ACCOUNT[account])
    cells = found.cells()
    evaluator = found.plan.evaluator
    whole = evaluator.run(cells)
    order = np.random.default_rng(2).permutation(len(cells))
    assert_same_figures(evaluated(evaluator, [row[None] for row in cells]), whole)
    shuffled = evaluated(evaluator, np.array_split(cells[order], 5))
    back = np.argsort(order)
    figures = {name: column[back] for name, column in shuffled.figures.items()}
    assert_same_figures(Evaluated(figures, shuffled.invalid[back], (), *_none()), whole)


def _none() -> tuple[np.ndarray, np.ndarray]:
    return np.empty(0, np.int64), np.empty((1, 0))


@pytest.mark.parametrize("account", ANY_ACCOUNT)
def test_threads_change_nothing(desk: Desk, account: str) -> None:
    """Trials come in their order, whoever reckoned them."""
    parameters = ANY_ACCOUNT[account] | {"portfolio:costs.slippage_bps": "0:6:0.5"}
    one, many = swept(desk, parameters, workers=1), swept(desk, parameters, workers=3)
    assert one.n_trials >= 2 * 256, "chunks for several threads"
    assert one.frame.equals(many.frame)


def test_choices_beyond_exact_numbers_are_told_apart(swept_store: Path) -> None:
    """Four parameters of 20,000 values each have more choices than a float can number."""
    desk = Desk({"rsi": strategy_json("rsi_mean_reversion_qqq")}, swept_store)
    parameters = {
        "oversold": "20:29.9995:0.0005",
        "overbought": "60:69.9995:0.0005",
        "exit_level": "40:49.9995:0.0005",
        "period": "2:20001",
        "sizing.value": "5:95",
    }
    plan = swept(desk, parameters, sampler="random", n_trials=2).plan
    cells = np.tile(np.array([19_999.0, 19_999.0, 19_999.0, 0.0, 50.0]), (30, 1))
    cells[:, 3] = np.arange(30)
    together = plan.evaluator.run(cells)
    assert_same_figures(together, evaluated(plan.evaluator, [row[None] for row in cells]))
    assert len(np.unique(together.figures["net_profit"])) > 20


def test_more_is_better_or_less_is(desk: Desk) -> None:
    """The best has the most SQN, the least drawdown; whose figure is undefined is never best."""
    for objective in ("sqn", "worst_trade", "max_drawdown_pct", "refused"):
        found = swept(desk, objective=objective)
        column = found.frame[objective].to_numpy()
        wanted = np.nanmin(column) if objective in LOWER_IS_BETTER else np.nanmax(column)
        assert found.best[objective] == wanted
        assert found.n_met == np.count_nonzero(~np.isnan(column))
    for figure in FIGURES:
        score = Objective(figure).score({figure: np.array([1.0, 2.0, np.nan])}, ())
        assert (score[1] < score[0]) == (figure in LOWER_IS_BETTER)
        assert np.isnan(score[2])


def test_constraints_are_met_by_every_one_of_the_best(desk: Desk) -> None:
    """And what they cut is in the frame all the same."""
    limits = ("trades>=60", "max_drawdown_pct<6", "profit_factor > 0.8")
    found = swept(desk, constraints=limits, objective="sharpe")
    frame = found.frame
    met = (frame.trades >= 60) & (frame.max_drawdown_pct < 6) & (frame.profit_factor > 0.8)
    assert 0 < found.n_met == int(met.sum()) < found.n_trials == len(frame) == 48
    best = found.top(1_000)
    assert len(best) == found.n_met
    assert best.sharpe.is_monotonic_decreasing
    assert set(best.trial) == set(frame.trial[met])


def test_equal_ones_stand_in_the_order_of_their_numbers(desk: Desk) -> None:
    """A key that changes no trade makes them; the first of them is the best."""
    found = swept(desk, {"tightness_threshold": "0.2,0.3", "entry.expiry_bars": "1:6"})
    order = found.best_trials(12)
    scores = found.scores[order]
    assert len(np.unique(scores)) == 2
    assert order == sorted(order, key=lambda trial: (-found.scores[trial], trial))
    assert found.best_trials(3) == order[:3]
    assert found.best.trial == order[0]


@pytest.mark.parametrize("comparison", [">=", "<=", ">", "<", "=="])
def test_an_undefined_figure_meets_nothing(comparison: str) -> None:
    """Neither above, below nor equal; and it is no score."""
    constraint = parse_constraint(f"sqn{comparison}1")
    figures = {"sqn": np.array([np.nan, 1.0]), "sharpe": np.array([3.0, np.nan])}
    assert constraint.met(figures).tolist() == [False, "=" in comparison]
    score = Objective("sharpe").score(figures, [constraint])
    assert np.isnan(score).all()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("trades>=30", "trades>=30"),
        (" net_profit > 1234567.89 ", "net_profit>1234567.89"),
        ("sqn<1e-9", "sqn<1e-09"),
        ("sharpe==-0.1", "sharpe==-0.1"),
        ("trades<=1e300", "trades<=1e+300"),
    ],
)
def test_a_constraint_is_told_so_that_it_reads_back(text: str, shown: str) -> None:
    """The ledger keeps the text; a replay reads it again."""
    constraint = parse_constraint(text)
    assert str(constraint) == shown
    assert parse_constraint(str(constraint)) == constraint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trades", "expected FIGURE, one of >= <= > < ==, and a number"),
        ("trades>=", "expected FIGURE"),
        (">=3", "expected FIGURE"),
        ("trades=>3", "expected FIGURE"),
        ("trades = 3", "expected FIGURE"),
        ("3<=trades", "expected FIGURE"),
        ("trades>=3 and sqn>1", "expected FIGURE"),
        ("trades>=thirty", 'expected a number after >=; found "thirty"'),
        ("trades>=nan", "expected a number"),
        ("trades>=1e999", "expected a number"),
        ("trads>=3", 'trads is no figure of a backtest (did you mean "trades"?)'),
        ("worst_day>=3", "worst_day is a date; expected a figure such as worst_day_pct"),
        ("trades>=1\n", "trades"),
    ],
)
def test_a_constraint_that_does_not_parse_is_one_line(text: str, said: str) -> None:
    """It begins with the option, and tells what would do."""
    if text.endswith("\n"):
        assert str(parse_constraint(text)) == "trades>=1"
        return
    with pytest.raises(ConfigError) as caught:
        parse_constraint(text)
    assert str(caught.value).startswith("--constraint ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_objective_that_is_no_figure_is_one_line() -> None:
    """With the nearest one, or all of them."""
    for text, said in (("sharp", '(did you mean "sharpe"?)'), ("", "known are starting_capital")):
        with pytest.raises(ConfigError, match="no figure of a backtest") as caught:
            parse_objective(text)
        assert said in str(caught.value)


def test_no_trial_meets_it(desk: Desk) -> None:
    """The rows are there, the best one is not, and why is one line."""
    found = swept(desk, constraints=("trades>=100000",))
    assert (found.n_met, len(found.frame)) == (0, 48)
    assert found.top(3).empty
    assert list(found.top(3)) == list(found.frame)
    with pytest.raises(ConfigError) as caught:
        _ = found.best
    assert str(caught.value) == (
        "no configuration of 48 tried has a defined sqn and meets trades>=100000; loosen the "
        "constraints, or choose another objective"
    )


def test_the_frame_is_tidy(desk: Desk) -> None:
    """A row a trial from 0, a column for each key under the name it was given, then the figures."""
    found = swept(desk)
    keys = ["risk_reward", "tightness_threshold", "stop_loss.value"]
    assert list(found.frame) == ["trial", *keys, *FIGURES]
    assert found.frame.trial.tolist() == [*range(48)]
    values = {tuple(values_of(row, keys).values()) for row in rows_of(found.frame)}
    assert len(values) == 48
    assert {risk_reward for risk_reward, _, _ in values} == {None, 1, 2}
    assert found.best.trial == found.best_trial
    assert found.best.equals(found.top(1).iloc[0])


@pytest.mark.parametrize("account", ANY_ACCOUNT)
def test_replayed_returns_have_the_figures(desk: Desk, account: str) -> None:
    """Sharpe, worst day and net profit from session returns are those of the sweep."""
    found = swept(desk, ANY_ACCOUNT[account])
    sessions, returns = returns_of(found.plan, found.cells())
    assert returns.shape == (len(sessions), found.n_trials)
    frame = found.frame
    traded = frame.trades.to_numpy() > 1
    spread = returns.std(axis=0, ddof=1)[traded]
    sharpe = returns.mean(axis=0)[traded] / spread * np.sqrt(252)
    np.testing.assert_allclose(sharpe, frame.sharpe[traded], rtol=1e-9)
    np.testing.assert_allclose(100 * returns.min(axis=0), frame.worst_day_pct, rtol=1e-9, atol=1e-9)
    grown = 100_000 * (np.prod(1 + returns, axis=0) - 1)
    np.testing.assert_allclose(grown, frame.net_profit, rtol=1e-9, atol=1e-6)


def test_markets_of_unequal_length_are_replayed_on_all_sessions(swept_store: Path) -> None:
    """SPY's days begin later: there, and only there, its trials stand still."""
    desk = Desk({"donchian": strategy_json("donchian_qqq_daily")}, swept_store)
    parameters = {"symbols": [["SPY"], ["QQQ"]], "entry_period": "10:20"}
    found = swept(desk, parameters)
    sessions, returns = returns_of(found.plan, found.cells())
    long = found.frame.sessions.max()
    assert len(sessions) == long > found.frame.sessions.min()
    assert (np.diff(sessions) > 0).all()
    first_of_spy = np.searchsorted(sessions, 19_509)  # 2023-06-01
    assert (returns[:first_of_spy, :11] == 0).all()
    assert (returns[:first_of_spy, 11:] != 0).any()
    worst = sessions[returns.argmin(axis=0)]
    assert worst.tolist() == found.frame.worst_day.tolist()
    part, some = returns_of(found.plan, found.cells([3, 2]))
    assert np.array_equal(some[:, [1, 0]], returns[np.isin(sessions, part)][:, [2, 3]])


def test_a_sweep_of_nothing_that_a_notebook_gives_is_one_line(desk: Desk) -> None:
    """Wrong samplers, seeds, trials and dates are errors of the caller's, not tracebacks."""
    wrong: list[dict[str, Any]] = [
        {"sampler": "gird"},
        {"sampler": "random", "seed": -1},
        {"sampler": "sobol", "seed": 2**32},
        {"sampler": "random", "seed": 1.5},
        {"sampler": "tpe", "n_trials": 0},
        {"start": "2024-06-01", "end": "2024-01-01"},
        {"start": "yesterday"},
        {"workers": -1},
        {"warm_up": -1},
        {"n_trials": 3},
    ]
    for changes in wrong:
        with pytest.raises(KairosError) as caught:
            swept(desk, **changes)
        assert "\n" not in str(caught.value)
