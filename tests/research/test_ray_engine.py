"""A sweep on a cluster of two workers is the sweep of this process, whoever dies meanwhile."""

import importlib.util
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ray_setup import (
    PARAMETERS,
    Killing,
    Troubled,
    assert_equal,
    local_chunks,
    noted,
    plan_of,
    tasks_of,
    write_shop,
)

from infrastructure.errors import ClusterError, ConfigError, StrategyError
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps import ray_engine
from infrastructure.research.sweeps.engines import make_engine
from infrastructure.research.sweeps.ray_cluster import join_cluster, start_cluster
from infrastructure.research.sweeps.ray_engine import RayEngine
from infrastructure.strategy_management.strategy_loader import StrategyLoader

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray")
ROOT = Path(__file__).resolve().parents[2]
ONE_MACHINE = {
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "of these tests",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
}
"""Settings that Ray asks of processes that are to meet on 127.0.0.1."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with bars and portfolios."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder)
    return folder


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """Ray with a local cluster of two workers that was there before any engine."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ONE_MACHINE.items():
            patch.setenv(name, value)
        with patch.context() as path:
            path.setenv("PYTHONPATH", str(Path(__file__).parent))
            ray = start_cluster(2)
        yield ray
        ray.shutdown()


@pytest.fixture
def engine(ray: Any) -> Iterator[RayEngine]:
    """An engine on it."""
    engine = RayEngine(None)
    yield engine
    engine.close()
    assert ray.is_initialized(), "a cluster that was there before must be left running"


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_cluster_finds_what_this_process_finds(engine: RayEngine, shop: Path, name: str) -> None:
    """One lane, a strategy that refuses configs, books on a shared account: to the last bit."""
    plan = plan_of(shop, name)
    expected = local_chunks(plan)
    assert len(expected) > 2
    assert any(chunk.evaluated.invalid.any() for chunk in expected) == (name == "refusing")
    assert engine.workers == 2
    assert_equal(list(engine.run(plan.evaluator, tasks_of(plan))), expected)


def test_a_chunk_whose_worker_is_killed_is_tried_again(
    engine: RayEngine, shop: Path, tmp_path: Path
) -> None:
    """By the other worker or by a new one, and the order stays."""
    plan, log = plan_of(shop, "lone"), tmp_path / "log"
    found = list(engine.run(Troubled.of(plan, log, dies=1), tasks_of(plan)))
    assert_equal(found, local_chunks(plan))
    assert len(noted(log, "tried")) == 2


def test_bars_are_loaded_once_in_each_process(
    engine: RayEngine, shop: Path, tmp_path: Path
) -> None:
    """Not once for each chunk."""
    plan, log = plan_of(shop, "lone"), tmp_path / "log"
    list(engine.run(Troubled.of(plan, log), tasks_of(plan)))
    loaded = noted(log, "loaded")
    assert len(loaded) == len({*loaded}) <= 2 < len(tasks_of(plan))


def test_figures_do_not_lie_in_the_store_of_the_cluster(engine: RayEngine, shop: Path) -> None:
    """They can be written to, as a local sweep's can: then nothing of the store is held."""
    plan = plan_of(shop, "lone")
    evaluated = next(engine.run(plan.evaluator, tasks_of(plan))).evaluated
    for column in (*evaluated.figures.values(), evaluated.invalid, evaluated.sessions):
        assert column.flags.writeable
        assert column.flags.owndata


def test_a_sweep_with_a_killed_worker_is_stored_as_the_local_one(
    engine: RayEngine, shop: Path, tmp_path: Path
) -> None:
    """Trial for trial, value for value, from the ledger."""
    portfolio = StrategyLoader(shop / "config").load_portfolio("lone")
    killing = Killing(engine, plan_of(shop, "lone"), tmp_path / "log")
    here = sweep(portfolio, PARAMETERS["lone"], store=False, db_path=shop / "kairos.db")
    there = sweep(portfolio, PARAMETERS["lone"], engine=killing, db_path=shop / "kairos.db")
    assert len(noted(tmp_path / "log", "tried")) == 2
    assert there.sweep_id is not None
    assert there.best_trial == here.best_trial
    assert there.frame.equals(here.frame)


