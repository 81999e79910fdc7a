"""Numbers between SQLite's C interface and NumPy columns: the loops, compiled.

The functions of SQLite are found by name in the library that `sqlite_interface` has loaded.
"""

from typing import Any

from numba import types
from numpy.typing import NDArray

from infrastructure.compiled import kernel

ROW, DONE = 100, 101
"""What `sqlite3_step` answers: there is a row; there is none (or the statement has been done)."""

_POINTER, _CODE, _PLACE = types.intp, types.int32, types.int32

SIGNATURES: dict[str, Any] = {
    "sqlite3_step": _CODE(_POINTER),
    "sqlite3_reset": _CODE(_POINTER),
    "sqlite3_column_int64": types.int64(_POINTER, _PLACE),
    "sqlite3_column_double": types.float64(_POINTER, _PLACE),
    "sqlite3_bind_int64": _CODE(_POINTER, _PLACE, types.int64),
    "sqlite3_bind_double": _CODE(_POINTER, _PLACE, types.float64),
}

_external: Any = types.ExternalFunction  # its type hints do not know that it can be called
_step, _reset, _whole_of, _real_of, _bind_whole, _bind_real = (
    _external(name, signature) for name, signature in SIGNATURES.items()
)


@kernel
def read_rows_nb(statement: int, whole: NDArray[Any], real: NDArray[Any]) -> tuple[int, int]:
    """Fill columns (k, n) with the next rows; how many there were, and SQLite's last answer."""
    n_whole, n_real = whole.shape[0], real.shape[0]
    row, n_rows = 0, whole.shape[1]
    while row < n_rows:
        answer = _step(statement)
        if answer != ROW:
            return row, answer
        for k in range(n_whole):
            whole[k, row] = _whole_of(statement, k)
        for k in range(n_real):
            real[k, row] = _real_of(statement, n_whole + k)
        row += 1
    return row, ROW


@kernel
def write_rows_nb(
    statement: int,
    whole: NDArray[Any],
    real: NDArray[Any],
    first: int,
    last: int,
    at_once: int,
    before: int,
) -> int:
    """Run a statement of `at_once` rows over rows first to last of columns (k, n).

    before: how many parameters come before the rows' own. SQLite's answer: DONE, or an error's.
    """
    for start in range(first, last, at_once):
        place = before
        for row in range(start, start + at_once):
            for k in range(whole.shape[0]):
                place += 1
                _bind_whole(statement, place, whole[k, row])
            for k in range(real.shape[0]):
                place += 1
                _bind_real(statement, place, real[k, row])
        answer = _step(statement)
        _reset(statement)
        if answer != DONE:
            return answer
    return DONE
