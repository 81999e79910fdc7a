"""The table of one strategy, or of the whole portfolio."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infrastructure.reporting.figures import BOTH_WAYS, OF_EQUITY, OF_TRADES, Cell, number
from infrastructure.reporting.headings import SYNTHETIC, WARNING, heading
from infrastructure.reporting.parts import Part
from infrastructure.reporting.tables import bare_table

_LABEL = 13
"""Characters of the column that names the figures."""

_GAP = 3
"""Spaces between the left and the right half of a table."""

Row = tuple[str, Cell]
Widths = tuple[int, int, int, int]
"""Of number and unit on the left, of number and unit on the right."""


def part_table(part: Part, widths: Widths, width: int) -> RenderableType:
    """Name, figures, refusals and the same-bar interval, in at most `width` characters."""
    kind = "Portfolio" if part.kind == "portfolio" else "Strategy"
    blocks: list[RenderableType] = [
        heading(f"{kind} · {part.name}", part.synthetic),
        Text(part.facts, style="dim"),
        Rule(style="dim"),
        _figures(part, widths, width),
        _notes(part),
    ]
    if part.is_interval:
        blocks.append(_both_ways(part, width))
    return Group(*blocks)


def widths_of(parts: Sequence[Part]) -> Widths:
    """The widths that all tables share, so that they stand in line."""
    left = [cell for part in parts for _, cell in _left(part)]
    right = [cell for part in parts for _, cell in _right(part)]
    numbers = (max(len(SYNTHETIC), *(len(c.number) for c in half)) for half in (left, right))
    units = (max(len(cell.unit) for cell in half) for half in (left, right))
    (of_left, of_right), (left_unit, right_unit) = numbers, units
    return of_left, left_unit, of_right, right_unit


def _left(part: Part) -> list[Row]:
    unit = "% of the account" if part.kind == "strategy" else "%"
    if part.kind == "portfolio" and part.metrics.worst_day_pct < part.daily_limit_pct:
        unit = "%, exceeded"
    limit = number(part.daily_limit_pct, unit)
    return [*((each.label, each.cell(part.metrics)) for each in OF_EQUITY), ("  limit", limit)]


def _right(part: Part) -> list[Row]:
    return [(each.label, each.cell(part.metrics)) for each in OF_TRADES]


def _figures(part: Part, widths: Widths, width: int) -> Table:
    """Equity on the left and trades on the right; below each other where that is too wide."""
    left, left_unit, right, right_unit = widths
    spaces = 5  # between six columns
    if 2 * _LABEL + sum(widths) + _GAP + spaces > width:
        number_width, unit_width = max(left, right), max(left_unit, right_unit)
        table = _empty_table(part.synthetic, (number_width, unit_width))
        for label, cell in [*_left(part), *_right(part)]:
            table.add_row(label, *_styled(label, cell))
    else:
        table = _empty_table(part.synthetic, (left, left_unit + _GAP), (right, right_unit))
        for (label, cell), (other, figure) in zip(_left(part), _right(part), strict=True):
            table.add_row(label, *_styled(label, cell), other, *_styled(other, figure))
    return table


def _empty_table(synthetic: bool, *halves: tuple[int, int]) -> Table:
    """Columns for name, number and unit of each half."""
    table = bare_table(show_header=synthetic)
    for of_number, of_unit in halves:
        table.add_column(min_width=_LABEL, no_wrap=True)
        table.add_column(
            SYNTHETIC, header_style=WARNING, min_width=of_number, justify="right", no_wrap=True
        )
        table.add_column(style="dim", min_width=of_unit, no_wrap=True)
    return table


def _styled(label: str, cell: Cell) -> tuple[Text, str]:
    return Text(cell.number, "bold" if label == "Net profit" else ""), cell.unit


def _notes(part: Part) -> Table:
    """Refusals by reason, and ambiguous trades."""
    table = bare_table(show_header=False)
    table.add_column(min_width=_LABEL, no_wrap=True)
    table.add_column()
    table.add_row("Refused", _refused(part))
    table.add_row("Ambiguous", _ambiguous(part))
    return table


def _refused(part: Part) -> str:
    total = sum(part.refused.values())
    if not total:
        return "no signal"
    reasons = " · ".join(f"{reason} {count:,}" for reason, count in part.refused.items())
    return f"{total:,} of {total + part.metrics.trades:,} signals: {reasons}"


def _ambiguous(part: Part) -> str:
    unclear = part.metrics.ambiguous_trades
    if not unclear:
        return "no trade"
    return (
        f"{unclear:,} of {part.metrics.trades:,} trades: stop and target inside one bar; "
        f"{part.undecided:,} undecided"
    )


def _both_ways(part: Part, width: int) -> Table:
    """The main figures under each fill policy: the truth lies between."""
    names = [f"  {policy.replace('_', ' ')}" for policy in part.both_ways]
    rows = [
        [each.cell(metrics).number for each in BOTH_WAYS] for metrics in part.both_ways.values()
    ]
    heads = [each.label for each in BOTH_WAYS]
    corner = SYNTHETIC if part.synthetic else ""
    needed = sum(1 + max(map(len, column)) for column in zip(heads, *rows, strict=True))
    if _LABEL + needed > width:
        rows, names, heads = list(map(list, zip(*rows, strict=True))), heads, names
    table = bare_table()
    table.add_column(corner, header_style=WARNING, min_width=_LABEL, no_wrap=True)
    for head in heads:
        table.add_column(head, header_style="dim", justify="right", min_width=7, no_wrap=True)
    for name, cells in zip(names, rows, strict=True):
        table.add_row(name, *cells)
    return table
