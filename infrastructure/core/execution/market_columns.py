"""Bars and signals of all lanes as the flat columns that the account machine reads."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import EXIT_LONG, EXIT_SHORT, LONG, SHORT, Market
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.errors import DataError
from infrastructure.indicators.atr import average_true_range
from infrastructure.market_data.bars import Bars

_NONE = -1
_BAR_COLUMNS = ("timestamp", "closes_at", "open", "high", "low", "close", "session", "phase")
Column = NDArray[Any]


def market_columns(books: Sequence[Book], terms: AccountTerms) -> Market:
    """The columns of every lane, in order. Lanes that hold the same Bars object share its rows.

    Raises DataError where a bar would be complete only after the next one has opened.
    """
    lanes = [lane for book in books for lane in book.lanes]
    feeds = list({id(lane.bars): lane.bars for lane in lanes}.values())
    for bars in feeds:
        _check_overlap(bars)
    starts = dict(zip(map(id, feeds), _offsets([len(bars) for bars in feeds]), strict=True))
    bar_columns = {
        name: end_to_end([getattr(bars, name) for bars in feeds]) for name in _BAR_COLUMNS
    }
    decisions = [decisions_of(lane.signals, len(lane.bars)) for lane in lanes]
    first_level, long_level, short_level = _levels(books)
    first_atr, atr = _average_true_ranges(books)
    return Market(
        first_bar=np.array([starts[id(lane.bars)] for lane in lanes], np.int64),
        n_bars=np.array([len(lane.bars) for lane in lanes], np.int64),
        account_session=_account_sessions(feeds, terms, bar_columns["session"]),
        first_signal=np.array(_offsets([len(row) for row in decisions]), np.int64),
        decision=end_to_end(decisions),
        first_level=first_level,
        long_level=long_level,
        short_level=short_level,
        first_atr=first_atr,
        atr=atr,
        **bar_columns,
        **_detail_columns(lanes),
    )


def _check_overlap(bars: Bars) -> None:
    early = np.flatnonzero(bars.timestamp[1:] < bars.closes_at[:-1])
    if len(early):
        raise DataError(
            f"{bars.symbol} {bars.interval}: every bar must be complete before the next one opens; "
            f"row {early[0] + 1} opens inside row {early[0]} ({len(early)} such rows): "
            "is the interval right?"
        )


def _account_sessions(feeds: list[Bars], terms: AccountTerms, own: Column) -> Column:
    """The account's day of every bar: by its calendar where the bars have another one."""
    calendar = terms.calendar
    if calendar is None or all(bars.calendar == calendar.name for bars in feeds):
        return own
    return end_to_end(
        [
            bars.session
            if bars.calendar == calendar.name
            else calendar.session_of(bars.timestamp).astype(np.int64)
            for bars in feeds
        ]
    )


def decisions_of(signals: Signals, n_bars: int) -> Column:
    """One byte a bar: the bits LONG, SHORT, EXIT_LONG and EXIT_SHORT."""
    decision = np.zeros(n_bars, np.uint8)
    columns = (signals.long, signals.short, signals.exit_long, signals.exit_short)
    for bit, column in zip((LONG, SHORT, EXIT_LONG, EXIT_SHORT), columns, strict=True):
        if column is not None:
            decision |= column.view(np.uint8) * np.uint8(bit)
    return decision


def _levels(books: Sequence[Book]) -> tuple[Column, Column, Column]:
    """(first row of each lane, long levels, short levels) of lanes that enter at a level."""

    def pair(book: Book, lane: Lane) -> tuple[Column, Column] | None:
        if book.config.entry.type not in ("stop", "limit"):
            return None
        missing = np.full(len(lane.bars), np.nan)
        signals = lane.signals
        return (
            missing if signals.long_level is None else signals.long_level,
            missing if signals.short_level is None else signals.short_level,
        )

    first, pairs = _sparse(books, pair)
    return (
        first,
        end_to_end([long for long, _ in pairs], np.float64),
        end_to_end([short for _, short in pairs], np.float64),
    )


def _average_true_ranges(books: Sequence[Book]) -> tuple[Column, Column]:
    """(first row of each lane, ATR) of lanes whose stop is measured in ATR."""

    def column(book: Book, lane: Lane) -> tuple[Column] | None:
        stop_loss = book.config.stop_loss
        if stop_loss is None or stop_loss.type != "atr":
            return None
        bars = lane.bars
        return (average_true_range(bars.high, bars.low, bars.close, stop_loss.period),)

    first, columns = _sparse(books, column)
    return first, end_to_end([atr for (atr,) in columns], np.float64)


def _sparse(
    books: Sequence[Book], columns_of: Callable[[Book, Lane], tuple[Column, ...] | None]
) -> tuple[Column, list[tuple[Column, ...]]]:
    """First row of each lane (-1: none) and the columns of the lanes that have them."""
    first, found, rows = [], [], 0
    for book in books:
        for lane in book.lanes:
            columns = columns_of(book, lane)
            first.append(_NONE if columns is None else rows)
            if columns is not None:
                found.append(columns)
                rows += len(lane.bars)
    return np.array(first, np.int64), found


def _detail_columns(lanes: list[Lane]) -> dict[str, Column]:
    """Which finer bars lie inside each bar, for the lanes that have any."""
    first, begins, ends, details, rows, fine_rows = [], [], [], [], 0, 0
    for lane in lanes:
        if lane.detail is None:
            first.append(_NONE)
            continue
        first.append(rows)
        fine = lane.detail.timestamp
        begins.append(fine_rows + np.searchsorted(fine, lane.bars.timestamp))
        ends.append(fine_rows + np.searchsorted(fine, lane.bars.closes_at))
        details.append(lane.detail)
        rows += len(lane.bars)
        fine_rows += len(fine)
    return {
        "first_detail": np.array(first, np.int64),
        "detail_from": end_to_end(begins, np.int64),
        "detail_to": end_to_end(ends, np.int64),
        "detail_high": end_to_end([bars.high for bars in details], np.float64),
        "detail_low": end_to_end([bars.low for bars in details], np.float64),
    }


def _offsets(lengths: list[int]) -> list[int]:
    """Where each part begins when parts of these lengths are laid end to end."""
    return [0, *np.cumsum(lengths)[:-1].tolist()] if lengths else []


def end_to_end(parts: list[Column], dtype: Any = None) -> Column:
    """The parts end to end, read-only (so that kernels compile for one kind of column only).

    A single part is handed on uncopied.
    """
    if not parts:
        parts = [np.empty(0, dtype)]
    joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
    column: Column = np.ascontiguousarray(joined).view()
    column.flags.writeable = False
    return column
