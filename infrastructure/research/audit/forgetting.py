"""Runs that know nothing of each other: what a strategy's code keeps between them is put back.

A class that remembers the mean of the first bars it was shown, in an attribute or in a global of
its module, would decide from it on all later ones, and a figure of the whole sample would look as
if no later bar mattered.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from infrastructure.core.vectorbt_strategy import VectorBTStrategy

_Owner = type | ModuleType
_Contents = list[tuple[Any, Any]]
_Kept = list[tuple[_Owner, dict[str, Any], _Contents]]

_IDEAS = "strategies"
"""The package whose modules are an idea's own, beside the module of its class."""


@contextmanager
def forgetting(strategy: type[VectorBTStrategy]) -> Iterator[None]:
    """What the class, those it is derived from and their modules hold is afterwards as before.

    Names that were bound anew get their old values, dicts, lists, sets and arrays their old
    contents, however deep they lie in each other, and so do the modules' other classes and their
    objects; caches of functions are emptied. What is kept outside (a file, the environment, a
    library) is not looked at.
    """
    owners, seen = _owners(strategy), set[int]()
    homes = {each.__name__ for each in owners if isinstance(each, ModuleType)}
    kept = [(owner, dict(vars(owner)), _contents(owner, homes, seen)) for owner in owners]
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
    modules = [sys.modules[name] for name in sorted(names) if name in sys.modules]
    others = [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ in names
    ]
    return [*dict.fromkeys([*classes, *others]), *modules]


def _contents(owner: _Owner, homes: set[str], seen: set[int]) -> _Contents:
    """Every plain container below an owner's names, and a copy of what it holds.

    homes: the idea's modules, whose objects are looked into. seen: identities of what was met.
    """
    found: _Contents = []
    waiting = [value for name, value in vars(owner).items() if not name.startswith("__")]
    while waiting:
        held = _container(waiting.pop(), homes)
        if held is None or id(held) in seen:
            continue
        seen.add(id(held))
        found.append((held, held.copy()))
        if not isinstance(held, np.ndarray):
            waiting += held.values() if isinstance(held, dict) else held
    return found


def _container(value: Any, homes: set[str]) -> Any:
    """The value itself where it is a container, the names of an idea's own object, or None."""
    kind = type(value)
    if kind in (dict, list, set, defaultdict):
        return value
    if kind is np.ndarray:
        return value if value.flags.writeable else None
    own = kind is SimpleNamespace or kind.__module__ in homes
    return vars(value) if own and hasattr(value, "__dict__") else None


def _put_back(kept: _Kept) -> None:
    for owner, names, contents in kept:
        for name, value in dict(vars(owner)).items():
            if name not in names:
                if not isinstance(value, ModuleType):  # imported: it stays imported
                    delattr(owner, name)
            elif value is not names[name]:
                setattr(owner, name, names[name])
        for container, content in contents:
            _refill(container, content)
        _empty_caches(owner, names)


def _refill(container: Any, content: Any) -> None:
    """Give a container the contents it had."""
    if isinstance(container, np.ndarray):
        container[...] = content
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
