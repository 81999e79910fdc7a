"""The parameters that each fold chose: steady ones speak for an idea, jumping ones for noise."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from infrastructure.reporting.research_pictures.fold_words import fold_axis, parameter_word
from infrastructure.reporting.research_pictures.look import GAIN, dress, key_name, nothing
from infrastructure.reporting.research_pictures.places import is_number
from infrastructure.reporting.research_pictures.shapes import Fold
from infrastructure.wording import counted

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MOST_KEYS = 12
_ROW, _AROUND = 108, 170


def parameter_drift(folds: Sequence[Fold]) -> "Figure":
    """A step line for each chosen parameter over the folds; words are categories.

    The first 12 parameters are drawn; the subtitle says of how many, and how many never changed.
    """
    from plotly.graph_objects import Scatter
    from plotly.subplots import make_subplots

    heading = "Chosen parameters, fold by fold"
    keys = list(dict.fromkeys(key for fold in folds for key in fold.parameters))
    if not keys:
        return nothing(heading, "there are no folds" if not folds else "the folds chose nothing")
    shown = keys[:_MOST_KEYS]
    figure = make_subplots(
        rows=len(shown), cols=1, shared_xaxes=True, vertical_spacing=0.26 / max(len(shown), 2),
        subplot_titles=[key_name(key) for key in shown],
    )  # fmt: skip
    names = [str(fold.number) for fold in folds]
    for row, key in enumerate(shown, start=1):
        values, is_words = _column([fold.parameters.get(key) for fold in folds])
        line = Scatter(
            x=names, y=values, mode="lines+markers", showlegend=False,
            line={"color": GAIN, "width": 2, "shape": "hvh"}, marker={"size": 7},
            hovertemplate=f"fold %{{x}}<br>{key_name(key)} %{{y}}<extra></extra>",
        )  # fmt: skip
        figure.add_trace(line, row=row, col=1)
        if is_words:
            figure.update_yaxes(row=row, col=1, type="category")
    dress(figure, heading, _detail(folds, keys), _AROUND + _ROW * len(shown))
    figure.update_annotations(x=0, xanchor="left", font={"size": 12})
    order = {"type": "category", "categoryorder": "array", "categoryarray": names}
    figure.update_xaxes(**order, showgrid=False, showticklabels=False, tickangle=0)
    figure.update_xaxes(row=len(shown), col=1, showticklabels=True, **fold_axis(folds))
    figure.update_yaxes(nticks=4)
    figure.update_layout(margin={"t": 104})
    return figure


def _column(values: list[Any]) -> tuple[list[Any], bool]:
    """Numbers as they are, None where a fold has none; anything else as words."""
    if all(value is None or is_number(value) for value in values):
        return [None if value is None else float(value) for value in values], False
    return [parameter_word(value) for value in values], True


def _detail(folds: Sequence[Fold], keys: list[str]) -> str:
    steady = sum(
        len({parameter_word(fold.parameters.get(key)) for fold in folds}) == 1 for key in keys
    )
    drawn = f"the first {_MOST_KEYS} of " if len(keys) > _MOST_KEYS else ""
    parameters = counted(len(keys), "parameter")
    return f"{len(folds)} folds · {drawn}{parameters} · {steady} the same in every fold"
