"""Findings on the other question: does the result hold when small things change."""

from collections.abc import Iterator
from math import isnan

import numpy as np

from infrastructure.research.judging.evidence import Evidence
from infrastructure.research.judging.figures import Figures, Settings
from infrastructure.research.judging.finding import Finding, Speaks, number, percent
from infrastructure.research.judging.thresholds import (
    COSTS_KEEP,
    MOST_LOSING,
    MOST_RUIN,
    PLATEAU_SHARE,
)
from infrastructure.trade_metrics.monte_carlo import QUANTILES, MonteCarlo
from infrastructure.trade_metrics.plateau import KEEPS, Plateau
from infrastructure.wording import counted

_MEDIAN, _BAD, _WORST = (QUANTILES.index(each) for each in (0.50, 0.95, 0.99))
_LOW = QUANTILES.index(0.05)


def stress_findings(evidence: Evidence, figures: Figures, settings: Settings) -> list[Finding]:
    """In the order in which a page tells them."""
    found = figures.monte_carlo
    return [
        _drawdown(figures),
        *(() if found is None else _paths(found, settings)),
        _plateau(evidence, figures.plateau),
        _same_bar(evidence),
        _slippage(evidence),
    ]


def _drawdown(figures: Figures) -> Finding:
    found = figures.bootstrap["max_drawdown_pct"]
    words = "At session closes"
    if not isnan(found.low):
        words += f"; other sessions of the same kind give {number(found.low)} to "
        words += f"{number(found.high)} %"
    return Finding("Max drawdown", f"{number(found.estimate)} %", "note", f"{words}.")


def _paths(found: MonteCarlo, settings: Settings) -> Iterator[Finding]:
    depth = found.order.drawdown_pct
    yield Finding(
        "Trades in another order",
        f"{number(float(depth[_MEDIAN]))} % down",
        "note",
        f"One order in twenty falls by {number(float(depth[_BAD]))} % or more, one in a hundred by "
        f"{number(float(depth[_WORST]))} %.",
    )
    ruin = max(found.order.ruin, found.skipped.ruin)
    speaks: Speaks = "for" if ruin <= MOST_RUIN else "fragile"
    words = (
        f"The chance of ever standing {settings.ruin_pct:g} % below the starting capital; at most "
        f"{percent(MOST_RUIN, 0)} is asked."
    )
    yield Finding("Ruin", percent(ruin), speaks, words)
    missed = percent(settings.skip_probability, 0)
    skipped = found.skipped
    words = (
        f"So many paths with {missed} of the trades missed end in a loss; one in twenty ends at "
        f"{number(float(skipped.final_equity[_LOW]), 0)} or less. At most "
        f"{percent(MOST_LOSING, 0)} is asked."
    )
    speaks = "for" if skipped.losing <= MOST_LOSING else "fragile"
    yield Finding("Missed trades", percent(skipped.losing), speaks, words)


def _plateau(evidence: Evidence, found: Plateau | None) -> Finding:
    name, around = "Plateau", evidence.neighbourhood
    if found is None or around is None:
        words = (
            "Not tested: this configuration is no trial of a sweep in the ledger; `kairos sweep` "
            "around it tells what its neighbours earn."
        )
        return Finding(name, "unknown", "unknown", words)
    share = found.share if around.on_grid else found.box_share
    neighbours = found.on_axes if around.on_grid else found.in_box
    where = f"Sweep {around.sweep_id}, trial {around.trial}"
    if isnan(share):
        words = f"{where} has no neighbours with which its {around.objective} can be compared."
        return Finding(name, "unknown", "unknown", words)
    kept = f"{round(share * neighbours):,} of {counted(neighbours, 'neighbour')}"
    within = "" if around.on_grid else " within a tenth of each range"
    words = (
        f"{where}: {kept}{within} keep {percent(KEEPS, 0)} of its {around.objective}; "
        f"{percent(PLATEAU_SHARE, 0)} of them are asked. The median around it loses "
        f"{number(found.median_drop_pct, 0)} %."
    )
    if found.at_edge.any():
        words += " It stands at the edge of what was searched: the best may lie beyond."
    speaks: Speaks = "for" if share >= PLATEAU_SHARE else "fragile"
    return Finding(name, percent(share, 0), speaks, words)


def _same_bar(evidence: Evidence) -> Finding:
    name, ways = "Same-bar interval", evidence.both_ways
    if not ways:
        words = "No trade had its stop and its target inside one bar: nothing depends on the order."
        return Finding(name, "none", "for", words)
    profits = [each.net_profit_pct for each in ways.values()]
    figure = f"{number(min(profits))} to {number(max(profits))} %"
    words = "Net profit if stops came first in every bar that holds both, and if targets did"
    if min(profits) > 0.0:
        return Finding(name, figure, "for", f"{words}: a profit either way.")
    return Finding(
        name, figure, "fragile", f"{words}: the profit hangs on what no bar tells. Use finer bars."
    )


def _slippage(evidence: Evidence) -> Finding:
    name, test = "Slippage doubled", evidence.slippage
    if test is None:
        words = "Not tested: the run could not be simulated again."
        return Finding(name, "unknown", "unknown", words)
    before, after = evidence.own.net_profit_pct, test.outcome.net_profit_pct
    if test.paid_bps:
        words = f"Net profit at {test.tested_bps:g} bps a fill instead of {test.paid_bps:g}"
    else:
        words = f"The run paid no slippage; this is its net profit at {test.tested_bps:g} bps"
    figure = f"{number(after)} %"
    if not after > 0.0:
        return Finding(name, figure, "fragile", f"{words}: nothing is left.")
    kept = after / before if before > 0.0 else np.inf
    speaks: Speaks = "for" if kept >= COSTS_KEEP else "fragile"
    left = f"{percent(kept, 0)} of the profit is left" if kept < 1.0 else "no profit is lost"
    return Finding(name, figure, speaks, f"{words}: {left}.")
