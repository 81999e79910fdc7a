"""Sweeps of whole processes: killed, interrupted, two at a time; the ledger has each trial once."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sweep_processes import COMMAND, N_TRIALS

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.research.sweeping import sweep

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture
def file(swept_store: Path, tmp_path: Path) -> Path:
    """A database of the test's own."""
    return Path(copyfile(swept_store, tmp_path / "kairos.db"))


@pytest.fixture(scope="module")
def expected(swept_store: Path) -> pd.DataFrame:
    """The same sweep in one go, in this process."""
    texts = [COMMAND[place + 1] for place, each in enumerate(COMMAND) if each == "--param"]
    return sweep(COMMAND[1], texts, db_path=swept_store, store=False).frame


def program(*arguments: object) -> list[dict[str, Any]]:
    """What each process said that ended by itself."""
    script = Path(__file__).with_name("sweep_processes.py")
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_whole(file: Path, expected: pd.DataFrame) -> None:
    """One completed sweep, each trial once, every figure as if nothing had happened."""
    with closing(sqlite3.connect(file)) as connection:
        sweeps = connection.execute("SELECT status, trials_done, n_trials FROM sweeps").fetchall()
        stored = pd.read_sql("SELECT * FROM trials ORDER BY trial", connection)
    assert sweeps == [("completed", N_TRIALS, N_TRIALS)]
    assert stored.trial.tolist() == expected.trial.tolist() == [*range(N_TRIALS)]
    assert stored.config_hash.nunique() == N_TRIALS
    for name in FIGURES:
        np.testing.assert_array_equal(stored[name].astype(float), expected[name], name)


def test_a_killed_sweep_goes_on_and_is_whole(file: Path, expected: pd.DataFrame) -> None:
    """kill -9 between and inside chunks: what was stored stays, nothing is tried twice."""
    (last,) = program("kill", file, 2, 7)
    report = json.loads(last["out"])
    assert (last["code"], last["err"]) == (0, "")
    assert 0 < report["resumed"] < report["tried"] == N_TRIALS
    assert_whole(file, expected)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(6))
def test_a_sweep_survives_many_kills(file: Path, expected: pd.DataFrame, seed: int) -> None:
    """Six of them, each at a moment of its own, while anything is left to be tried."""
    ended = program("kill", file, 6, seed)
    assert [each["code"] for each in ended if each["err"]] == []
    assert_whole(file, expected)


def test_an_interrupted_sweep_says_so_and_goes_on(file: Path, expected: pd.DataFrame) -> None:
    """Ctrl-C: exit code 130, what is stored and how to go on, no traceback."""
    stopped, last = program("interrupt", file)
    assert (stopped["code"], stopped["out"]) == (130, "")
    kept, ended = stopped["err"].splitlines()
    assert kept.endswith("trials are stored; the same command goes on from there")
    assert ended == "interrupted: nothing of what was unfinished was stored"
    told = re.fullmatch(r"at least ([\d,]+) of 2,400 trials are stored; .*", kept)
    assert told
    assert 0 < int(told[1].replace(",", "")) <= json.loads(last["out"])["resumed"] < N_TRIALS
    assert_whole(file, expected)


def test_two_processes_sweep_one_thing_once(file: Path, expected: pd.DataFrame) -> None:
    """One of them ends with one line that tells it; the other finishes, and its data are right."""
    ended = sorted(program("together", file), key=lambda each: each["code"])
    assert [each["code"] for each in ended] == [0, 2]
    assert ended[0]["err"] == ended[1]["out"] == ""
    (line,) = ended[1]["err"].splitlines()
    assert line.startswith("error: ")
    assert "running twice" in line or "is completed" in line
    assert_whole(file, expected)
