"""An audit as lines and as JSON; what a run's report says of audits."""

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from report_setup import bars, day_with, result

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars
from infrastructure.reporting.audit_report import KeptAudit, audit_json, audit_lines
from infrastructure.reporting.console import print_report
from infrastructure.research.audit.auditing import Audit, audit
from infrastructure.strategy_management.audited_code import AuditedCode
from tests.sample_bars import flat

KEPT = KeptAudit(5, "0123456789abcdef" * 4, "some.db")
WALK = flat(*(100 + np.cumsum(np.random.default_rng(4).integers(-3, 4, 260)) / 4))


class Everything(VectorBTStrategy):
    """Leaks, counts from the first bar, or is honest."""

    ahead: bool = False
    counts: bool = False

    def generate_signals(self, bars: Bars) -> Signals:
        rises = np.append(False, np.diff(bars.close) > 0)
        if self.ahead:
            rises = np.append(rises[1:], False)
        return Signals(long=rises, short=np.cumsum(rises) % 7 == 3 if self.counts else None)


def audited(**parameters: Any) -> Audit:
    """An audit of it on bars of 20 days."""
    config = Everything(symbols=["X"], interval="30m", calendar="24/7", **parameters).config
    return audit(Everything, config, [WALK])


def test_an_audit_that_passed_is_a_page_without_alarm() -> None:
    """Head, series, one line a check, and what it came to."""
    text = "\n".join(audit_lines(audited(), KEPT))
    assert text.startswith("Everything · Everything · audit of look-ahead\n\nX 30m · 2024-01-02 to")
    assert "  warm-up         8 later starts: settled after 1 bar" in text
    assert text.endswith(
        "Passed: no decision hangs on a later bar.\n"
        "Audit 5 of code 0123456789ab, stored in some.db."
    )
    assert "FAILED" not in text


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"ahead": True}, "a backtest of this code is not to be believed."),
        ({"counts": True}, "what it trades hangs on the day on which the data begin."),
        ({"ahead": True, "counts": True}, "a backtest of this code is not to be believed."),
    ],
)
def test_an_audit_that_failed_says_what_that_means(parameters: Any, told: str) -> None:
    """A look ahead is worse than an anchor on the first bar."""
    failed = audited(**parameters)
    lines = audit_lines(failed, KEPT)
    words = " ".join(" ".join(lines).split())
    assert f"FAILED: {len(failed.findings)} finding" in words and told in words
    for finding in failed.findings:
        assert f"{finding.check} · {finding.column} · X {finding.place}" in lines
        assert finding.words in words
    assert max(map(len, lines)) <= 80


def test_json_says_all_of_it() -> None:
    """Checks with what they compared, findings with their places; plain JSON."""
    failed = audited(ahead=True)
    report = json.loads(audit_json(failed, KEPT))
    assert (report["audit_id"], report["passed"], report["stored_in"]) == (5, False, "some.db")
    assert report["parameters"] == {"ahead": True, "counts": False}
    assert report["series"][0]["bars"] == 260
    assert {each["check"]: each["passed"] for each in report["checks"]} == {
        "repetition": True,
        "truncation": False,
        "futures": False,
        "warm-up": True,
    }
    assert all(each["column"] == "long" and each["row"] >= 0 for each in report["findings"])


@pytest.mark.parametrize(
    ("outcome", "config", "told"),
    [
        ("not_audited", "tight", "Not audited for look-ahead: Idea (kairos audit tight)."),
        ("not_audited", "", "Not audited for look-ahead: Idea."),
        (
            "not_audited",
            "my idea.json",
            "Not audited for look-ahead: Idea (kairos audit 'my idea.json').",
        ),
        ("failed", "tight", "Audit FAILED, do not believe this run: Idea (kairos audit tight)."),
        ("passed", "tight", ""),
    ],
)
def test_a_run_tells_of_code_that_has_not_passed(outcome: Any, config: str, told: str) -> None:
    """One line, once for a class; nothing of what passed."""
    audit_id = None if outcome == "not_audited" else 3
    code = AuditedCode("Idea", "aa", outcome, audit_id, config)
    days = [bars(day_with(), day_with(), symbol=symbol) for symbol in ("A", "B")]
    run = replace(result(*days), code=(code, code))
    file = io.StringIO()
    print_report(run, file)
    text = " ".join(file.getvalue().split())
    assert told in text
    assert text.count("udit") == told.count("udit")
