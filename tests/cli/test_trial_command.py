"""`kairos trial`: what a sweep found, run for itself."""

import json
import re
from pathlib import Path

import pytest
from cli_setup import Shop


@pytest.fixture
def swept(shop: Shop) -> Shop:
    """A shop in which six configurations have been tried."""
    done = shop.kairos(
        "sweep", shop.portfolio(), "--param", "stop_loss.value=0,0.1,0.2",
        "--param", "risk_reward=1,2", "--json",
    )  # fmt: skip
    assert done.code == 0
    return shop


def test_a_trial_is_run_and_comes_out_as_in_its_sweep(swept: Shop) -> None:
    """Same trades and profit, and a run of its own in the ledger."""
    swept_again = swept.kairos(
        "sweep", swept.portfolio(), "--param", "stop_loss.value=0,0.1,0.2",
        "--param", "risk_reward=1,2", "--json",
    )  # fmt: skip
    best = json.loads(swept_again.out)["top"][0]
    done = swept.kairos("trial", 1, best["trial"], "--json")
    run = json.loads(done.out)
    assert (done.code, run["run_id"]) == (0, 1)
    assert run["portfolio"]["trades"] == best["trades"]
    assert run["portfolio"]["net_profit"] == pytest.approx(best["net_profit"], rel=1e-12)


def test_its_configs_can_be_written_and_run(swept: Shop, tmp_path: Path) -> None:
    """What `kairos run` makes of the files is what `kairos trial` made; nothing is written over."""
    folder = tmp_path / "found"
    written = swept.kairos("trial", 1, 3, "--write", folder)
    portfolio = written.out.splitlines()[0]
    assert written.code == 0
    by_trial = json.loads(swept.kairos("trial", 1, 3, "--json").out)["portfolio"]
    by_file = json.loads(swept.kairos("run", portfolio, "--json").out)["portfolio"]
    assert by_file["net_profit"] == by_trial["net_profit"]
    again = swept.kairos("trial", 1, 3, "--write", folder)
    assert again.code == 2
    assert re.fullmatch(r"--write: .* is there already; choose another folder", again.error)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("1", "6"), r"sweep 1: has no trial 6; expected 0 to 5, .*"),
        (("1", "-1"), r".*"),
        (("2", "0"), r".*no sweep has the number 2; the last one is 1"),
    ],
)
def test_what_is_not_there_is_one_line(swept: Shop, words: tuple[str, ...], line: str) -> None:
    """Exit code 2, and no run."""
    done = swept.kairos("trial", *words)
    assert done.code == 2
    assert re.fullmatch(line, done.err.splitlines()[-1].removeprefix("error: "))
