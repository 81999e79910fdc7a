"""The registry of strategies: the classes in the folder strategies/, by name; no list to edit.

A file is imported only when a class in it is asked for: its source says which classes it defines.
Configs name classes of this folder and nothing else; no config makes Kairos import a path.
"""

import ast
import importlib
import importlib.util
import inspect
import re
import sys
import traceback
from hashlib import sha256
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, TypeGuard

from infrastructure.core.foreign_code import foreign_code, said, standing_at
from infrastructure.core.time_limit import ADVICE, TimeIsUp, seconds_allowed
from infrastructure.errors import ConfigError
from infrastructure.strategy_management.syntax import syntax_of
from infrastructure.wording import hint_of, printable, show

if TYPE_CHECKING:
    from infrastructure.core.vectorbt_strategy import VectorBTStrategy

STRATEGIES = Path(__file__).resolve().parents[2] / "strategies"
_CLASS_WITH_BASES = re.compile(r"^class\s+(\w+)\s*[(\[]", re.MULTILINE)


def find_strategy_classes(folder: Path | None = None) -> "dict[str, type[VectorBTStrategy]]":
    """Every strategy in `folder` (None: strategies/) by class name, sorted by name.

    A strategy is a class that is defined there, derives from VectorBTStrategy and is not abstract.
    Imports the files that define classes; strategy_class imports one file only.
    Raises ConfigError for two strategies of one name and for a file that cannot be imported.
    """
    found: dict[str, tuple[Path, type[VectorBTStrategy]]] = {}
    for path, names in _sources(folder).items():
        module = _imported(path) if names else None
        for name in names:
            defined = getattr(module, name, None)
            if not _is_strategy(defined):
                continue
            if name in found:
                raise ConfigError(_twice(name, [found[name][0], path]))
            found[name] = (path, defined)
    return {name: found[name][1] for name in sorted(found)}


def strategy_class(
    name: str, folder: Path | None = None, where: str = ""
) -> "type[VectorBTStrategy]":
    """The strategy class called `name`; only the file that defines it is imported.

    where: the config file that asks, for the error line.
    Raises ConfigError for a name that no file defines, or two; for a class that is no strategy or
    is abstract; for a file that cannot be imported.
    """
    start = f"{printable(where)}: " if where else ""
    sources = _sources(folder)
    files = [path for path, names in sources.items() if name in names]
    if not files:
        raise ConfigError(start + _unknown(name, sources, folder or STRATEGIES))
    if len(files) > 1:
        raise ConfigError(start + _twice(name, files))
    defined = getattr(_imported(files[0]), name, None)
    if not _is_strategy(defined):
        raise ConfigError(f"{start}class_name {show(name)} {_shortcoming(defined, files[0])}")
    return defined


def _sources(folder: Path | None) -> dict[Path, list[str]]:
    """The files of the folder, and the classes with bases that each defines at its top level."""
    folder = folder or STRATEGIES
    paths = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    return {path: _class_names(path.read_bytes()) for path in paths if path.is_file()}


def _class_names(source: bytes) -> list[str]:
    text = source.decode("utf-8", errors="replace")
    candidates = _CLASS_WITH_BASES.findall(text)
    if not candidates:
        return []
    tree = syntax_of(source)
    if tree is None:
        return candidates
    return [each.name for each in tree.body if isinstance(each, ast.ClassDef) and each.bases]


def _is_strategy(defined: object) -> "TypeGuard[type[VectorBTStrategy]]":
    from infrastructure.core.vectorbt_strategy import VectorBTStrategy

    return (
        isinstance(defined, type)
        and issubclass(defined, VectorBTStrategy)
        and not inspect.isabstract(defined)
    )


def _imported(path: Path) -> ModuleType:
    """The module of a strategy file, imported once.

    Raises ConfigError of one line: the file, the line in it, the exception.
    """

    def refused(error: BaseException) -> ConfigError:
        where = f"{_shown(path)}{_line_of(error, path)}"
        if isinstance(error, TimeIsUp):
            return ConfigError(f"{where}: its import {error}; {ADVICE}")
        return ConfigError(f"{where}: the strategy cannot be imported: {said(error)}")

    def late(frame: FrameType | None) -> str:
        place = standing_at(frame, {str(path)})
        return f"{_shown(path)}: its import {TimeIsUp(seconds_allowed() or 0.0)}{place}; {ADVICE}"

    with foreign_code(refused, late):
        if path.parent.resolve() == STRATEGIES:
            return importlib.import_module(f"strategies.{path.stem}")
        return _imported_from_elsewhere(path)


def _imported_from_elsewhere(path: Path) -> ModuleType:
    digest = sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"strategies_{digest}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no Python source: {path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _line_of(error: BaseException, path: Path) -> str:
    """', line 3', the line of `path` where the import stopped, or ''."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f", line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [each.lineno for each in frames if Path(each.filename) == path]
    return f", line {lines[-1]}" if lines else ""


def _shown(path: Path) -> str:
    return printable(f"{path.parent.name}/{path.name}")


def _unknown(name: str, sources: dict[Path, list[str]], folder: Path) -> str:
    known = sorted({each for names in sources.values() for each in names})
    others = f"; there are {', '.join(known)}" if known else "; no strategy is defined there"
    hint = hint_of(name, known, otherwise=others)
    return f"class_name {show(name)} is not defined in {printable(folder.name)}/{hint}"


def _twice(name: str, files: list[Path]) -> str:
    both = " and ".join(_shown(path) for path in files)
    return f"class_name {show(name)} is defined in {both}; rename one"


def _shortcoming(defined: object, path: Path) -> str:
    if inspect.isabstract(defined):
        missing = ", ".join(sorted(getattr(defined, "__abstractmethods__", ())))
        return f"in {_shown(path)} is abstract: it must implement {missing}"
    return f"in {_shown(path)} must derive from VectorBTStrategy"
