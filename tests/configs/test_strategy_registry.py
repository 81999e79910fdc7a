"""The registry: a class dropped into strategies/ is found by its name, and nothing else is."""

import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.strategy_management.strategy_registry import (
    STRATEGIES,
    find_strategy_classes,
    strategy_class,
)

GOOD = """
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy


class {name}(VectorBTStrategy):
    def generate_signals(self, bars):
        return Signals()
"""


def _drop(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def _line(name: str, folder: Path, where: str = "") -> str:
    with pytest.raises(ConfigError) as refusal:
        strategy_class(name, folder, where)
    return str(refusal.value)


def test_a_dropped_file_is_found_by_its_class_name(tmp_path: Path) -> None:
    """No list to edit."""
    _drop(tmp_path, mine=GOOD.format(name="Mine"))
    found = strategy_class("Mine", tmp_path)
    assert issubclass(found, VectorBTStrategy)
    assert found.__name__ == "Mine"
    assert find_strategy_classes(tmp_path) == {"Mine": found}


def test_only_the_file_that_defines_the_class_is_imported(tmp_path: Path) -> None:
    """A broken neighbour, even one that is no Python, harms nobody else."""
    broken = "class Other(object):\n    pass\nraise RuntimeError('never import me')\n"
    _drop(tmp_path, mine=GOOD.format(name="Mine2"), broken=broken, worse="class X(: ???")
    assert strategy_class("Mine2", tmp_path).__name__ == "Mine2"


def test_every_shipped_strategy_is_found() -> None:
    """The folder strategies/ is the default, and its classes are the ones its modules give."""
    found = find_strategy_classes()
    files = [path for path in STRATEGIES.glob("*.py") if path.name != "__init__.py"]
    assert len(found) >= len(files) > 0
    for name, each in found.items():
        assert strategy_class(name) is each
        assert sys.modules[each.__module__].__dict__[name] is each


def test_a_strategy_derived_from_a_strategy_is_one_and_helpers_are_none(tmp_path: Path) -> None:
    """Abstract classes, plain classes and imported strategies do not count."""
    source = (
        GOOD.format(name="Base")
        + "\n\nclass Child(Base):\n    pass\n\n\nclass Half(VectorBTStrategy):\n    pass\n"
        "\n\nclass Note(dict):\n    pass\n"
    )
    _drop(tmp_path, family=source, user="from strategies.tight_candle_strategy import *\n")
    assert list(find_strategy_classes(tmp_path)) == ["Base", "Child"]
    assert _line("Half", tmp_path, "tight.json") == (
        f'tight.json: class_name "Half" in {tmp_path.name}/family.py is abstract: '
        "it must implement generate_signals"
    )
    assert _line("Note", tmp_path) == (
        f'class_name "Note" in {tmp_path.name}/family.py must derive from VectorBTStrategy'
    )


def test_a_class_in_a_docstring_is_no_definition(tmp_path: Path) -> None:
    """The source is parsed, not searched."""
    example = (
        '"""Write:\n\nclass Mine3(VectorBTStrategy):\n    ...\n"""\n\nclass A(dict):\n    pass\n'
    )
    _drop(tmp_path, example=example, mine=GOOD.format(name="Mine3"))
    assert strategy_class("Mine3", tmp_path).__name__ == "Mine3"


def test_an_unknown_class_names_the_nearest(tmp_path: Path) -> None:
    """Or all there are, where none is near."""
    _drop(tmp_path, a=GOOD.format(name="TightCandle"), b=GOOD.format(name="Donchian"))
    assert _line("TightCandel", tmp_path, "tight.json") == (
        f'tight.json: class_name "TightCandel" is not defined in {tmp_path.name}/ '
        '(did you mean "TightCandle"?)'
    )
    assert _line("Zebra", tmp_path) == (
        f'class_name "Zebra" is not defined in {tmp_path.name}/; there are Donchian, TightCandle'
    )
    (tmp_path / "none").mkdir()
    assert _line("Zebra", tmp_path / "none") == (
        'class_name "Zebra" is not defined in none/; no strategy is defined there'
    )


def test_two_files_with_one_class_are_both_named(tmp_path: Path) -> None:
    """Which one was meant is for the author to say."""
    _drop(tmp_path, a=GOOD.format(name="Twin"), b=GOOD.format(name="Twin"))
    line = (
        f'class_name "Twin" is defined in {tmp_path.name}/a.py and {tmp_path.name}/b.py; rename one'
    )
    assert _line("Twin", tmp_path) == line
    with pytest.raises(ConfigError) as refusal:
        find_strategy_classes(tmp_path)
    assert str(refusal.value) == line


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("\n\nx = 1 / 0\nclass Bad(dict): pass\n", ", line 3: the strategy cannot be imported: "
         "ZeroDivisionError: division by zero"),
        ("class Bad(dict): pass\nimport no_such_module_\n", ", line 2: the strategy cannot be "
         "imported: ModuleNotFoundError: No module named 'no_such_module_'"),
        ("class Bad(dict):\nx = 1\n", ", line 2: the strategy cannot be imported: "
         "IndentationError: expected an indented block after class definition on line 1 (bad.py, "
         "line 2)"),
        ("class Bad(dict): pass\nraise SystemExit\n", ", line 2: the strategy cannot be imported: "
         "SystemExit"),
        ("class Bad(dict): pass\nraise ValueError('a\\nb\\x1b')\n", ", line 2: the strategy cannot "
         "be imported: ValueError: a b\\x1b"),
    ],
    ids=["division", "module", "syntax", "exit", "lines"],
)  # fmt: skip
def test_a_file_that_cannot_be_imported_is_one_line(
    source: str, problem: str, tmp_path: Path
) -> None:
    """File, line and exception; a second try says the same."""
    _drop(tmp_path, bad=source)
    expected = f"{tmp_path.name}/bad.py{problem}"
    assert _line("Bad", tmp_path) == expected
    assert _line("Bad", tmp_path) == expected


@pytest.mark.parametrize("name", ["os", "strategies.tight_candle_strategy", "../x", "", "a.b:C"])
def test_a_name_never_imports_a_path(name: str) -> None:
    """Names of modules and files are no class names."""
    before = set(sys.modules)
    with pytest.raises(ConfigError, match="is not defined in strategies/"):
        strategy_class(name)
    assert set(sys.modules) == before


def test_asking_for_one_strategy_imports_no_other() -> None:
    """In a fresh process, one module of strategies/ is loaded."""
    code = (
        "import sys\n"
        "from infrastructure.strategy_management.strategy_registry import strategy_class\n"
        "strategy_class('TightCandleStrategy')\n"
        "print([name for name in sys.modules if name.startswith('strategies.')])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=STRATEGIES.parent, capture_output=True, text=True
    )
    assert (run.stdout.strip(), run.stderr) == ("['strategies.tight_candle_strategy']", "")
