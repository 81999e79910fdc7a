"""Runs side by side: as tables for people, as JSON for programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infrastructure.ledger.asking.comparing import Comparison, KeyInRuns
from infrastructure.ledger.asking.trade_differences import Trade, TradeDifferences
from infrastructure.reporting.figures import UNDEFINED
from infrastructure.reporting.headings import SYNTHETIC, WARNING
from infrastructure.reporting.json_text import json_text, plain_text
from infrastructure.reporting.printing import print_uncut
from infrastructure.reporting.tables import add_columns, bare_table, figure, short
from infrastructure.reporting.trade_lines import trade_table
from infrastructure.wording import counted, printable

MOST_TRADES = 20
"""Shown of each list; the rest is counted."""

_LONGEST_VALUE = 32
_WHOLE = ("sessions", "trades", "longest_losing_streak", "ambiguous_trades", "refused")


def print_comparison(compared: Comparison, file: IO[str] | None = None) -> None:
    """Print the tables to `file` (None: standard output)."""
    print_uncut(_blocks(compared), file)


def as_json(compared: Comparison, indent: int | None = 2) -> str:
    """`{runs, configs, figures, trades}`; values stand by the runs' numbers.

    configs: of keys that differ the value in each run that has the key. figures: of each the value,
    and `difference` from the first run. trades: of each other run, against the first, those that
    only one has, and how many of the shared ones left, measured or came to something else.
    """
    report = {
        "runs": [_run(run.run) for run in compared.runs],
        "configs": [vars(each) for each in compared.configs],
        "figures": [
            {**vars(each), "difference": dict(_changes(each, compared))}
            for each in compared.figures
        ],
        "trades": [_plain_trades(each) for each in compared.trades],
    }
    return json_text(report, indent)


def _run(run: Any) -> dict[str, Any]:
    names = ("run_id", "execution_date", "portfolio_name", "synthetic", "bars_start", "bars_end")
    return {name: run[name] for name in names}


def _plain_trades(found: TradeDifferences) -> dict[str, Any]:
    lists = {
        name: [trade._asdict() for trade in getattr(found, name)]
        for name in ("only_first", "only_other")
    }
    return {**vars(found), **lists}


def _changes(each: KeyInRuns, compared: Comparison) -> Iterator[tuple[int, float]]:
    """The value of each other run less that of the first, where both are numbers."""
    first, *others = [run.run["run_id"] for run in compared.runs]
    values = each.values
    for number in others:
        if _is_number(values.get(first)) and _is_number(values.get(number)):
            yield number, values[number] - values[first]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _blocks(compared: Comparison) -> Iterator[RenderableType]:
    yield _runs(compared)
    yield from _section("Configs")
    yield _configs(compared) if compared.configs else Text("the same in every key")
    yield from _section("Figures")
    yield _figures(compared)
    for each in compared.trades:
        yield from _section(f"Trades of run {each.first} and run {each.other}")
        yield from _trades(each)


def _section(title: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title, style="bold")
    yield Rule(style="dim")


def _runs(compared: Comparison) -> Table:
    table = _table(["run", "", "date, UTC", "portfolio", "strategies"], left=5)
    for shown in compared.runs:
        run = shown.run
        names = ", ".join(each.config["strategy_name"] for each in shown.strategies)
        table.add_row(
            str(run["run_id"]),
            Text(SYNTHETIC if run["synthetic"] else "", style=WARNING),
            f"{run['execution_date']:%Y-%m-%d %H:%M}",
            Text(short(run["portfolio_name"])),
            Text(short(names, 60)),
        )
    return table


def _configs(compared: Comparison) -> Table:
    numbers = [run.run["run_id"] for run in compared.runs]
    table = _table(["", *(f"run {number}" for number in numbers)], left=len(numbers) + 1)
    for each in compared.configs:
        cells = (_value(each, number) for number in numbers)
        table.add_row(Text(printable(each.key)), *map(Text, cells))
    return table


def _value(each: KeyInRuns, number: int) -> str:
    if number not in each.values:
        return UNDEFINED
    value = each.values[number]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return short(plain_text(value), _LONGEST_VALUE)


def _figures(compared: Comparison) -> Table:
    numbers = [run.run["run_id"] for run in compared.runs]
    first, *others = numbers
    heads = [f"run {number}" for number in numbers] + [f"{each} - {first}" for each in others]
    table = _table(["", *heads], left=1)
    for each in compared.figures:
        decimals = 0 if each.key in _WHOLE else 2
        changes = dict(_changes(each, compared))
        cells = [_figure(each.values.get(number), decimals) for number in numbers]
        cells += [_signed(changes.get(number), decimals) for number in others]
        table.add_row(each.key, *map(Text, cells))
    return table


def _figure(value: Any, decimals: int) -> str:
    return value if isinstance(value, str) else figure(value, decimals)


def _signed(value: float | None, decimals: int) -> str:
    shown = figure(value, decimals)
    if value is None or not shown.strip("-0.,"):
        return UNDEFINED if value is None else ""
    return f"+{shown}" if value > 0 else shown


def _trades(found: TradeDifferences) -> Iterator[RenderableType]:
    differing = f"{found.other_exit:,} left elsewhere, {found.other_size:,} were of another size, "
    differing += f"{found.other_pnl:,} came to another P&L"
    yield Text(f"{counted(found.shared, 'trade')} in both: {differing}.")
    yield from _only(found.only_first, found.first)
    yield from _only(found.only_other, found.other)


def _only(trades: Sequence[Trade], number: int) -> Iterator[RenderableType]:
    total = sum(trade.net_pnl for trade in trades)
    of_them = f", together {figure(total)}" if trades else ""
    yield Text(f"{counted(len(trades), 'trade')} only in run {number}{of_them}.")
    if not trades:
        return
    shown = [trade._asdict() for trade in trades[:MOST_TRADES]]
    yield trade_table(
        {**each, "strategy_name": each["strategy"], "r": each["risk_reward"]} for each in shown
    )
    if len(trades) > MOST_TRADES:
        yield Text(f"and {len(trades) - MOST_TRADES:,} more; --json has all", style="dim")


def _table(heads: Sequence[str], left: int) -> Table:
    """A table of these columns, the first `left` of them to the left."""
    table = bare_table()
    add_columns(table, *heads[:left])
    add_columns(table, *heads[left:], justify="right")
    return table
