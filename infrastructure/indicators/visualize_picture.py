"""A candle chart as a PNG, drawn by matplotlib: Plotly's own export wants a browser installed."""

from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from infrastructure.indicators.visualize_candles import FAINT, GRID, INK, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from plotly.graph_objects import Figure

_WIDTH, _HEIGHT, _DPI = 12.8, 6.4, 150  # inches, inches, pixels per inch
_POINTS_PER_PIXEL = 0.75
_MARKERS = {"triangle-up": "^", "triangle-down": "v", "circle": "o"}
_DASHES = {"dot": ":", "dash": "--"}
_MOST_TICKS = 11


def save_picture(figure: "Figure", path: Path) -> None:
    """Draw what the figure shows at first, with its own colours and titles, and write `path`."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor=PAPER)
    axes = canvas.add_axes((0.02, 0.09, 0.915, 0.765))
    _set_axes(axes, figure)
    for shape in figure.layout.shapes:
        axes.axvspan(shape.x0, shape.x1, color=shape.fillcolor, alpha=shape.opacity, lw=0)
    for trace in figure.data:
        (_draw_candles if trace.type == "candlestick" else _draw_scatter)(axes, trace)
    title = figure.layout.title
    heading, detail = _plain(title.text), _plain(title.subtitle.text)
    canvas.text(0.02, 0.935, heading, fontsize=15, fontweight="bold", color=INK)
    canvas.text(0.02, 0.89, detail, fontsize=10, color=FAINT)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False,
            fontsize=9.5, labelcolor=INK, handletextpad=0.4, columnspacing=1.4,
        )  # fmt: skip
    canvas.savefig(path, format="png")


def _plain(text: str) -> str:
    """Text as it was before it was escaped; a dollar is a dollar, not the start of a formula."""
    return unescape(text.replace("<b>", "").replace("</b>", "")).replace("$", r"\$")


def _set_axes(axes: "Axes", figure: "Figure") -> None:
    """Ranges, session lines and tick labels of the figure's axes."""
    x_axis, y_axis = figure.layout.xaxis, figure.layout.yaxis
    axes.set_xlim(*x_axis.range)
    axes.set_ylim(*y_axis.range)
    axes.set_facecolor(PAPER)
    axes.yaxis.tick_right()
    axes.yaxis.set_major_formatter(f"{{x:{y_axis.tickformat}}}")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    first, last = x_axis.range
    breaks = [place for place in x_axis.minor.tickvals if first < place < last]
    for place in breaks:
        axes.axvline(place, color=GRID, linewidth=0.8, zorder=0)
    ticks = _ticks([int(place + 0.5) for place in breaks], first, last)
    labels = [x_axis.labelalias[str(row)].replace("<br>", "\n") for row in ticks]
    axes.set_xticks(ticks, labels)
    axes.tick_params(length=0, labelsize=9, labelcolor=FAINT, pad=6)
    for spine in axes.spines.values():
        spine.set_color(GRID)


def _ticks(starts: list[int], first: float, last: float) -> list[int]:
    """Session starts where they can stand apart; even steps where there are hardly any."""
    apart = (last - first) / _MOST_TICKS
    if len(starts) < 3:
        starts = list(range(int(first) + 1, int(last) + 1))
    ticks: list[int] = []
    for row in starts:
        if (
            row > first + apart / 3
            and row < last - apart / 3
            and (not ticks or row >= ticks[-1] + apart)
        ):
            ticks.append(row)
    return ticks


def _draw_candles(axes: "Axes", trace: Any) -> None:
    """Wicks as lines, bodies as bars, of the bars in view; a body of nothing is still a line."""
    columns = [np.asarray(trace[name]) for name in ("x", "open", "high", "low", "close")]
    first, last = axes.get_xlim()
    seen = (columns[0] > first) & (columns[0] < last)
    row, open_, high, low, close = (column[seen] for column in columns)
    for rising, look in ((True, trace.increasing), (False, trace.decreasing)):
        own = (close >= open_) == rising
        edge = look.line.color
        axes.vlines(row[own], low[own], high[own], color=edge, linewidth=1.0, zorder=2)
        axes.bar(
            row[own], np.abs(close - open_)[own], bottom=np.minimum(open_, close)[own],
            width=0.62, color=look.fillcolor, edgecolor=edge, linewidth=1.0, zorder=3,
        )  # fmt: skip


def _draw_scatter(axes: "Axes", trace: Any) -> None:
    """Signals, trades and levels."""
    x, y = np.asarray(trace.x, float), np.asarray(trace.y, float)
    look: dict[str, Any] = {"color": trace.marker.color or trace.line.color, "linestyle": "none"}
    if "lines" in trace.mode:
        look |= {"linestyle": _DASHES[trace.line.dash], "linewidth": trace.line.width}
    if "markers" in trace.mode:
        look |= {
            "marker": _MARKERS[trace.marker.symbol],
            "markersize": trace.marker.size * _POINTS_PER_PIXEL,
            "markeredgecolor": PAPER,
            "markeredgewidth": 0.6,
        }
    axes.plot(x, y, label=_plain(trace.name), zorder=4, **look)
