"""Every trial of a sweep is in the ledger, once, with its figures and its identity."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from trials_setup import Desk, rows_of, strategy_json, values_of

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import Database, open_database
from infrastructure.errors import DataError, StorageError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.store.writing import write_bars
from infrastructure.research.replay import replay, returns_of
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.private_server import PrivateServer

GRID: dict[str, Any] = {"tightness_threshold": "0.05:0.4:0.05", "stop_loss.value": "0:0.9:0.1",
                        "risk_reward": "1:4:0.25"}  # fmt: skip


class StoppedError(Exception):
    """In the middle of a sweep."""


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Bars, and a ledger of the test's own, on each kind of database."""
    if kind == "sqlite":
        store: Path = request.getfixturevalue("swept_store")
        opened = open_database(copyfile(store, tmp_path / "kairos.db"))
        yield opened
        opened.close()
        return
    server: PrivateServer = request.getfixturevalue("private_server")
    opened = open_database(server.new_address(request.getfixturevalue("swept_on_server")))
    yield opened
    opened.close()
    server.drop(opened.url)


def desk_of(database: Database, name: str = "tight_candle_qqq", **changes: Any) -> Desk:
    """One shipped strategy."""
    return Desk({name: strategy_json(name, **changes)}, database.url)


def swept(desk: Desk, parameters: Any = GRID, **others: Any) -> SweepResult:
    """Kept in the ledger."""
    return sweep(desk.loaded, parameters, db_path=desk.store, **others)


def stopped(desk: Desk, parameters: Any, after: int, **others: Any) -> None:
    """The same, ended once more than so many trials are stored."""

    def stop(done: int, in_all: int) -> None:
        if done > after:
            raise StoppedError

    with pytest.raises(StoppedError):
        swept(desk, parameters, progress=stop, **others)


def test_every_trial_is_stored_with_every_figure(database: Database) -> None:
    """As the frame has them, and as the ledger gives them back to the bit."""
    found = swept(desk_of(database))
    assert found.sweep_id == 1
    ledger = TrialLedger(database)
    stored, record = ledger.trials(1), ledger.sweep(1)
    assert (record.status, record.purpose, record.sampler) == ("completed", "sweep", "grid")
    assert record.trials_done == record.n_trials == found.n_trials == 1_040
    assert (record.objective, record.seed, record.synthetic) == ("sqn", None, True)
    assert [(each.symbol, each.interval) for each in record.series] == [("QQQ", "30m")]
    assert stored["trial"].tolist() == [*range(1_040)]
    for name in FIGURES:
        np.testing.assert_array_equal(stored[name], found.frame[name], name)
    kept = sweep(desk_of(database).loaded, GRID, db_path=database.url, store=False)
    assert kept.sweep_id is None
    assert kept.frame.equals(found.frame)


