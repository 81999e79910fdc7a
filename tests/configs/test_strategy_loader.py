"""StrategyLoader: which file a name or a path means, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.errors import ConfigError
from infrastructure.strategy_management.strategy_loader import StrategyLoader


def _strategy(path: Path, **changes: Any) -> Path:
    config = {
        "strategy_name": path.stem,
        "class_name": "TightCandleStrategy",
        "symbols": ["QQQ"],
        "interval": "30m",
        **changes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def _portfolio(path: Path, *strategies: str, **changes: Any) -> Path:
    config = {
        "portfolio_name": path.stem,
        "total_capital": 100000,
        "strategies": [{"strategy": each, "allocation_percentage": 20} for each in strategies],
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
        **changes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A config folder with two strategies, tight and wide (wide trades on 24/7)."""
    _strategy(tmp_path / "config/strategies/tight.json")
    _strategy(tmp_path / "config/strategies/wide.json", calendar="24/7")
    _portfolio(tmp_path / "config/portfolios/single.json", "tight")
    return tmp_path / "config"


def _line(folder: Path, reference: str) -> str:
    path = _portfolio(folder / "portfolios/p.json", "tight", reference)
    with pytest.raises(ConfigError) as refusal:
        StrategyLoader(folder).load_portfolio(path)
    return str(refusal.value)


def test_a_strategy_is_found_by_name_and_by_path(folder: Path) -> None:
    """A bare name is looked up in the loader's folder; anything else is a path."""
    loader = StrategyLoader(folder)
    by_name = loader.load_strategy("tight")
    assert by_name.strategy_name == "tight"
    assert loader.load_strategy(folder / "strategies" / "tight.json") == by_name
    assert loader.load_strategy(str(folder / "strategies" / "tight.json")) == by_name


def test_a_portfolio_comes_with_its_strategies_in_its_order(folder: Path) -> None:
    """Names, and paths relative to the portfolio file; one file twice is two books."""
    _strategy(folder / "portfolios/beside.json")
    _strategy(folder / "ideas/new.json")
    references = ("wide", "tight", "beside.json", "../ideas/new.json", "wide")
    path = _portfolio(folder / "portfolios/five.json", *references)
    loaded = StrategyLoader(folder).load_portfolio(path)
    names = [each.strategy_name for each in loaded.strategies]
    assert names == ["wide", "tight", "beside", "new", "wide"]
    assert loaded.path == path
    assert loaded == StrategyLoader(folder).load_portfolio("five")


def test_the_account_lives_by_its_own_calendar_or_its_first_strategy_s(folder: Path) -> None:
    """The default of `calendar` is the first strategy's."""
    for changes, expected in [({}, "24/7"), ({"calendar": "XNYS"}, "XNYS")]:
        path = _portfolio(folder / "portfolios/p.json", "wide", "tight", **changes)
        assert StrategyLoader().load_portfolio(path).calendar == expected


def test_relative_paths_work_from_any_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the root, from the portfolio's own folder: the same strategies."""
    _portfolio(folder / "portfolios/p.json", "tight", "../strategies/wide.json")
    for start, path in [(folder, "portfolios/p.json"), (folder / "portfolios", "p.json")]:
        monkeypatch.chdir(start)
        loaded = StrategyLoader().load_portfolio(path)
        assert [each.strategy_name for each in loaded.strategies] == ["tight", "wide"]


def test_portfolios_are_listed_in_order(folder: Path) -> None:
    """Sorted, JSON files only, hidden ones left out; an absent folder has none."""
    for name in ("b.json", "a.json", ".hidden.json", "notes.txt"):
        (folder / "portfolios" / name).write_text("{}", encoding="utf-8")
    names = [path.name for path in StrategyLoader(folder).portfolio_paths()]
    assert names == ["a.json", "b.json", "single.json"]
    assert StrategyLoader(folder / "absent").portfolio_paths() == []


@pytest.mark.parametrize(
    "reference", ["../../tight.json", "../../../etc/x.json", "../../config2/strategies/tight.json"]
)
def test_a_strategy_lies_under_the_folder_above_the_portfolio_s(
    folder: Path, reference: str
) -> None:
    """A path that leaves that folder is refused, whether or not the file exists."""
    _strategy(folder.parent / "tight.json")
    expected = f'p.json: strategies[1].strategy must not leave {folder}; found "{reference}"'
    assert _line(folder, reference) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "/etc/x.json",
        "//server/x.json",
        "\\\\server\\share\\x.json",
        "C:/x.json",
        "..\\x.json",
        "C:x",
    ],
)
def test_absolute_network_and_backslash_paths_are_refused(folder: Path, reference: str) -> None:
    """A portfolio means the same on every machine."""
    assert _line(folder, reference) == (
        "p.json: strategies[1].strategy must be a name or a path from the portfolio's folder; "
        f"found {json.dumps(reference)}"
    )


def test_a_missing_strategy_names_the_nearest(folder: Path) -> None:
    """The line gives the reference to write instead."""
    start = "p.json: strategies[1].strategy names no file"
    strategies = folder / "strategies"
    assert _line(folder, "tigth") == (
        f'{start}, {strategies}/tigth.json; found "tigth" (did you mean "tight"?)'
    )
    assert _line(folder, "../strategies/tigth.json") == (
        f'{start}, {strategies}/tigth.json; found "../strategies/tigth.json" '
        '(did you mean "../strategies/tight.json"?)'
    )
    assert _line(folder, "tight.json") == (
        f'{start}, {folder}/portfolios/tight.json; found "tight.json" (did you mean "tight"?)'
    )
    assert _line(folder, "quite-another") == (
        f'{start}, {strategies}/quite-another.json; found "quite-another"'
    )
    assert _line(folder, "a" * 200).startswith(f"{start}, {strategies}/aaaa")
    assert _line(folder, "..").startswith(f"{start}, {strategies}/...json")


def test_a_fault_in_a_strategy_names_the_strategy_s_file(folder: Path) -> None:
    """Not the portfolio's: that is not where it is put right."""
    _strategy(folder / "strategies/bad.json", interval="31x")
    assert _line(folder, "bad").startswith("bad.json: interval must be")


def test_a_file_of_the_other_kind_is_recognised(folder: Path) -> None:
    """A mixed-up path says so instead of listing keys."""
    loader = StrategyLoader(folder)
    with pytest.raises(
        ConfigError, match=r"^single\.json: this is a portfolio; expected a strategy$"
    ):
        loader.load_strategy(folder / "portfolios/single.json")
    with pytest.raises(
        ConfigError, match=r"^tight\.json: this is a strategy; expected a portfolio$"
    ):
        loader.load_portfolio(folder / "strategies/tight.json")


def test_a_missing_config_names_the_nearest_file(folder: Path) -> None:
    """By name as by path."""
    with pytest.raises(ConfigError) as refusal:
        StrategyLoader(folder).load_portfolio("singel")
    missing = folder / "portfolios/singel.json"
    assert str(refusal.value) == f'{missing}: no such file (did you mean "single.json"?)'
