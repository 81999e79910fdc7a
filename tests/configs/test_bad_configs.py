"""Every bad config is refused with exactly the line that the tables beside this file hold."""

import json
from pathlib import Path
from typing import Any

import pytest
from config_setup import Configs

from infrastructure.errors import ConfigError
from infrastructure.strategy_management.strategy_loader import StrategyLoader

HERE = Path(__file__).parent
GOOD_STRATEGY = {
    "strategy_name": "Tight",
    "class_name": "TightCandleStrategy",
    "symbols": ["QQQ"],
    "interval": "30m",
}
GOOD_PORTFOLIO = {
    "portfolio_name": "Single",
    "total_capital": 100000,
    "strategies": [{"strategy": "tight", "allocation_percentage": 60}],
    "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
}


def _cases(name: str) -> list[tuple[dict[str, Any], str]]:
    """(what replaces the good values, the line) of each block of a table."""
    blocks = (HERE / name).read_text(encoding="utf-8").strip().split("\n\n")[1:]
    pairs = [block.split("\n") for block in blocks]
    return [(json.loads(replaced), line) for replaced, line in pairs]


def _config(good: dict[str, Any], replaced: dict[str, Any]) -> str:
    config = {**good, **replaced}
    return json.dumps({key: value for key, value in config.items() if value != "(absent)"})


STRATEGIES = _cases("bad_strategies.txt")
PORTFOLIOS = _cases("bad_portfolios.txt")
RUNS = _cases("bad_runs.txt")
Replaced = dict[str, Any]


@pytest.fixture
def configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configs:
    """The good portfolio and its strategy in a folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAIROS_DB", raising=False)
    return Configs(tmp_path, GOOD_STRATEGY, GOOD_PORTFOLIO)


@pytest.mark.parametrize(
    ("replaced", "line"), STRATEGIES, ids=[str(case[0])[:60] for case in STRATEGIES]
)
def test_a_bad_strategy_is_refused_with_its_line(
    replaced: Replaced, line: str, configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """ConfigError with this very line; `kairos run` prints it and nothing else, and writes none."""
    configs.strategy.write_text(_config(GOOD_STRATEGY, replaced), encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        StrategyLoader().load_strategy(configs.strategy)
    assert str(refusal.value) == line
    assert configs.refused(capsys) == line


@pytest.mark.parametrize(
    ("replaced", "line"), PORTFOLIOS, ids=[str(case[0])[:60] for case in PORTFOLIOS]
)
def test_a_bad_portfolio_is_refused_with_its_line(
    replaced: Replaced, line: str, configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same of a portfolio; FOLDER stands for the one it runs in."""
    line = line.replace("FOLDER", str(configs.work))
    configs.portfolio.write_text(_config(GOOD_PORTFOLIO, replaced), encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        StrategyLoader().load_portfolio(configs.portfolio)
    assert str(refusal.value) == line
    assert configs.refused(capsys) == line


@pytest.mark.parametrize(("replaced", "line"), RUNS, ids=[str(case[0])[:60] for case in RUNS])
def test_what_only_a_run_can_refuse_is_refused_with_its_line(
    replaced: Replaced, line: str, configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """Classes, parameters and calendars that do not exist: the new database has no row of a run."""
    configs.strategy.write_text(_config(GOOD_STRATEGY, replaced), encoding="utf-8")
    StrategyLoader().load_portfolio(configs.portfolio)
    assert configs.refused(capsys, database=True) == line


def test_the_tables_are_long_and_each_line_is_one_line() -> None:
    """At least 400 cases, none twice, every line printable as it stands."""
    cases = STRATEGIES + PORTFOLIOS + RUNS
    assert len(cases) >= 400
    assert len({json.dumps(replaced) + line[:6] for replaced, line in cases}) == len(cases)
    assert all(line.isprintable() for _, line in cases)


def test_a_list_too_long_is_refused_before_its_symbols_are_judged(tmp_path: Path) -> None:
    """10,000 good symbols pass; a hundred thousand bad ones are one short line."""
    path = tmp_path / "tight.json"
    symbols = [f"S{number}" for number in range(10_000)]
    path.write_text(_config(GOOD_STRATEGY, {"symbols": symbols}), encoding="utf-8")
    assert len(StrategyLoader().load_strategy(path).symbols) == 10_000
    path.write_text(_config(GOOD_STRATEGY, {"symbols": [" "] * 100_000}), encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        StrategyLoader().load_strategy(path)
    line = "tight.json: symbols must name at most 10,000 symbols; found 100,000"
    assert str(refusal.value) == line
