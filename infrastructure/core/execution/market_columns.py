"""Bars and signals of all lanes as the flat columns that the account machine reads."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import EXIT_LONG, EXIT_SHORT, LONG, SHORT, Market
from infrastructure.core.execution.plan import AccountTerms, Book, Lane, Parts
from infrastructure.core.signals import Signals
from infrastructure.errors import DataError
from infrastructure.indicators.atr import average_true_range
from infrastructure.market_data.bars import Bars

_NONE = -1
_BAR_COLUMNS = ("timestamp", "closes_at", "open", "high", "low", "close", "session", "phase")
Column = NDArray[Any]


def market_columns(books: Sequence[Book], terms: AccountTerms, parts: Parts = ()) -> Market:
    """The columns of every lane, in order. Lanes that hold the same Bars object share its rows.

    parts: what the books were joined of, where rules change on the way: each part's decide whether
    its rows have levels and an ATR.

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
    parts = parts or (books,)
    first_level, (long_level, short_level) = _sparse(parts, 2, _levels)
    first_atr, (atr,) = _sparse(parts, 1, _average_true_range)
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


def _levels(book: Book, lane: Lane) -> tuple[Column, ...]:
    """Long and short levels of a lane that enters at a level; else nothing."""
    if book.config.entry.type not in ("stop", "limit"):
        return ()
    given = (lane.signals.long_level, lane.signals.short_level)
    return tuple(_missing(lane) if column is None else column for column in given)


def _average_true_range(book: Book, lane: Lane) -> tuple[Column, ...]:
    """ATR of a lane whose stop is measured in it, its warm-up known; else nothing."""
    stop_loss = book.config.stop_loss
    if stop_loss is None or stop_loss.type != "atr":
        return ()
    known = [lane.bars] if lane.warm_up is None else [lane.warm_up, lane.bars]
    high, low, close = (
        end_to_end([getattr(bars, name) for bars in known]) for name in ("high", "low", "close")
    )
    atr = average_true_range(high, low, close, stop_loss.period)
    return (atr[len(high) - len(lane.bars) :],)


def _missing(lane: Lane) -> Column:
    return np.full(len(lane.bars), np.nan)


def _sparse(
    parts: Parts, n_columns: int, columns_of: Callable[[Book, Lane], tuple[Column, ...]]
) -> tuple[Column, list[Column]]:
    """First row of each lane (-1: none), and the columns of the lanes that have them in any part.

    Rows of its other parts are NaN.
    """
    first: list[int] = []
    found: list[tuple[Column, ...]] = []
    rows = 0
    by_part = [[(book, lane) for book in part for lane in book.lanes] for part in parts]
    for pairs in zip(*by_part, strict=True):
        columns = [columns_of(book, lane) for book, lane in pairs]
        first.append(rows if any(columns) else _NONE)
        if any(columns):
            for (_, lane), have in zip(pairs, columns, strict=True):
                found.append(have or (_missing(lane),) * n_columns)
                rows += len(lane.bars)
    joined = [end_to_end([each[n] for each in found], np.float64) for n in range(n_columns)]
    return np.array(first, np.int64), joined


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
