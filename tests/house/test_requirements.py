"""House rules: what must hold of the requirement files, whoever remakes the pins."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_no_requirement_says_where_packages_come_from(name: str) -> None:
    """The index is a setting of the user's pip: no address and no option for one."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"index-url|find-links|trusted-host|--hash| @ ", text)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_one_exact_version(name: str) -> None:
    """What is tested is what is installed; only Kairos itself and the other list go without."""
    lines = [line for line in _lines(name) if line not in ("-e .", "-r requirements.txt")]
    assert [line for line in lines if not re.match(r"[\w.-]+==[\w.]+( ; .+)?$", line)] == []


def test_the_last_requirement_is_kairos_itself() -> None:
    """After `pip install -r requirements.txt` the scripts of strategies/ and `kairos` work."""
    assert _lines("requirements.txt")[-1] == "-e ."


def test_the_pins_lie_in_the_ranges_of_the_project() -> None:
    """Each range in pyproject.toml has its pin, and the pin satisfies it."""
    pins = {
        _normal(pin.name): next(iter(pin.specifier)).version
        for name in ("requirements.txt", "requirements-dev.txt")
        for pin in map(Requirement, (line for line in _lines(name) if "==" in line))
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for wanted in map(Requirement, ranges):
        assert pins[_normal(wanted.name)] in wanted.specifier, wanted


def _lines(name: str) -> list[str]:
    """A requirement file's lines without comments and blanks."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
