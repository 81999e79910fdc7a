"""A finished run as tables for people: one per strategy, one for the portfolio."""

from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infrastructure.reporting.figures import (
    BOTH_WAYS,
    OF_EQUITY,
    OF_TRADES,
    Cell,
    count,
    number,
)
from infrastructure.reporting.parts import (
    Part,
    demo_series,
    parts_of,
    period_of,
    series_of,
    some,
)
from infrastructure.strategy_management.run_result import RunResult

WIDEST = 80
"""Wider lines would only pull the figures apart."""

SYNTHETIC = "SYNTHETIC"
_LABEL = 13
_Row = tuple[str, Cell]


def print_report(result: RunResult, file: IO[str] | None = None) -> None:
    """Print the tables to `file` (None: standard output); colours only on a terminal."""
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(report(result))
        return
    with console.capture() as captured:
        console.print(report(result))
    lines = (line.rstrip() for line in captured.get().splitlines())  # tables are padded
    console.file.write("\n".join(lines) + "\n")


def report(result: RunResult) -> RenderableType:
    """Head, a table per strategy, the portfolio's table, and where the run is kept."""
    parts = parts_of(result)
    widths = _widths(parts)
    blocks: list[RenderableType] = [_head(result), Text()]
    for part in parts:
        blocks += [_table(part, widths), Text()]
    return Constrain(Group(*blocks, *_foot(result)), WIDEST)


def _head(result: RunResult) -> RenderableType:
    series = [f"{bars.symbol} {bars.interval} {len(bars):,} bars" for bars in series_of(result)]
    policy = result.portfolio.fill_policy.replace("_", " ")
    facts = f"{period_of(result)} · {result.backtest.metrics.sessions:,} sessions · {policy}"
    return Group(
        _title(result.portfolio.portfolio_name, result.backtest.synthetic),
        Text(facts, style="dim"),
        Text(some(series), style="dim"),
    )


def _title(name: str, synthetic: bool) -> Text:
    title = Text(name, style="bold")
    if synthetic:
        title.append(f"  {SYNTHETIC}", style="bold yellow")
    return title


# --- One table ------------------------------------------------------------------------------------


def _table(part: Part, widths: Sequence[int]) -> RenderableType:
    kind = "Portfolio" if part.kind == "portfolio" else "Strategy"
    blocks = [
        _title(f"{kind} · {part.name}", part.synthetic),
        Text(part.facts, style="dim"),
        Rule(style="dim"),
        _figures(part, widths),
        _notes(part),
    ]
    if part.is_interval:
        blocks.append(_both_ways(part))
    return Group(*blocks)


def _figures(part: Part, widths: Sequence[int]) -> Table:
    """Equity on the left, trades on the right; the widths are those of `_widths`."""
    header = SYNTHETIC if part.synthetic else ""
    table = Table(box=None, show_header=part.synthetic, pad_edge=False, padding=(0, 1, 0, 0))
    for of_number, of_unit in zip(widths[::2], widths[1::2], strict=True):
        table.add_column(min_width=_LABEL, no_wrap=True)
        table.add_column(
            header, min_width=of_number, justify="right", no_wrap=True, header_style="bold yellow"
        )
        table.add_column(style="dim", min_width=of_unit, no_wrap=True)
    for (left, money), (right, figure) in zip(_left(part), _right(part), strict=True):
        style = "bold" if left == "Net profit" else ""
        table.add_row(left, Text(money.number, style), money.unit, right, *figure)
    return table


def _left(part: Part) -> list[_Row]:
    of_what = "% of the account" if part.kind == "strategy" else "%"
    if part.kind == "portfolio" and part.metrics.worst_day_pct < part.daily_limit_pct:
        of_what = "%, passed by a gap"
    limit = number(part.daily_limit_pct, of_what)
    return [*((each.label, each.cell(part.metrics)) for each in OF_EQUITY), ("  limit", limit)]


def _right(part: Part) -> list[_Row]:
    return [(each.label, each.cell(part.metrics)) for each in OF_TRADES]


def _widths(parts: Sequence[Part]) -> list[int]:
    """Of number and unit on the left and on the right: all tables stand in line."""
    widths = []
    for half, gap in ((_left, 3), (_right, 0)):
        cells = [cell for part in parts for _, cell in half(part)]
        widths.append(max(len(SYNTHETIC), *(len(cell.number) for cell in cells)))
        widths.append(max(len(cell.unit) for cell in cells) + gap)
    return widths


def _notes(part: Part) -> Table:
    notes = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    notes.add_column(min_width=_LABEL, no_wrap=True)
    notes.add_column(overflow="fold")
    for label, text in _note_rows(part):
        notes.add_row(label, text)
    return notes


def _note_rows(part: Part) -> Iterator[tuple[str, str]]:
    total = sum(part.refused.values())
    reasons = " · ".join(f"{reason} {amount:,}" for reason, amount in part.refused.items())
    trades, unclear = part.metrics.trades, part.metrics.ambiguous_trades
    if total:
        yield "Refused", f"{total:,} of {total + trades:,} signals: {reasons}"
    else:
        yield "Refused", "no signal"
    if unclear:
        yield (
            "Ambiguous",
            (
                f"{unclear:,} of {trades:,} trades: stop and target inside one bar; "
                f"{part.undecided:,} undecided"
            ),
        )
    else:
        yield "Ambiguous", "no trade"


def _both_ways(part: Part) -> Table:
    """The main figures under each fill policy: the truth lies between."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(SYNTHETIC if part.synthetic else "", min_width=_LABEL, no_wrap=True)
    for figure in BOTH_WAYS:
        table.add_column(figure.label, justify="right", header_style="dim", min_width=7)
    for policy, metrics in part.both_ways.items():
        cells = (figure.cell(metrics).number for figure in BOTH_WAYS)
        table.add_row(f"  {policy.replace('_', ' ')}", *cells)
    return table


# --- Foot -----------------------------------------------------------------------------------------


def _foot(result: RunResult) -> Iterator[Text]:
    difference = result.backtest.accounting_difference
    yield Text(f"Run {result.run_id}, stored in {result.stored_in}.")
    yield Text(
        f"Checked against VectorBT's engine: largest difference {difference:.8f}.", style="dim"
    )
    demo = demo_series(result)
    if demo:
        yield Text(
            f"{SYNTHETIC} BARS: Kairos made them up; no figure above says anything about a market. "
            "Import real ones:",
            style="yellow",
        )
    for symbol, interval in demo:
        yield Text(
            f"  kairos data import FILE --symbol {symbol} --interval {interval}", no_wrap=True
        )
