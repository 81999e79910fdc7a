"""The same run is the same to the last bit, whoever computes it on one platform."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs, run_evidence
from tests.ledger.proof_setup import PORTFOLIOS, SINGLE, THREE, run_of

ROOT = PORTFOLIOS.parents[1]

RESULTS = ("orders", "trades", "refusals", "equity", "figures")
OTHERWISE = {
    "another process, another order of hashes": {"PYTHONHASHSEED": "4711"},
    "one thread": {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    "another clock and language": {"TZ": "Asia/Kathmandu", "LC_ALL": "C"},
    "an older processor": {
        # NumPy without AVX (names of its releases before and after 2.4), kernels compiled anew
        # for no processor in particular.
        "NPY_DISABLE_CPU_FEATURES": "",
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
    },
}


@pytest.fixture
def kind() -> str:
    """A file: what a run computes is no matter of where it is stored."""
    return "sqlite"


def digests(ledger: Database) -> dict[str, set[tuple[str, ...]]]:
    """Of the results of all runs, by their portfolio."""
    columns = [run_evidence.c[f"{name}_digest"] for name in RESULTS]
    found: dict[str, set[tuple[str, ...]]] = {}
    with ledger.read() as connection:
        for name, *each in connection.execute(
            select(backtest_runs.c.portfolio_name, *columns).join_from(backtest_runs, run_evidence)
        ):
            found.setdefault(name, set()).add(tuple(each))
    return found


def disabled_features() -> str:
    """What NumPy here chooses among at run time, and uses."""
    numpy_core = import_module("numpy._core._multiarray_umath")
    usable, chosen = numpy_core.__cpu_features__, numpy_core.__cpu_dispatch__
    return " ".join(name for name in chosen if usable.get(name))


@pytest.mark.parametrize("how", OTHERWISE)
def test_a_run_is_the_same_in_another_process(ledger: Database, how: str, tmp_path: Path) -> None:
    """Whatever its hashes, threads, clock or processor: each digest of its results is the same."""
    if not disabled_features() and how == "an older processor":
        pytest.skip("NumPy has nothing to choose among on this processor")
    run_of(ledger)
    run_of(ledger, THREE)
    settings = dict(OTHERWISE[how])
    if "NUMBA_CPU_NAME" in settings:
        settings["NPY_DISABLE_CPU_FEATURES"] = disabled_features()
        settings["NUMBA_CACHE_DIR"] = str(tmp_path / "kernels")
    for portfolio in (SINGLE, THREE):
        done = subprocess.run(
            [sys.executable, "-m", "infrastructure.cli", "run", str(portfolio),
             "--db", ledger.url.render_as_string(hide_password=False)],
            cwd=ROOT, env=os.environ | settings, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    found = digests(ledger)
    assert {name: len(each) for name, each in found.items()} == {
        "Single QQQ": 1,
        "Three ideas on QQQ": 1,
    }


def test_a_run_is_the_same_in_threads(ledger: Database) -> None:
    """Eight runs at once in four threads of one process, on one database: one result."""
    with ThreadPoolExecutor(4) as pool:
        for made in [pool.submit(run_of, ledger, each) for each in (SINGLE, THREE) * 4]:
            made.result()
    assert [len(each) for each in digests(ledger).values()] == [1, 1]


def test_another_run_has_other_digests(ledger: Database) -> None:
    """A digest that could not tell two runs apart would prove nothing."""
    run_of(ledger)
    run_of(ledger, costs={"slippage_bps": 0.1})
    (found,) = digests(ledger).values()
    assert len(found) == 2
    first, second = found
    pairs = zip(RESULTS, first, second, strict=True)
    same = {name: one == other for name, one, other in pairs}
    assert not any(same[name] for name in ("orders", "trades", "equity", "figures"))
