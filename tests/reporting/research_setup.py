"""Small results of research, as their pictures get them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TIGHT, STOP, REWARD = "indicator.parameters.tightness_threshold", "stop_loss.value", "risk_reward"


@dataclass(frozen=True)
class Axis:
    """An axis of a sweep."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Sweep:
    """A sweep's result."""

    frame: pd.DataFrame
    axes: Sequence[Axis]
    best: "pd.Series[Any] | None" = None
    objective: str = "sqn"
    n_trials: int = 6
    synthetic: bool = False
    title: str = "Tight candles"


@dataclass(frozen=True)
class Fold:
    """A fold of a walk forward."""

    number: int
    in_sample: Mapping[str, float | None]
    out_of_sample: Mapping[str, float | None]
    efficiency: float = 0.5
    parameters: Mapping[str, Any] = field(default_factory=lambda: {STOP: 0.8})
    train_start: date = date(2020, 1, 2)
    train_end: date = date(2021, 12, 31)
    test_start: date = date(2022, 1, 3)
    test_end: date = date(2022, 6, 30)


@dataclass(frozen=True)
class WalkForward:
    """A walk forward's result."""

    folds: Sequence[Fold]
    objective: str = "sqn"
    n_trials: int = 960
    synthetic: bool = False
    title: str = "Tight candles"


@dataclass(frozen=True)
class Interval:
    """A bootstrapped figure."""

    estimate: float
    low: float
    high: float
    distribution: Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True)
class Fan:
    """Quantiles of simulated equity."""

    quantiles: Sequence[float]
    equity: Sequence[Sequence[float]] | NDArray[np.float64]


@dataclass(frozen=True)
class FanOfTrades(Fan):
    """The same, which tells how many trades a step is."""

    trades: Sequence[int] = ()


@dataclass(frozen=True)
class Verdict:
    """A verdict on a run."""

    bootstrap: Mapping[str, Interval]
    fan: Fan | None = None
    plateau: Sweep | None = None
    n_trials: int = 4320
    synthetic: bool = False
    title: str = "Tight candles · run 17"
    verdict: str = "Fragile"
    reasons: Sequence[str] = ("Its interval reaches zero.",)


@dataclass(frozen=True)
class Gate:
    """What one rule stopped."""

    rule: str
    stopped: int
    taken: int
    mean_r: float = nan
    low: float = nan
    high: float = nan


@dataclass(frozen=True)
class Gates:
    """What each rule of a run stopped."""

    rules: Sequence[Gate]
    synthetic: bool = False
    title: str = "Three ideas · run 21"


def trials(**columns: Sequence[Any]) -> pd.DataFrame:
    """A frame of trials; `tight`, `stop` and `reward` stand for their config keys."""
    named = {"tight": TIGHT, "stop": STOP, "reward": REWARD}
    frame = pd.DataFrame({named.get(name, name): values for name, values in columns.items()})
    frame.insert(0, "trial", range(len(frame)))
    return frame


SIX = trials(
    tight=[0.1, 0.2, 0.3, 0.1, 0.2, 0.3],
    stop=[1.0, 1.0, 1.0, 2.0, 2.0, 2.0],
    sqn=[0.5, 1.5, -0.5, 1.0, nan, 2.0],
    trades=[40, 50, 60, 70, 0, 90],
)
"""Two keys, three values by two; one trial is undefined."""


def sweep(frame: pd.DataFrame = SIX, keys: Sequence[str] = (TIGHT, STOP), **terms: Any) -> Sweep:
    """A sweep whose best trial is the one of the highest sqn."""
    known = frame["sqn"].notna().any()
    best = frame.iloc[int(np.nanargmax(frame["sqn"].to_numpy(np.float64)))] if known else None
    axes = [Axis((key,)) for key in keys]
    return Sweep(frame, axes, **{"best": best, "n_trials": len(frame), **terms})


def words(figure: Any) -> str:
    """Everything that a figure says outside its traces."""
    title = figure.layout.title
    notes = [note.text for note in figure.layout.annotations]
    return "\n".join([title.text, title.subtitle.text or "", *notes])


def listed(values: Any) -> list[Any]:
    """An array as lists, NaN as None: what can be compared."""
    return [
        listed(each) if isinstance(each, np.ndarray) else (None if each != each else each)
        for each in np.asarray(values).tolist()
    ] if np.ndim(values) == 1 else [listed(row) for row in values]  # fmt: skip
