"""Remake requirements.txt and requirements-dev.txt: `make pins`.

The ranges of pyproject.toml are installed into a fresh environment, and what pip chose is written
down. It runs on the oldest Python that Kairos supports, because only what has a release for that
one can be pinned for all of them.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
ELSEWHERE = {"colorama": 'sys_platform == "win32"'}
"""Needed on one system only: no freeze made on another one would show it."""

RUN_HEADER = """\
# What `make run` installs: every package Kairos runs on, at the version it is tested with.
# Made by `make pins` from the ranges in pyproject.toml; not edited by hand.
# Where packages are fetched from is a setting of your pip, never of this file.
"""
DEV_HEADER = """\
# What `make test` and `make lint` install on top of requirements.txt.
# Made by `make pins` from the extra "dev" in pyproject.toml; not edited by hand.
-r requirements.txt
"""


def main() -> None:
    """Write both files, or stop with one line and leave them as they are."""
    if sys.version_info[:2] != OLDEST_PYTHON:
        raise SystemExit(
            f"make pins: expected Python {_dotted(OLDEST_PYTHON)}, the oldest supported; found "
            f"{_dotted(sys.version_info[:2])}: name it, as in `make pins PYTHON=python3.11`"
        )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        run_pins = _install_and_freeze(python, [*run, *ELSEWHERE])
        dev_pins = _install_and_freeze(python, [*dev, *run_pins.values()])
    new_pins = {name: pin for name, pin in dev_pins.items() if name not in run_pins}
    run_text = RUN_HEADER + _sections(run_pins, run) + "\n# Kairos itself, from this folder\n-e .\n"
    (ROOT / "requirements.txt").write_text(run_text, encoding="utf-8")
    dev_text = DEV_HEADER + _sections(new_pins, dev)
    (ROOT / "requirements-dev.txt").write_text(dev_text, encoding="utf-8")
    print(f"requirements.txt: {len(run_pins)} pins; requirements-dev.txt: {len(new_pins)} more")


def _install_and_freeze(python: Path, wanted: list[str]) -> dict[str, str]:
    """Pins by normalised name, "numpy==2.4.6" each, of all that is installed after `wanted` is."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", *wanted], check=True)
    frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True)
    pins = frozen.stdout.split("\n")
    odd = [pin for pin in pins if pin and not re.fullmatch(r"[\w.-]+==[\w.]+", pin)]
    if odd:
        raise SystemExit(f'make pins: expected lines "name==version"; pip froze {odd[0]!r}')
    return {_name(pin): pin for pin in pins if pin}


def _sections(pins: dict[str, str], asked_for: list[str]) -> str:
    """The pins that pyproject.toml names, then the rest, each list in order of name."""
    named = {_name(requirement) for requirement in asked_for}
    direct = [_line(name, pin) for name, pin in sorted(pins.items()) if name in named]
    brought = [_line(name, pin) for name, pin in sorted(pins.items()) if name not in named]
    return "\n".join(["\n# Named in pyproject.toml", *direct, "\n# What those need", *brought, ""])


def _line(name: str, pin: str) -> str:
    """The pin, with the system it is for where it is for one only."""
    return f"{pin} ; {ELSEWHERE[name]}" if name in ELSEWHERE else pin


def _name(requirement: str) -> str:
    """The normalised name in a requirement: "vectorbt[rust]>=1.2" gives "vectorbt"."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


if __name__ == "__main__":
    main()
