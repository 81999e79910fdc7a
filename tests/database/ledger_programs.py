"""Starts ledger_processes.py, or another program of the tests; its lines."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LEDGER_PROCESSES = Path(__file__).with_name("ledger_processes.py")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def program(*arguments: object, script: Path = LEDGER_PROCESSES, seconds: int = 120) -> list[str]:
    """Lines that the program printed; it must end well, in so many seconds."""
    command = [sys.executable, str(script), *map(str, arguments)]
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": search}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
