"""Audits of strategies that a test defines."""

from typing import Any

from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.auditing import Audit, audit
from infrastructure.research.audit.findings import Check
from infrastructure.research.audit.subject import Subject, subject_of


def subject(kind: type[VectorBTStrategy], bars: Bars, **keys: Any) -> Subject:
    """A strategy with these parameters and config keys, on bars."""
    config = kind(symbols=[bars.symbol], interval=bars.interval, **keys).config
    return subject_of(kind, config, bars)


def audited(kind: type[VectorBTStrategy], bars: Bars, seed: int = 0, **keys: Any) -> Audit:
    """The audit of it."""
    return audit(kind, subject(kind, bars, **keys).config, [bars], seed=seed)


def checks(result: Audit) -> dict[str, Check]:
    """The checks by their names."""
    return {check.name: check for check in result.checks}


def found_by(result: Audit) -> dict[str, set[str]]:
    """The columns that each check named."""
    named: dict[str, set[str]] = {}
    for finding in result.findings:
        named.setdefault(finding.check, set()).add(finding.column)
    return named
