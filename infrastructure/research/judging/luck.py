"""Findings on one question: is the result more than luck."""

from math import isnan

import numpy as np

from infrastructure.research.judging.evidence import Evidence
from infrastructure.research.judging.figures import Benchmark, Figures
from infrastructure.research.judging.finding import Finding, Speaks, number, percent
from infrastructure.research.judging.thresholds import (
    CONFIDENCE,
    MIN_TRADES,
    MOST_LOST_HALVES,
    PBO_FRAGILE,
    PBO_LUCK,
)
from infrastructure.trade_metrics.bootstrap import BootstrapInterval
from infrastructure.wording import counted

_ASKED = f"{percent(CONFIDENCE, 0)} are asked"


def luck_findings(evidence: Evidence, figures: Figures) -> list[Finding]:
    """In the order in which a page tells them."""
    return [
        _profit(evidence),
        *_intervals(evidence, figures),
        _probabilistic(figures),
        _track_record(evidence, figures),
        _deflated(evidence, figures),
        _overfitting(evidence, figures),
        _nothing(figures),
        _holding(figures),
    ]


def _profit(evidence: Evidence) -> Finding:
    profit = evidence.own.net_profit_pct
    figure = f"{number(profit)} %"
    if evidence.ruined:
        return Finding(
            "Net profit", figure, "luck", "The account was lost: nothing is left to ask."
        )
    if not profit > 0.0:
        return Finding("Net profit", figure, "luck", "The run made no money: nothing to explain.")
    trades, sessions = counted(len(evidence.r), "trade"), counted(len(evidence.returns), "session")
    return Finding("Net profit", figure, "for", f"Made in {trades} over {sessions}.")


def _intervals(evidence: Evidence, figures: Figures) -> list[Finding]:
    """Mean R decides; where too few trades had a stop, the Sharpe ratio does."""
    found = figures.bootstrap
    by_r = bool(np.count_nonzero(~np.isnan(evidence.r)) >= MIN_TRADES)
    sharpe = _interval("Sharpe, annual", found["sharpe"], decides=not by_r)
    if not by_r:
        return [sharpe]
    return [
        _interval("Mean R", found["mean_r"], decides=True, unit=" R"),
        _interval("SQN", found["sqn"], decides=False),
        sharpe,
    ]


def _interval(name: str, found: BootstrapInterval, *, decides: bool, unit: str = "") -> Finding:
    figure = f"{number(found.estimate)}{unit}"
    if isnan(found.low):
        speaks: Speaks = "luck" if decides else "unknown"
        return Finding(name, figure, speaks, "Not defined often enough to have an interval.")
    between = f"{number(found.low)} to {number(found.high)}{unit}"
    inside = f"with {percent(CONFIDENCE, 0)} it lies from {between}"
    if found.low > 0.0:
        return Finding(name, figure, "for" if decides else "note", f"Above zero: {inside}.")
    speaks = "luck" if decides else "note"
    words = "Below zero" if found.high < 0.0 else "Zero is not ruled out"
    return Finding(name, figure, speaks, f"{words}: {inside}.")


def _probabilistic(figures: Figures) -> Finding:
    chance = figures.sharpe.probabilistic
    if isnan(chance):
        words = "The session returns have no spread to judge by."
        return Finding("Probabilistic Sharpe", number(chance), "luck", words)
    passed = chance >= CONFIDENCE
    words = f"the chance that the true Sharpe is above zero, were this the only try; {_ASKED}."
    return Finding(
        "Probabilistic Sharpe", percent(chance), "for" if passed else "luck", _sentence(words)
    )


def _track_record(evidence: Evidence, figures: Figures) -> Finding:
    needed, have = figures.sharpe.needed_sessions, len(evidence.returns)
    name = "Minimum track record"
    if isnan(needed):
        words = "The Sharpe is not above zero: no record is long enough to prove it."
        return Finding(name, number(needed), "luck", words)
    years = number(needed / evidence.sessions_per_year, 1)
    words = f"needed to tell this Sharpe from zero, or {years} years; there are {have:,}."
    speaks: Speaks = "for" if needed <= have else "luck"
    return Finding(name, counted(needed, "session"), speaks, _sentence(words))


def _deflated(evidence: Evidence, figures: Figures) -> Finding:
    tried, of = evidence.trials.tried, figures.sharpe
    if tried <= 1:
        words = (
            "The ledger knows of no other try on these bars, so this is the probabilistic Sharpe; "
            "what was tried elsewhere it cannot know."
        )
    else:
        worth = counted(of.effective, "independent try", "independent tries")
        words = (
            f"The chance that the Sharpe of {number(of.sharpe)} is more than the luck of the best "
            f"of {counted(tried, 'configuration')}, which count as {worth}: without skill the "
            f"best of them shows {number(of.luck)}; {_ASKED}."
        )
    passed = of.deflated >= CONFIDENCE
    return Finding("Deflated Sharpe", percent(of.deflated), "for" if passed else "luck", words)


def _overfitting(evidence: Evidence, figures: Figures) -> Finding:
    name, found = "Backtest overfitting", figures.overfitting
    if found is None:
        words = (
            "Not tested: no sweep of two trials and enough sessions is recorded on these bars; "
            "`kairos sweep` records one."
        )
        return Finding(name, "unknown", "unknown", words)
    chance = found.probability
    speaks: Speaks = "for"
    if chance >= PBO_FRAGILE and found.loss > MOST_LOST_HALVES:
        speaks = "luck" if chance >= PBO_LUCK else "fragile"
    words = (
        f"So often the best of {_sample(found.columns, evidence.trials.recorded)} on one half of "
        "the sessions was below their median on the other half; it lost money there in "
        f"{percent(found.loss)}. Below {percent(PBO_FRAGILE, 0)} is asked, or at most "
        f"{percent(MOST_LOST_HALVES, 0)} of losses; one half is a choice that brings nothing."
    )
    return Finding(name, percent(chance), speaks, words)


def _nothing(figures: Figures) -> Finding:
    found = figures.nothing
    p_value = found.test.consistent
    if found.own_better:
        speaks: Speaks = "for"
        words = "Better than doing nothing, whatever else was tried: the stepwise test names it."
    else:
        speaks = "luck"
        words = "Not shown to be better than doing nothing" + (
            f": of {found.models:,} compared, the stepwise test names "
            f"{int(found.test.superior.sum()) or 'none'}, and not this one."
            if found.models > 1
            else "."
        )
    return Finding("Against doing nothing", f"p {_p(p_value)}", speaks, words + _bounds(found))


def _holding(figures: Figures) -> Finding:
    name, found = "Against buy and hold", figures.holding
    if found is None:
        words = "Not tested: the bars of the run could not be read again."
        return Finding(name, "unknown", "unknown", words)
    made = number(figures.hold_return_pct)
    held = f"Holding the same symbols with the same capital made {made} %"
    if found.own_better:
        words = f"{held}; this run is better by more than luck."
    else:
        words = f"{held}; this run is not shown to be better."
    return Finding(name, f"p {_p(found.test.consistent)}", "note", words + _bounds(found))


def _bounds(found: Benchmark) -> str:
    """How sure the p-value itself is."""
    return f" SPA from {_p(found.test.lower)} to {_p(found.test.upper)}."


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.0005 else "below 0.001"


def _sample(columns: int, recorded: int) -> str:
    trials = counted(columns, "recorded trial")
    return trials if columns >= recorded else f"{trials} (a sample of {recorded:,})"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
