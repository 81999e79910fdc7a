"""What an import did, row by row accounted for."""

from dataclasses import dataclass

from infrastructure.market_data.columns import utc_text


@dataclass(frozen=True)
class ImportReport:
    """Numbers of one import: read = taken + refused; taken = new + unchanged + replaced.

    refused: rows left out by reason (only where `drop_bad` allowed it). reordered: rows that stood
    out of time order, among those taken. outside_session: taken, stored, and not traded in regular
    hours. demo_removed: synthetic bars that had to go. first, last: opening times taken, UTC.
    ignored_columns: of the file. notes: remarks for the user, one line each.
    """

    path: str
    symbol: str
    interval: str
    calendar: str
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

    @property
    def n_refused(self) -> int:
        """Rows of the file that were left out."""
        return sum(self.refused.values())

    def lines(self) -> list[str]:
        """The report for people; the first line says the most."""
        span = f"{utc_text(self.first)} to {utc_text(self.last)}"
        told = [
            f"{self.symbol} {self.interval}: took {self.taken:,} of {self.read:,} bars from "
            f"{self.path}, {span}, {self.sessions:,} sessions of {self.calendar}",
            f"{self.new:,} new, {self.unchanged:,} unchanged, {self.replaced:,} replaced, "
            f"{self.n_refused:,} refused",
        ]
        told += [f"refused: {count:,} with {reason}" for reason, count in self.refused.items()]
        if self.reordered:
            told.append(f"out of time order, sorted: {self.reordered:,}")
        if self.outside_session:
            told.append(
                f"outside the regular sessions of {self.calendar}: {self.outside_session:,}, kept, "
                "traded only in extended hours"
            )
        if self.demo_removed:
            told.append(f"synthetic bars removed: {self.demo_removed:,}")
        if self.ignored_columns:
            told.append(f"columns left out: {', '.join(self.ignored_columns)}")
        return [*told, *self.notes]
