"""Random portfolios that change rules and signals on the way, drawn from one seed."""

from dataclasses import replace
from random import Random

import numpy as np
from referee_cases import Case, random_signals
from referee_configs import random_config

from infrastructure.core.execution.plan import Book, Lane, Parts
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import Bars

COLUMNS = (*("long", "short", "exit_long", "exit_short"), *("long_level", "short_level"))


def parts_of(case: Case) -> Parts:
    """The case cut at random moments: the same rules and signals in every part."""
    rng = Random(f"cut {case.seed}")
    return [_between(case.books, *moments) for moments in _moments(rng, case)]


def random_parts(case: Case) -> Parts:
    """The case cut at random moments, and rules and signals drawn anew for every part."""
    rng = Random(f"parts {case.seed}")
    return [
        _between([_redrawn(rng, book) for book in case.books], *moments)
        for moments in _moments(rng, case)
    ]


def _moments(rng: Random, case: Case) -> list[tuple[int, int]]:
    """[first, last) opening times of each part, at any bar of any lane: in mid-session too."""
    stamps = {int(t) for book in case.books for lane in book.lanes for t in lane.bars.timestamp}
    cuts = sorted(rng.sample(sorted(stamps), rng.randint(1, min(5, len(stamps)))))
    return list(zip([0, *cuts], [*cuts, 2**62], strict=True))


def _between(books: list[Book], first: int, last: int) -> list[Book]:
    return [
        replace(book, lanes=tuple(_lane_between(lane, first, last) for lane in book.lanes))
        for book in books
    ]


def _lane_between(lane: Lane, first: int, last: int) -> Lane:
    begin, end = _rows(lane.bars, first, last)
    columns = {name: getattr(lane.signals, name) for name in COLUMNS}
    detail = lane.detail
    if detail is not None:
        detail = detail.rows(*_rows(detail, first, last))
    return Lane(
        lane.bars.rows(begin, end),
        Signals(**{name: c if c is None else c[begin:end] for name, c in columns.items()}),
        detail,
        lane.bars.head(begin),
    )


def _rows(bars: Bars, first: int, last: int) -> tuple[int, int]:
    begin, end = np.searchsorted(bars.timestamp, [first, last])
    return int(begin), int(end)


def _redrawn(rng: Random, book: Book) -> Book:
    """Other rules and other signals on the same bars."""
    config, bars = book.config, [lane.bars for lane in book.lanes]
    names = (config.strategy_name, list(config.symbols), config.interval)
    drawn = random_config(rng, *names, bars, tame=False)
    chance = rng.choice((0.02, 0.1, 0.3))
    lanes = [
        replace(lane, signals=random_signals(rng, lane.bars, drawn.entry.type, chance, 0.0))
        for lane in book.lanes
    ]
    return replace(book, config=drawn, lanes=tuple(lanes))
