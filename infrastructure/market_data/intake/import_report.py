"""What an import did, row by row accounted for."""

from dataclasses import dataclass

from infrastructure.market_data.bar_lines import bar_lines
from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.findings.finding import Finding, finding_lines
from infrastructure.wording import printable


@dataclass(frozen=True, eq=False)
class ImportReport:
    """Numbers of one import: read = taken + refused; taken = new + unchanged + replaced.

    taken_for: a line that says what the file was recognised as. refused: rows left out by reason
    (unfit ones only where `drop_bad` allowed it). reordered: rows that stood out of time order,
    among those taken. outside_session: taken, stored, and not traded in regular hours.
    demo_removed: synthetic bars that had to go. first, last: opening times taken, UTC.
    ignored_columns: of the file. notes: remarks, one line each. findings: what the bars show.
    dividends: factors taken from Adj Close that the store did not have.
    preview: the first bars as they would be stored, where nothing was (`dry_run`); else None.
    """

    path: str
    taken_for: str
    symbol: str
    interval: str
    calendar: str
    adjusted: str
    read: int
    taken: int
    new: int
    unchanged: int
    replaced: int
    refused: dict[str, int]
    reordered: int
    outside_session: int
    sessions: int
    demo_removed: int
    first: int
    last: int
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    dividends: int = 0
    preview: BarColumns | None = None

    @property
    def n_refused(self) -> int:
        """Rows of the file that were left out."""
        return sum(self.refused.values())

    def lines(self) -> list[str]:
        """The report for people."""
        span = f"{utc_text(self.first)} to {utc_text(self.last)}"
        verb = "would take" if self.preview is not None else "took"
        told = [
            f"{self.symbol} {self.interval}: {verb} {self.taken:,} of {self.read:,} bars from "
            f"{self.path}, {span}, {self.sessions:,} sessions of {self.calendar}",
        ]
        if self.preview is None:
            told.append(
                f"{self.new:,} new, {self.unchanged:,} unchanged, {self.replaced:,} replaced, "
                f"{self.n_refused:,} refused"
            )
        told += [f"refused: {count:,} with {reason}" for reason, count in self.refused.items()]
        told += self._remarks()
        told += [*self.notes, *finding_lines(self.findings)]
        if self.preview is not None:
            told += ["nothing was stored; the first bars would be:", *bar_lines(self.preview)]
        return told

    def _remarks(self) -> list[str]:
        """What is worth a line where there is any of it."""
        told = []
        if self.reordered:
            told.append(f"out of time order, sorted: {self.reordered:,}")
        if self.outside_session:
            told.append(
                f"outside the regular sessions of {self.calendar}: {self.outside_session:,}, kept, "
                "traded only in extended hours"
            )
        if self.demo_removed:
            told.append(f"synthetic bars removed: {self.demo_removed:,}")
        if self.dividends:
            told.append(f"dividends found in Adj Close, stored as factors: {self.dividends:,}")
        return told

    def as_detail(self) -> dict[str, object]:
        """What the history keeps of it, JSON-safe."""
        return {
            "taken_for": printable(self.taken_for),
            "read": self.read,
            "refused": self.refused,
            "reordered": self.reordered,
            "notes": [*self.notes],
            "findings": {finding.kind: finding.count for finding in self.findings},
        }
