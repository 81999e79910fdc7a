"""What an import has to tell of a file before it writes its bars."""

from typing import TYPE_CHECKING

import numpy as np

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.files.bar_file import BarFile
from infrastructure.market_data.findings.checking import check_bars
from infrastructure.market_data.intake.file_bars import FileBars
from infrastructure.market_data.intake.import_report import ImportReport
from infrastructure.market_data.intake.judging import REPEATED, UNSORTED
from infrastructure.market_data.sessions.session_calendar import SessionCalendar
from infrastructure.market_data.store.checked_series import known_splits

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_TOO_FEW_INSIDE = 0.4
"""Bars from 04:00 to 20:00 have 0.41 of themselves inside a New York session; New York stamps taken
for UTC at most 0.38."""


def unwritten_report(
    database: "Database", file: BarFile, symbol: str, bars: FileBars, adjusted: str
) -> ImportReport:
    """What a file holds and what its bars show; nothing of it has been written.

    adjusted: what the prices have been adjusted for, `none`, `split` or `all`.
    """
    placement, tally, columns = bars.placement, bars.tally, bars.columns
    calendar, counts = placement.calendar, tally.counts
    n_inside, sessions = _in_sessions(calendar, columns)
    known = known_splits(database, symbol, calendar)
    repeated = {REPEATED: counts[REPEATED]} if REPEATED in counts else {}
    return ImportReport(
        path=str(file.path),
        taken_for=file.described(),
        symbol=symbol,
        interval=placement.interval,
        calendar=calendar.name,
        adjusted=adjusted,
        read=tally.n_rows,
        taken=len(columns),
        new=0,
        unchanged=0,
        replaced=0,
        refused={**tally.refused, **repeated},
        reordered=counts.get(UNSORTED, 0),
        outside_session=len(columns) - n_inside,
        sessions=sessions,
        demo_removed=0,
        first=int(columns.timestamp[0]),
        last=int(columns.timestamp[-1]),
        ignored_columns=file.ignored,
        notes=_notes(file, bars, calendar, n_inside / len(columns)),
        findings=check_bars(symbol, placement.interval, calendar, columns, known_splits=known),
    )


def _in_sessions(calendar: SessionCalendar, columns: BarColumns) -> tuple[int, int]:
    """How many bars lie inside sessions, and how many sessions those are; part by part."""
    seen = np.zeros(len(calendar), dtype=np.bool_)
    n_inside = 0
    for part in columns.parts():
        rows, inside = calendar.opened(part.timestamp)
        seen[rows[inside]] = True
        n_inside += int(np.count_nonzero(inside))
    return n_inside, int(np.count_nonzero(seen))


def _notes(
    file: BarFile, bars: FileBars, calendar: SessionCalendar, inside: float
) -> tuple[str, ...]:
    notes = [*file.facts.notes, *bars.placement.notes]
    notes += [f"{count:,} {remark}" for remark, count in bars.remarks.items()]
    if "volume" not in file.columns:
        notes.append("no volume column: volumes are 0")
    if bars.newest_first:
        notes.append("the file runs from the newest bar to the oldest: turned round")
    if inside < _TOO_FEW_INSIDE:
        notes.append(
            f"most bars lie outside the sessions of {calendar.name}: is that the "
            "calendar, and are the stamps in the right --timezone?"
        )
    return tuple(notes)
