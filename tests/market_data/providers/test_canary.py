"""Canaries: keys and a password that are planted everywhere and must come out nowhere."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from provider_server import ProviderServer, Reply, row
from provider_setup import KEY_ID, SECRET

from infrastructure.cli.app import main
from infrastructure.database.engine import open_database
from infrastructure.errors import StorageError

PASSWORD = "canary:pass/word@0123456789"
IN_ADDRESS = "canary%3Apass%2Fword%400123456789"
CANARIES = (KEY_ID, SECRET, PASSWORD, IN_ADDRESS)
SPAN = ("--interval", "1d", "--start", "2024-01-02", "--end", "2024-01-26")
DOWNLOAD = ("data", "download", "QQQ", "--provider", "alpaca", *SPAN)
ECHO = json.dumps({"code": 1, "message": f"no, {KEY_ID} with {SECRET}"})
FAULTS = [
    [Reply(401, ECHO)],
    [Reply(403, ECHO), Reply(422, ECHO)],
    [Reply(503, ECHO, {"Retry-After": "0"}), None],
    [Reply(302, ECHO, {"Location": f"http://{KEY_ID}:{SECRET}@127.0.0.1:1/"})],
]
ADDRESSES = [
    f"postgresql+psycopg://trader:{IN_ADDRESS}@127.0.0.1:1/none",
    f"postgresql+psycopg://trader@127.0.0.1:1/none?password={IN_ADDRESS}",
    f"postgresql+nothing://trader:{IN_ADDRESS}@127.0.0.1/none",
    f"mysql://trader:{IN_ADDRESS}@127.0.0.1/none",
    f"postgresql:/trader:{IN_ADDRESS}@127.0.0.1/none",
    f"postgresql://trader:{IN_ADDRESS}@127.0.0.1:port/none",
    f"nonsense://trader:{PASSWORD}@:::/none",
]
STRATEGY = {
    "strategy_name": "canary",
    "class_name": "MovingAverageCross",
    "symbols": ["QQQ"],
    "interval": "1d",
    "indicator": {"name": "MovingAverages", "parameters": {"fast": 2, "slow": 4}},
}
PORTFOLIO = {
    "portfolio_name": "canary",
    "total_capital": 100_000,
    "strategies": [{"strategy": "canary", "allocation_percentage": 100}],
    "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
}


class Shop:
    """A folder with all its files, and all that was ever printed."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capfd, self.printed = folder, capfd, ""

    def kairos(self, *words: object) -> int:
        """The exit code of a command line that logs, aloud and into a file."""
        code = main([*map(str, words), "-v", "--log-file", "log.jsonl"])
        self.printed += "".join(self._capfd.readouterr())
        return code

    def everything(self) -> str:
        """What was printed, every file as text, and every row of every table."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = [path.read_bytes().decode("latin-1") for path in files]
        return "\n".join([self.printed, *map(str, files), *texts, *self._rows()])

    def _rows(self) -> Iterator[str]:
        with closing(sqlite3.connect(self.folder / "kairos.db")) as ledger:
            tables = ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                yield from map(str, ledger.execute(f'SELECT * FROM "{table}"'))


@pytest.fixture
def shop(
    server: ProviderServer,
    work_folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    """Keys in the environment, a password for libpq, a month of daily bars at the provider."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("RAY_AUTH_TOKEN", SECRET)
    days = [n for n in range(2, 27) if n not in (6, 7, 13, 14, 15, 20, 21)]
    server.alpaca["QQQ", "1Day"] = [row(f"2024-01-{n:02} 05:00", 400 + n % 7) for n in days]
    for kind, config in (("strategies", STRATEGY), ("portfolios", PORTFOLIO)):
        path = work_folder / "backtest_config" / kind / "canary.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(config), encoding="utf-8")
    return Shop(work_folder, capfd)


def assert_no_canary(text: str) -> None:
    """None, in whatever case and coding it was planted."""
    assert [canary for canary in CANARIES if canary in text] == []


def test_no_canary_comes_out_of_any_command(shop: Shop, server: ProviderServer) -> None:
    """Downloads, whole and refused; a run, a sweep, an export; their log, rows, pages and JSON."""
    for faults in FAULTS:
        server.faults.clear()
        server.faults.extend(faults)
        shop.kairos(*DOWNLOAD)
    server.faults.clear()
    assert shop.kairos(*DOWNLOAD) == 0
    assert shop.kairos("run", "canary", "--json") == 0
    assert shop.kairos("run", "canary") == 0
    fast = ("--param", "fast=2,3", "--objective", "trades")
    assert shop.kairos("sweep", "canary", *fast, "--html", "sweep.html") == 0
    shop.kairos("verdict", 1, "--html", "verdict.html")
    assert shop.kairos("data", "show", "QQQ") == 0
    assert shop.kairos("data", "export", "QQQ", "--output", "bars.csv") == 0
    assert {KEY_ID, SECRET} <= {*server.asked[0].headers.values()}  # they were there
    told = shop.everything()
    assert "asked again" in told and "Traceback" in told and "run stored" in told
    assert (shop.folder / "sweep.html").exists() and (shop.folder / "bars.csv").exists()
    assert_no_canary(told)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("named", ["--db", "KAIROS_DB"])
def test_no_password_of_an_address_comes_out(
    shop: Shop, address: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sound or misspelt, on the command line or in the environment: one line, without it."""
    if named == "KAIROS_DB":
        monkeypatch.setenv(named, address)
    code = shop.kairos("data", "list", *([named, address] if named == "--db" else []))
    assert code == 2
    log = (shop.folder / "log.jsonl").read_text(encoding="utf-8")
    assert "error: " in shop.printed and '"error"' in log
    assert_no_canary(shop.printed + log)


@pytest.mark.parametrize("address", ADDRESSES[:4])
def test_no_password_comes_out_of_the_library(address: str) -> None:
    """The error of `open_database`, its causes and their texts."""
    with pytest.raises(StorageError) as caught:
        open_database(address)
    error: BaseException | None = caught.value
    assert "trader" in str(error)
    while error is not None:
        assert_no_canary(f"{error} {error!r}")
        error = error.__cause__ or error.__context__


CRASH = """
import sys
class Bug:
    def find_spec(self, name, path=None, target=None):
        if name == "infrastructure.reporting.console":
            from infrastructure.market_data.providers.keys import alpaca_keys
            keys = alpaca_keys()
            raise RuntimeError(f"planted, with {keys.secret} and {keys.key_id}")
sys.meta_path.insert(0, Bug())
from infrastructure.cli.start import main
sys.exit(main())
"""


def test_a_crash_shows_no_canary(shop: Shop) -> None:
    """Not even where the bug's own words have the keys; the run before it stays stored."""
    assert shop.kairos(*DOWNLOAD) == 0
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", CRASH, "run", "canary", "-v", "--log-file", "log.jsonl"]
    done = subprocess.run(
        command,
        cwd=shop.folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "RuntimeError: planted, with *** and ***" in done.stderr
    assert "kept: run 1 is stored in kairos.db" in done.stderr
    shop.printed += done.stdout + done.stderr
    assert_no_canary(shop.everything())
