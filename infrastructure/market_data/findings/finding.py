"""A finding: something about stored bars that their owner should know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, eq=False)
class Finding:
    """What was found, how often, and what would mend it.

    kind: one word for it, such as `spike`. severity: `error` (results will be wrong), `warning`
    (they may be) or `note`. count: how many of what `of` says. worst: the worst example in words.
    mend: the command that would mend it; "" where none would. stamps: opening times of the bars
    concerned, seconds UTC, ascending. size: how bad the worst is, to compare parts by.
    """

    kind: str
    severity: str
    count: int
    of: str
    worst: str
    mend: str
    stamps: NDArray[np.int64]
    size: float = 0.0

    def line(self) -> str:
        """One line for people."""
        mend = f"; {self.mend}" if self.mend else ""
        return f"{self.severity}: {self.kind}: {self.count:,} {self.of}; worst {self.worst}{mend}"


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """The severest first."""
    ordered = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.kind))
    return [finding.line() for finding in ordered]


def merged(findings: Sequence[Finding]) -> Finding:
    """Findings of one kind in parts of a series, as one of the whole."""
    worst = max(findings, key=lambda finding: finding.size)
    severity = min((f.severity for f in findings), key=SEVERITIES.index)
    return Finding(
        worst.kind,
        severity,
        sum(finding.count for finding in findings),
        worst.of,
        worst.worst,
        worst.mend,
        np.concatenate([finding.stamps for finding in findings]),
        worst.size,
    )
