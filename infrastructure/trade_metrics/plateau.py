"""The plateau around chosen parameters: do their neighbours earn what they do, or is it a peak."""

from dataclasses import dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError

KEEPS = 0.80
"""Share of the chosen one's objective that a neighbour on the plateau has at least."""

_SLACK = 1e-9

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plateau:
    """What the neighbours of one trial came to.

    chosen: its objective. at_edge: (n_axes,) true where it stands at an end of that axis: the best
        may lie beyond.
    on_axes: number of neighbours one step away on one axis. in_box: those at most one step away on
        every axis, these included.
    share, box_share: of those, with at least KEEPS of the chosen one's objective, 0 to 1.
    median_drop_pct: median over the box of what is lost, percent of the chosen one's objective.
    offsets, objective: (in_box, n_axes) steps from the chosen one, and (in_box,) objectives.
    A neighbour without an objective (it never traded) has lost everything. NaN: no neighbours, or
    a chosen one without an objective.
    """

    chosen: float
    at_edge: NDArray[np.bool_]
    on_axes: int
    in_box: int
    share: float
    box_share: float
    median_drop_pct: float
    offsets: _Matrix
    objective: NDArray[np.float64]


def plateau(
    positions: ArrayLike, objective: ArrayLike, chosen: int, *, smaller_is_better: bool = False
) -> Plateau:
    """The neighbours of trial `chosen`.

    positions: steps of each trial on each axis, shape (n_trials, n_axes): `grid_positions` of a
    grid, `spread_positions` of trials that lie on none. objective: (n_trials,), NaN where none is.
    chosen: row of the trial. smaller_is_better: a lower objective is better, as of a drawdown.
    Raises DataError on shapes or NaN positions, ConfigError on a row that there is not.
    """
    steps, values = _checked(positions, objective, chosen)
    signed = -values if smaller_is_better else values
    apart = steps - steps[chosen]
    far = np.abs(apart).max(axis=1, initial=0.0)
    box = (far <= 1.0 + _SLACK) & (np.arange(len(values)) != chosen)
    offsets = apart[box]
    on_axes = (np.abs(offsets) > _SLACK).sum(axis=1) <= 1
    drop = _drop(float(signed[chosen]), signed[box])
    near = drop <= 1.0 - KEEPS + _SLACK
    return Plateau(
        chosen=float(values[chosen]),
        at_edge=_at_edge(steps, chosen),
        on_axes=int(on_axes.sum()),
        in_box=int(box.sum()),
        share=_share(near[on_axes], drop[on_axes]),
        box_share=_share(near, drop),
        median_drop_pct=100.0 * float(np.median(drop)) if len(drop) else nan,
        offsets=offsets,
        objective=values[box],
    )


def grid_positions(values: ArrayLike) -> _Matrix:
    """Each value's place among the different values of its axis, from 0; (n_trials, n_axes)."""
    table = _table(values)
    places = [np.unique(column, return_inverse=True)[1] for column in table.T]
    return np.stack(places, axis=1).astype(np.float64) if places else np.empty(table.shape)


def spread_positions(values: ArrayLike, steps: int = 10) -> _Matrix:
    """Values in parts of their axis' range, `steps` to the whole of it; (n_trials, n_axes).

    For trials drawn at random: no two share a value, and neighbours are those in the same part.
    """
    table = _table(values)
    low, high = table.min(axis=0), table.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    return steps * (table - low) / width


def _drop(chosen: float, others: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each lost, as a share of the chosen one's size; 1 where it has no objective."""
    if isnan(chosen):
        return np.full(len(others), nan)
    lost = np.where(np.isnan(others), abs(chosen) or 1.0, chosen - others)
    return lost / (abs(chosen) or 1.0)


def _share(near: NDArray[np.bool_], drop: NDArray[np.float64]) -> float:
    return nan if len(near) == 0 or np.isnan(drop).any() else float(near.mean())


def _at_edge(steps: _Matrix, chosen: int) -> NDArray[np.bool_]:
    """Axes of more than one value on which the chosen one stands at an end."""
    low, high, own = steps.min(axis=0), steps.max(axis=0), steps[chosen]
    edge: NDArray[np.bool_] = (high > low) & ((own <= low + _SLACK) | (own >= high - _SLACK))
    return edge


def _table(values: ArrayLike) -> _Matrix:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not len(table) or not np.isfinite(table).all():
        raise DataError(
            "values of trials must be finite numbers of shape (n_trials, n_axes); found "
            f"{'NaN among them' if table.ndim == 2 and len(table) else table.shape}"
        )
    return table


def _checked(
    positions: ArrayLike, objective: ArrayLike, chosen: int
) -> tuple[_Matrix, NDArray[np.float64]]:
    steps, values = _table(positions), np.asarray(objective, dtype=np.float64)
    if values.shape != (len(steps),):
        raise DataError(
            f"objective must have one value for each of the {len(steps)} trials; found shape "
            f"{values.shape}"
        )
    if not 0 <= chosen < len(values):
        raise ConfigError(f"chosen must be a trial from 0 to {len(values) - 1}; found {chosen}")
    return steps, values
