"""A sweep's trials reduced to a grid over two swept keys."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.reporting.research_pictures.measures import FIGURES, Measure
from infrastructure.reporting.research_pictures.places import Places, places_of
from infrastructure.wording import hint_of, show

if TYPE_CHECKING:
    import pandas as pd

Rest = Literal["median", "best"]
"""What stands for the trials that differ in other keys only."""


@dataclass(frozen=True, eq=False)
class Grid:
    """z: (n_y, n_x) the objective, NaN where no trial of the cell has one.

    defined: (n_y, n_x) how many trials a cell stands for. n_trials: rows in all; undefined: those
    without the objective.
    """

    x: Places
    y: Places
    z: NDArray[np.float64]
    defined: NDArray[np.int64]
    n_trials: int
    undefined: int

    @property
    def detail(self) -> str:
        """`10,000 trials, 40 of them without it`."""
        missing = f", {self.undefined:,} of them undefined" if self.undefined else ""
        return f"{self.n_trials:,} trials{missing}"

    def cell_words(self, rest: Rest) -> str:
        """What a cell shows."""
        most = int(self.defined.max())
        if most <= 1:
            return "a cell is one trial"
        fewest = int(self.defined[self.defined > 0].min())
        some = f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return f"a cell is the {rest} of {some} trials"


def column_of(frame: "pd.DataFrame", name: str) -> "pd.Series[Any]":
    """A column of the frame. Raises ConfigError where it has none of that name."""
    if name not in frame.columns:
        known = [str(column) for column in frame.columns]
        raise ConfigError(
            f"a picture of trials: expected a column of the frame; found {show(name)}"
            f"{hint_of(name, known)}"
        )
    return frame[name]


def values_of(frame: "pd.DataFrame", objective: str) -> NDArray[np.float64]:
    """(n_trials,) a figure, NaN where it is not finite."""
    import pandas as pd

    column = pd.to_numeric(column_of(frame, objective), errors="coerce")
    values = column.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def keys_among(names: Any, frame: "pd.DataFrame") -> list[str]:
    """Those of `names` that are swept keys: columns of the frame, but no figures."""
    return [
        name
        for name in names
        if name in frame.columns and name not in FIGURES and name not in _NO_KEYS
    ]


_NO_KEYS = ("trial", "invalid", "refused", "config_hash", "sweep_id")


def grid_of(
    frame: "pd.DataFrame", x: str, y: str, objective: str, measure: Measure, rest: Rest
) -> Grid:
    """The objective over x and y: of the trials in a cell the median, or the best.

    Raises ConfigError for a column that the frame does not have, and for another word than these.
    """
    if rest not in ("median", "best"):
        raise ConfigError(f"rest: expected median or best; found {show(rest)}")
    values = values_of(frame, objective)
    across, up = places_of(column_of(frame, x)), places_of(column_of(frame, y))
    shape = len(up), len(across)
    cell = up.code * shape[1] + across.code
    used = np.isfinite(values) & (up.code >= 0) & (across.code >= 0)
    defined = np.bincount(cell[used], minlength=shape[0] * shape[1]).reshape(shape)
    z = _reduced(cell[used], values[used], shape, measure, rest)
    undefined = int(np.count_nonzero(np.isnan(values)))
    return Grid(across, up, z, defined.astype(np.int64), len(frame), undefined)


def _reduced(
    cell: NDArray[np.int64],
    values: NDArray[np.float64],
    shape: tuple[int, int],
    measure: Measure,
    rest: Rest,
) -> NDArray[np.float64]:
    import pandas as pd

    how = rest if rest == "median" else ("min" if measure.lower_is_better else "max")
    grouped = pd.Series(values).groupby(cell).agg(how)
    z = np.full(shape[0] * shape[1], np.nan)
    z[grouped.index.to_numpy()] = grouped.to_numpy()
    return z.reshape(shape)
