"""An audit of look-ahead, as lines for people and as JSON for other programs."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any, NamedTuple

from infrastructure.reporting.json_text import json_text
from infrastructure.reporting.printing import WIDEST
from infrastructure.research.audit.auditing import Audit, AuditedSeries
from infrastructure.research.audit.findings import Check, Finding
from infrastructure.research.audit.warm_up import NAME, WITH_CONTEXT
from infrastructure.wording import counted

_LABEL = 16
"""Characters of the column that names the checks."""

_DIGITS = 12
"""Of the code's digest, for people."""


class KeptAudit(NamedTuple):
    """Where an audit is kept: its id in the ledger, the digest of the code, the database's name."""

    audit_id: int
    code_digest: str
    stored_in: str


def audit_lines(audit: Audit, kept: KeptAudit) -> list[str]:
    """Head, a line or two for each check, the findings, and what it comes to."""
    config = audit.config
    lines = [f"{config.strategy_name} · {config.class_name} · audit of look-ahead"]
    for series in audit.series:
        lines += ["", *_wrapped(_described(series), "")]
        for check in audit.checks:
            if check.symbol == series.bars.symbol:
                lines += _check_lines(check)
    for finding in audit.findings:
        lines += ["", *_finding_lines(finding)]
    return [*lines, "", *_verdict(audit, kept)]


def audit_json(audit: Audit, kept: KeptAudit, indent: int | None = 2) -> str:
    """`{audit_id, strategy_name, class_name, code_digest, passed, ..., checks, findings}`."""
    report = {
        "audit_id": kept.audit_id,
        "stored_in": kept.stored_in,
        "strategy_name": audit.config.strategy_name,
        "class_name": audit.config.class_name,
        "code_digest": kept.code_digest,
        "passed": audit.passed,
        "truncations": audit.truncations,
        **audit.as_dict(),
        "findings": [finding.as_dict() for finding in audit.findings],
    }
    return json_text(report, indent)


def _described(series: AuditedSeries) -> str:
    told: dict[str, Any] = series.as_dict()
    made_up = " · SYNTHETIC" if told["synthetic"] else ""
    return (
        f"{told['symbol']} {told['interval']} · {told['first_session']} to {told['last_session']} "
        f"· {told['bars']:,} bars, {told['signals']:,} of them with a signal{made_up}"
    )


def _check_lines(check: Check) -> list[str]:
    label = f"  {check.name:<{_LABEL}}"
    lines = _wrapped(f"{check.did}: {check.found}", label)
    for note in check.notes:
        lines += _wrapped(note, " " * len(label))
    return lines


def _finding_lines(finding: Finding) -> Iterator[str]:
    column = f" · {finding.column}" if finding.column else ""
    yield f"{finding.check}{column} · {finding.symbol} {finding.place}"
    yield from _wrapped(finding.words, "  ")


def _verdict(audit: Audit, kept: KeptAudit) -> list[str]:
    count = counted(len(audit.findings), "finding")
    if audit.passed:
        came_to = "Passed: no decision hangs on a later bar."
    elif all(each.check in (NAME, WITH_CONTEXT) for each in audit.findings):
        came_to = f"FAILED: {count}; what it trades hangs on the day on which the data begin."
    else:
        came_to = f"FAILED: {count}; a backtest of this code is not to be believed."
    where = f"Audit {kept.audit_id} of code {kept.code_digest[:_DIGITS]}, stored in "
    return [*_wrapped(came_to, ""), *_wrapped(f"{where}{kept.stored_in}.", "")]


def _wrapped(text: str, label: str) -> list[str]:
    """The text behind a label, its further lines below its first."""
    return wrap(
        text,
        WIDEST,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
