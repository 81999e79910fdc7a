"""check_bars: everything that is wrong, or odd, in one symbol's bars."""

from collections.abc import Mapping
from datetime import date

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.commands import import_again
from infrastructure.market_data.findings.daily_bars import daily_bars
from infrastructure.market_data.findings.finding import ERROR, Finding, severest_first
from infrastructure.market_data.findings.grid import find_holes
from infrastructure.market_data.findings.holes import missing_bars, off_grid, untraded_hours
from infrastructure.market_data.findings.hours import hours
from infrastructure.market_data.findings.moments import bar_text
from infrastructure.market_data.findings.partial import partial_sessions
from infrastructure.market_data.findings.runs import quiet_runs
from infrastructure.market_data.findings.series import lay_out
from infrastructure.market_data.findings.sessions import session_findings
from infrastructure.market_data.findings.spikes import spikes
from infrastructure.market_data.findings.splits import splits
from infrastructure.market_data.findings.volume_units import volume_unit
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.sessions.session_calendar import SessionCalendar
from infrastructure.wording import counted


def check_bars(
    symbol: str,
    interval: str,
    calendar: SessionCalendar,
    columns: BarColumns,
    *,
    known_splits: Mapping[date, float] | None = None,
) -> tuple[Finding, ...]:
    """What a trader should know of these bars, severest first; nothing is changed.

    columns: all stored bars, sound rows, strictly ascending, those outside the sessions included.
    known_splits: date of the first session on the new scale, and new shares for an old one; they
        are not reported again.

    1,000,000 bars take some hundredths of a second; memory beside the columns does not grow with
    them, but for what is found. Raises DataError where the calendar does not reach, ConfigError for
    a bad interval.
    """
    series = lay_out(symbol, interval, calendar, columns)
    if series is None:
        return _all_outside(symbol, interval, calendar, columns)
    daily = daily_bars(series)
    partial = partial_sessions(series)
    holes = find_holes(series, partial.reported, partial.cut)
    found = [
        splits(series, daily, known_splits),
        *spikes(series),
        *session_findings(series, partial),
        missing_bars(series, holes),
        off_grid(series, holes),
        *quiet_runs(series),
        volume_unit(series, daily),
        *hours(series),
        untraded_hours(series, holes),
    ]
    return severest_first(finding for finding in found if finding is not None)


def _all_outside(
    symbol: str, interval: str, calendar: SessionCalendar, columns: BarColumns
) -> tuple[Finding, ...]:
    """Not one bar lies inside a session: the wrong calendar, or stamps that are not UTC."""
    if not len(columns):
        return ()
    first = bar_text(calendar, interval_seconds(interval), int(columns.timestamp[0]))
    worst = (
        f"none of {counted(len(columns), 'bar')} lies inside a session of {calendar.name}, the "
        f"first is {first}: is that the --calendar, and are stamps in the right --timezone?"
    )
    mend = import_again(symbol, interval, "FILE", "--replace --calendar NAME --timezone ZONE")
    return (Finding("all_outside", ERROR, len(columns), worst, mend, columns.timestamp),)
