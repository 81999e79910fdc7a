"""A `variable` stop table must cover the prices it lies between."""

from itertools import pairwise

import numpy as np

from infrastructure.core.execution.plan import Book
from infrastructure.errors import ConfigError


def check_stop_table(book: Book) -> None:
    """Raise ConfigError where a price of the book's bars falls into a hole between two rows.

    Prices below the first row or above the last are no hole: signals there are refused `no_stop`.
    """
    stop_loss = book.config.stop_loss
    rows = stop_loss.price_ranges if stop_loss else ()
    for row, later in pairwise(rows):
        if row.max_price is None or row.max_price >= later.min_price:
            continue
        for lane in book.lanes:
            bars = lane.bars
            inside = (bars.high >= row.max_price) & (bars.low < later.min_price)
            if inside.any():
                when = np.datetime64(int(bars.timestamp[int(inside.argmax())]), "s")
                raise ConfigError(
                    f"{book.config.strategy_name}: stop_loss.price_ranges leave a hole from "
                    f"{row.max_price:g} to {later.min_price:g}, and {bars.symbol} traded in it on "
                    f"{int(inside.sum())} bars (first {when} UTC); close the hole"
                )
