"""The audited: a strategy, one symbol's bars, and its signals on all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from warnings import catch_warnings
from zlib import crc32

import numpy as np

from infrastructure.core.config import StrategyConfig
from infrastructure.core.given_bars import with_context
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import COLUMNS as BAR_COLUMNS
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import Columns, columns_of
from infrastructure.research.audit.forgetting import forgetting

Tell = Callable[[str], None]
"""Is told in a few words what begins."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A strategy and the bars that its signals are audited on.

    strategy, config: what `kairos run` would trade. bars: one symbol's, beside the config's
    `context_intervals`. seed: of everything that is drawn. where: what error lines start with.
    """

    strategy: type[VectorBTStrategy]
    config: StrategyConfig
    bars: Bars
    seed: int = 0
    where: str = ""

    @cached_property
    def whole(self) -> Columns:
        """The signals on all bars. Raises StrategyError as the run of a portfolio would."""
        return self.signals_on(self.bars)

    def signals_on(self, bars: Bars) -> Columns:
        """The signals of a strategy that has seen no other bars. Raises KairosError."""
        # Short bars and the means of nothing warn, many times and of nothing that matters here.
        with forgetting(self.strategy), catch_warnings(action="ignore"):
            strategy = self.strategy.of_config(self.config, self.where or self.strategy.__name__)
            return columns_of(strategy.signals(bars), len(bars))

    def random(self, check: str) -> np.random.Generator:
        """Numbers for one check, the same whichever checks ran before it."""
        return np.random.default_rng([self.seed, crc32(check.encode())])


def subject_of(
    strategy: type[VectorBTStrategy],
    config: StrategyConfig,
    bars: Bars,
    seed: int = 0,
    where: str = "",
) -> Subject:
    """A subject whose bars carry what the config asks for in `context_intervals`."""
    return Subject(strategy, config, with_context(config, bars), seed, where)


def contents_of(bars: Bars) -> tuple[int, ...]:
    """A checksum of every column, those of the coarser bars included, and which arrays they are."""
    found = []
    for series in (bars, *bars.coarser.values()):
        for name in BAR_COLUMNS:
            column = getattr(series, name)
            found += [id(column), crc32(np.ascontiguousarray(column).data)]
    return tuple(found)
