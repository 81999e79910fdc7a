"""Which bars a mend removes. Nothing is mended unasked, and nothing is made up instead."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.findings.finding import Finding
from infrastructure.wording import nearest

_OF_KIND = {
    "spike": ("spike",),
    "stale": ("stale",),
    "zero_range": ("zero_range",),
    "zero_volume": ("zero_volume",),
    "holiday_bars": ("holiday_bars",),
    "outside": ("mixed_sessions", "half_day_hours", "bars_at_close"),
}
MENDABLE = tuple(_OF_KIND)
"""What `kairos data mend --remove` takes."""


def check_mendable(kinds: Sequence[str]) -> None:
    """Raise ConfigError for a kind that no removal mends."""
    for kind in kinds:
        if kind not in MENDABLE:
            meant = nearest(kind, MENDABLE)
            hint = f' (did you mean "{meant}"?)' if meant else ""
            raise ConfigError(f"--remove: expected {', '.join(MENDABLE)}; found {kind!r}{hint}")


def stamps_to_remove(findings: Sequence[Finding], kinds: Sequence[str]) -> NDArray[np.int64]:
    """Opening times of the bars that findings of these kinds concern, ascending, each once."""
    wanted = {of for kind in kinds for of in _OF_KIND[kind]}
    stamps = [finding.stamps for finding in findings if finding.kind in wanted]
    return np.unique(np.concatenate(stamps)) if stamps else np.empty(0, np.int64)
