"""Bars from a provider into the store: what is missing, symbol by symbol, each whole or not."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from infrastructure import log
from infrastructure.errors import ConfigError, DataError, KairosError
from infrastructure.kept import keep
from infrastructure.market_data.providers.download_report import DownloadReport
from infrastructure.market_data.providers.one_symbol import OneSymbol, Wanted
from infrastructure.market_data.providers.provider import Clock, Provider, SystemClock
from infrastructure.market_data.providers.retrying import NoAnswerError
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import day_number
from infrastructure.market_data.symbols import check_symbol

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_ENOUGH = 2  # symbols in a row without an answer: the provider is down


class Progress(Protocol):
    """Who wants to see how the work goes on."""

    def step(self, doing: str) -> None:
        """The next symbol begins."""

    def say(self, doing: str) -> None:
        """What is being done for it."""


class _Unseen:
    def step(self, doing: str) -> None: ...

    def say(self, doing: str) -> None: ...


def download(
    database: "Database",
    symbols: Sequence[str],
    provider: Provider,
    wanted: Wanted,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> list[DownloadReport]:
    """`downloads` to its end: a report for each symbol, in their order."""
    return list(downloads(database, symbols, provider, wanted, progress, clock))


def downloads(
    database: "Database",
    symbols: Sequence[str],
    provider: Provider,
    wanted: Wanted,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> Iterator[DownloadReport]:
    """Fetch and store symbol by symbol: once a report is yielded, its bars are in the store.

    Only what is missing is fetched: what lies before the first stored session and after the last
    one, which is fetched again. A bar that is not finished is not stored. A symbol that fails is
    reported with its error, and the others go on; after two in a row without an answer the rest is
    not tried. Stored bars of other values are kept, unless `wanted.replace`.

    Raises ConfigError for an interval, calendar or range that cannot be, and where the provider
    refuses the keys; StorageError. What was stored before stays.
    """
    provider.check_interval(wanted.interval)
    calendar = get_calendar(wanted.calendar, database)
    clock, progress = clock or SystemClock(), progress or _Unseen()
    _check_range(wanted, int(calendar.session_of(int(clock.now()))))
    silent = 0
    for symbol in dict.fromkeys(symbols):
        progress.step(symbol)
        one = OneSymbol(database, symbol, provider, wanted, calendar, clock.now(), progress.say)
        report = _reported(one, tried=silent < _ENOUGH)
        silent = silent + 1 if isinstance(report.error, NoAnswerError) else 0
        _log_report(report)
        yield report


def _log_report(report: DownloadReport) -> None:
    series = f"{report.symbol} {report.interval}"
    if report.error is not None:
        log.warning("download failed", series=series, reason=str(report.error))
        return
    keep(series, f"{series} is stored")
    numbers = {"new": report.new, "unchanged": report.unchanged, "replaced": report.replaced}
    log.event("download stored", series=series, **numbers, refused=sum(report.refused.values()))


def _check_range(wanted: Wanted, today: int) -> None:
    if wanted.start is None:
        return
    if wanted.end is not None and wanted.start > wanted.end:
        raise ConfigError(f"start {wanted.start} must not lie after end {wanted.end}")
    if day_number(wanted.start) > today:
        raise ConfigError(f"start {wanted.start} lies in the future")


def _reported(one: OneSymbol, tried: bool) -> DownloadReport:
    """The report of one symbol, of its failure too, as long as the others may fare better."""
    name, title = f"{one.symbol} {one.wanted.interval}", one.provider.title
    failure: KairosError
    try:
        check_symbol(one.symbol)
    except ConfigError as error:
        failure = error
    else:
        try:
            if tried:
                return one.downloaded()
            failure = NoAnswerError(f"{name}: not tried, {title} does not answer")
        except DataError as error:
            told = str(error)
            failure = type(error)(told if told.startswith(name) else f"{name}: {told}")
            failure = failure.with_traceback(error.__traceback__)
    return DownloadReport(one.symbol, one.wanted.interval, title, error=failure)
