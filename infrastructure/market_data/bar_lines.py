"""Bars as lines of a table, for people."""

from typing import TYPE_CHECKING

from infrastructure.market_data.columns import BarColumns, utc_text

if TYPE_CHECKING:
    from infrastructure.market_data.bars import Bars

_PRICES = ("open", "high", "low", "close")


def bar_lines(bars: "BarColumns | Bars") -> list[str]:
    """A line of headings, and one a bar: opening time in UTC, prices and volume."""
    names = "".join(f"{name:>12}" for name in _PRICES)
    lines = [f"{'opens (UTC)':<21}{names}{'volume':>16}"]
    for row in range(len(bars)):
        prices = "".join(f"{getattr(bars, name)[row]:>12.10g}" for name in _PRICES)
        moment = utc_text(int(bars.timestamp[row]))
        lines.append(f"{moment:<21}{prices}{bars.volume[row]:>16.12g}")
    return lines
