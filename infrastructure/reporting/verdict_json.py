"""A verdict as one JSON object, for other programs."""

from dataclasses import asdict
from typing import Any

from infrastructure.reporting.json_text import json_text
from infrastructure.reporting.plain import plain
from infrastructure.research.judging.evidence import Trials
from infrastructure.research.judging.figures import Benchmark, Figures
from infrastructure.research.judging.verdict import Verdict
from infrastructure.trade_metrics.monte_carlo import QUANTILES, MonteCarlo, Paths
from infrastructure.trade_metrics.plateau import Plateau


def as_json(verdict: Verdict, indent: int | None = 2) -> str:
    """`{run_id, ..., verdict, summary, reasons, warnings, findings, tried, figures}`.

    findings: each with the question it answers, `luck` or `change`, and what it speaks for.
    tried: what the ledger knows of other configurations. figures: every number, null where there
    were too few trades or sessions; a number that is not defined is null. Percents are percents,
    probabilities and shares from 0 to 1, money the account's currency.
    """
    evidence = verdict.evidence
    found = {"luck": verdict.luck, "change": verdict.stress}
    report = {
        "run_id": evidence.run_id,
        "title": evidence.title,
        "synthetic": evidence.synthetic,
        "sessions": len(evidence.returns),
        "trades": len(evidence.r),
        "settings": asdict(verdict.settings),
        "verdict": verdict.verdict,
        "summary": verdict.summary,
        "reasons": list(verdict.reasons),
        "warnings": list(verdict.warnings),
        "findings": [
            {"question": question, **asdict(each)}
            for question, findings in found.items()
            for each in findings
        ],
        "tried": _tried(evidence.trials),
        "figures": None if verdict.figures is None else _figures(verdict, verdict.figures),
    }
    return json_text(plain(report), indent)


def _tried(trials: Trials) -> dict[str, Any]:
    sampled = 0 if trials.returns is None else trials.returns.shape[1]
    return {
        "configurations": trials.tried,
        "sweeps": trials.sweeps,
        "recorded": trials.recorded,
        "sampled": sampled,
    }


def _figures(verdict: Verdict, figures: Figures) -> dict[str, Any]:
    evidence = verdict.evidence
    slippage = evidence.slippage
    return {
        "own": asdict(evidence.own),
        "sharpe": asdict(figures.sharpe),
        "intervals": {
            name: {"estimate": each.estimate, "low": each.low, "high": each.high}
            for name, each in figures.bootstrap.items()
        },
        "overfitting": figures.overfitting and asdict(figures.overfitting),
        "against_nothing": _benchmark(figures.nothing),
        "against_holding": figures.holding and _benchmark(figures.holding),
        "hold_return_pct": figures.hold_return_pct,
        "monte_carlo": figures.monte_carlo and _monte_carlo(figures.monte_carlo),
        "plateau": figures.plateau and _plateau(verdict, figures.plateau),
        "both_ways": {policy: asdict(each) for policy, each in evidence.both_ways.items()},
        "slippage": slippage and asdict(slippage),
    }


def _benchmark(found: Benchmark) -> dict[str, Any]:
    return {
        "p_lower": found.test.lower,
        "p_consistent": found.test.consistent,
        "p_upper": found.test.upper,
        "superior_models": int(found.test.superior.sum()),
        "own_better": found.own_better,
        "models": found.models,
        "sessions": found.sessions,
    }


def _monte_carlo(found: MonteCarlo) -> dict[str, Any]:
    paths: dict[str, Paths] = {"order": found.order, "skipped": found.skipped}
    return {"quantiles": QUANTILES, **{name: vars(each) for name, each in paths.items()}}


def _plateau(verdict: Verdict, found: Plateau) -> dict[str, Any]:
    around = verdict.plateau
    where = {} if around is None else {"sweep_id": around.sweep_id, "trial": around.trial}
    objective = {} if around is None else {"objective_name": around.objective}
    left_out = ("offsets", "objective")
    return {
        **where,
        **objective,
        **{name: value for name, value in vars(found).items() if name not in left_out},
    }
