"""Sweeps that cannot be: one line on standard error, exit code 2, nothing written."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_setup import IMPORT_LINE, Shop

NOWHERE = "gone/kairos.db"
HUGE = ["tightness_threshold=0.001:1:0.001", "wick_ratio_threshold=0.01:10:0.01"]
HUGE += ["stop_loss.value=0.001:1:0.001", "risk_reward=0.01:10:0.01"]
RANDOM = ("--sampler", "random", "--trials", "3")
THIRTEEN = [
    *("tightness_threshold", "wick_ratio_threshold", "stop_loss.value", "risk_reward"),
    *(f"portfolio:risk.{name}" for name in ("risk_per_trade", "max_leverage", "max_daily_risk")),
    *(f"portfolio:costs.{name}" for name in ("commission_bps", "slippage_bps")),
    *(f"portfolio:costs.{name}" for name in ("commission_per_share", "commission_minimum")),
    *("portfolio:risk.min_risk_per_trade", "portfolio:lot_size"),
]

PARAMETERS: dict[str, tuple[list[str], str]] = {
    "unknown key": (
        ["tightnes_threshold=0.1"],
        "tightnes_threshold is no key of the strategy's config "
        '(did you mean "indicator.parameters.tightness_threshold"?)',
    ),
    "unknown account key": (
        ["portfolio:costs.slipage_bps=1"],
        'costs.slipage_bps is no key that can be swept (did you mean "costs.slippage_bps"?)',
    ),
    "unknown strategy": (["singel:risk_reward=1"], '(did you mean "single"?)'),
    "no value": (["risk_reward"], "expected KEY=VALUES such as stop_loss.value=0:1:0.1"),
    "empty value": (["risk_reward="], "expected KEY=VALUES"),
    "no key": (["=1"], "expected KEY=VALUES"),
    "nothing": ([""], "expected KEY=VALUES"),
    "empty grid": (["risk_reward=,"], "the grid is empty; expected at least one value"),
    "step of zero": (["risk_reward=0:1:0"], "the step must not be 0 (start:stop:step)"),
    "the wrong way": (["risk_reward=2:1:0.1"], "steps of 0.1 do not lead from 2 to 1"),
    "NaN": (["risk_reward=NaN"], "must be finite numbers; found NaN"),
    "nan": (["risk_reward=nan"], 'risk_reward must be a number; found "nan"'),
    "NaN in a range": (["risk_reward=1:nan:1"], 'expected numbers start:stop:step; found "nan"'),
    "1e999": (["risk_reward=1e999"], "must be finite numbers; found Infinity"),
    "up to 1e999": (["risk_reward=1:1e999:1"], 'must be at most 1,000,000,000,000; found "1e999"'),
    "tiny steps": (["risk_reward=1:2:1e-99999"], "more than 1,000,000,000,000 values; expected at"),
    "too many values": (["risk_reward=1:200000:1"], "200,000 values; expected at most 100,000"),
    "text for a number": (["risk_reward=high"], 'risk_reward must be a number; found "high"'),
    "a number in quotes": (['risk_reward="2"'], 'must be a number; found "2" (write it without'),
    "true for a number": (["risk_reward=true"], "risk_reward must be a number; found true"),
    "a number for a flag": (["exit_at_session_end=1"], "must be true or false; found 1"),
    "half for a whole": (["entry.expiry_bars=1.5"], "must be a whole number; found 1.5"),
    "half for whole": (["entry.expiry_bars=1:2.5"], "takes whole numbers; expected a span of them"),
    "a word that is none": (["entry.type=next_opne"], '(did you mean "next_open"?)'),
    "a symbol without its list": (["symbols=QQQ"], '(write ["QQQ"])'),
    "negative stop": (["stop_loss.value=-0.1"], "stop_loss.value must be at least 0; found -0.1"),
    "negative end": (["stop_loss.value=-1:1:0.001"], "must be at least 0; found -1.0"),
    "zero target": (["risk_reward=0,1"], "risk_reward must be above 0; found 0"),
    "positive limit": (["portfolio:risk.max_daily_risk=2"], "did you mean -2.0?"),
    "no lot": (["portfolio:lot_size=0"], "lot_size must be above 0"),
    "value of no type": (["sizing.value=5"], "sizing.value must be absent for risk"),
    "type without its value": (["sizing.type=fixed_notional"], "is required for fixed_notional"),
    "half an object": (['stop_loss={"type":"atr"}'], "stop_loss.value is required for atr"),
    "value of nothing": (
        ["stop_loss=null", "stop_loss.value=1"],
        "--param stop_loss.value: stop_loss decides it too; sweep one of the two",
    ),
    "twice": (["risk_reward=1", "risk_reward=2"], "swept twice; expected each key once"),
    "twice by two names": (
        ["single:wick_ratio_threshold=1", "indicator.parameters.wick_ratio_threshold=2"],
        "indicator.parameters.wick_ratio_threshold: swept twice",
    ),
    "a value twice": (["risk_reward=1,2,1.0"], "a value is there twice"),
    "unequal lists": (["risk_reward+stop_loss.value=1,2/0"], "linked keys need a list each"),
    "a name": (["strategy_name=a,b"], "strategy_name changes no trade"),
    "capital": (["portfolio:total_capital=1,2"], "total_capital is no key that can be swept"),
    "thirteen": ([f"{each}=1,2" for each in THIRTEEN], "at most 12 parameters; found 13"),
    "a million million": (HUGE, "the grid has 1,000,000,000,000 configurations, about "),
    "books without end": (
        ["interval=30m,1h", "stop_loss.period=1:600:1"],
        "1,200 combinations of keys that change the books; expected at most 1,000",
    ),
    "a symbol that is not there": (['symbols=["QQQ"],["NOPE"]'], "NOPE 30m: no bars stored"),
    "an interval that is not there": (["interval=30m,5m"], "QQQ 5m: no bars stored"),
    "an interval that is none": (["interval=30m,7x"], "must be minutes, hours or one day"),
    "span for a grid": (["risk_reward=1:2"], "a grid needs steps: write start:stop:step"),
    "characters": (["risk_reward\n\x1b[31m=1"], r"risk_reward\n\x1b[31m is no key"),
}
SOUND = ("--param", "risk_reward=1,2")
OPTIONS: dict[str, tuple[tuple[object, ...], str]] = {
    "no parameter": ((), "missing option '--param'"),
    "constraint without a bound": ((*SOUND, "--constraint", "trades"), "expected FIGURE, one of"),
    "constraint back to front": ((*SOUND, "--constraint", "trades=>3"), "expected FIGURE, one of"),
    "constraint on nothing": ((*SOUND, "--constraint", ""), "expected FIGURE, one of"),
    "constraint above NaN": ((*SOUND, "--constraint", "trades>=nan"), "a number after >="),
    "constraint on no figure": (
        (*SOUND, "--constraint", "sharp>=1"),
        '--constraint "sharp>=1": sharp is no figure of a backtest (did you mean "sharpe"?)',
    ),
    "no objective": ((*SOUND, "--objective", "sqnn"), '(did you mean "sqn"?)'),
    "a date for an objective": ((*SOUND, "--objective", "worst_day"), "worst_day is a date"),
    "trials of a grid": ((*SOUND, "--trials", 3), "--trials: a grid tries every configuration"),
    "no trials": ((*SOUND, *RANDOM, "--trials", 0), "--trials: expected 1 to 20,000,000; found 0"),
    "trials without end": (
        (*SOUND, *RANDOM, "--trials", 10**12),
        "--trials: expected 1 to 20,000,000; found 1,000,000,000,000",
    ),
    "trials in words": ((*SOUND, *RANDOM, "--trials", "many"), "invalid value for '--trials'"),
    "negative seed": ((*SOUND, *RANDOM, "--seed", -1), "--seed: expected a whole number, 0 to"),
    "huge seed": ((*SOUND, *RANDOM, "--seed", 10**30), "--seed: expected a whole number, 0 to"),
    "no such sampler": ((*SOUND, "--sampler", "gird"), "'gird' is not one of 'grid', 'random'"),
    "nothing to show": ((*SOUND, "--top", 0), "invalid value for '--top'"),
    "no workers": ((*SOUND, "--workers", 0), "invalid value for '--workers'"),
    "no folds": ((*SOUND, "--folds", 0), "invalid value for '--folds'"),
    "the end first": (
        (*SOUND, "--start", "2024-02-01", "--end", "2024-01-01"),
        "end must not be before start",
    ),
    "days without bars": ((*SOUND, "--start", "2030-01-01"), IMPORT_LINE),
    "a day that is none": ((*SOUND, "--end", "2024-02-30"), "expected a date such as 2024-01-31"),
    "no folder of a database": ((*SOUND, "--db", NOWHERE), "the folder gone does not exist"),
    "a folder for a page": ((*SOUND, "--html", "config"), "config: is a folder; give the path of"),
    "a page below a file": ((*SOUND, "--html", "kairos.db/a.html"), "kairos.db is no folder"),
    "an address of nothing": ((*SOUND, "--address", "auto"), "expected --engine ray with it"),
}


def refused(shop: Shop, *arguments: object) -> str:
    """The error's one line, once nothing was printed or written beside it."""
    before = everything(shop)
    done = shop.kairos("sweep", *arguments)
    assert (done.code, done.out) == (2, "")
    assert len(done.error) < 800
    assert done.error.isprintable()
    assert everything(shop) == before
    return done.error


