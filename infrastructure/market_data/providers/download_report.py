"""What a download did for one symbol, every bar accounted for."""

from dataclasses import dataclass, field

from infrastructure.errors import KairosError
from infrastructure.market_data.columns import utc_text
from infrastructure.market_data.providers.provider import Event
from infrastructure.market_data.sessions.session_calendar import day_text
from infrastructure.wording import counted

_SHOWN = 5


@dataclass(frozen=True)
class DownloadReport:
    """Numbers of one symbol: fetched = new + unchanged + replaced + kept + unfinished + refused.

    provider: its title. asked: first and last exchange date, days since 1970. nothing_missing: the
        store has them all, nothing was fetched.
    kept: bars that the store has with other values, and that were left there as they are.
    unfinished: bars that were still open. refused: bars unfit to trade, by reason.
    empty_rows: sent without any price, and not counted as fetched.
    without_bars: sessions asked for, and over, of which no bar came. outside_session: stored, and
        not traded in regular hours.
    span: first and last opening time of the finished bars, seconds UTC; None where there is none.
    splits, dividends: those that the provider named. notes: a line each.
    error: why nothing was stored; the other symbols do not care.
    """

    symbol: str
    interval: str
    provider: str
    asked: tuple[int, int] = (0, 0)
    nothing_missing: bool = False
    fetched: int = 0
    new: int = 0
    unchanged: int = 0
    replaced: int = 0
    kept: int = 0
    unfinished: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    empty_rows: int = 0
    without_bars: tuple[int, ...] = ()
    outside_session: int = 0
    demo_removed: int = 0
    span: tuple[int, int] | None = None
    splits: tuple[Event, ...] = ()
    dividends: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()
    error: KairosError | None = None

    def lines(self) -> list[str]:
        """The report for people; the first line says the most, the others are set in."""
        if self.error is not None:
            return [str(self.error)]
        summary = f"{self.symbol} {self.interval}: {self._summary()}"
        return [summary, *(f"  {line}" for line in self._details())]

    def _summary(self) -> str:
        first, last = map(day_text, self.asked)
        days = f"on {first}" if first == last else f"from {first} to {last}"
        if self.nothing_missing:
            return f"nothing is missing {days}"
        if self.span is None:
            return f"{self.provider} has no {'finished ' if self.fetched else ''}bars {days}"
        replaced = f", {self.replaced:,} replaced" if self.replaced else ""
        opened = " to ".join(map(utc_text, self.span))
        return (
            f"{self.new:,} new, {self.unchanged:,} unchanged{replaced}, "
            f"from {self.provider}, {opened}"
        )

    def _details(self) -> list[str]:
        known = [
            (
                self.kept,
                "with other values than the stored ones, which stay; --replace takes the new",
            ),
            (self.unfinished, "not finished yet, left out"),
            *((count, f"refused: {reason}") for reason, count in self.refused.items()),
            (self.empty_rows, "sent without any price, left out"),
            (self.outside_session, "outside the regular sessions, traded only in extended hours"),
            (self.demo_removed, "synthetic, removed"),
        ]
        told = [f"{counted(count, 'bar')} {what}" for count, what in known if count]
        if self.without_bars:
            told.append(f"sessions without a bar: {_days(self.without_bars)}")
        if self.splits:
            told.append("splits: " + ", ".join(f"{_day(e)} {e.value:g}" for e in self.splits))
        if self.dividends:
            told.append(f"dividends named: {len(self.dividends):,}")
        return [*told, *self.notes]


def _day(event: Event) -> str:
    return utc_text(event.stamp)[:10]


def _days(days: tuple[int, ...]) -> str:
    more = f" and {len(days) - _SHOWN:,} more" if len(days) > _SHOWN else ""
    return ", ".join(map(day_text, days[:_SHOWN])) + more
