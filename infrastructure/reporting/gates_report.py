"""What each gate of a run cost: as tables for people, as JSON for programs."""

from collections.abc import Iterator
from typing import IO, Any

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infrastructure.market_data.sessions.session_calendar import day_text
from infrastructure.reporting.figures import UNDEFINED, number
from infrastructure.reporting.headings import MADE_UP, SYNTHETIC, WARNING, heading
from infrastructure.reporting.json_text import json_text
from infrastructure.reporting.plain import plain
from infrastructure.reporting.printing import WIDEST, print_tables
from infrastructure.reporting.tables import bare_table
from infrastructure.research.gates import CONFIDENCE, Gate, Gates
from infrastructure.research.sharing import BookFigures

_NAME = 18
_HEADS = ("stopped", "trades", "money", "sum R", "mean R", f"{CONFIDENCE:.0%} interval")
_READ = (
    "Each refused signal was simulated alone, at the size asked, with nothing else held and no "
    "limit: what the signals of a rule would have brought together, no account could have held."
)


def print_gates(gates: Gates, file: IO[str] | None = None) -> None:
    """Print the tables to `file` (None: standard output), always as wide as they are."""
    print_tables(lambda width: gates_tables(gates, width), file, narrowest=WIDEST)


def gates_tables(gates: Gates, width: int = WIDEST) -> RenderableType:
    """Head, a row for each rule, what they come to in words, and each book shared and alone."""
    blocks: list[RenderableType] = [
        heading(f"Gates · {gates.title}", gates.synthetic),
        Text(_facts(gates), style="dim"),
        Rule(style="dim"),
        _rules(gates),
        Text(),
        *(Text(line) for line in _effects(gates)),
        *(Text(line, style="dim") for line in _notes(gates)),
        Text(_READ, style="dim"),
        Text(),
        heading("One account, and each strategy alone", gates.synthetic),
        Rule(style="dim"),
        _sharing(gates),
        *_foot(gates),
    ]
    return Constrain(Group(*blocks), width)


def as_json(gates: Gates, indent: int | None = 2) -> str:
    """`{run_id, ..., taken, rules, strategies}`; a figure that is not defined is null.

    taken: the trades of the run. rules: the gates, and in each of `strategies` those of that
    strategy, beside its figures `shared`, `alone` and `difference`. Money is in the account's
    currency, low and high are the interval of mean_r at `confidence`.
    """
    report = {
        "run_id": gates.run_id,
        "portfolio_name": gates.title,
        "execution_date": gates.execution_date.isoformat(),
        "synthetic": gates.synthetic,
        "first_session": day_text(gates.first_session),
        "last_session": day_text(gates.last_session),
        "differences": list(gates.differences),
        "confidence": CONFIDENCE,
        "taken": _plain_gate(gates.taken),
        "rules": [_plain_gate(gate) for gate in gates.rules],
        "strategies": [
            {
                "strategy_name": book.sharing.strategy_name,
                "capital": book.sharing.capital,
                "taken": _plain_gate(book.taken),
                "rules": [_plain_gate(gate) for gate in book.rules],
                "shared": plain(vars(book.sharing.shared)),
                "alone": plain(vars(book.sharing.alone)),
                "difference": plain(vars(book.sharing.difference)),
            }
            for book in gates.books
        ],
    }
    return json_text(report, indent)


def _plain_gate(gate: Gate) -> dict[str, Any]:
    return {**plain(vars(gate)), "why_not": dict(gate.why_not), "effect": gate.effect}


def _facts(gates: Gates) -> str:
    stopped = sum(gate.stopped for gate in gates.rules)
    return (
        f"run {gates.run_id} · {day_text(gates.first_session)} to {day_text(gates.last_session)} · "
        f"{stopped:,} of {stopped + gates.taken.taken:,} signals refused"
    )


def _rules(gates: Gates) -> Table:
    table = _table(_HEADS, gates.synthetic)
    table.add_row("taken in the run", *_cells(gates.taken), style="dim")
    for gate in gates.rules:
        table.add_row(gate.rule, *_cells(gate))
    return table


def _cells(gate: Gate) -> tuple[str, ...]:
    low, high = number(gate.low).number, number(gate.high).number
    interval = UNDEFINED if UNDEFINED in (low, high) else f"{low} to {high}"
    money = number(gate.money).number if gate.taken else UNDEFINED
    stopped = f"{gate.stopped:,}" if gate.stopped else ""
    in_r = (number(value).number for value in (gate.sum_r, gate.mean_r))
    return (stopped, f"{gate.taken:,}", money, *in_r, interval)


def _effects(gates: Gates) -> Iterator[str]:
    """A sentence for the rules that cost, for those that saved, and for the rest."""
    told = {
        "cost": "Cost profits (interval above zero)",
        "saved": "Spared losses (interval below zero)",
        "unclear": "Neither can be told (interval around zero, or none)",
    }
    for effect, said in told.items():
        rules = [gate.rule for gate in gates.rules if gate.effect == effect and gate.taken]
        if rules:
            yield f"{said}: {', '.join(rules)}."


def _notes(gates: Gates) -> Iterator[str]:
    """Signals that would be no trades alone either, and trades that have no R."""
    for gate in gates.rules:
        if gate.why_not:
            whys = ", ".join(f"{reason} {count:,}" for reason, count in gate.why_not.items())
            yield f"{gate.rule}: no trade alone either: {whys}."
        if gate.measured < gate.taken:
            stopped = f"{gate.measured:,} of {gate.taken:,} trades had a stop"
            yield f"{gate.rule}: {stopped}, and so an R."


def _sharing(gates: Gates) -> Table:
    table = _table(("", "net profit", "trades", "mean R", "drawdown %"), gates.synthetic)
    for book in gates.books:
        sharing = book.sharing
        rows = (("shared", sharing.shared), ("alone", sharing.alone))
        for place, (name, figures) in enumerate(rows):
            label = f"{sharing.strategy_name}" if place == 0 else f"  with {sharing.capital:,.0f}"
            table.add_row(label, name, *_figure_cells(figures))
        table.add_row("", "sharing", *_figure_cells(sharing.difference, "+"), end_section=True)
    return table


def _figure_cells(figures: BookFigures, sign: str = "") -> tuple[str, ...]:
    values = (figures.net_profit, figures.mean_r, figures.max_drawdown_pct)
    profit, mean_r, drawdown = (_signed(value, sign) for value in values)
    trades = f"{figures.trades:,}"
    return (profit, f"+{trades}" if sign and figures.trades > 0 else trades, mean_r, drawdown)


def _signed(value: float, sign: str) -> str:
    shown = number(value).number
    return f"+{shown}" if sign and value > 0 else shown


def _table(heads: tuple[str, ...], is_synthetic: bool) -> Table:
    """Columns for a name and figures. What is too wide is folded: no figure is ever cut."""
    table = bare_table()
    corner = SYNTHETIC if is_synthetic else ""
    table.add_column(corner, header_style=WARNING, min_width=_NAME, overflow="fold")
    for head in heads:
        table.add_column(head, header_style="dim", justify="right", overflow="fold")
    return table


def _foot(gates: Gates) -> Iterator[Text]:
    if gates.differences or gates.synthetic:
        yield Text()
    for difference in gates.differences:
        yield Text(f"No longer the run that was stored: {difference}.", style="yellow")
    if gates.synthetic:
        yield Text(MADE_UP, style="yellow")
