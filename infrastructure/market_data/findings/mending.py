"""Which stored bars a mend would remove."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.findings.finding import Finding
from infrastructure.wording import hint_of

OUTSIDE = "outside"
"""All findings of bars outside the sessions, under one name."""

_OUTSIDE_KINDS = ("closing_bar", "half_day_after_hours", "mixed_sessions", "no_session")

MENDABLE = ("spike", "displaced", "stale", "zero_range", "off_grid", *_OUTSIDE_KINDS)
"""Kinds whose stamps are stored bars that a series is better off without."""


def stamps_to_remove(findings: Iterable[Finding], kinds: Iterable[str]) -> NDArray[np.int64]:
    """Opening times, ascending, each once, of the bars that these kinds of findings concern.

    kinds: of MENDABLE, or OUTSIDE. Raises ConfigError for any other, naming the nearest.
    """
    wanted = {one for kind in kinds for one in _meant(kind)}
    stamps = [finding.stamps for finding in findings if finding.kind in wanted]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *stamps]))


def _meant(kind: str) -> tuple[str, ...]:
    if kind == OUTSIDE:
        return _OUTSIDE_KINDS
    if kind in MENDABLE:
        return (kind,)
    names = (*MENDABLE, OUTSIDE)
    hint = hint_of(kind, names)
    raise ConfigError(f"--remove: expected one of {', '.join(names)}; found {kind[:40]!r}{hint}")
