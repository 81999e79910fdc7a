"""The download of one symbol: what to ask for, what of it to take, one write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.errors import DataError
from infrastructure.market_data.assembling import dates_of
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.factors.adjusting import Factors, no_factors
from infrastructure.market_data.factors.sources import factors_from_dividends
from infrastructure.market_data.factors.table import add_unknown_factors
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.providers.comparing import differing, off_scale
from infrastructure.market_data.providers.download_report import DownloadReport
from infrastructure.market_data.providers.gathering import Gathered, gathered
from infrastructure.market_data.providers.held import held_bars, held_span
from infrastructure.market_data.providers.provider import Fetched, Provider
from infrastructure.market_data.providers.windows import (
    Window,
    first_since,
    gaps,
    hole,
    merged,
    missing,
    within_reach,
)
from infrastructure.market_data.sessions.session_calendar import (
    SessionCalendar,
    day_number,
    day_text,
)
from infrastructure.market_data.store.history import Change
from infrastructure.market_data.store.writing import WriteResult, write_bars

if TYPE_CHECKING:
    from infrastructure.database.engine import Database


@dataclass(frozen=True)
class Wanted:
    """What to fetch for every symbol.

    start, end: exchange dates, both included; None: where the stored bars end, and today.
    calendar: whose sessions the bars belong to. replace: fetch the whole range anew, and let its
    bars replace stored ones of other values. fill_gaps: ask again for sessions inside the stored
    ones that have fewer bars than they are long.
    """

    interval: str
    start: date | None = None
    end: date | None = None
    calendar: str = "XNYS"
    replace: bool = False
    fill_gaps: bool = False


@dataclass(frozen=True)
class OneSymbol:
    """A symbol, and all that its download needs. now: seconds UTC. say: told of each page."""

    database: "Database"
    symbol: str
    provider: Provider
    wanted: Wanted
    calendar: SessionCalendar
    now: float
    say: Callable[[str], None]

    def downloaded(self) -> DownloadReport:
        """Fetch what is missing and store it. Raises DataError, ConfigError and StorageError."""
        held = self._held()
        asked = self._asked(held)
        lacking = self._lacking(asked, held)
        notes = hole(asked, held, self.calendar) if held and lacking else []
        windows = self._reached(lacking, notes)
        found = gathered(self._pages(windows), windows, self.calendar, self._step, self.now)
        without = self._without_bars(found.columns, windows)
        if held is None:
            self._refuse_nothing(found, asked, without)
        taken = self._taken(found.columns, windows, held, asked)
        done = self._stored(taken, found)
        return DownloadReport(
            self.symbol,
            self.wanted.interval,
            self.provider.title,
            asked=(asked.first, asked.last),
            nothing_missing=held is not None and not lacking,
            fetched=found.fetched,
            new=done.new,
            unchanged=done.unchanged,
            replaced=done.replaced,
            kept=len(found.columns) - len(taken),
            unfinished=found.unfinished,
            refused=found.refused,
            empty_rows=found.empty_rows,
            without_bars=without,
            outside_session=int((~self.calendar.in_session(taken.timestamp)).sum()),
            demo_removed=done.demo_removed,
            span=_span(found.columns),
            splits=found.splits,
            dividends=found.dividends,
            notes=tuple(notes),
        )

    @property
    def _step(self) -> int:
        return interval_seconds(self.wanted.interval)

    def _held(self) -> Window | None:
        span = held_span(self.database, self.symbol, self.wanted.interval)
        return None if span is None else Window(*self.calendar.session_of(span).tolist())

    def _asked(self, held: Window | None) -> Window:
        today = int(self.calendar.session_of(int(self.now)))
        wanted = self.wanted
        last = today if wanted.end is None else min(today, day_number(wanted.end))
        if wanted.start is not None:
            return Window(max(day_number(wanted.start), int(self.calendar.session[0])), last)
        if held is None:
            raise DataError("no bars are stored yet; --start says since when to fetch them")
        anew = wanted.replace or wanted.fill_gaps
        return Window(held.first if anew else min(held.last, last), last)

    def _lacking(self, asked: Window, held: Window | None) -> list[Window]:
        """What of the sessions asked for the store does not have, or may have in part."""
        sessions = asked.sessions(self.calendar)
        if not len(sessions):
            return []
        asked = Window(int(sessions[0]), int(sessions[-1]))
        if held is None or self.wanted.replace:
            return [asked]
        inside = self._gaps(asked, held) if self.wanted.fill_gaps else []
        return merged([*missing(asked, held), *inside])

    def _reached(self, lacking: list[Window], notes: list[str]) -> list[Window]:
        """What of it the provider keeps, with a note where that is not all. DataError: nothing."""
        interval, title = self.wanted.interval, self.provider.title
        earliest = self.provider.earliest(interval, self.now)
        within = (within_reach(window, self.calendar, earliest) for window in lacking)
        windows = [window for window in within if window is not None]
        if earliest is None or windows == lacking:
            return windows
        told = f"{title} keeps {interval} bars back to "
        told += day_text(first_since(self.calendar, earliest))
        if not windows:
            raise DataError(f"{told} and no further; {day_text(lacking[-1].last)} is too long ago")
        notes.append(f"{told}: older ones cannot be fetched")
        return windows

    def _gaps(self, asked: Window, held: Window) -> list[Window]:
        start, end = held.seconds(self.calendar)
        bars = held_bars(self.database, self.symbol, self.wanted.interval, start, end)
        return gaps(asked, held, self.calendar, self._step, bars.timestamp)

    def _pages(self, windows: list[Window]) -> Iterator[Fetched]:
        n_bars = 0
        for window in windows:
            start, end = window.seconds(self.calendar)
            end = min(end, int(self.now))
            if start >= end:
                continue
            for page in self.provider.fetch(self.symbol, self.wanted.interval, start, end):
                n_bars += len(page.columns)
                self.say(f"{self.symbol}: {n_bars:,} bars")
                yield page

    def _without_bars(self, bars: BarColumns, windows: list[Window]) -> tuple[int, ...]:
        """Sessions of the windows that are over, and of which no bar came."""
        over = self.calendar.session[self.calendar.closes_at <= self.now]
        sessions = {int(day) for window in windows for day in window.sessions(self.calendar)}
        present = set(self.calendar.session_of(bars.timestamp).tolist())
        return tuple(sorted((sessions & set(over.tolist())) - present))

    def _refuse_nothing(self, found: Gathered, asked: Window, without: tuple[int, ...]) -> None:
        """Some providers answer a symbol that they do not know with nothing."""
        if without and not found.fetched:
            raise DataError(
                f"{self.provider.title} has nothing from {day_text(asked.first)} to "
                f"{day_text(asked.last)}, {len(without):,} sessions of {self.calendar.name}; is "
                "that the symbol?"
            )

    def _taken(
        self, bars: BarColumns, windows: list[Window], held: Window | None, asked: Window
    ) -> BarColumns:
        """The bars to store: all, or those that do not contradict the store."""
        if held is None or not len(bars):
            return bars
        span = int(bars.timestamp[0]), int(bars.timestamp[-1])
        stored = held_bars(self.database, self.symbol, self.wanted.interval, *span)
        ratio = off_scale(bars, stored, windows, self.calendar)
        all_anew = self.wanted.replace and asked.first <= held.first and held.last <= asked.last
        if ratio is not None and not all_anew:
            raise DataError(
                f"the stored closes are {ratio:.4g} times those that {self.provider.title} now "
                "gives: a split since, or bars adjusted otherwise; nothing was stored; "
                f"--replace --start {day_text(held.first)} fetches all of them anew"
            )
        return bars if self.wanted.replace else bars.take(~differing(bars, stored))

    def _stored(self, bars: BarColumns, found: Gathered) -> WriteResult:
        if not len(bars):
            return WriteResult(0, 0, 0, 0)
        source, factors = self.provider.source, self._factors(found)
        detail = {"refused": found.refused, "unfinished": found.unfinished}
        return write_bars(
            self.database,
            self.symbol,
            self.wanted.interval,
            bars,
            source,
            replace=self.wanted.replace,
            calendar=self.calendar.name,
            adjusted=self.provider.adjusted,
            change=Change("download", source, detail),
            also=lambda connection: add_unknown_factors(connection, factors, source),
        )

    def _factors(self, found: Gathered) -> Factors:
        """The dividends that came with daily bars, by the closes before them."""
        if self.wanted.interval != "1d" or not found.dividends:
            return no_factors(self.symbol)
        days = dates_of(self.calendar, np.array([event.stamp for event in found.dividends]))
        amounts = [event.value for event in found.dividends]
        session = self.calendar.session_of(found.columns.timestamp)
        return factors_from_dividends(self.symbol, days, amounts, session, found.columns.close)


def _span(bars: BarColumns) -> tuple[int, int] | None:
    return (int(bars.timestamp[0]), int(bars.timestamp[-1])) if len(bars) else None
