"""A walk forward for people: its folds, the drift of what they chose, the joined run; or JSON."""

import json
from collections.abc import Iterator
from math import isfinite, nan
from typing import IO, Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from infrastructure.reporting.console import print_report
from infrastructure.reporting.figures import UNDEFINED, number, short_key
from infrastructure.reporting.headings import heading
from infrastructure.reporting.json_report import as_json
from infrastructure.reporting.json_text import json_text
from infrastructure.reporting.plain import plain
from infrastructure.reporting.printing import print_uncut
from infrastructure.reporting.tables import bare_table
from infrastructure.research.walking.drift import Drift
from infrastructure.research.walking.result import FoldResult, WalkForward
from infrastructure.wording import counted

ENOUGH = 0.5
"""Share of its promise that a walk forward should keep, at least (R. Pardo, 2008)."""

_NEARLY_WHOLE = 0.95


def print_walk_forward(result: WalkForward, file: IO[str] | None = None) -> None:
    """Print the folds, what they chose, and the run of all tests joined, to `file`."""
    blocks: list[RenderableType] = [
        heading(f"Walk forward · {result.title}", result.synthetic),
        Text(_asked(result), style="dim"),
        Text(),
        _folds(result),
        Text(),
        _drift(result),
        Text(),
        *_conclusions(result),
        Text(),
    ]
    print_uncut(blocks, file)
    print_report(result.run, file)


def walk_forward_json(result: WalkForward) -> str:
    """`{run_id, walk_forward, portfolio, strategies}`; figures that are not defined are null.

    walk_forward: what was asked for, `folds` with both sides' figures, `drift` of each parameter,
    and the figures of the whole. The rest is the joined run, as `kairos run --json` prints one.
    """
    run = json.loads(as_json(result.run, indent=None))
    asked = {**vars(result.asked), "constraints": list(result.asked.constraints)}
    walked = {
        **asked,
        "efficiency": plain(result.efficiency),
        "profitable_folds": result.n_profitable,
        "empty_folds": result.n_empty,
        "left_out_sessions": result.left_out,
        "trials": sum(fold.n_trials for fold in result.folds),
        "folds": [_fold_json(fold) for fold in result.folds],
        "drift": [_drift_json(each) for each in result.drift],
    }
    report = {"run_id": run.pop("run_id"), "walk_forward": walked, **run}
    return json_text(report)


def _asked(result: WalkForward) -> str:
    asked = result.asked
    how = f"{asked.train} and growing" if asked.anchored else asked.train
    gap = "" if asked.embargo.startswith("0") else f" · gap {asked.embargo}"
    constraints = f" · {', '.join(asked.constraints)}" if asked.constraints else ""
    return (
        f"{len(result.folds)} folds · train {how}{gap} · test {asked.test} · "
        f"best by {result.objective} of {result.n_trials:,} configurations a fold{constraints}"
    )


def _folds(result: WalkForward) -> Table:
    """Dates, what was chosen, and both sides, a row a fold."""
    table = bare_table(gap=2)
    table.add_column("fold", justify="right", header_style="dim")
    table.add_column("trained", header_style="dim", no_wrap=True)
    table.add_column("tested", header_style="dim", no_wrap=True)
    keys = [each.key for each in result.drift]
    for key in keys:
        table.add_column(short_key(key), justify="right")
    heads = (
        f"{result.objective} in",
        "out",
        "% a year in",
        "out",
        "efficiency",
        "trades",
        "net profit",
    )
    for head in heads:
        table.add_column(head, justify="right", header_style="dim")
    for fold in result.folds:
        chosen = [_value(fold.parameters.get(key)) for key in keys]
        table.add_row(str(fold.number), *_dates(fold), *chosen, *_sides(fold, result.objective))
    return table


def _dates(fold: FoldResult) -> tuple[str, str]:
    return (
        f"{fold.train_start} to {fold.train_end}",
        f"{fold.test_start} to {fold.test_end}",
    )


def _sides(fold: FoldResult, objective: str) -> list[str]:
    inside, outside = fold.in_sample, fold.out_of_sample
    return [
        _number(inside.get(objective)),
        _number(outside.get(objective)),
        _number(fold.in_sample_pct_a_year),
        _number(fold.out_of_sample_pct_a_year),
        _number(fold.efficiency),
        _number(outside.get("trades"), 0),
        _number(outside.get("net_profit"), 0),
    ]


def _drift(result: WalkForward) -> Table:
    """How far each parameter moved from fold to fold."""
    table = bare_table(gap=2)
    table.add_column("drift", header_style="dim", no_wrap=True)
    for head in ("changed", "steps a move", "% a move", "from", "to"):
        table.add_column(head, justify="right", header_style="dim")
    for each in result.drift:
        moves = max(len(each.values) - 1, 0)
        table.add_row(
            short_key(each.key),
            f"{each.changed} of {moves}",
            _number(each.mean_steps, 1),
            _number(each.mean_change_pct, 0),
            *_range(each),
        )
    return table


def _range(drift: Drift) -> tuple[str, str]:
    """The smallest and the largest of what was chosen; words have none."""
    numbers = [value for value in drift.values if isinstance(value, int | float)]
    if not numbers or len(numbers) < len(drift.values):
        return UNDEFINED, UNDEFINED
    return _value(min(numbers)), _value(max(numbers))


def _conclusions(result: WalkForward) -> Iterator[Text]:
    """What a trader must know of it, in words."""
    folds = result.folds
    yield Text(f"{result.n_profitable} of {len(folds)} tests ended with a profit. {_kept(result)}")
    empty = [str(fold.number) for fold in folds if fold.trial is None]
    if empty:
        which = f"fold {empty[0]}" if len(empty) == 1 else f"folds {', '.join(empty)}"
        yield Text(
            f"In {which} no configuration met the constraints: nothing was entered there.",
            style="yellow",
        )
    last = folds[-1]
    if last.covered < _NEARLY_WHOLE:
        yield Text(
            f"The last test is shorter: {last.test_sessions:,} sessions, "
            f"{100 * last.covered:.0f} % of its length.",
            style="dim",
        )
    if result.left_out:
        yield Text(
            f"{counted(result.left_out, 'session')} at the end, less than half a test, were left "
            "out.",
            style="dim",
        )


def _kept(result: WalkForward) -> str:
    """The efficiency of the whole in a sentence."""
    share = result.efficiency
    if not isfinite(share):
        return "The trainings promised no profit: there is no efficiency."
    if share < 0:
        return f"Efficiency {share:.2f}: a profit in sample became a loss out of it."
    enough = "at least the half" if share >= ENOUGH else "less than the half"
    return (
        f"Efficiency {share:.2f}: a year out of sample brought {100 * share:.0f} % of one in "
        f"sample, {enough} that Pardo asks for."
    )


def _fold_json(fold: FoldResult) -> dict[str, Any]:
    return {name: plain(value) for name, value in vars(fold).items()}


def _drift_json(drift: Drift) -> dict[str, Any]:
    return {
        "key": drift.key,
        "values": list(drift.values),
        "changed": drift.changed,
        "steps": [plain(step) for step in drift.steps],
        "change_pct": [plain(change) for change in drift.change_pct],
        "mean_steps": plain(drift.mean_steps),
        "mean_change_pct": plain(drift.mean_change_pct),
    }


def _number(value: Any, decimals: int = 2) -> str:
    return number(nan if value is None else value, decimals=decimals).number


def _value(value: Any) -> str:
    if value is None:
        return UNDEFINED
    return f"{value:.6g}" if isinstance(value, float) else str(value)
