"""The second pair of eyes: VectorBT's compiled engine accounts every run again from its orders.

Only the kernels of `vectorbt_rust` are used here; the Python package `vectorbt` is not loaded.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.plan import Book
from infrastructure.core.execution.simulate import Simulation
from infrastructure.errors import AccountingError

TOLERANCE = 0.01
"""Money by which the two may differ at any row of any book."""

_BOTH_DIRECTIONS = 2


def lane_closes(books: Sequence[Book], timeline: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n_rows, n_lanes) the last close of every lane at every row; before its first, the first."""
    lanes = [lane for book in books for lane in book.lanes]
    if len(lanes) == 1:
        return lanes[0].bars.close.reshape(-1, 1)
    closes = np.empty((len(timeline), len(lanes)))
    for column, lane in enumerate(lanes):
        bars = lane.bars
        if len(bars) == len(timeline):
            closes[:, column] = bars.close
        else:
            known = np.searchsorted(bars.closes_at, timeline, side="right") - 1
            closes[:, column] = bars.close[np.maximum(known, 0)]
    return closes


def column_map(orders: NDArray[Any], n_columns: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """VectorBT's index of order records: (rows sorted by column, how many each column has)."""
    columns = orders["col"]
    return np.argsort(columns, kind="stable"), np.bincount(columns, minlength=n_columns)


def vectorbt_book_values(
    books: Sequence[Book], simulation: Simulation, closes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n_rows, n_books) the value of every book as VectorBT's kernels account for the orders."""
    from vectorbt_rust import portfolio as rust

    shape = closes.shape
    first_lane = np.cumsum([0] + [len(book.lanes) for book in books[:-1]])
    start = np.zeros(shape[1])
    start[first_lane] = simulation.book_start  # a book's cash lies with its first lane
    rows, counts = column_map(simulation.orders, shape[1])
    flow = rust.asset_flow_rs(simulation.orders, rows, counts, shape, _BOTH_DIRECTIONS)
    assets = rust.assets_rs(flow)
    cash_flow = rust.cash_flow_rs(simulation.orders, rows, counts, shape, False)
    cash = rust.cash_rs(cash_flow, start)
    value: NDArray[np.float64] = rust.value_rs(cash, rust.asset_value_rs(closes, assets))
    if len(books) == shape[1]:
        return value
    return np.add.reduceat(value, first_lane, axis=1)


def check_accounting(books: Sequence[Book], simulation: Simulation) -> float:
    """The largest difference in money between Kairos's books and VectorBT's, at any row.

    Raises AccountingError above TOLERANCE (and where either is not a number).
    """
    difference = vectorbt_book_values(books, simulation, lane_closes(books, simulation.timeline))
    difference -= simulation.book_equity
    largest = max(float(difference.max(initial=0.0)), -float(difference.min(initial=0.0)))
    if not largest <= TOLERANCE:
        row, book = divmod(int(np.argmax(np.abs(difference))), len(books))
        when = np.datetime64(int(simulation.timeline[row]), "s")
        ours = simulation.book_equity[row, book]
        raise AccountingError(
            f'book {book + 1} ("{books[book].config.strategy_name}") at {when} UTC: Kairos counts '
            f"{ours:.4f}, VectorBT {ours + difference[row, book]:.4f}; "
            "nothing was stored: please report this run"
        )
    return largest
