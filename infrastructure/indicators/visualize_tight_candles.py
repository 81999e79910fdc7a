"""Charts of tight candles: all of them, or one in its context; as HTML or as PNG.

figure = visualize_tight_candles(bars, *TightCandle().generate(bars))
save_figure(figure, Path("output/qqq.html"))
"""

from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError, StorageError
from infrastructure.indicators.visualize_candles import (
    FAINT,
    LONG,
    SHORT,
    add_level,
    add_signals,
    add_trades,
    add_views,
    candle_figure,
    day_text,
    decimals,
    local_times,
    measures,
    price_range,
)
from infrastructure.market_data.bars import Bars

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def visualize_tight_candles(
    bars: Bars,
    long: NDArray[np.bool_],
    short: NDArray[np.bool_],
    trades: Any = None,
    view_bars: int = 130,
) -> "Figure":
    """A Plotly figure of the candles, a triangle on every signal and a line for every trade.

    long, short: shape (n_bars,), as `TightCandle.generate` returns them.
    trades: records with entry_bar, exit_bar (rows of `bars`), entry_price, exit_price and
        net_pnl, such as a simulation's trades of this symbol; None for none.
    view_bars: how many of the last bars are in view at first, and in a PNG; the others are a drag
        away.

    Bars whose source is "demo" are labelled SYNTHETIC. Opens smoothly up to some 5,000 bars (a year
    of half hours is 3,276): cut a longer series first.
    Raises DataError where there are no bars, or signals of another length.
    """
    for name, column in (("long", long), ("short", short)):
        if len(column) != len(bars):
            raise DataError(f"{name}: expected one row a bar, {len(bars)}; found {len(column)}")
    longs, shorts = np.flatnonzero(long), np.flatnonzero(short)
    rows = range(len(bars))
    view = rows[-view_bars:]
    detail = f"{len(bars):,} bars · {len(longs):,} long, {len(shorts):,} short"
    figure = candle_figure(bars, rows, view, "tight candles", f"{_span(bars)} · {detail}")
    if trades is not None:
        add_trades(figure, trades)
    add_signals(figure, bars, longs, +1)
    add_signals(figure, bars, shorts, -1)
    if len(view) < len(rows):
        add_views(figure, bars, {f"last {len(view)} bars": view, "all bars": rows})
    return figure


def visualize_one_signal(
    bars: Bars,
    row: int,
    before: int = 20,
    after: int = 20,
    stop: float | None = None,
    target: float | None = None,
) -> "Figure":
    """One signal bar among its neighbours, with its stop and target where given.

    The side is that of the longer wick. `after` shows what came later: for the eye, never for
    the strategy. Raises ConfigError for a row that `bars` do not have.
    """
    if not 0 <= row < len(bars):
        raise ConfigError(
            f"row of the signal: expected 0 to {len(bars) - 1}, a row of the bars; found {row}"
        )
    rows = range(max(0, row - before), min(len(bars), row + after + 1))
    (when,) = local_times(bars, range(row, row + 1))
    heading = f"tight candle of {when:%a} {day_text(when)} {when:%H:%M}"
    figure = candle_figure(bars, rows, rows, heading, measures(bars, row).replace("<br>", " · "))
    figure.add_vrect(row - 0.5, row + 0.5, fillcolor=FAINT, opacity=0.14, line_width=0)
    body = bars.open[row] + bars.close[row]
    side = 1 if body > bars.high[row] + bars.low[row] else -1
    add_signals(figure, bars, np.array([row]), side)
    lowest, highest = price_range(bars, rows)
    margin = 0.04 * (highest - lowest)
    for name, price, color in (("stop", stop, SHORT), ("target", target, LONG)):
        if price is not None:
            label = f"{name} {price:.{decimals(bars)}f}"
            add_level(figure, label, price, range(row, rows.stop), color)
            lowest, highest = min(lowest, price - margin), max(highest, price + margin)
    figure.update_yaxes(range=[lowest, highest])
    return figure


def _span(bars: Bars) -> str:
    """First and last date, and whose clock the chart shows."""
    times = local_times(bars, range(len(bars)))
    if not times:
        return ""
    return f"{day_text(times[0])} – {day_text(times[-1])} · {bars.calendar} time"


def save_figure(figure: "Figure", path: str | Path) -> Path:
    """Write the figure to `path` and return it: one self-contained .html page, or a .png picture.

    Raises ConfigError for another ending, StorageError where the file cannot be written.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".html", ".png"):
        raise ConfigError(f"{path.name}: a chart's name must end in .html or .png; found {kind!r}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == ".png":
            from infrastructure.indicators.visualize_picture import save_picture

            save_picture(figure, path)
        else:
            path.write_text(_page(figure), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{path}: the chart cannot be written there: {error.strerror}"
        ) from error
    return path


_CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "responsive": True,
    "showSendToCloud": False,  # plotly.js 4 would offer to upload the chart
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
}

_FOLLOW_PRICES = """
const chart = document.getElementById('{plot_id}');
const candles = chart._fullData.find(trace => trace.type === 'candlestick');
chart.on('plotly_relayout', change => {
  const moved = Object.keys(change).some(key => key.startsWith('xaxis.'));
  if (!moved || Object.keys(change).some(key => key.startsWith('yaxis.'))) return;
  const [from, to] = chart.layout.xaxis.range;
  let low = Infinity, high = -Infinity;
  candles.x.forEach((row, i) => {
    if (row < from || row > to) return;
    low = Math.min(low, candles.low[i]);
    high = Math.max(high, candles.high[i]);
  });
  const margin = Math.max(0.08 * (high - low), chart.layout.meta.room);
  if (high > low) Plotly.relayout(chart, {'yaxis.range': [low - margin, high + margin]});
});
"""
"""Keeps the prices of the bars in view in view: Plotly by itself scales to one range for all."""


def _page(figure: "Figure") -> str:
    """The figure as a whole page with its own copy of plotly.js: it opens anywhere, offline."""
    chart = figure.to_html(
        full_html=False,
        include_plotlyjs=True,
        default_height="100vh",
        config=_CONFIG,
        post_script=_FOLLOW_PRICES,
    )
    title = escape(unescape(figure.layout.title.text.replace("<b>", "").replace("</b>", "")))
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{title}</title><style>body {{ margin: 0 }}</style></head>\n"
        f"<body>{chart}</body>\n</html>\n"
    )
