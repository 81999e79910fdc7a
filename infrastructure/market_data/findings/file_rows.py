"""What the judge of an import found, row by row, as findings: rows that never reach the store."""

from dataclasses import dataclass

import numpy as np

from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.findings.commands import import_again
from infrastructure.market_data.findings.finding import ERROR, NOTE, Finding, plural, severest_first
from infrastructure.market_data.judging import DIFFERING, REASONS, REPEATED, UNSORTED, Verdict


@dataclass(frozen=True)
class _Kind:
    name: str
    severity: str
    told: str
    option: str


_KINDS = {
    REPEATED: _Kind("duplicates", NOTE, "that repeat another word for word, dropped", ""),
    DIFFERING: _Kind("conflicts", ERROR, "of one time with different values", "--keep last"),
    UNSORTED: _Kind("unsorted", NOTE, "out of time order, sorted", ""),
}
_UNFIT = "unfit"


def file_findings(
    symbol: str, interval: str, file: str, columns: BarColumns, verdict: Verdict
) -> tuple[Finding, ...]:
    """Findings of a file's rows, severest first; columns and verdict in the file's order.

    Stamps are those of the rows; a row whose time cannot be read has none.
    """
    findings = [
        _finding(symbol, interval, file, columns, verdict, reason) for reason in verdict.counts()
    ]
    return severest_first(findings)


def _finding(
    symbol: str, interval: str, file: str, columns: BarColumns, verdict: Verdict, reason: str
) -> Finding:
    rows = np.flatnonzero(verdict.codes == REASONS.index(reason))
    kind = _KINDS.get(reason, _Kind(_UNFIT, ERROR, f"with {reason}", "--drop-bad"))
    stamps = columns.timestamp[rows]
    known = stamps != 0
    worst = f"{plural(len(rows), 'row')} {kind.told}; the first is row {rows[0] + 1}"
    if known[0]:
        worst += f", {utc_text(int(stamps[0]))}"
    mend = import_again(symbol, interval, file, kind.option) if kind.option else ""
    return Finding(kind.name, kind.severity, len(rows), worst, mend, np.unique(stamps[known]))
