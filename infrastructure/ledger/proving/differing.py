"""Where two runs first differ, to the last bit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.strategy_management.result_columns import Columns


@dataclass(frozen=True)
class Difference:
    """The first row in which they differ, and its first column that does.

    what: "orders", "trades", "refusals", "equity" or "figures". number: the row, from 1; of
    figures 0. about: the row in a few words of the ledger's; of figures whose they are, "" for the
    account. then, now: the values; None where that
    run has no such row. n_rows: rows that differ, those that only one has included.
    """

    what: str
    number: int
    about: str
    column: str
    then: Any
    now: Any
    n_rows: int


_TOLD = ("symbol", "side", "direction")
_MOMENTS = ("bar_timestamp", "entry_timestamp", "signal_timestamp")
"""Columns by which a reader finds a row: those it has, and the first moment."""


def first_difference(what: str, then: Columns, now: Columns) -> Difference | None:
    """None where both are the same; columns as `result_columns` makes them."""
    n_then, n_now = _n_rows(then), _n_rows(now)
    both = min(n_then, n_now)
    other = np.zeros(max(n_then, n_now), np.bool_)
    other[both:] = True
    changed = {}
    for name in then:
        if not (n_then and n_now):
            break
        changed[name] = _differ(then[name][:both], now[name][:both])
        other[:both] |= changed[name]
    if not other.any():
        return None
    row = int(other.argmax())
    known = then if row < n_then else now
    column = next((name for name, each in changed.items() if row < both and each[row]), "")
    return Difference(
        what=what,
        number=row + 1,
        about=_about(known, row),
        column=column,
        then=shown_value(column, then[column][row]) if column else None,
        now=shown_value(column, now[column][row]) if column else None,
        n_rows=int(other.sum()),
    )


def different_figure(
    then: Mapping[str, Any], now: Mapping[str, Any], about: str = ""
) -> Difference | None:
    """The first of the figures that both have and that is another one; about: whose they are."""
    names = [name for name in then if name in now and then[name] != now[name]]
    if not names:
        return None
    name = names[0]
    return Difference("figures", 0, about, name, then[name], now[name], len(names))


def shown_value(column: str, value: Any) -> Any:
    """A value of `result_columns` for people: moments and dates as texts, NaN as None."""
    if column.endswith("_timestamp"):
        return f"{np.datetime64(int(value), 's')}Z"
    if column == "session" or column.endswith("_date"):
        return str(np.datetime64(int(value), "D"))
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and plain != plain else plain


def _n_rows(columns: Columns) -> int:
    return len(next(iter(columns.values()))) if columns else 0


def _differ(then: NDArray[Any], now: NDArray[Any]) -> NDArray[np.bool_]:
    """By bits: NaN is NaN."""
    if then.dtype.kind == "f":
        then, now = then.view(np.int64), now.view(np.int64)
    differ: NDArray[np.bool_] = then != now
    return differ


def _about(columns: Columns, row: int) -> str:
    if "book" in columns:
        return f"book {columns['book'][row]} {shown_value('session', columns['session'][row])}"
    moment = next(name for name in _MOMENTS if name in columns)
    names = [*(name for name in _TOLD if name in columns), moment]
    return " ".join(str(shown_value(name, columns[name][row])) for name in names)