def everything(shop: Shop) -> tuple[list[str], list[Any]]:
    """Files, and every row of research in the ledger."""
    files = sorted(str(each) for each in shop.folder.rglob("*") if "kairos.db" not in each.name)
    return files, rows(shop.database)


def rows(database: Path) -> list[Any]:
    """Every sweep, its series and its trials."""
    with closing(sqlite3.connect(database)) as connection:
        return [
            connection.execute(f"SELECT * FROM {name}").fetchall()
            for name in ("sweeps", "sweep_series", "trials")
        ]


@pytest.mark.parametrize(("texts", "said"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters_that_cannot_be_swept(shop: Shop, texts: list[str], said: str) -> None:
    """Each says where, what was expected, what was found or meant."""
    given = [part for each in texts for part in ("--param", each)]
    assert said in refused(shop, shop.portfolio(), *given)


@pytest.mark.parametrize(("options", "said"), OPTIONS.values(), ids=OPTIONS)
def test_options_that_cannot_be(shop: Shop, options: tuple[object, ...], said: str) -> None:
    """Before anything has run."""
    assert said in refused(shop, shop.portfolio(), *options)


def test_a_million_million_names_the_way_out(shop: Shop) -> None:
    """How many, about how long, and a sampler instead; with one it runs."""
    given = [part for each in HUGE for part in ("--param", each)]
    line = refused(shop, shop.portfolio(), *given)
    assert "about 579 days" in line
    assert "--sampler random, sobol or tpe with --trials N" in line
    assert shop.kairos("sweep", shop.portfolio(), *given, *RANDOM).code == 0


def test_configs_that_are_not_there(shop: Shop) -> None:
    """A portfolio's file, a strategy's, or a strategy in its place."""
    assert "no such file" in refused(shop, "gone.json", *SOUND)
    path = shop.portfolio()
    strategy = shop.folder / "config" / "strategies" / "single.json"
    assert "this is a strategy; expected a portfolio" in refused(shop, strategy, *SOUND)
    strategy.unlink()
    assert "names no file" in refused(shop, path, *SOUND)


def test_no_bars_at_all(shop: Shop) -> None:
    """The line that brings some."""
    assert "import some with: kairos data import" in refused(
        shop, shop.portfolio(symbol="SPY"), *SOUND
    )


def test_a_database_that_takes_nothing(shop: Shop) -> None:
    """Read-only or locked by another program: before the first trial is traded."""
    path = shop.portfolio()
    read_only = f"sqlite:///file:{shop.database}?mode=ro&uri=true"
    assert "is read-only" in refused(shop, path, *SOUND, "--db", read_only)
    with closing(sqlite3.connect(shop.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        locked = f"sqlite:///{shop.database}?timeout=0.1"
        done = shop.kairos("sweep", path, *SOUND, "--db", locked)
        holder.execute("ROLLBACK")
    assert (done.code, done.out) == (2, "")
    assert "is locked by another program" in done.error
    assert rows(shop.database) == [[], [], []]


def test_a_cluster_that_does_not_answer(shop: Shop) -> None:
    """One line that names the address, soon."""
    pytest.importorskip("ray")
    pytest.importorskip("infrastructure.research.sweeps.ray_engine")
    dead = ("--engine", "ray", "--address", "127.0.0.1:1")
    assert "127.0.0.1:1" in refused(shop, shop.portfolio(), *SOUND, *dead)


NONE = {
    "constraints that none meets": (("--constraint", "trades>=100000"), "meets trades>=100000"),
    "a figure that is never defined": (
        ("--param", "entry.type=limit"),
        "has a defined sqn; loosen",
    ),
    "a strategy that refuses all": (
        ("--param", "tightness_threshold=1.5,2"),
        "the strategy refused all, single candles: tightness_threshold must be a number, from 0",
    ),
}


@pytest.mark.parametrize(("options", "said"), NONE.values(), ids=NONE)
@pytest.mark.parametrize("json", [(), ("--json",)])
def test_where_no_configuration_is_the_best_its_trials_are_stored(
    shop: Shop, options: tuple[str, ...], said: str, json: tuple[str, ...]
) -> None:
    """They were tried, and count as tried: one line, exit code 2, a completed sweep, no page."""
    page = ("--html", "page.html")
    done = shop.kairos("sweep", shop.portfolio(), *SOUND, *options, *json, *page)
    assert (done.code, done.out) == (2, "")
    assert done.error.startswith("sweep 1 is stored, but no configuration of ")
    assert said in done.error
    assert not Path("page.html").exists()
    sweeps, _, trials = rows(shop.database)
    assert len(sweeps) == 1
    assert len(trials) in (2, 4)
