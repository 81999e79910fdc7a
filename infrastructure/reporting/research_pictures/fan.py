"""The Monte Carlo fan: the roads that the same trades might have taken."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GAIN,
    INK,
    LOSS,
    dress,
    nothing,
)
from infrastructure.reporting.research_pictures.shapes import Fan

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MOST_STEPS = 600
_SHADE = "rgba(15,106,114,{:.3f})"


def monte_carlo_fan(fan: Fan, limit: float | None = None) -> "Figure":
    """The quantiles of simulated equity at each step: a line in the middle, bands around it.

    Bands lie between the lowest and the highest quantile, the second of either side, and so on; the
    middle one of an odd number is a line. More than 600 steps are thinned, the last one kept.
    limit: equity that the account must not fall to, money; None draws none.
    """
    heading = "Monte Carlo of the same trades"
    shares, paths = _ordered(fan)
    if paths.size == 0 or not np.isfinite(paths).any():
        return nothing(heading, "no path has a defined equity")
    at = _steps(fan, paths.shape[1])
    kept = _thinned(len(at))
    figure = _bands(shares, paths[:, kept], at[kept])
    last = paths[:, -1]
    ends = ", ".join(
        f"{_percent(shares[row])} below {last[row]:,.0f}"
        for row in dict.fromkeys((0, len(shares) // 2, len(shares) - 1))
        if np.isfinite(last[row])
    )
    detail = f"{int(at[-1]):,} trades" + (f" · at the end {ends}" if ends else "")
    dress(figure, heading, detail, 540)
    figure.update_xaxes(title_text="trades closed", showgrid=False)
    figure.update_yaxes(title_text="equity, money", tickformat=",.6~f")
    figure.update_layout(hovermode="x unified", margin={"r": 70})
    start = float(np.median(paths[:, 0]))
    if np.isfinite(start):
        line = {"color": FAINT, "width": 1, "dash": "dot"}
        figure.add_hline(start, line=line)
    if limit is not None and np.isfinite(limit):
        figure.add_hline(
            limit, line={"color": LOSS, "width": 1.5, "dash": "dash"},
            annotation={"text": "the account's limit", "font": {"color": LOSS, "size": 11}},
            annotation_position="bottom left",
        )  # fmt: skip
    return figure


def _ordered(fan: Fan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quantiles rising, (k,), and their paths, (k, n_steps)."""
    shares = np.asarray(fan.quantiles, np.float64).reshape(-1)
    paths = np.asarray(fan.equity, np.float64)
    paths = paths.reshape(len(shares), paths.shape[-1] if paths.size else 0)
    order = np.argsort(shares, kind="stable")
    return shares[order], paths[order]


def _steps(fan: Fan, n_steps: int) -> NDArray[np.int64]:
    """(n_steps,) numbers of trades at the steps; one a step where the fan does not tell."""
    trades = getattr(fan, "trades", None)
    return np.arange(n_steps) if trades is None else np.asarray(trades, np.int64)


def _thinned(n_steps: int) -> NDArray[np.int64]:
    wanted = min(n_steps, _MOST_STEPS)
    return np.unique(np.linspace(0, n_steps - 1, wanted).round().astype(np.int64))


def _bands(
    shares: NDArray[np.float64], paths: NDArray[np.float64], steps: NDArray[np.int64]
) -> "Figure":
    from plotly.graph_objects import Figure, Scatter

    figure = Figure()
    pairs = len(shares) // 2
    for number in range(pairs):
        low, high = number, len(shares) - 1 - number
        shade = _SHADE.format(0.16 + 0.16 * number / max(pairs - 1, 1))
        name = f"{_percent(shares[low])} to {_percent(shares[high])}"
        for row, fill in ((low, None), (high, "tonexty")):
            figure.add_trace(
                Scatter(
                    x=steps, y=paths[row], mode="lines", line={"width": 0.6, "color": GAIN},
                    fill=fill, fillcolor=shade, name=name, showlegend=row == high,
                    legendgroup=name,
                    hovertemplate=f"{_percent(shares[row])}: %{{y:,.0f}}<extra></extra>",
                )
            )  # fmt: skip
    if len(shares) % 2:
        middle = pairs
        name = "median" if shares[middle] == 0.5 else _percent(shares[middle])
        figure.add_trace(
            Scatter(
                x=steps, y=paths[middle], mode="lines", line={"width": 2, "color": INK}, name=name,
                hovertemplate=f"{name}: %{{y:,.0f}}<extra></extra>",
            )
        )  # fmt: skip
    return figure


def _percent(share: float) -> str:
    return f"{100.0 * share:.3g} %"
