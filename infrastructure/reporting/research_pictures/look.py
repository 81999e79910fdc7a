"""The house's look of a research picture: colours, titles, axes, and words made harmless."""

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from infrastructure.indicators.visualize_candles import FAINT, GRID, INK, PAPER
from infrastructure.reporting.figures import short_key
from infrastructure.wording import printable

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["FAINT", "GRID", "INK", "PAPER"]

FONT = "Inter, Segoe UI, Helvetica, Arial, sans-serif"
GAIN, LOSS = "#0f6a72", "#b85c20"
"""The candles' teal and terracotta, moved apart until every kind of colour vision tells them."""

PALE = "#c5cdd4"
UNDEFINED = "#bcc3c9"
_LONGEST = 96
_TEMPLATE = re.compile(r"%(?=[{_])")


def plain(said: object, longest: int = _LONGEST) -> str:
    """Any text as Plotly shows it letter by letter: no tags, no templates, cut when long."""
    text = printable(str(said))
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return _TEMPLATE.sub("% ", escape(cut, quote=False))


def letters(label: str, longest: int = _LONGEST) -> str:
    """A safe label for the places where Plotly reads no tags: ticks of scenes and of parallels."""
    text = unescape(label)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def key_name(key: str) -> str:
    """The short key, safe in a picture."""
    return plain(short_key(key), 48)


def dress(figure: "Figure", heading: str, detail: str, height: int) -> "Figure":
    """Titles (safe already), colours and margins, in the figure itself; returns it."""
    figure.update_layout(
        template="none",
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        height=height,
        font={"family": FONT, "color": INK, "size": 12},
        title={
            "text": f"<b>{heading}</b>",
            "subtitle": {"text": detail, "font": {"color": FAINT, "size": 12.5}},
            "font": {"size": 16},
            "x": 0, "xref": "container", "xanchor": "left",
            "y": 1, "yref": "container", "yanchor": "top",
            "pad": {"t": 18, "l": 16},
        },
        margin={"l": 84, "r": 36, "t": 92, "b": 64},
        legend={
            "orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom",
            "font": {"color": INK}, "itemsizing": "constant",
        },
        hovermode="closest",
        hoverlabel={"bgcolor": PAPER, "bordercolor": PALE, "align": "left", "font": {"color": INK}},
    )  # fmt: skip
    figure.update_xaxes(**_AXIS)
    figure.update_yaxes(**_AXIS, ticklabelstandoff=4)
    return figure


_AXIS: dict[str, Any] = {
    "gridcolor": GRID,
    "linecolor": PALE,
    "zeroline": False,
    "ticks": "",
    "tickfont": {"color": FAINT},
    "title_font": {"color": INK, "size": 12.5},
    "title_standoff": 12,
    "automargin": True,
    "separatethousands": True,
    "exponentformat": "none",
}


ZERO: dict[str, Any] = {"zeroline": True, "zerolinecolor": FAINT, "zerolinewidth": 1}
"""An axis's line at zero, below the traces."""


def level(figure: "Figure", value: float, **place: Any) -> None:
    """A thin line across a panel at a value of its y axis."""
    if value == 0.0:
        figure.update_yaxes(**ZERO, **place)
    else:
        figure.add_hline(value, line={"color": FAINT, "width": 1}, **place)


def nothing(heading: str, said: str) -> "Figure":
    """A picture with nothing to draw says why; `said` is safe already."""
    from plotly.graph_objects import Figure

    figure = dress(Figure(), heading, "", 260)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    place = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    figure.add_annotation(text=said, font={"size": 14, "color": FAINT}, **place)
    return figure


def synthetic(figure: "Figure") -> "Figure":
    """The figure with the label of made-up bars under its title."""
    label = f'<span style="color: {LOSS}">SYNTHETIC bars</span>'
    detail = figure.layout.title.subtitle.text
    figure.update_layout(title_subtitle_text=f"{label} · {detail}" if detail else label)
    return figure