ACCOUNTS: dict[str, tuple[str, dict[str, Any]]] = {
    "numbers and terms": (
        "tight_candle_qqq",
        {
            "tightness_threshold": [0.1, 1],
            "stop_loss.value": [0, 1],
            "risk_reward": [None, 2],
            "portfolio:risk.max_open_positions": [None, 2],
            "portfolio:costs.slippage_bps+portfolio:lot_size": "0,2.5/1,10",
        },
    ),
    "spans": (
        "tight_candle_qqq",
        {"tightness_threshold": "0.1:0.4", "stop_loss.value": "0:1", "risk_reward": "1:3"},
    ),
    "objects with what they leave out": (
        "tight_candle_qqq",
        {
            "stop_loss": [
                {"type": "fix_abs", "value": 0.5},
                {"type": "candle"},
                {"type": "atr", "value": 2, "period": 5},
                {"type": "variable", "price_ranges": [{"min_price": 0, "delta_perc": 1}]},
            ],
            "entry": [{}, {"type": "close"}],
            "portfolio:fill_policy": "stop_first,detail",
        },
    ),
    "a stop's value that is left to its type": (
        "tight_candle_qqq",
        {"stop_loss.value": [None, 0.5], "stop_loss.period": [5, 14], "adjust": "split,all"},
    ),
    "types beside their values": (
        "rsi_mean_reversion_qqq",
        {
            "sizing.type": "percent_of_equity,fixed_notional,fixed_quantity",
            "sizing.value": [50, 99.5],
            "period": "5:7",
            "exit_at_session_end": "true,false",
        },
    ),
    "markets": (
        "daily_trend_pullback_qqq",
        {
            "symbols": [["QQQ"], ["SPY", "QQQ"]],
            "interval": "30m",
            "context_intervals": [["1d"]],
            "period": "14,15",
        },
    ),
}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_identities_are_those_of_the_built_configs(database: Database, account: str) -> None:
    """Defaults that a value leaves out, nulls, lists: the identity is the whole configuration's."""
    name, parameters = ACCOUNTS[account]
    desk = desk_of(database, name)
    others: dict[str, Any] = {"sampler": "random", "n_trials": 24} if account == "spans" else {}
    found = swept(desk, parameters, **others)
    hashes = TrialLedger(database).trials(1, columns=("config_hash",))["config_hash"].tolist()
    keys = [key for axis in found.axes for key in axis.keys]
    expected = [desk.identity(values_of(row, keys)) for row in rows_of(found.frame)]
    assert hashes == expected
    assert len({*hashes}) == found.n_trials >= 4


def test_a_refused_trial_is_stored_as_one(database: Database) -> None:
    """Its values and its identity, and no figure."""
    found = swept(desk_of(database, "moving_average_cross_qqq"), {"fast": "5,20", "slow": "10,30"})
    stored = TrialLedger(database).trials(1)
    assert (found.n_invalid, found.n_met) == (1, 3)
    assert stored["invalid"].tolist() == [0, 0, 1, 0]
    assert np.isnan([stored[name][2] for name in FIGURES]).all()
    assert (stored["value_1"][2], stored["value_2"][2]) == (20, 10)


