"""What Kairos says to the network: nothing, unless bars are to be fetched or a cluster is named."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WATCHED = """
import atexit, json, os, sys, threading, time
import psutil

said, listening, over = [], set(), threading.Event()

def heard(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        said.append(event + repr(arguments[1:]))

def look():
    me = psutil.Process()
    for process in [me, *me.children(recursive=True)]:
        try:
            connections = process.net_connections(kind="inet")
        except (psutil.Error, OSError):
            continue
        listening.update(str(each.laddr) for each in connections if each.status == "LISTEN")

def watch():
    while not over.wait(0.02):
        look()

@atexit.register
def tell():
    over.set()
    look()
    with open(os.environ["WATCHED"], "w") as file:
        json.dump({"said": said, "listening": sorted(listening)}, file)

threading.Thread(target=watch, daemon=True).start()
sys.addaudithook(heard)
"""
KAIROS = "from infrastructure.cli.start import main\nsys.exit(main())\n"
DEMO_BARS = """
from infrastructure.database.engine import open_database
from infrastructure.market_data.synthetic import ensure_demo_bars
database = open_database()
ensure_demo_bars(database, ["QQQ"], "30m")
database.close()
"""
LISTENS = "import socket\nserver = socket.create_server(('127.0.0.1', 0))\ntime.sleep(0.2)\n"
SINGLE = "backtest_config/portfolios/single_qqq.json"
BARS = (
    "timestamp,open,high,low,close,volume\n"
    "2024-01-02T09:30:00-05:00,400,401,399,400.5,1000\n"
    "2024-01-02T10:00:00-05:00,400.5,401,399,400,1000\n"
)


def watched(program: str, folder: Path, *words: str) -> dict[str, list[str]]:
    """What a Python program said to the network, and which addresses it or a child listened on."""
    found = folder / "watched.json"
    done = subprocess.run(
        [sys.executable, "-c", WATCHED + program, *words],
        cwd=ROOT,
        env={**os.environ, "WATCHED": str(found), "KAIROS_DB": str(folder / "kairos.db")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose kairos.db has bars of QQQ."""
    folder = tmp_path_factory.mktemp("reach")
    (folder / "bars.csv").write_text(BARS, encoding="utf-8")
    assert watched(DEMO_BARS, folder) == {"said": [], "listening": []}
    return folder


def test_a_watched_program_is_seen_to_listen(tmp_path: Path) -> None:
    """The watch itself: a server on 127.0.0.1 is noticed, both ways."""
    found = watched(LISTENS, tmp_path)
    assert any(each.startswith("socket.bind") for each in found["said"])
    assert len(found["listening"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("run", SINGLE),
        ("sweep", SINGLE, "--param", "risk_reward=1,2", "--html", "FOLDER/sweep.html"),
        ("data", "import", "FOLDER/bars.csv", "--symbol", "SPY", "--interval", "30m"),
        pytest.param(("data", "check", "QQQ"), marks=pytest.mark.nightly),
        pytest.param(("chart", "QQQ", "--output", "FOLDER/pictures"), marks=pytest.mark.nightly),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_command_speaks_with_nobody_and_listens_to_nobody(
    folder: Path, words: tuple[str, ...]
) -> None:
    """No name is looked up, no address is called, no port is opened, by it or by a child."""
    given = [word.replace("FOLDER", str(folder)) for word in words]
    assert watched(KAIROS, folder, *given) == {"said": [], "listening": []}
