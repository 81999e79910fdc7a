"""A sweep's best configurations as a table for people, or as JSON."""

from dataclasses import fields
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from rich.table import Table
from rich.text import Text

from infrastructure.reporting.figures import number, short_key
from infrastructure.reporting.headings import heading
from infrastructure.reporting.json_text import json_text, plain_text
from infrastructure.reporting.plain import plain
from infrastructure.reporting.printing import print_uncut
from infrastructure.reporting.tables import bare_table
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.trade_metrics.trade_metrics import TradeMetrics
from infrastructure.wording import counted

if TYPE_CHECKING:
    import pandas as pd

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

_COUNTS = {field.name for field in fields(TradeMetrics) if field.type in (int, "int")} | {"refused"}
"""Figures that are whole numbers."""


def print_sweep(result: SweepResult, top: int, file: IO[str] | None = None) -> None:
    """Print how many were tried, the best ones, and what to do next, to `file`."""
    print_uncut([*_head(result), _table(result, top), *_foot(result)], file)


def sweep_json(result: SweepResult, top: int) -> str:
    """`{sweep_id, tried, invalid, met, objective, top: [...]}`; undefined figures are null."""
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
        "top": [
            {str(name): _plain(str(name), value) for name, value in row.items()}
            for row in result.top(top).to_dict("records")
        ],
    }
    return json_text(found)


def _head(result: SweepResult) -> list[Text]:
    tried = counted(result.n_trials, "configuration")
    rate = f"{result.seconds:.1f} s, {result.rate:,.0f} a second"
    lines = [
        heading(f"Sweep · {result.title}", result.synthetic),
        Text(f"{tried} · {rate} · best by {result.objective}", style="dim"),
    ]
    if result.n_resumed:
        lines.append(Text(f"Stored by an earlier, ended sweep: {result.n_resumed:,}."))
    if result.n_invalid:
        why = f", such as {result.reasons[0]}" if result.reasons else ""
        lines.append(Text(f"Refused by the strategy: {result.n_invalid:,}{why}"))
    if result.pruned:
        lines.append(Text(f"Pruned before they had seen every fold: {result.pruned:,}."))
    constraints = ", ".join(str(each) for each in result.plan.terms.constraints)
    if constraints:
        lines.append(Text(f"Meet {constraints}: {result.n_met:,}."))
    return lines


def _table(result: SweepResult, top: int) -> Table:
    """The best trials: what was tried, then the figures."""
    table = bare_table(gap=2)
    table.add_column("trial", justify="right", header_style="dim")
    keys = [key for axis in result.axes for key in axis.keys]
    for key in keys:
        table.add_column(short_key(key), justify="right")
    shown = dict(_FIGURES)
    shown.setdefault(result.objective, (result.objective, 3))
    for head, _ in shown.values():
        table.add_column(head, justify="right", header_style="dim")
    for row in _rows(result.top(top)):
        figures = [
            number(row[name], decimals=decimals).number for name, (_, decimals) in shown.items()
        ]
        table.add_row(f"{row['trial']:,}", *(_value(row[key]) for key in keys), *figures)
    return table


def _rows(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows in which a whole number stays one, whatever stands beside it."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _foot(result: SweepResult) -> list[Text]:
    if not result.n_met:
        return [Text(f"{result.why_none()}.", style="yellow")]
    lines = [
        Text(
            f"The best of {result.n_trials:,} is better than it will be: judge it on bars it has "
            "not seen (kairos walk-forward), or by its run's verdict (kairos verdict).",
            style="yellow",
        )
    ]
    if result.sweep_id is not None:
        lines.append(Text(f"Sweep {result.sweep_id}, every trial stored in the ledger.", "dim"))
    return lines


def _value(value: Any) -> str:
    """As the command line would take it again."""
    if value is None or value != value:  # pandas writes null among numbers as NaN
        return "null"
    if isinstance(value, float):
        return f"{value:.6g}"
    return plain_text(value)


def _plain(name: str, value: Any) -> Any:
    """A figure as JSON has it: counts are whole, a day is a date, what is undefined is null."""
    if name == "worst_day" and isinstance(value, float) and np.isfinite(value):
        return str(np.datetime64(int(value), "D"))
    known = plain(value)
    return int(known) if name in _COUNTS and known is not None else known
