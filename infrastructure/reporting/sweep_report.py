"""A sweep's best configurations as a table for people, or as JSON."""

import json
import sys
from typing import IO, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infrastructure.reporting.part_table import SYNTHETIC
from infrastructure.research.sweeps.result import SweepResult

_FIGURES = {
    "trades": ("trades", 0),
    "net_profit": ("net profit", 0),
    "sharpe": ("Sharpe", 2),
    "max_drawdown_pct": ("drawdown %", 2),
    "profit_factor": ("profit factor", 2),
    "expectancy_r": ("expect. R", 3),
    "sqn": ("SQN", 2),
}
"""What the table shows of each trial: the heading, and decimals."""


def print_sweep(result: SweepResult, top: int, file: IO[str] | None = None) -> None:
    """Print how many were tried, the best ones, and what to do next."""
    console = Console(file=file or sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 160
    for line in _head(result):
        console.print(line)
    if result.n_met:
        console.print(_table(result, top))
    for line in _foot(result):
        console.print(line)


def sweep_json(result: SweepResult, top: int) -> str:
    """`{sweep_id, tried, invalid, met, objective, top: [...]}`; undefined figures are null."""
    rows = result.top(top).to_dict("records") if result.n_met else []
    found = {
        "sweep_id": result.sweep_id,
        "portfolio_name": result.title,
        "synthetic": result.synthetic,
        "tried": result.n_trials,
        "resumed": result.n_resumed,
        "invalid": result.n_invalid,
        "invalid_because": list(result.reasons),
        "pruned": result.pruned,
        "met_constraints": result.n_met,
        "constraints": [str(each) for each in result.plan.terms.constraints],
        "objective": result.objective,
        "seconds": result.seconds,
        "per_second": result.rate,
        "top": [{name: _plain(value) for name, value in row.items()} for row in rows],
    }
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)


def _head(result: SweepResult) -> list[Text]:
    title = Text(f"Sweep · {result.title}", style="bold")
    if result.synthetic:
        title.append(f"  {SYNTHETIC}", style="bold yellow")
    tried = f"{result.n_trials:,} configurations"
    rate = f"{result.seconds:.1f} s, {result.rate:,.0f} a second"
    lines = [title, Text(f"{tried} · {rate} · best by {result.objective}", style="dim")]
    if result.n_resumed:
        lines.append(Text(f"{result.n_resumed:,} of them were stored by an earlier, ended sweep."))
    if result.n_invalid:
        why = f": {result.reasons[0]}" if result.reasons else ""
        lines.append(Text(f"{result.n_invalid:,} were refused by the strategy{why}"))
    if result.pruned:
        lines.append(Text(f"{result.pruned:,} were pruned before they had seen every fold."))
    constraints = ", ".join(str(each) for each in result.plan.terms.constraints)
    if constraints:
        lines.append(Text(f"{result.n_met:,} meet {constraints}."))
    return lines


def _table(result: SweepResult, top: int) -> Table:
    """The best trials: what was tried, then the figures."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("trial", justify="right", header_style="dim")
    keys = [key for axis in result.axes for key in axis.keys]
    for key in keys:
        table.add_column(key.removeprefix("indicator.parameters."), justify="right")
    shown = dict(_FIGURES)
    shown.setdefault(result.objective, (result.objective, 3))
    for heading, _ in shown.values():
        table.add_column(heading, justify="right", header_style="dim")
    for _, row in result.top(top).iterrows():
        figures = [_number(row[name], decimals) for name, (_, decimals) in shown.items()]
        table.add_row(f"{row['trial']:,}", *(_value(row[key]) for key in keys), *figures)
    return table


def _foot(result: SweepResult) -> list[Text]:
    lines = []
    if not result.n_met:
        lines.append(Text(result.why_none()[:1].upper() + result.why_none()[1:] + "."))
    if result.n_met:
        lines.append(
            Text(
                f"The best of {result.n_trials:,} is better than it will be: judge it on bars it "
                "has not seen (kairos walk-forward), or by its run's verdict (kairos verdict).",
                style="yellow",
            )
        )
    if result.sweep_id is not None:
        lines.append(Text(f"Sweep {result.sweep_id}, every trial stored in the ledger.", "dim"))
    return lines


def _number(value: float, decimals: int) -> str:
    return "-" if not np.isfinite(value) else f"{value + 0.0:,.{decimals}f}"


def _value(value: Any) -> str:
    if value is None or value != value:  # pandas writes null among numbers as NaN
        return "null"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
