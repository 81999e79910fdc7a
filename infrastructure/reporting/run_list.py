"""Runs in a list: as a table for people, as JSON for programs."""

from collections.abc import Iterator
from typing import IO, Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from infrastructure.ledger.asking.listing import RunList
from infrastructure.ledger.asking.naming import NamedRun
from infrastructure.reporting.headings import SYNTHETIC, WARNING
from infrastructure.reporting.json_text import json_text
from infrastructure.reporting.printing import print_uncut
from infrastructure.reporting.tables import (
    LONGEST_NAME,
    add_columns,
    bare_table,
    figure,
    short,
)
from infrastructure.wording import counted

_FIGURES = (
    ("net profit", "net_profit"),
    ("CAGR %", "cagr"),
    ("Sharpe", "sharpe"),
    ("drawdown %", "max_drawdown"),
    ("win %", "win_rate"),
    ("expect. R", "expectancy_r"),
)


def print_run_list(found: RunList, name: str, file: IO[str] | None = None) -> None:
    """Print the table to `file` (None: standard output). name: of the database."""
    print_uncut(_blocks(found, name), file)


def as_json(found: RunList, indent: int | None = 2) -> str:
    """`{matching, stored, runs}`: how many fulfil the filter, of how many; those of the list.

    Of each run every column of the list by its name, its strategies, symbols and tags; a figure
    that is not defined is null.
    """
    runs = [run.as_dict() for run in found.runs]
    return json_text({"matching": found.matching, "stored": found.stored, "runs": runs}, indent)


def _blocks(found: RunList, name: str) -> Iterator[RenderableType]:
    if not found.stored:
        yield Text(f"{name} has no runs; `kairos run PORTFOLIO.json` makes one")
        return
    if not found.runs:
        stored = counted(found.stored, "run")
        yield Text(f"no run fulfils this; {name} has {stored}")
        return
    yield _table(found.runs)
    if found.matching > len(found.runs):
        yield Text(
            f"{len(found.runs):,} of {found.matching:,} runs; --limit shows more", style="dim"
        )
    if any(run.values["synthetic"] for run in found.runs):
        yield Text(
            f"{SYNTHETIC}: made-up bars; no figure of such a run says anything about a market.",
            style="yellow",
        )


def _table(runs: tuple[NamedRun, ...]) -> Table:
    has_synthetic = any(run.values["synthetic"] for run in runs)
    table = bare_table()
    add_columns(table, "run", justify="right")
    if has_synthetic:
        table.add_column("", style=WARNING, no_wrap=True)
    add_columns(table, "date, UTC", "portfolio", "symbols")
    add_columns(table, "trades", *(head for head, _ in _FIGURES), justify="right")
    if any(run.tags for run in runs):
        add_columns(table, "tags")
    for run in runs:
        table.add_row(*map(Text, _cells(run, has_synthetic)))
    return table


def _cells(run: NamedRun, has_synthetic: bool) -> Iterator[str]:
    values = run.values
    yield str(run.run_id)
    if has_synthetic:
        yield SYNTHETIC if values["synthetic"] else ""
    yield f"{values['execution_date']:%Y-%m-%d %H:%M}"
    yield short(values["portfolio_name"])
    yield _symbols(run.symbols)
    yield figure(values["trades"], 0)
    for _, column in _FIGURES:
        yield figure(values[column])
    yield short(", ".join(run.tags), 2 * LONGEST_NAME)


def _symbols(symbols: tuple[Any, ...]) -> str:
    """The first ones, and how many more there are."""
    first = ", ".join(symbols[:2])
    return short(first if len(symbols) <= 2 else f"{first} +{len(symbols) - 2}")
