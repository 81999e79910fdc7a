"""Runs that know nothing of each other: what a strategy's code keeps between them is put back.

A class that remembers the mean of the first bars it was shown, in an attribute or in a global of
its module, would decide from it on all later ones, and a figure of the whole sample would look as
if no later bar mattered.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from infrastructure.core.vectorbt_strategy import VectorBTStrategy

_Owner = type | ModuleType
_Kept = list[tuple[_Owner, dict[str, Any], dict[str, Any]]]

_IDEAS = "strategies"
"""The package whose modules are an idea's own, beside the module of its class."""


@contextmanager
def forgetting(strategy: type[VectorBTStrategy]) -> Iterator[None]:
    """What the class, those it is derived from and their modules hold is afterwards as before.

    Names that were bound anew get their old values, dicts, lists and sets their old contents, and
    caches of functions are emptied. What lies deeper is not looked at.
    """
    kept = [(owner, dict(vars(owner)), _contents(vars(owner))) for owner in _owners(strategy)]
    try:
        yield
    finally:
        _put_back(kept)


def _owners(strategy: type[VectorBTStrategy]) -> list[_Owner]:
    """The classes between this one and the base, and the modules of the idea."""
    classes: list[type] = [
        each
        for each in strategy.__mro__
        if issubclass(each, VectorBTStrategy) and each is not VectorBTStrategy
    ]
    names = {each.__module__ for each in classes}
    names |= {name for name in sys.modules if name.split(".")[0] == _IDEAS}
    return [*classes, *(sys.modules[name] for name in sorted(names) if name in sys.modules)]


def _contents(names: Any) -> dict[str, Any]:
    """Copies of the plain containers among the values."""
    copies = {}
    for name, value in names.items():
        if type(value) in (dict, list, set) and not name.startswith("__"):
            copies[name] = value.copy()
    return copies


def _put_back(kept: _Kept) -> None:
    for owner, names, contents in kept:
        for name, value in dict(vars(owner)).items():
            if name not in names:
                if not isinstance(value, ModuleType):  # imported: it stays imported
                    delattr(owner, name)
            elif value is not names[name]:
                setattr(owner, name, names[name])
        for name, content in contents.items():
            _refill(names[name], content)
        _empty_caches(owner, names)


def _refill(container: Any, content: Any) -> None:
    """Give a dict, list or set the contents it had."""
    if container == content:
        return
    container.clear()
    (container.extend if isinstance(container, list) else container.update)(content)


def _empty_caches(owner: _Owner, names: dict[str, Any]) -> None:
    """The functions of this module or class that functools caches forget their results."""
    home = owner.__module__ if isinstance(owner, type) else owner.__name__
    for value in names.values():
        clear: Callable[[], None] | None = getattr(value, "cache_clear", None)
        if callable(clear) and getattr(value, "__module__", None) == home:
            clear()
