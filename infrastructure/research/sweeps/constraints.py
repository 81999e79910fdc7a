"""What a configuration must meet to be chosen, and what "best" means."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config.fields import LARGEST
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.errors import ConfigError
from infrastructure.wording import hint_of, printable, show

LOWER_IS_BETTER = frozenset(
    {
        "volatility_pct",
        "max_drawdown_pct",
        "max_drawdown_duration_days",
        "max_drawdown_duration_sessions",
        "longest_drawdown_days",
        "ulcer_index",
        "total_commission",
        "total_slippage",
        "longest_losing_streak",
        "ambiguous_trades",
        "refused",
    }
)
"""Figures of which a smaller one is the better one."""

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
_FORM = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|==|>|<)\s*([^\s<>=]\S*)\s*")


@dataclass(frozen=True)
class Constraint:
    """A figure, a comparison and a number, such as trades >= 30. NaN never meets it."""

    figure: str
    comparison: str
    bound: float

    def met(self, figures: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        """(n,) of configurations."""
        met: NDArray[np.bool_] = _COMPARISONS[self.comparison](figures[self.figure], self.bound)
        return met

    def __str__(self) -> str:
        whole = self.bound.is_integer() and abs(self.bound) <= LARGEST
        bound = int(self.bound) if whole else self.bound
        return f"{self.figure}{self.comparison}{bound}"


@dataclass(frozen=True)
class Objective:
    """The figure that the best configuration has the most of, or the least."""

    figure: str

    @property
    def lower_is_better(self) -> bool:
        """Whether the best one has the least."""
        return self.figure in LOWER_IS_BETTER

    def score(
        self, figures: Mapping[str, NDArray[np.float64]], constraints: Sequence[Constraint]
    ) -> NDArray[np.float64]:
        """(n,) more is better; NaN where undefined, or where a constraint is not met."""
        score = figures[self.figure] * (-1.0 if self.lower_is_better else 1.0)
        for constraint in constraints:
            score = np.where(constraint.met(figures), score, np.nan)
        return score


def parse_objective(text: str) -> Objective:
    """Raises ConfigError for a figure that is none."""
    return Objective(_figure(text.strip(), f"--objective {printable(text)}"))


def parse_constraint(text: str) -> Constraint:
    """`trades>=30` and its like. Raises ConfigError."""
    where = f"--constraint {show(text)}"
    form = _FORM.fullmatch(text)
    if form is None:
        raise ConfigError(
            f"{where}: expected FIGURE, one of {' '.join(_COMPARISONS)}, and a number, such as "
            "trades>=30"
        )
    name, comparison, number = form.groups()
    try:
        bound = float(number)
    except ValueError:
        bound = float("nan")
    if not np.isfinite(bound):
        raise ConfigError(f"{where}: expected a number after {comparison}; found {show(number)}")
    return Constraint(_figure(name, where), comparison, bound)


def _figure(name: str, where: str) -> str:
    if name == "worst_day":
        raise ConfigError(f"{where}: worst_day is a date; expected a figure such as worst_day_pct")
    if name in FIGURES:
        return name
    hint = hint_of(name, FIGURES, otherwise=f"; known are {', '.join(FIGURES)}")
    raise ConfigError(f"{where}: {printable(name)} is no figure of a backtest{hint}")
