"""Parts of time joined into one: the same books, each part with bars, signals and rules of its own.

A walk forward is a run in parts: in every test the books trade what its training has chosen.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.plan import Book, Lane, Parts
from infrastructure.core.signals import Signals
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import COLUMNS, Bars
from infrastructure.market_data.columns import utc_text


def check_parts(parts: Parts) -> None:
    """Raise unless all parts have the same books on the same series, one after the other in time.

    ConfigError for none or unlike ones, DataError for parts out of order, StrategyError for signals
    that do not fit their bars.
    """
    if not parts:
        raise ConfigError("parts: expected at least one; found none")
    for part in parts:
        for book in part:
            for lane in book.lanes:
                lane.signals.checked(len(lane.bars), book.config.strategy_name)
    for number, (part, later) in enumerate(pairwise(parts), start=2):
        if _series(part) != _series(later):
            raise ConfigError(
                f"part {number}: symbols, interval, calendar and shares must be those of part 1; "
                f"found {_series(later)} after {_series(part)}"
            )
    for name, bars in _by_lane(parts):
        for before, after in pairwise(each for each in bars if len(each)):
            if after.timestamp[0] < before.closes_at[-1]:
                begins, ended = int(after.timestamp[0]), int(before.closes_at[-1])
                raise DataError(
                    f"{name}: a part must begin when the one before has ended, "
                    f"{utc_text(ended)}, or later; found {utc_text(begins)}"
                )


def join_parts(parts: Parts) -> tuple[Book, ...]:
    """The books of all parts end to end; each has the config and the share of the first part.

    Lanes that share their bars in every part share the joined ones.
    """
    if len(parts) == 1:
        return tuple(parts[0])
    made: dict[tuple[int, ...], Bars] = {}
    return tuple(_joined_book(books, made) for books in zip(*parts, strict=True))


def part_rows(parts: Parts) -> NDArray[np.int64]:
    """Where each part begins in the joined lanes: rows, shape (n_parts, n_lanes)."""
    counts = _counts(parts)
    first: NDArray[np.int64] = np.cumsum(counts, axis=0) - counts
    return first


def part_of(parts: Parts, lane: NDArray[np.int64], bar: NDArray[np.int64]) -> NDArray[np.int64]:
    """The part, from 0, that a row of a joined lane belongs to; all of shape (n,)."""
    ends = np.cumsum(_counts(parts), axis=0)
    ended: NDArray[np.int64] = (bar >= ends[:, lane]).sum(axis=0)
    return ended


def _counts(parts: Parts) -> NDArray[np.int64]:
    """How many bars each lane has in each part, shape (n_parts, n_lanes)."""
    counts = [[len(lane.bars) for book in part for lane in book.lanes] for part in parts]
    return np.array(counts, np.int64)


def _series(part: Sequence[Book]) -> list[tuple[float, list[str]]]:
    """What the books of a part trade, and with which share."""
    return [
        (
            book.allocation_percentage,
            [
                f"{lane.bars.symbol} {lane.bars.interval} {lane.bars.calendar}"
                for lane in book.lanes
            ],
        )
        for book in part
    ]


def _by_lane(parts: Parts) -> list[tuple[str, list[Bars]]]:
    """Name and bars by part of every lane."""
    lanes = [[lane.bars for book in part for lane in book.lanes] for part in parts]
    return [
        (f"{bars[0].symbol} {bars[0].interval}", list(bars)) for bars in zip(*lanes, strict=True)
    ]


def _joined_book(books: Sequence[Book], made: dict[tuple[int, ...], Bars]) -> Book:
    lanes = zip(*(book.lanes for book in books), strict=True)
    return replace(books[0], lanes=tuple(_joined_lane(lane, made) for lane in lanes))


def _joined_lane(lanes: Sequence[Lane], made: dict[tuple[int, ...], Bars]) -> Lane:
    bars = [lane.bars for lane in lanes]
    key = tuple(map(id, bars))
    if key not in made:
        made[key] = _joined_bars(bars)
    details = [lane.detail for lane in lanes if lane.detail is not None]
    return Lane(
        made[key],
        _joined_signals([lane.signals for lane in lanes], [len(each) for each in bars]),
        _joined_bars(details) if details else None,
        lanes[0].warm_up,
    )


def _joined_bars(parts: Sequence[Bars]) -> Bars:
    """One series; coarser bars are those of the last part, which know the most."""
    held = [bars for bars in parts if len(bars)] or [parts[0]]
    if len(held) == 1:
        return held[0]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(bars, name) for bars in held]) for name in COLUMNS
    }
    return replace(held[-1], **columns)


def _joined_signals(parts: Sequence[Signals], lengths: Sequence[int]) -> Signals:
    """One column of every kind that any part has; never, or no level, in the others."""
    columns: dict[str, Any] = {}
    for field in fields(Signals):
        given = [getattr(signals, field.name) for signals in parts]
        if any(column is not None for column in given):
            nothing: Any = np.nan if field.name.endswith("level") else False
            columns[field.name] = np.concatenate(
                [
                    np.full(length, nothing) if column is None else column
                    for column, length in zip(given, lengths, strict=True)
                ]
            )
    return Signals(**columns)
