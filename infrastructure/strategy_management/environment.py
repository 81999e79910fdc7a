"""What a run is computed with: the machine, Python, and the libraries that decide numbers."""

import platform
import sqlite3
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from infrastructure.strategy_management.digests import content_hash

LIBRARIES = (
    "exchange_calendars",
    "llvmlite",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "SQLAlchemy",
    "vectorbt",
    "vectorbt-rust",
)
"""Packages whose code decides numbers: bars, sessions, signals, fills, accounting, figures."""


@cache
def environment_row() -> dict[str, Any]:
    """Values for `environments` but its id; `digest` is of the rest."""
    rest = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor(),
        "host": platform.node(),
        "libraries": {**_versions(), "SQLite": sqlite3.sqlite_version},
    }
    return {"digest": content_hash(rest), **rest}


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _processor() -> str:
    """The processor's own name, where the system tells it; else its architecture."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
