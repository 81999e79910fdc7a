"""What a strategy's code is: the digest by which an audit of it is found again."""

import ast
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import CodeType

from infrastructure.strategy_management.digests import source_of
from infrastructure.strategy_management.syntax import syntax_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("strategies", "infrastructure.indicators")
"""Where the code of trading ideas lives; the rest of Kairos has a version."""


def code_digest(strategy: type) -> str:
    """SHA-256 over the source that decides: the file of the class, and what it imports.

    Imports are followed through the packages `strategies` and `infrastructure.indicators`, to
    whatever depth, be they inside functions. Line ends do not count; a comment does. A class
    without a file (typed in at a prompt) is digested by its compiled functions.
    """
    sources = _sources(strategy)
    if _file_of(strategy.__module__) is not None:
        # A class may have been imported under any name; its file is what counts.
        sources[""] = sources.pop(strategy.__module__)
    return _digest(sources)


def code_files(strategy: type) -> dict[str, str]:
    """The SHA-256 of each source behind `code_digest`, by the module's name."""
    return {name: sha256(source).hexdigest() for name, source in _sources(strategy).items()}


def _sources(strategy: type) -> dict[str, bytes]:
    module = strategy.__module__
    path = _file_of(module)
    if path is None:
        return {module: repr(sorted(_compiled(strategy))).encode()}
    sources: dict[str, bytes] = {}
    waiting = [(module, path)]
    while waiting:
        name, path = waiting.pop()
        sources[name] = source_of(path)
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for each in _imported(sources[name], package):
            own = _own_file(each)
            if own is not None and each not in sources:
                waiting.append((each, own))
    return sources


def _digest(sources: dict[str, bytes]) -> str:
    digest = sha256()
    for name in sorted(sources):
        digest.update(f"{name} {len(sources[name])}\n".encode())
        digest.update(sources[name])
    return digest.hexdigest()


def _file_of(module: str) -> Path | None:
    """The source of a module that is loaded; None where it has none."""
    found = getattr(sys.modules.get(module), "__file__", None)
    path = Path(found) if found else None
    return path if path and path.suffix == ".py" and path.is_file() else None


def _own_file(module: str) -> Path | None:
    """The source of a module of the packages of ideas; None for any other, and for a name in it."""
    if not any(module == each or module.startswith(f"{each}.") for each in PACKAGES):
        return None
    place = ROOT.joinpath(*module.split("."))
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in files if path.is_file()), None)


def _imported(source: bytes, package: str) -> Iterator[str]:
    """The names of all modules that a source imports, and perhaps of things in them."""
    tree = syntax_of(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = _absolute(node, package)
            yield home
            yield from (f"{home}.{each.name}" for each in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that a `from` names, dots in front resolved."""
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    home = parents[: len(parents) - node.level + 1]
    return ".".join([*home, node.module] if node.module else home)


def _compiled(strategy: type) -> Iterator[str]:
    """What the functions of a class and of those it is derived from do, without file and lines."""
    for each in strategy.__mro__:
        if _file_of(each.__module__) is None and each.__module__ != "builtins":
            for name, value in vars(each).items():
                code = getattr(value, "__code__", None)
                told = _told(code) if code else repr(value) if _is_plain(value) else ""
                yield f"{each.__name__}.{name} {told}"


def _told(code: CodeType) -> str:
    inner = [
        _told(each) if isinstance(each, CodeType) else _told_constant(each)
        for each in code.co_consts
    ]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {inner}"


def _told_constant(constant: object) -> str:
    """A set has no order of its own."""
    return str(sorted(map(repr, constant))) if isinstance(constant, frozenset) else repr(constant)


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float | str | None)
