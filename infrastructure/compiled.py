"""The one decorator for compiled kernels.

Numba's disk cache notices a change in a kernel's own file, but not in a constant or a kernel that
it takes from another file: a corrected money rule could go on running in its old form. So the cache
lives in a folder named after the digest of all their sources; a change makes a new folder.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config as numba_config
from numba.core.caching import FunctionCache

_njit: Any = numba.njit  # its type hints do not know `_nrt`
_FunctionCache: Any = FunctionCache
_Kernel = TypeVar("_Kernel", bound=Callable[..., object])
_PACKAGE = Path(__file__).parent

KERNEL_SOURCES = (
    "compiled.py",
    "core/execution",
    "core/sweeping",
    "database/sqlite_kernels.py",
    "indicators",
    "market_data/bars.py",
    "risk_management",
    "trade_metrics",
)
"""Folders and files that hold kernels, or constants that kernels are compiled with."""


def _kernel_digest() -> str:
    """Digest of every source file whose code or constants are compiled into a kernel."""
    digest = sha256(numba.__version__.encode())
    for place in KERNEL_SOURCES:
        path = _PACKAGE / place
        for source in [path] if path.suffix else sorted(path.glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_dir() -> str:
    """Where compiled kernels are kept; '' leaves the choice to numba (read-only installations)."""
    folder = _PACKAGE / "__pycache__" / f"kernels-{_kernel_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return ""
    return str(folder)


_CACHE_DIR = numba_config.CACHE_DIR or _cache_dir()


class _QuickCache(_FunctionCache):  # type: ignore[misc]  # numba's own has no types
    """numba's disk cache, less the loading of numba's whole library before a kernel is looked up.

    A kernel found in the cache needs none of it: half a second less in every process. One that is
    not found is compiled, and the compiler loads what it needs itself.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel for a signature, or None."""
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def _compiler(**options: Any) -> Callable[[_Kernel], _Kernel]:
    """numba.njit with the project's options and its cache folder.

    No fast-math: results are bitwise reproducible. No reference counting (`_nrt`): kernels only
    fill arrays that Python allocated, and counting the references to a dozen arrays at every call
    made the account machine five times slower (docs/decisions/0003-kernels.md).
    """

    def compile_later(function: _Kernel) -> _Kernel:
        before = numba_config.CACHE_DIR
        numba_config.CACHE_DIR = _CACHE_DIR  # for this function only: other libraries keep theirs
        try:
            dispatcher = _njit(nogil=True, _nrt=False, **options)(function)
            with suppress(RuntimeError):  # typed at a prompt, it has no file to be cached under
                dispatcher._cache = _QuickCache(function)
            return dispatcher
        finally:
            numba_config.CACHE_DIR = before

    return compile_later


kernel = _compiler()
"""Compile a function that only fills arrays."""

inlined_kernel = _compiler(inline="always")
"""The same, written into its caller: for the few steps that every bar goes through."""
