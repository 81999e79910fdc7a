"""The pages of a walk forward, of a verdict and of the gates."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from infrastructure.reporting.research_pictures.bootstrap import bootstrap_distributions
from infrastructure.reporting.research_pictures.drift import parameter_drift
from infrastructure.reporting.research_pictures.fan import monte_carlo_fan
from infrastructure.reporting.research_pictures.fold_bars import fold_bars
from infrastructure.reporting.research_pictures.fold_words import both_sides, summary
from infrastructure.reporting.research_pictures.gates import gate_bars
from infrastructure.reporting.research_pictures.in_out import in_out_scatter
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.page import Page, Picture
from infrastructure.reporting.research_pictures.shapes import Fold, Gates, Verdict, WalkForward
from infrastructure.reporting.research_pictures.sweep_page import landscape_pictures


def walk_forward_page(result: WalkForward) -> str:
    """The HTML of a walk forward: fold by fold, in against out of sample, the parameters' drift.

    result: see `shapes.WalkForward`. Every text is escaped.
    """
    folds, measure = result.folds, measure_of(result.objective)
    bars = _BARS + (_GROWS if measure.grows else "")
    return Page(
        heading=f"Walk forward · {result.title}",
        lead=f"{len(folds)} folds: each chose its configuration by {measure.name} on the sessions "
        "before, and traded it on the next ones, which it had not seen.",
        facts=_fold_facts(folds, result.objective, measure),
        cautions=[
            f"Each fold's in-sample figure is the best of {result.n_trials:,} configurations, and "
            "flatters. Judge by what is out of sample; and a walk forward that is repeated until "
            "it pleases is in sample too."
        ],
        pictures=[
            Picture(fold_bars(folds, result.objective), bars),
            Picture(in_out_scatter(folds, result.objective), _SCATTER),
            Picture(parameter_drift(folds), _DRIFT),
        ],
        is_synthetic=result.synthetic,
    ).html


def verdict_page(verdict: Verdict, limit: float | None = None) -> str:
    """The HTML of a verdict: its word and reasons, bootstrap, Monte Carlo fan, plateau.

    verdict: see `shapes.Verdict`. limit: equity at which the account is ruined, money, or None.
    Every text is escaped.
    """
    pictures = []
    if verdict.bootstrap:
        pictures.append(Picture(bootstrap_distributions(verdict.bootstrap), _BOOTSTRAP))
    if verdict.fan is not None:
        pictures.append(Picture(monte_carlo_fan(verdict.fan, limit), _FAN))
    if verdict.plateau is not None:
        pictures += landscape_pictures(verdict.plateau)
    summary = getattr(verdict, "summary", "")
    return Page(
        heading=f"Verdict · {verdict.title}",
        lead="Whether a run's result is more than luck, and how much of it to expect again.",
        word=verdict.verdict,
        facts=[*([summary] if summary else []), *verdict.reasons],
        cautions=_cautions(verdict),
        pictures=pictures,
        is_synthetic=verdict.synthetic,
    ).html


def _cautions(verdict: Verdict) -> list[str]:
    """The verdict's own warnings (of made-up bars the page warns), and what nobody can know."""
    warnings = [said for said in getattr(verdict, "warnings", ()) if "SYNTHETIC" not in said]
    n = verdict.n_trials
    if n > 1:
        tried = f"The ledger knows of {n:,} configurations tried on these bars"
        luck = " The more were tried, the better the best one looks by luck alone."
    else:
        tried, luck = "The ledger knows of no other configuration tried on these bars", ""
    return [*warnings, f"{tried}; what was tried elsewhere it cannot know.{luck}"]


def gates_page(gates: Gates) -> str:
    """The HTML of what each gate cost. gates: see `shapes.Gates`. Every text is escaped."""
    known = [gate for gate in gates.rules if gate.taken > 0]
    few = sum(not _is_sure(gate.low, gate.high) for gate in known)
    cautions = [
        "Each refused signal was simulated alone, at the size asked, as if it had been taken. What "
        "it would have done to the account, to the day's limit or to later signals is not in these "
        "figures."
    ]
    if few:
        cautions.append(
            f"{few} of the {len(known)} rules whose trades could be simulated have an interval "
            "that holds zero, or none: whether they helped or hurt, these trades cannot tell."
        )
    return Page(
        heading=f"Gates · {gates.title}",
        lead="How many trades each rule of the account stopped, and what they would have brought.",
        cautions=cautions,
        pictures=[Picture(gate_bars(gates), _GATES)],
        is_synthetic=gates.synthetic,
    ).html


def _is_sure(low: float, high: float) -> bool:
    return isfinite(low) and isfinite(high) and (low > 0.0 or high < 0.0)


def _fold_facts(folds: Sequence[Fold], objective: str, measure: Measure) -> list[str]:
    inside, outside = both_sides(folds, objective)
    facts = [f"{measure.name}: {summary(inside, outside, measure)}."] if len(folds) else []
    known = [fold.efficiency for fold in folds if isfinite(fold.efficiency)]
    if known:
        middle = float(np.median(known))
        facts.append(
            f"Median efficiency {middle:.2f}: of the profit a year in sample, so much was left."
        )
    return facts


_BARS = (
    "Grey is what the best configuration of each fold promised, the colour beside it what it then "
    "brought on sessions it had not seen. Below, efficiency: profit a year out of sample as a "
    "share of that in sample; 1 (dotted) kept the whole promise, below 0 it lost. Triangles lie "
    "beyond the scale."
)
_GROWS = (
    " This figure grows with the number of trades, so that a longer train period shows more of it: "
    "compare the folds with each other, and look at the efficiency."
)
_SCATTER = (
    "A point is a fold. On the dotted diagonal it did as well as promised; most lie below it. A "
    "cloud that does not rise to the right says that what looked better in sample was not better "
    "afterwards."
)
_DRIFT = (
    "Level lines say that each fold found the same thing again. Lines that jump between the ends "
    "of their range say that each fold fitted noise of its own."
)
_BOOTSTRAP = (
    "Each histogram: the figure on many other draws of the same sessions. The line is what the run "
    "had, the shaded band its interval; orange lies on the losing side. A band that reaches "
    "across zero cannot tell the result from luck."
)
_FAN = (
    "Equity of the same trades in other orders, and with some of them missed. Dark is where most "
    "roads lie; the lowest edge is the bad luck to have money and nerves for. The dotted line is "
    "the capital at the start."
)
_GATES = (
    "Left, signals that each rule stopped. Right, what they would have brought: orange left of "
    "zero, the rule spared losses; teal right of it, the rule cost profits. Where the whisker "
    "crosses zero, neither is certain."
)
