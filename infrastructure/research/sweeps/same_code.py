"""Other processes that compute the same: from this checkout, or from one that is the same."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infrastructure.strategy_management.digests import source_of

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: the folder that holds `infrastructure` and `strategies`."""


@cache
def code_of_checkout() -> str:
    """16 hex digits over every source of Kairos and of strategies/, NumPy's version and Numba's."""
    digest = sha256(f"{version('numpy')} {version('numba')}".encode())
    for package in ("infrastructure", "strategies"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            digest.update(name.encode() + source_of(path))
    return digest.hexdigest()[:16]


def from_checkout(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, for a process that may have another Kairos first on its path.

    Ray puts the folder in which a command was given there. The function found by its name in this
    checkout, where the machine has it, is the one that runs; what is pickled is a few lines.
    """
    root, module, name = str(ROOT), function.__module__, function.__name__

    def there(*given: Any) -> Any:
        import sys
        from importlib import import_module

        if module not in sys.modules:
            sys.path.insert(0, root)
        return getattr(import_module(module), name)(*given)

    there.__name__ = there.__qualname__ = name  # as Ray tells of it
    return there
