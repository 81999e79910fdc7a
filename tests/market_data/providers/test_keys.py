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


def environment_of(folder: Path) -> dict[str, str]:
    """An environment without keys, whose keyring is a file in this folder."""
    given = {name: value for name, value in os.environ.items() if name not in NAMES}
    backend = "keyrings.alt.file.PlaintextKeyring"
    return {**given, "PYTHON_KEYRING_BACKEND": backend, "XDG_DATA_HOME": str(folder)}


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a keyring that has both keys, put there as a user would."""
    environment = environment_of(tmp_path_factory.mktemp("keyring"))
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
    done = downloaded(server, tmp_path, keyring)
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


LOCKED = """
import keyring.backend, keyring.errors
class Locked(keyring.backend.KeyringBackend):
    priority = 1
    def get_password(self, service, name):
        raise keyring.errors.KeyringLocked(f"{service} {name} is locked")
    set_password = delete_password = get_password
"""


def test_a_locked_keyring_is_one_line(server: ProviderServer, tmp_path: Path) -> None:
    """What to do is said, nothing is asked of the provider."""
    (tmp_path / "locked_keyring.py").write_text(LOCKED, encoding="utf-8")
    locked = {"PYTHON_KEYRING_BACKEND": "locked_keyring.Locked", "PYTHONPATH": str(tmp_path)}
    done = downloaded(server, tmp_path, environment_of(tmp_path) | locked)
    assert done.returncode == 2
    (error,) = (line for line in done.stderr.splitlines() if line.startswith("error: "))
    assert error.startswith(
        "error: APCA_API_KEY_ID: the system's keyring cannot be read (KeyringLocked); unlock it, "
    )
    assert server.asked == []
