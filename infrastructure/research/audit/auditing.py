"""The audit: every check on every symbol's bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from infrastructure.core.config import StrategyConfig
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import DataError, StrategyError
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit import truncation
from infrastructure.research.audit.comparing import DECISIONS
from infrastructure.research.audit.context import check_context
from infrastructure.research.audit.findings import Check, Finding
from infrastructure.research.audit.futures import check_futures
from infrastructure.research.audit.repetition import check_repetition
from infrastructure.research.audit.subject import Subject, Tell, subject_of
from infrastructure.research.audit.truncation import check_truncations
from infrastructure.research.audit.warm_up import check_warm_up
from infrastructure.strategy_management.simulating import silent

TRUNCATIONS = 24
FEWEST_TRUNCATIONS = 20
FEWEST_BARS = 60
"""Below, there is hardly a place to cut."""


@dataclass(frozen=True, eq=False)
class AuditedSeries:
    """A symbol's bars, and how many bars had a signal on them."""

    bars: Bars
    signals: int

    def as_dict(self) -> dict[str, Any]:
        """What was audited, JSON-safe."""
        first, last = self.bars.session[[0, -1]].astype("datetime64[D]").astype(str)
        return {
            "symbol": self.bars.symbol,
            "interval": self.bars.interval,
            "bars": len(self.bars),
            "first_session": first,
            "last_session": last,
            "synthetic": self.bars.synthetic,
            "signals": self.signals,
        }


@dataclass(frozen=True, eq=False)
class Audit:
    """What came of an audit; checks and series in the order of the config's symbols."""

    strategy: type[VectorBTStrategy]
    config: StrategyConfig
    series: tuple[AuditedSeries, ...]
    checks: tuple[Check, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, check by check."""
        return tuple(finding for check in self.checks for finding in check.findings)

    @property
    def passed(self) -> bool:
        """Whether no check found anything."""
        return not self.findings

    @property
    def truncations(self) -> int:
        """How many truncations were compared, over all symbols."""
        return sum(check.compared for check in self.checks if check.name == truncation.NAME)

    def as_dict(self) -> dict[str, Any]:
        """What was audited and how, without the findings, JSON-safe."""
        return {
            "parameters": dict(self.config.indicator.parameters),
            "series": [each.as_dict() for each in self.series],
            "checks": [check.as_dict() for check in self.checks],
        }


def audit(
    strategy: type[VectorBTStrategy],
    config: StrategyConfig,
    series: Sequence[Bars],
    truncations: int = TRUNCATIONS,
    seed: int = 0,
    where: str = "",
    tell: Tell | None = None,
) -> Audit:
    """Put a strategy to every check, on each series of bars.

    series: bars of the config's symbols, each beside its context intervals (made of the bars where
    they are missing). truncations: how many beginnings of the bars are compared. seed: of what is
    drawn: places and futures. tell: told what begins, `len(steps(config))` times for each series.

    Raises DataError for too few bars, StrategyError where the strategy cannot run on all of them or
    decides nothing at all: then there is nothing to audit.
    """
    config = strategy(config, where=where).config  # with every parameter spelt out
    subjects = [subject_of(strategy, config, bars, seed, where) for bars in series]
    for subject in subjects:
        _check_length(subject.bars, truncations)
    checks = [check for each in subjects for check in _checks(each, truncations, tell or silent)]
    audited = tuple(AuditedSeries(each.bars, _signals(each)) for each in subjects)
    result = Audit(strategy, config, audited, tuple(checks))
    if result.passed and not any(each.signals for each in audited):
        raise StrategyError(
            f"{config.strategy_name}: gave no signal on {sum(map(len, series)):,} bars, so that "
            "there is nothing to audit; give it more bars, or parameters that make it trade"
        )
    return result


def steps(config: StrategyConfig) -> tuple[str, ...]:
    """What an audit of one series does, step by step, in words."""
    context = [f"unfinished {interval} bars" for interval in config.context_intervals]
    settling = ["later starts of the context"] if context else []
    return ("repetition", "truncations", "other futures", "later starts", *settling, *context)


def _checks(subject: Subject, truncations: int, tell: Tell) -> list[Check]:
    """The checks on one series; only the first where it finds anything."""
    symbol = subject.bars.symbol
    told = iter(steps(subject.config))

    def begin() -> None:
        tell(f"{symbol}: {next(told)}")

    begin()
    checks = [check_repetition(subject)]
    if not checks[0].passed:
        return checks
    begin()
    checks.append(check_truncations(subject, truncations))
    begin()
    checks.append(check_futures(subject))
    begin()
    checks.append(check_warm_up(subject))
    if subject.config.context_intervals:
        begin()
    if subject.config.context_intervals and checks[-1].passed:
        checks.append(check_warm_up(subject, context_too=True))
    for interval in subject.config.context_intervals:
        begin()
        checks.append(check_context(subject, interval))
    return checks


def _check_length(bars: Bars, truncations: int) -> None:
    fewest = max(FEWEST_BARS, 2 * truncations)
    if len(bars) < fewest:
        raise DataError(
            f"{bars.symbol} {bars.interval}: an audit with {truncations} truncations needs at "
            f"least {fewest:,} bars; found {len(bars):,}"
        )


def _signals(subject: Subject) -> int:
    """Bars on which anything was decided."""
    decided = [subject.whole[name] for name in DECISIONS]
    return int(np.sum(np.any(decided, axis=0)))
