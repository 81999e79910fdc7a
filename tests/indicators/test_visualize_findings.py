"""The chart of stored bars with what the checks found."""

import pytest

from infrastructure.errors import DataError
from infrastructure.indicators.visualize_findings import visualize_findings
from infrastructure.market_data.assembling import make_bars


def test_a_chart_of_no_bars_is_refused() -> None:
    """An empty chart would look like an empty market."""
    none = make_bars("QQQ", "30m", [], [], [], [], [])
    with pytest.raises(DataError, match="QQQ 30m: there are no bars to draw"):
        visualize_findings(none, ())


def test_a_chart_names_its_first_and_last_day() -> None:
    """Both are shown on the exchange's clock, beside the number of bars."""
    stamps = [1704205800, 1704292200]  # 2024-01-02 and 03, 09:30 in New York
    bars = make_bars("QQQ", "30m", stamps, [10, 10], [11, 11], [9, 9], [10, 10])
    shown = visualize_findings(bars, ()).layout.title.subtitle.text
    assert shown == "2 Jan 2024 to 3 Jan 2024 · 2 bars · 0 findings"
