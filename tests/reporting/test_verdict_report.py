"""The page of a verdict, and its JSON."""

import io
import json
import re
from typing import Any

import numpy as np
import pytest

from infrastructure.reporting.verdict_json import as_json
from infrastructure.reporting.verdict_report import print_verdict
from infrastructure.research.judging.evidence import Outcome
from infrastructure.research.judging.figures import Settings
from infrastructure.research.judging.judge import judge
from infrastructure.research.judging.verdict import Verdict
from tests.research.verdict_setup import evidence, hill, with_trials

QUICK = Settings(n_resamples=300, n_paths=300)


def full(**changes: Any) -> Verdict:
    """A verdict with every part there is."""
    ways = {"stop_first": Outcome(10.0, 0.1, 0.5), "target_first": Outcome(90.0, 0.5, 2.0)}
    run = evidence(neighbourhood=hill(4.0, 5.0, 4.5, row=1), both_ways=ways, **changes)
    others = np.random.default_rng(2).normal(0.0, 0.002, (500, 12))
    return judge(with_trials(run, others, tried=1_234), QUICK)


def printed(verdict: Verdict, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page as it goes into a file or a pipe."""
    monkeypatch.setenv("COLUMNS", str(columns))
    file = io.StringIO()
    print_verdict(verdict, file)
    return file.getvalue()


def test_the_page_has_everything_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test by its name, the warning, and the word at the end."""
    verdict = full()
    text = printed(verdict, 80, monkeypatch)
    for name in (
        "Net profit", "Mean R", "SQN", "Sharpe, annual", "Probabilistic Sharpe",
        "Minimum track record", "Deflated Sharpe", "Backtest overfitting",
        "Against doing nothing", "Against buy and hold", "Max drawdown",
        "Trades in another order", "Ruin", "Missed trades", "Plateau", "Same-bar interval",
        "Slippage doubled",
    ):  # fmt: skip
        assert re.search(rf"^. {name}", text, flags=re.MULTILINE), name
    assert "Verdict · By hand · run 7" in text
    assert "2020-01-02 to 2021-05-15 · 500 sessions · 300 trades" in text
    assert "Warning: This result was chosen from many: 1,234 configurations" in text
    assert verdict.verdict.upper() in text.split("? not tested")[1].splitlines()


@pytest.mark.parametrize("columns", [30, 48, 80, 200])
def test_no_word_is_cut_at_any_width(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of each finding's words are there, in lines of at most 80 characters."""
    verdict = full()
    text = printed(verdict, columns, monkeypatch)
    assert max(map(len, text.splitlines())) <= 80
    flat = re.sub(r"\s+", "", text)
    for each in (*verdict.luck, *verdict.stress):
        for word in f"{each.figure} {each.words}".split():
            assert re.sub(r"\s+", "", word) in flat


def test_nothing_but_text_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours, no padding."""
    text = printed(full(), 80, monkeypatch)
    assert "\x1b" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_too_few_trades_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tables, no dashes in place of figures."""
    text = printed(judge(evidence(n_trades=12), QUICK), 80, monkeypatch)
    assert "INDISTINGUISHABLE FROM LUCK" in text
    assert "12 trades over 500 sessions cannot tell skill from luck" in text.replace("\n", " ")
    assert "more than luck?" not in text


def test_synthetic_bars_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the heading and as a warning."""
    text = printed(full(synthetic=True), 80, monkeypatch)
    assert "SYNTHETIC" in text.splitlines()[0]
    assert "Warning: The bars are SYNTHETIC" in text


def test_json_has_the_numbers() -> None:
    """What the page says, and every figure by name."""
    verdict = full()
    report = json.loads(as_json(verdict))
    assert (report["run_id"], report["verdict"]) == (7, verdict.verdict)
    assert report["tried"]["configurations"] == 1_234
    assert [each["name"] for each in report["findings"]] == [
        each.name for each in (*verdict.luck, *verdict.stress)
    ]
    figures = report["figures"]
    assert verdict.figures is not None
    assert figures["sharpe"]["deflated"] == verdict.figures.sharpe.deflated
    assert set(figures["intervals"]) == {"mean_r", "sqn", "sharpe", "max_drawdown_pct"}
    assert 0 <= figures["against_nothing"]["p_lower"] <= figures["against_nothing"]["p_upper"] <= 1
    assert len(figures["monte_carlo"]["order"]["drawdown_pct"]) == 5
    assert figures["plateau"]["sweep_id"] == 4
    assert figures["both_ways"]["stop_first"]["net_profit_pct"] == 10.0
    assert figures["slippage"]["tested_bps"] == 2.0
    assert "\n" not in as_json(verdict, indent=None)


@pytest.mark.parametrize("n_trades", [0, 300])
def test_json_is_json_whatever_is_undefined(n_trades: int) -> None:
    """No NaN, which other programs refuse."""
    verdict = judge(evidence(n_trades=n_trades, r=np.full(n_trades, np.nan)), QUICK)
    report = json.loads(as_json(verdict), parse_constant=lambda name: pytest.fail(name))
    assert (report["figures"] is None) == (n_trades == 0)
