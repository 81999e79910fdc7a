"""What an audit tells: its checks, and the findings of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import utc_text
from infrastructure.market_data.sessions.session_calendar import day_text


@dataclass(frozen=True)
class Place:
    """One bar of the audited series.

    row: its number, from 0. timestamp: its opening time, seconds since 1970 UTC. session: its
    exchange date, days since 1970.
    """

    row: int
    timestamp: int
    session: int

    def __str__(self) -> str:
        return f"row {self.row:,} ({utc_text(self.timestamp)}, session {day_text(self.session)})"

    def as_dict(self) -> dict[str, Any]:
        """The same, JSON-safe."""
        when, day = utc_text(self.timestamp), day_text(self.session)
        return {"row": self.row, "time": when, "session": day}


def place_of(bars: Bars, row: int) -> Place:
    """A row of the bars, with its time and its exchange date."""
    return Place(int(row), int(bars.timestamp[row]), int(bars.session[row]))


@dataclass(frozen=True)
class Finding:
    """One way in which a strategy's decisions hang on what they may not know.

    check: the name of the check that found it. symbol: on whose bars. column: of Signals, "" where
    it is none. place: the first bar that differs. words: what was found, in a sentence or two.
    """

    check: str
    symbol: str
    column: str
    place: Place
    words: str

    def as_dict(self) -> dict[str, Any]:
        """The same, JSON-safe."""
        names = {"check": self.check, "symbol": self.symbol, "column": self.column}
        return {**names, **self.place.as_dict(), "words": self.words}


@dataclass(frozen=True)
class Check:
    """One kind of question that was put to the strategy, on one symbol's bars.

    did: what was tried, in words. found: what came of it, in words. compared: how many times the
    signals were compared with those of all bars. figures: what was measured, by name. notes: what
    a reader should know though it is no finding.
    """

    name: str
    symbol: str
    did: str
    found: str
    compared: int
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether there was nothing to find."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """The same without its findings, JSON-safe."""
        told = {"check": self.name, "symbol": self.symbol, "did": self.did, "found": self.found}
        counted = {"compared": self.compared, "passed": self.passed, **self.figures}
        return {**told, **counted, "notes": list(self.notes)}
