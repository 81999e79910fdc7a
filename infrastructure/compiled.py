"""The one decorator for compiled kernels.

Numba's disk cache notices a change in a kernel's own file, but not in a kernel that it calls from
another file: a corrected money rule could go on running in its old form. So the cache lives in a
folder named after the digest of every kernel file; any change makes a new folder, compiled afresh.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config as numba_config

_njit: Any = numba.njit  # its type hints do not know `_nrt`
_Kernel = TypeVar("_Kernel", bound=Callable[..., object])
_PACKAGE = Path(__file__).parent


def _kernel_digest() -> str:
    """Digest of every source file that uses the decorator."""
    digest = sha256(numba.__version__.encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        source = path.read_bytes()
        if b"@kernel" in source:
            digest.update(source)
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
            return _njit(cache=True, nogil=True, _nrt=False, **options)(function)
        finally:
            numba_config.CACHE_DIR = before

    return compile_later


kernel = _compiler()
"""Compile a function that only fills arrays."""

inlined_kernel = _compiler(inline="always")
"""The same, written into its caller: for the few steps that every bar goes through."""
