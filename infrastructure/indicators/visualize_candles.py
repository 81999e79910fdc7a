"""The bricks of a candle chart: an axis of bar numbers, candles, triangles, trades.

Bars stand side by side, numbered; nights and weekends take no room. Plotly could cut them out of
an axis of times, or use a category per bar, but both make it slow: a year of half hours takes
seconds at every move. A number costs nothing, and an alias turns its tick label into a time.
"""

from datetime import date, datetime
from html import escape
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.calendars import get_calendar

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

INK, FAINT, GRID, PAPER = "#2b3440", "#7b8794", "#edf0f2", "#ffffff"
RISE, FALL = ("#9cbfb3", "#5d8f80"), ("#e3b7a6", "#b87a64")  # fill and edge of a candle
LONG, SHORT = "#0a6b51", "#9e2a3f"
_MANY_SESSIONS = 600


def candle_figure(bars: Bars, rows: range, view: range, heading: str, detail: str) -> "Figure":
    """Candles of `rows`, opened at the bars of `view`; titles are plain text, escaped here."""
    from plotly.graph_objects import Candlestick, Figure

    if len(rows) == 0:
        raise DataError(f"{bars.symbol} {bars.interval}: there are no bars to draw")
    times = local_times(bars, rows)
    cut = slice(rows.start, rows.stop)
    candles = Candlestick(
        x=np.arange(rows.start, rows.stop),
        open=bars.open[cut],
        high=bars.high[cut],
        low=bars.low[cut],
        close=bars.close[cut],
        increasing={"fillcolor": RISE[0], "line": {"color": RISE[1], "width": 1}},
        decreasing={"fillcolor": FALL[0], "line": {"color": FALL[1], "width": 1}},
        hovertext=[
            f"{when:%a} {day_text(when)} {when:%H:%M}<br>{measures(bars, row)}"
            for row, when in zip(rows, times, strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
    )
    figure = Figure(candles)
    _dress(figure, bars, rows, view, times)
    name = escape(f"{bars.symbol} {bars.interval}")
    synthetic = " · SYNTHETIC bars" if bars.synthetic else ""
    figure.update_layout(
        title_text=f"<b>{name}</b> · {escape(heading)}{synthetic}",
        title_subtitle_text=escape(detail),
    )
    return figure


def local_times(bars: Bars, rows: range) -> list[datetime]:
    """Opening times on the exchange's own clock, from the midnights its calendar knows."""
    calendar = get_calendar(bars.calendar)
    cut = slice(rows.start, rows.stop)
    midnight = calendar.date_start[np.searchsorted(calendar.session, bars.session[cut])]
    local = bars.session[cut] * DAY + bars.timestamp[cut] - midnight
    times: list[datetime] = local.astype("datetime64[s]").tolist()
    return times


def day_text(when: date) -> str:
    """`2 Jan 2024`, on every system."""
    return f"{when.day} {when:%b %Y}"


def measures(bars: Bars, row: int) -> str:
    """A bar's prices, body and wicks, as two lines of a hover label."""
    open_, high = float(bars.open[row]), float(bars.high[row])
    low, close = float(bars.low[row]), float(bars.close[row])
    upper, lower = high - max(open_, close), min(open_, close) - low
    share = f"body {abs(close - open_) / (high - low):.1%} of range" if high > low else "no range"
    n = decimals(bars)
    return (
        f"O {open_:.{n}f}  H {high:.{n}f}  L {low:.{n}f}  C {close:.{n}f}<br>"
        f"{share}, wicks {upper:.{n}f} above, {lower:.{n}f} below"
    )


def decimals(bars: Bars) -> int:
    """Places after the point: 2 for prices of 10 and more, 4 for a euro in dollars, then more."""
    price = float(bars.close[-1])
    return 2 if price >= 10 else 4 - floor(log10(price))


def price_range(bars: Bars, view: range) -> list[float]:
    """Lowest low and highest high of the view, with room for a triangle on either side."""
    lowest = float(bars.low[view.start : view.stop].min())
    highest = float(bars.high[view.start : view.stop].max())
    margin = max(0.08 * (highest - lowest), 2 * triangle_gap(bars), 0.001 * highest)
    return [lowest - margin, highest + margin]


def triangle_gap(bars: Bars) -> float:
    """Money between a signal's bar and its triangle: most of a usual bar's range."""
    return 0.7 * float(np.median(bars.high - bars.low))


def _dress(figure: "Figure", bars: Bars, rows: range, view: range, times: list[datetime]) -> None:
    """Colours, margins and both axes."""
    figure.update_layout(
        template="plotly_white",
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"family": "Inter, Segoe UI, Helvetica, Arial, sans-serif", "color": INK, "size": 12},
        title={"x": 0.01, "xanchor": "left", "y": 1, "yanchor": "top", "pad_t": 24},
        title_font_size=18,
        title_subtitle_font_color=FAINT,
        margin={"l": 20, "r": 70, "t": 120, "b": 60},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.01, "yanchor": "bottom"},
        dragmode="pan",
        hovermode="closest",
        hoverlabel={"bgcolor": PAPER, "bordercolor": GRID, "align": "left"},
        meta={"room": 2 * triangle_gap(bars)},
    )
    figure.update_xaxes(
        range=edges(view),
        minallowed=rows.start - 1,
        maxallowed=rows.stop,
        labelalias=_tick_labels(bars, rows, times),
        exponentformat="none",
        separatethousands=False,
        nticks=10,
        showgrid=False,
        minor_tickvals=[row - 0.5 for row in session_starts(bars, rows)],
        minor_showgrid=True,
        minor_gridcolor=GRID,
        rangeslider_visible=False,
        tickfont_color=FAINT,
    )
    figure.update_yaxes(
        range=price_range(bars, view),
        side="right",
        gridcolor=GRID,
        tickformat=f".{decimals(bars)}f",
        tickfont_color=FAINT,
        zeroline=False,
    )


