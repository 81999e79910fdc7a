"""Where Alpaca's keys come from: the environment, else the system's keyring."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from provider_server import ProviderServer, row
from provider_setup import KEY_ID, SECRET

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("APCA_API_KEY_ID", "APCA_API_SECRET_KEY")
DOWNLOAD = ("data", "download", "QQQ", "--provider", "alpaca", "--interval", "1d")
WEEK = ("--start", "2024-01-22", "--end", "2024-01-26")


@pytest.fixture
def keyring(tmp_path: Path) -> dict[str, str]:
    """The environment of a keyring that is a file of the test's own; it has both keys."""
    backend = {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}
    environment = {**os.environ, **backend, "XDG_DATA_HOME": str(tmp_path / "keyring")}
    for name, key in zip(NAMES, (KEY_ID, SECRET), strict=True):
        command = [sys.executable, "-m", "keyring", "set", "kairos", name]
        subprocess.run(command, env=environment, input=key, text=True, check=True)
    return environment


def downloaded(
    server: ProviderServer, folder: Path, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """What the command line comes to in a process with this environment."""
    server.alpaca["QQQ", "1Day"] = [row(f"2024-01-{n} 05:00", 400 + n) for n in range(22, 27)]
    command = [sys.executable, "-m", "infrastructure.cli", *DOWNLOAD, *WEEK]
    return subprocess.run(
        [*command, "--db", str(folder / "kairos.db"), "-v"],
        cwd=ROOT,
        env={**environment, "KAIROS_ALPACA_URL": server.address},
        capture_output=True,
        text=True,
        check=False,
    )


def test_keys_come_from_the_keyring(
    server: ProviderServer, keyring: dict[str, str], tmp_path: Path
) -> None:
    """As `keyring set kairos NAME` has put them there; neither is shown."""
    without = {name: value for name, value in keyring.items() if name not in NAMES}
    done = downloaded(server, tmp_path, without)
    assert done.returncode == 0, done.stderr
    assert server.asked[0].headers["APCA-API-KEY-ID"] == KEY_ID
    assert server.asked[0].headers["APCA-API-SECRET-KEY"] == SECRET
    assert KEY_ID not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_the_environment_goes_before_the_keyring(
    server: ProviderServer, keyring: dict[str, str], tmp_path: Path
) -> None:
    """A variable that is set is the key."""
    given = keyring | dict.fromkeys(NAMES, "OTHERKEY")
    assert downloaded(server, tmp_path, given).returncode == 0
    assert server.asked[0].headers["APCA-API-KEY-ID"] == "OTHERKEY"


def test_a_keyring_that_fails_is_one_line(
    server: ProviderServer, keyring: dict[str, str], tmp_path: Path
) -> None:
    """Its file is a folder: what to do is said, nothing is asked of the provider."""
    file = tmp_path / "keyring" / "python_keyring" / "keyring_pass.cfg"
    file.unlink()
    file.mkdir()
    (file / "in the way").mkdir()
    without = {name: value for name, value in keyring.items() if name not in NAMES}
    done = downloaded(server, tmp_path, without)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert server.asked == []
