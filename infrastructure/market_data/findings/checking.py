"""All checks of a series, in slices of whole sessions: however long it is, memory stays small."""

from collections.abc import Collection, Iterator

import numpy as np

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.coverage import coverage
from infrastructure.market_data.findings.finding import Finding, merged
from infrastructure.market_data.findings.looked_at import LookedAt
from infrastructure.market_data.findings.runs import runs
from infrastructure.market_data.findings.spikes import spikes
from infrastructure.market_data.findings.steps import steps
from infrastructure.market_data.session_calendar import SessionCalendar

_AT_ONCE = 2_000_000


def check_bars(
    symbol: str,
    interval: str,
    calendar: SessionCalendar,
    columns: BarColumns,
    known_splits: Collection[int] = (),
) -> tuple[Finding, ...]:
    """What the owner of a series should know of it, one finding a kind; split jumps one each.

    columns: sound rows, strictly ascending, those outside the sessions included. known_splits:
    exchange dates (days since 1970) from which a split on record holds.
    """
    rows = np.searchsorted(calendar.session, np.fromiter(known_splits, np.int64, len(known_splits)))
    known = {int(row) for row in rows}
    by_kind: dict[str, list[Finding]] = {}
    for part in _slices(calendar, columns):
        looked = LookedAt(symbol, interval, calendar, part)
        for check in (coverage(looked), runs(looked), spikes(looked), steps(looked, known)):
            for finding in check:
                key = finding.kind if finding.kind != "split" else finding.worst
                by_kind.setdefault(key, []).append(finding)
    return tuple(merged(parts) if len(parts) > 1 else parts[0] for parts in by_kind.values())


def _slices(calendar: SessionCalendar, columns: BarColumns) -> Iterator[BarColumns]:
    """Parts of at most some two million rows that end with a session."""
    first = 0
    while first < len(columns):
        last = min(first + _AT_ONCE, len(columns))
        if last < len(columns):
            stamp = columns.timestamp[last : last + 1]
            opened = int(calendar.opens_at[calendar.rows_of(stamp)[0]])
            start = int(np.searchsorted(columns.timestamp, min(opened, int(stamp[0]))))
            last = start if start > first else last
        yield columns.take(slice(first, last))
        first = last