def edges(view: range) -> list[float]:
    """The x range that shows the bars of a view whole."""
    return [view.start - 0.6, view.stop - 0.4]


def _tick_labels(bars: Bars, rows: range, times: list[datetime]) -> dict[str, str]:
    """Bar number to date (and time, within days); a blank for the numbers on either side."""
    labels = {str(rows.start - 1): " ", str(rows.stop): " "}
    for row, when in zip(rows, times, strict=True):
        clock = "" if bars.interval.endswith("d") else f"<br>{when:%H:%M}"
        labels[str(row)] = day_text(when) + clock
    return labels


def session_starts(bars: Bars, rows: range) -> list[int]:
    """First rows of sessions; of months, where sessions are too many to see."""
    session = bars.session[rows.start : rows.stop]
    starts = rows.start + np.flatnonzero(np.diff(session, prepend=session[0] - 1))
    if len(starts) > _MANY_SESSIONS or len(starts) > len(session) / 3:
        month = session.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        starts = rows.start + np.flatnonzero(np.diff(month, prepend=month[0] - 1))
    found: list[int] = starts.tolist()
    return found


def add_signals(figure: "Figure", bars: Bars, rows: NDArray[np.int64], side: int) -> None:
    """A triangle on each row: under the low, pointing up, for +1; over the high, down, for -1."""
    from plotly.graph_objects import Scatter

    gap = triangle_gap(bars)
    heights = bars.low[rows] - gap if side > 0 else bars.high[rows] + gap
    marker = {
        "symbol": "triangle-up" if side > 0 else "triangle-down",
        "color": LONG if side > 0 else SHORT,
        "size": 11,
        "line": {"color": PAPER, "width": 1},
    }
    name = f"{'long' if side > 0 else 'short'} signal"
    figure.add_trace(
        Scatter(x=rows, y=heights, mode="markers", marker=marker, name=name, hoverinfo="name")
    )


def add_trades(figure: "Figure", trades: Any) -> None:
    """A dotted line from entry to exit of each trade, winners and losers in two colours."""
    from plotly.graph_objects import Scatter

    won = np.asarray(trades["net_pnl"]) > 0
    for name, color, chosen in (("winner", LONG, won), ("loser", SHORT, ~won)):
        if not chosen.any():
            continue
        x, y = np.full((2, 3 * int(chosen.sum())), np.nan)
        labels: list[str] = []
        for step, moment in enumerate(("entry", "exit")):
            x[step::3] = np.asarray(trades[f"{moment}_bar"])[chosen]
            y[step::3] = np.asarray(trades[f"{moment}_price"])[chosen]
        for pnl in np.asarray(trades["net_pnl"])[chosen]:
            labels += [f"{name}, net {pnl:,.2f}"] * 3
        line = {"color": color, "width": 1.5, "dash": "dot"}
        marker = {"symbol": "circle", "size": 5, "color": color}
        figure.add_trace(
            Scatter(
                x=x, y=y, mode="lines+markers", line=line, marker=marker, name=name,
                text=labels, hovertemplate="%{text}<br>at %{y}<extra></extra>",
            )
        )  # fmt: skip


def add_level(figure: "Figure", name: str, price: float, rows: range, color: str) -> None:
    """A dashed line at a price, named in the legend."""
    from plotly.graph_objects import Scatter

    figure.add_trace(
        Scatter(
            x=[rows.start, rows.stop],
            y=[price, price],
            mode="lines",
            line={"color": color, "width": 1.5, "dash": "dash"},
            name=name,
            hoverinfo="name",
        )
    )


def add_views(figure: "Figure", bars: Bars, views: dict[str, range]) -> None:
    """A button for each view, top left under the title."""
    buttons = [
        {
            "label": label,
            "method": "relayout",
            "args": [{"xaxis.range": edges(view), "yaxis.range": price_range(bars, view)}],
        }
        for label, view in views.items()
    ]
    place = {"x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom", "pad": {"l": 0, "b": 2}}
    figure.update_layout(
        updatemenus=[{"type": "buttons", "direction": "right", "buttons": buttons, **place}]
    )
