"""Memory hardly grows with the number of configurations: nothing of one is an object."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pytest

ROOT = Path(__file__).resolve().parents[2]

_PROGRAM = """
import sys
from resource import RUSAGE_SELF, getrusage
from infrastructure.research.sweeping import sweep

portfolio, file, sampler = sys.argv[1:]
terms = {"db_path": file, "end": "2024-02-15", "workers": 2}
peak = lambda: getrusage(RUSAGE_SELF).ru_maxrss / 1024

def swept(n_trials):
    space = {"tightness_threshold": "0.01:0.5:0.01", "stop_loss.value": "0:0.99:0.01"}
    drawn = {"sampler": sampler, "n_trials": n_trials}
    if sampler == "grid":
        space["risk_reward"], drawn = f"1:{n_trials // 5_000}:1", {}
    else:
        space["risk_reward"] = "1:200"
    found = sweep(portfolio, space, **terms, **drawn)
    assert found.n_trials == n_trials
    return found.top(20)

swept(5_000)
for n_trials in (0, 200_000, 1_000_000):
    if n_trials:
        swept(n_trials)
    print(peak())
"""


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are told otherwise there")
@pytest.mark.parametrize(("sampler", "of_a_million"), [("grid", 250), ("random", 450)])
def test_a_million_trials_take_little(
    swept_store: Path, tmp_path: Path, sampler: str, of_a_million: int
) -> None:
    """Stored, on short bars: MB beside those of the libraries, SQLite's own 64 among them.

    A sampler's points are drawn beforehand, 8 bytes for each axis of each.
    """
    portfolio = ROOT / "backtest_config" / "portfolios" / "single_qqq.json"
    file = copyfile(swept_store, tmp_path / "kairos.db")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(portfolio), str(file), sampler],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    before, some, million = map(float, done.stdout.split())
    assert some - before < 200
    assert million - before < of_a_million
