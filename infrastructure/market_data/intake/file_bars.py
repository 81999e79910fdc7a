"""A file's rows as bars: read in parts, placed in time, judged; what it took is accounted for."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.files.bar_file import BarFile
from infrastructure.market_data.files.bar_rows import FileRows
from infrastructure.market_data.intake.judging import Tally, judged
from infrastructure.market_data.intake.placing import Asked, Placement, settled_placement
from infrastructure.market_data.intake.spool import Spool, spooling
from infrastructure.market_data.sessions.session_calendar import SessionCalendar

PART = 500_000
"""Rows read at a time."""

IN_MEMORY = 2_000_000
"""Rows up to which a file is judged as a whole; of a longer one each part is judged alone."""


_TURNED = {"first": "last", "last": "first"}
"""What `keep` means of rows that have been turned round."""


@dataclass(frozen=True, eq=False)
class FileBars:
    """The sound bars of a file, ascending, and what became of its rows.

    adj_close: of the same bars, shape (n_bars,); None where the file has none (or is too long).
    remarks: what was done to rows, and to how many. place_name: what a row's number counts, such as
    `line`. newest_first: whether the file ran backwards.
    """

    columns: BarColumns
    placement: Placement
    tally: Tally
    adj_close: NDArray[np.float64] | None
    remarks: dict[str, int]
    place_name: str
    newest_first: bool


@dataclass
class _Reading:
    """What has been read so far. backwards: of each part that tells, whether it ran so."""

    placement: Placement | None = None
    tally: Tally = field(default_factory=Tally)
    remarks: Counter[str] = field(default_factory=Counter)
    place_name: str = "row"
    backwards: list[bool] = field(default_factory=list)
    adj_close: NDArray[np.float64] | None = None


@contextmanager
def bars_of_file(
    file: BarFile, calendar_of: Callable[[FileRows], SessionCalendar], asked: Asked
) -> Iterator[FileBars]:
    """The bars of a file; those of a long one are mapped from a folder that is gone afterwards.

    calendar_of: whose sessions the bars belong to, told by the file's first rows.

    Raises DataError for what cannot be read or placed; unfit rows are counted, not refused.
    """
    reading = _Reading()
    with spooling() as spool:
        held: list[FileRows] = []
        for rows in _whole_moments(_remarked(file.chunks(PART), reading)):
            if reading.placement is None:
                reading.placement = settled_placement(
                    file.path, file.facts, rows, calendar_of(rows), asked
                )
            held.append(rows)
            if not spool.empty or sum(map(len, held)) > IN_MEMORY:
                _spool(spool, held, reading, asked.keep)
        columns = _rest(file, spool, held, reading, asked.keep)
        assert reading.placement is not None
        yield FileBars(
            columns,
            reading.placement,
            reading.tally,
            reading.adj_close,
            dict(reading.remarks),
            reading.place_name,
            bool(reading.backwards) and all(reading.backwards),
        )


def _rest(
    file: BarFile, spool: Spool, held: list[FileRows], reading: _Reading, keep: str | None
) -> BarColumns:
    """All sound bars, once the last rows are there. Raises DataError where parts overlap."""
    if spool.empty:
        return _judged(_joined(held), reading, keep)
    _spool(spool, held, reading, keep)
    columns = spool.joined()
    if columns is None:
        raise DataError(
            f"{file.path}: more than {IN_MEMORY:,} rows, and out of time order from part to part; "
            "nothing was imported; sort it by time first"
        )
    return columns


def _spool(spool: Spool, held: list[FileRows], reading: _Reading, keep: str | None) -> None:
    """Put the sound bars of some rows on disk; each part leaves `held`, and the memory, at once.

    Adj Close is not kept of so long a file.
    """
    while held:
        columns = _judged(held.pop(0), reading, keep)
        if len(columns):
            spool.add(columns)
    reading.adj_close = None


def _judged(rows: FileRows, reading: _Reading, keep: str | None) -> BarColumns:
    """The sound bars of some rows, ascending and free of float noise."""
    rows, turned = _forwards(rows, reading)
    if turned:
        keep = _TURNED.get(keep or "")  # the file's first row has become the last
    assert reading.placement is not None
    placed = reading.placement.placed(rows.stamps)
    columns = BarColumns(placed.utc, rows.open, rows.high, rows.low, rows.close, rows.volume)
    readable = rows.stamps.readable
    verdict = judged(columns, ~readable, readable & ~placed.readable, keep)
    reading.tally.add(verdict.codes, rows.place)
    if rows.adj_close is not None:
        reading.adj_close = rows.adj_close[verdict.kept]
    as_they_are = len(verdict.kept) == len(columns) and bool((np.diff(verdict.kept) > 0).all())
    return (columns if as_they_are else columns.take(verdict.kept)).without_noise()


def _forwards(rows: FileRows, reading: _Reading) -> tuple[FileRows, bool]:
    """The rows with their times mostly rising, and whether they were turned round for it."""
    backwards = _runs_backwards(rows.stamps.wall[rows.stamps.readable])
    if backwards is not None:
        reading.backwards.append(backwards)
    return (rows.take(slice(None, None, -1)), True) if backwards else (rows, False)


def _runs_backwards(stamps: NDArray[np.int64]) -> bool | None:
    """Whether times mostly fall from row to row; None where one row tells nothing.

    A few rows out of place do not turn a file round.
    """
    if len(stamps) < 2:
        return None
    steps = np.diff(stamps)
    return bool((steps < 0).sum() > (steps > 0).sum() and stamps[0] > stamps[-1])


def _joined(parts: list[FileRows]) -> FileRows:
    return parts[0] if len(parts) == 1 else FileRows.joined(parts)


def _remarked(parts: Iterator[FileRows], reading: _Reading) -> Iterator[FileRows]:
    """The same parts, their remarks added up."""
    for part in parts:
        reading.remarks.update(part.remarks)
        reading.place_name = part.place_name
        yield part


def _whole_moments(parts: Iterator[FileRows]) -> Iterator[FileRows]:
    """The same rows, cut so that rows of one time that follow each other stay together."""
    held: FileRows | None = None
    for part in parts:
        if held is None:
            held = part
            continue
        wall = held.stamps.wall
        others = np.flatnonzero(wall != wall[-1])
        cut = int(others[-1]) + 1 if len(others) else 0
        if cut:
            yield held.take(slice(0, cut))
        held = FileRows.joined([held.take(slice(cut, None)), part])
    if held is not None:
        yield held