def test_the_page_on_clusters_finds_the_best_without_a_ledger(
    engine: RayEngine, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its function, on the cluster at hand, finds what a sweep finds."""
    page = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    (block,) = [each for each in re.findall(r"```python\n(.*?)```", page, re.S) if "def " in each]
    made: dict[str, Any] = {}
    exec(block, made)
    monkeypatch.chdir(shop)
    path = shop / "config" / "portfolios" / "lone.json"
    columns, scores = made["best_of"](path, PARAMETERS["lone"], 0, 42, keep=3, size=10)
    asked = {"constraints": ["trades>=30"], "store": False, "db_path": "kairos.db"}
    best = sweep(path, PARAMETERS["lone"], **asked).top(3)
    assert scores.tolist() == best["sqn"].tolist()
    assert columns == {name: best[name].tolist() for name in columns}


def test_a_chunk_that_kills_every_worker_is_named(
    engine: RayEngine, shop: Path, tmp_path: Path
) -> None:
    """After four tries; and the engine works on."""
    plan, log = plan_of(shop, "lone"), tmp_path / "log"
    with pytest.raises(ClusterError, match=r"^trials 40 to 41: lost .* 4 times \(WorkerCrashed"):
        list(engine.run(Troubled.of(plan, log, dies=9), tasks_of(plan)))
    assert len(noted(log, "tried")) == 4
    assert_equal(list(engine.run(plan.evaluator, tasks_of(plan))), local_chunks(plan))


def test_a_strategy_that_raises_is_not_tried_again(
    engine: RayEngine, shop: Path, tmp_path: Path
) -> None:
    """Its one line arrives as it is."""
    plan, log = plan_of(shop, "lone"), tmp_path / "log"
    with pytest.raises(StrategyError) as error:
        list(engine.run(Troubled.of(plan, log, fails=True), tasks_of(plan)))
    assert type(error.value) is StrategyError
    assert str(error.value) == "Troubled: expected a signal for each bar; found none"
    assert len(noted(log, "tried")) == 1


def test_chunks_are_asked_for_as_they_are_taken(engine: RayEngine, shop: Path) -> None:
    """Few are under way: two a worker."""
    plan = plan_of(shop, "lone")
    asked: list[int] = []

    def tasks() -> Iterator[Any]:
        for task in tasks_of(plan):
            asked.append(task[0])
            yield task

    chunks = engine.run(plan.evaluator, tasks())
    next(chunks)
    assert len(asked) == 4
    next(chunks)
    assert len(asked) == 5


def test_a_worker_with_other_code_is_refused(
    engine: RayEngine, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its figures would be those of another strategy."""
    plan = plan_of(shop, "shared")
    monkeypatch.setattr(ray_engine, "code_of_checkout", lambda: "0123456789abcdef")
    with pytest.raises(ClusterError, match=r"other code .* \(0123456789abcdef and \w{16}\)"):
        list(engine.run(plan.evaluator, tasks_of(plan)))


def test_what_a_cluster_cannot_be_asked(engine: RayEngine, shop: Path) -> None:
    """Each in one line."""
    with pytest.raises(ConfigError, match="tpe learns from"):
        sweep("none", {"a": [1]}, sampler="tpe", engine=engine)
    with pytest.raises(ConfigError, match="--workers: a cluster that is there has its own"):
        make_engine("ray", 3, "auto")
    with pytest.raises(ConfigError, match=r"this process is connected to 127\.0\.0\.1:"):
        make_engine("ray", None, "127.0.0.1:1")


@pytest.mark.parametrize("address", ["ray://127.0.0.1:10001", "127.0.0.1", "127.0.0.1:0", "x:y"])
def test_addresses_that_are_none(address: str) -> None:
    """The line says which are."""
    with pytest.raises(ConfigError, match="expected auto or HOST:PORT"):
        join_cluster(address)


def command(shop: Path, database: Path, *options: str, fine: str = "0.5") -> list[str]:
    """`kairos sweep` of the first portfolio, with so fine a step of the reward."""
    return [
        *(sys.executable, "-m", "infrastructure.cli", "sweep"),
        str(shop / "config" / "portfolios" / "lone.json"),
        "--param=tightness_threshold=0.05:0.3:0.05",
        f"--param=risk_reward=1:4:{fine}",
        *("--json", "--db", str(database), *options),
    ]


def swept(
    given: list[str], folder: Path = ROOT, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """What the command did in a process of its own, begun in a folder."""
    return subprocess.run(
        given,
        cwd=folder,
        env={**os.environ, **environment},
        check=False,
        timeout=120,
        capture_output=True,
        text=True,
    )


def test_a_dead_address_is_told_at_once_and_nothing_is_begun(shop: Path, tmp_path: Path) -> None:
    """One line, exit code 2, no sweep in the ledger."""
    database = copied(shop, tmp_path / "kairos.db")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM sweeps")
        connection.commit()
    began = time.monotonic()
    done = swept(command(shop, database, "--engine", "ray", "--address", "127.0.0.1:1"))
    assert time.monotonic() - began < 20
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: --address 127.0.0.1:1: no Ray cluster answers there (")
    assert trials_done(database) == -1


def test_a_cluster_that_is_there_is_joined_and_left_running(
    ray: Any, shop: Path, tmp_path: Path
) -> None:
    """From the command line: the same JSON as without it, and Ray answers afterwards."""
    address = ray.get_runtime_context().gcs_address
    databases = [copied(shop, tmp_path / name) for name in ("local.db", "ray.db")]
    local = swept(command(shop, databases[0]))
    there = swept(command(shop, databases[1], "--engine", "ray", "--address", address))
    assert (there.stderr, there.returncode) == ("", 0)
    assert without_time(there.stdout) == without_time(local.stdout)

    def worker() -> int:
        return os.getpid()

    assert ray.get(ray.remote(worker).remote()) != os.getpid()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux for processes")
def test_a_cluster_of_its_own_ends_with_the_sweep(shop: Path, tmp_path: Path) -> None:
    """One of two workers is killed; Ray's words on that do not stand in the JSON; none is left.

    The folder in which it begins holds another package `infrastructure`, which no worker takes.
    """
    database = copied(shop, tmp_path / "kairos.db")
    (tmp_path / "infrastructure").mkdir()
    (tmp_path / "infrastructure" / "__init__.py").write_text("raise SystemExit(1)")
    own = ("--engine", "ray", "--workers", "2")
    python, *arguments = command(shop, database, *own, fine="0.0002")
    with subprocess.Popen(
        [python, "-P", *arguments],
        cwd=tmp_path,
        env={**os.environ, "KAIROS_TEST": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(lambda: marked(tmp_path, "ray::evaluate_there"))
        os.kill(marked(tmp_path, "ray::evaluate_there")[0], signal.SIGKILL)
        out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert json.loads(out)["tried"] == trials_done(database) == 90_006
    wait_until(lambda: not marked(tmp_path))


@pytest.mark.nightly
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux for processes")
@pytest.mark.parametrize("seconds", [0.0, 2.0, 3.0, None])
def test_an_interrupt_ends_everything(shop: Path, tmp_path: Path, seconds: float | None) -> None:
    """While the cluster starts, or (None) when some chunks are stored, which stay."""
    database = copied(shop, tmp_path / "kairos.db")
    given = command(shop, database, "--engine", "ray", fine="0.0001")
    with subprocess.Popen(
        given,
        cwd=ROOT,
        env={**os.environ, "KAIROS_TEST": str(tmp_path)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(lambda: len(marked(tmp_path)) > 1)
        if seconds is None:
            wait_until(lambda: trials_done(database) > 0)
        else:
            time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert (out, process.returncode) == ("", 130)
    assert error.splitlines()[-1].startswith("interrupted: ")
    assert "Traceback" not in error
    wait_until(lambda: not marked(tmp_path))


def wait_until(done: Callable[[], Any], seconds: float = 30.0) -> None:
    """Look again and again, and fail at last."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def marked(mark: Path, begin: str = "") -> list[int]:
    """Processes whose environment has this mark, and whose command begins so."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, title = ((folder / name).read_bytes() for name in ("environ", "cmdline"))
        except OSError:
            continue  # it has ended, or belongs to somebody else
        if f"KAIROS_TEST={mark}".encode() in environment and title.startswith(begin.encode()):
            found.append(int(folder.name))
    return found


def without_time(text: str) -> Any:
    """A sweep's JSON without what differs between two sweeps of the same."""
    told = json.loads(text)
    return {key: value for key, value in told.items() if key not in ("seconds", "per_second")}


def copied(shop: Path, path: Path) -> Path:
    """The shop's database at another place."""
    path.write_bytes((shop / "kairos.db").read_bytes())
    return path


def trials_done(path: Path) -> int:
    """How many trials the last sweep of a ledger has stored; -1 where there is no sweep."""
    with closing(sqlite3.connect(path)) as connection:
        return max([-1, *(row[0] for row in connection.execute("SELECT trials_done FROM sweeps"))])
