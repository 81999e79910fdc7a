"""Two vendors' bars without a time in common: said, not passed over."""

import numpy as np

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.vendors import compare_vendors


def bars_at(*stamps: int) -> BarColumns:
    """Bars of one price at these times."""
    ones = np.ones(len(stamps))
    return BarColumns(np.array(stamps, np.int64), ones, ones, ones, ones, ones)


def test_no_common_time_is_a_warning() -> None:
    """What was asked for and could not be done is told."""
    finding = compare_vendors("QQQ", "1d", bars_at(0), bars_at(60), ("A", "B"))
    assert finding is not None
    assert (finding.severity, finding.count) == ("warning", 0)
    assert finding.worst == "no bar of A and B has the same time; nothing was compared"


def test_the_same_bars_agree() -> None:
    """No finding where nothing differs."""
    assert compare_vendors("QQQ", "1d", bars_at(0), bars_at(0), ("A", "B")) is None
