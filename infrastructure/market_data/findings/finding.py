"""Finding: what is wrong, or odd, in a series of bars, and the command that would mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
"""error: a backtest on these bars is wrong. warning: it may be. note: good to know, harmless."""


@dataclass(frozen=True, eq=False)
class Finding:
    """One kind of defect in one series.

    kind: its name, as `kairos data mend --remove` takes it. severity: one of SEVERITIES.
    count: how many there are, in the unit that `worst` names. worst: the worst example in words, by
        the exchange's clock and in UTC.
    mend: the command that would mend it; "" where none would.
    stamps: opening times concerned, seconds UTC, ascending, int64 of shape (n,): of stored bars, or
        of bars and sessions that are missing. A mend removes them, a plot marks them.
    """

    kind: str
    severity: str
    count: int
    worst: str
    mend: str
    stamps: NDArray[np.int64]


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """The report for people, severest first: a line for each, and one for the command."""
    lines = []
    for finding in severest_first(findings):
        name = finding.kind.replace("_", " ")
        lines.append(f"{finding.severity}: {name}: {finding.count:,}; {finding.worst}")
        if finding.mend:
            lines.append(f"  to mend: {finding.mend}")
    return lines


def severest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same findings, errors before warnings before notes, else as they came."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))