def test_trials_are_read_in_the_order_asked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the ledger, in as many statements as it takes, and from memory alike."""
    desk = desk_of(database)
    monkeypatch.setattr("infrastructure.research.sweeps.keeping._AT_ONCE", 100)
    kept, held = swept(desk), sweep(desk.loaded, GRID, db_path=desk.store, store=False)
    wanted = [*np.random.default_rng(1).permutation(1_040)[:333].tolist(), 7, 7, 0]
    cells = kept.cells(wanted)
    assert np.array_equal(cells, held.cells(wanted))
    assert np.array_equal(cells, kept.cells()[wanted])
    assert len(kept.cells([])) == len(held.cells([])) == 0
    assert kept.top(5_000).equals(held.top(5_000))


@pytest.mark.parametrize("after", [0, 256, 700, 1_039])
def test_a_sweep_goes_on_where_it_was_ended(database: Database, after: int) -> None:
    """After any chunk, the last one too: the rows are those of a sweep that was not."""
    desk = desk_of(database)
    expected = sweep(desk.loaded, GRID, db_path=desk.store, store=False).frame
    stopped(desk, GRID, after)
    ledger = TrialLedger(database)
    kept = ledger.count(1)
    assert kept > after
    assert ledger.sweep(1).status == "running"
    told: list[tuple[int, int]] = []
    found = swept(desk, progress=lambda *each: told.append(each))
    assert (found.sweep_id, found.n_resumed, found.n_trials) == (1, kept, 1_040)
    assert told[0] == (kept, 1_040)
    assert told[-1] == (1_040, 1_040)
    assert found.frame.equals(expected)
    assert ledger.sweep(1).status == "completed"
    assert ledger.sweep(1).trials_done == ledger.count(1) == 1_040


def test_what_is_not_the_same_begins_anew(database: Database) -> None:
    """Another space, seed, account or other dates; the ended one stays as it is."""
    desk = desk_of(database)
    drawn: dict[str, Any] = {"sampler": "random", "n_trials": 300}
    stopped(desk, GRID, 0, **drawn)
    others = [
        (desk, GRID, drawn | {"seed": 1}),
        (desk, GRID, drawn | {"n_trials": 301}),
        (desk, GRID | {"risk_reward": "1:4:0.5"}, {"sampler": "random", "n_trials": 300}),
        (desk, GRID, drawn | {"end": "2024-09-27"}),
        (desk, GRID, drawn | {"start": "2024-01-03"}),
        (desk, GRID, drawn | {"warm_up": 5, "start": "2024-01-03"}),
        (desk_of(database, interval="1h"), GRID, drawn),
        (desk_of(database, exit_at_session_end=False), GRID, drawn),
        (Desk(desk.strategies, desk.store, {"total_capital": 50_000}), GRID, drawn),
    ]
    for number, (its_desk, parameters, terms) in enumerate(others, start=2):
        found = swept(its_desk, parameters, **terms)
        assert (found.sweep_id, found.n_resumed) == (number, 0)
    again = swept(desk, **drawn)
    assert again.sweep_id == 1
    assert again.n_resumed > 0


def test_a_finished_sweep_is_not_gone_on_with(database: Database) -> None:
    """The same command again is another sweep, with the same trials."""
    desk = desk_of(database)
    first, second = swept(desk), swept(desk)
    assert (first.sweep_id, second.sweep_id, second.n_resumed) == (1, 2, 0)
    assert first.frame.equals(second.frame)


REPLAYED: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "a grid": ("tight_candle_qqq", GRID, {}),
    "spans": (
        "tight_candle_qqq",
        {"tightness_threshold": "0.1:0.4", "stop_loss.value": "0:1"},
        {"sampler": "sobol", "n_trials": 30, "start": "2024-03-01", "warm_up": 40},
    ),
    "books built anew": (
        "donchian_qqq_daily",
        {
            "symbols": [["SPY"], ["QQQ"], ["QQQ", "SPY"]],
            "stop_loss": [{"type": "atr", "value": 2}, {"type": "fix_perc", "value": 3}],
            "entry_period+exit_period": "10,20/5,10",
        },
        {"constraints": ("trades>=2", "net_profit>-1234567.5"), "objective": "sharpe"},
    ),
}


@pytest.mark.parametrize("name", REPLAYED)
def test_recorded_trials_are_replayed(database: Database, name: str) -> None:
    """From the ledger alone, in the order asked for: the returns that the sweep had."""
    strategy, parameters, terms = REPLAYED[name]
    found = swept(desk_of(database, strategy), parameters, **terms)
    trials = [found.n_trials - 1, 0, 5, 5, 3]
    sessions, returns = replay(database, 1, trials)
    days, expected = returns_of(found.plan, found.cells())
    assert np.isin(sessions, days).all()
    np.testing.assert_array_equal(returns, expected[np.isin(days, sessions)][:, trials])
    traded = found.frame.sharpe.iloc[trials].to_numpy()
    own = found.frame.sessions.iloc[trials].to_numpy() == len(sessions)
    sharpe = returns.mean(axis=0) / returns.std(axis=0, ddof=1) * np.sqrt(252)
    np.testing.assert_allclose(sharpe[own], traded[own], rtol=1e-9)
    assert own.any()
    empty = replay(database, 1, [])
    assert [len(each) for each in empty] == [0, 0]


def test_what_cannot_be_replayed_is_one_line(database: Database) -> None:
    """A sweep or a trial that is not there; bars that are no longer those it traded."""
    swept(desk_of(database), {"stop_loss.value": "0,1"})
    with pytest.raises(StorageError, match="no sweep has the number 9; the last one is 1"):
        replay(database, 9, [0])
    with pytest.raises(StorageError, match="sweep 1: has no trial 2; expected 0 to 1,"):
        replay(database, 1, [0, 2])
    bars = read_bars(database, "QQQ", "30m")
    first = {field.name: getattr(bars, field.name)[:1] for field in fields(BarColumns)}
    changed = BarColumns(**first | {"volume": bars.volume[:1] + 1})
    write_bars(database, "QQQ", "30m", changed, "demo")
    with pytest.raises(DataError, match="sweep 1: its bars are no longer the ones it was tried on"):
        replay(database, 1, [0])
