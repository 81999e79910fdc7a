"""Configs changed at random: each is read, or refused in one line."""

from pathlib import Path
from typing import Any

import pytest
from fuzzing import fuzz, outcome_of
from hypothesis import strategies as st
from mutations import as_json, changed_bytes, encoded, keys_in, mutated

from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.core.config.json_reader import read_json_object
from infrastructure.strategy_management.simulating import configured_strategy
from infrastructure.strategy_management.strategy_loader import StrategyLoader
from infrastructure.strategy_management.strategy_row import strategy_row

pytestmark = pytest.mark.fuzz

EXAMPLES = Path(__file__).resolve().parents[2] / "backtest_config"


def _spelt_out(model: type[Any], folder: str) -> list[Any]:
    """The examples as they stand, and with every key spelt out."""
    found = []
    for path in sorted((EXAMPLES / folder).glob("*.json")):
        data = read_json_object(path)
        found += [data, parse(model, data, path.name).model_dump(mode="json")]
    return found


STRATEGIES = _spelt_out(StrategyConfig, "strategies")
PORTFOLIOS = _spelt_out(PortfolioConfig, "portfolios")
KEYS = sorted({key for each in (*STRATEGIES, *PORTFOLIOS) for key in keys_in(each)})


@st.composite
def configs(draw: st.DrawFn) -> tuple[str, bytes]:
    """The kind of a config and its file's content."""
    kind = draw(st.sampled_from(["strategies", "portfolios"]))
    good = draw(st.sampled_from(STRATEGIES if kind == "strategies" else PORTFOLIOS))
    data = draw(mutated(good, KEYS)) if draw(st.booleans()) else good
    content = as_json(data, ascii_only=draw(st.booleans()))
    if draw(st.integers(0, 2)) == 0:
        content = draw(changed_bytes(content))
    return kind, draw(encoded(content))


def test_every_config_is_read_or_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what was read can be made into a strategy and a row of the ledger, or is refused."""
    for kind in ("strategies", "portfolios"):
        (tmp_path / kind).mkdir()
    for path in (EXAMPLES / "strategies").glob("*.json"):
        (tmp_path / "strategies" / path.name).write_bytes(path.read_bytes())
    loader = StrategyLoader(tmp_path)

    def work(kind: str, path: Path) -> None:
        if kind == "portfolios":
            loaded = loader.load_portfolio(path)
            written = loaded.config.model_dump(mode="json")
            assert parse(PortfolioConfig, written, "again") == loaded.config
            return
        config = loader.load_strategy(path)
        assert parse(StrategyConfig, config.model_dump(mode="json"), "again") == config
        strategy_row(configured_strategy(config, path.name).config)

    def law(given: tuple[str, bytes]) -> str:
        kind, content = given
        path = tmp_path / kind / "fuzzed.json"
        path.write_bytes(content)
        return outcome_of(lambda: work(kind, path))

    with capsys.disabled():
        fuzz("configs", configs(), law)
