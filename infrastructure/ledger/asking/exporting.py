"""What came of runs, and lists of runs, into files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Text, literal_column, select
from sqlalchemy.engine import Connection

from infrastructure.database.columns import ExchangeDate, Flag, UtcDateTime, Whole
from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_strategies,
    backtest_runs,
    backtest_strategy_allocations,
    orders,
)
from infrastructure.database.research_tables import METRIC_FIGURES
from infrastructure.database.view_tables import v_daily, v_refusals, v_trades
from infrastructure.ledger.asking.columns import COLUMNS
from infrastructure.ledger.asking.listing import RunList
from infrastructure.ledger.asking.row_files import Field, Kind, Rows, check_output, write_rows
from infrastructure.strategy_management.run_numbers import known_runs

What = Literal["trades", "orders", "refusals", "equity", "figures"]

_BLOCK = 5_000
"""Rows fetched at a time."""

_WHOLE_FIGURES = (
    "max_drawdown_duration_sessions",
    "sessions",
    "trades",
    "longest_losing_streak",
    "ambiguous_trades",
)
_OF_RUN = ("run_id", "execution_date", "portfolio_name", "synthetic")


def export_runs(
    database: Database, given: Sequence[int], what: What, path: Path, force: bool = False
) -> int:
    """Write rows of these runs, in the order given, to a file; how many there were.

    trades, refusals and equity are the rows of v_trades, v_refusals and v_daily; figures has a row
    for the account of each run, and one for each strategy.
    Raises ConfigError for a run that is not there, another ending and, unless `force`, a file that
    is there; StorageError where it cannot be written.
    """
    check_output(path, force)
    numbers = known_runs(database, given)
    with database.read() as connection:
        if what == "figures":
            return write_rows(path, _FIGURE_FIELDS, _figures(connection, numbers), force)
        wanted = _WANTED[what]
        fields = [Field(each.name, _kind(each)) for each in wanted.selected_columns]
        return write_rows(path, fields, _rows(connection, wanted, numbers), force)


def export_list(found: RunList, path: Path, force: bool = False) -> None:
    """Write a list of runs with all its columns; strategies, symbols and tags with commas.

    Raises as `export_runs` does.
    """
    fields = [Field(name, _kind(column)) for name, column in COLUMNS.items()]
    fields += [Field(name, "text") for name in ("strategies", "symbols", "tags")]
    rows = (
        (*run.values.values(), *map(", ".join, (run.strategies, run.symbols, run.tags)))
        for run in found.runs
    )
    write_rows(path, fields, rows, force)


def _kind(column: ColumnElement[Any]) -> Kind:
    by_type: tuple[tuple[type, Kind], ...] = (
        (UtcDateTime, "moment"),
        (ExchangeDate, "date"),
        (Flag, "flag"),
        (Text, "text"),
        (type(Whole), "whole"),
    )
    return next((kind for each, kind in by_type if isinstance(column.type, each)), "real")


def _of_orders() -> Select[Any]:
    allocated, strategies = backtest_strategy_allocations, algo_strategies
    same = (allocated.c.run_id == orders.c.run_id) & (allocated.c.position == orders.c.position)
    columns = [each for each in orders.c if each.name != "run_id"]
    named = (orders.c.run_id, backtest_runs.c.portfolio_name, strategies.c.strategy_name)
    return (
        select(*named, *columns)
        .join_from(orders, allocated, same)
        .join(strategies, strategies.c.strategy_id == allocated.c.strategy_id)
        .join(backtest_runs, backtest_runs.c.run_id == orders.c.run_id)
        .order_by(orders.c.number)
    )


_WANTED: Mapping[str, Select[Any]] = {
    "trades": select(v_trades).order_by(v_trades.c.trade_id),
    "orders": _of_orders(),
    "refusals": select(v_refusals).order_by(v_refusals.c.refusal_id),
    "equity": select(v_daily).order_by(v_daily.c.book, v_daily.c.session),
}


def _rows(connection: Connection, wanted: Select[Any], numbers: Sequence[int]) -> Rows:
    """The rows of one run after the other, never all of them in memory."""
    run_id = wanted.selected_columns["run_id"]
    streaming = connection.execution_options(yield_per=_BLOCK)
    for number in numbers:
        yield from streaming.execute(wanted.where(run_id == number))


_FIGURE_FIELDS = (
    *(Field(name, _kind(COLUMNS[name])) for name in _OF_RUN),
    Field("book", "whole"),
    Field("strategy_name", "text"),
    *(
        Field(
            name,
            "whole" if name in _WHOLE_FIGURES else "text" if name == "worst_day" else "real",
        )
        for name in METRIC_FIGURES
    ),
)


def _figures(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The account's figures, then those of each strategy, of one run after the other."""
    allocated, strategies = backtest_strategy_allocations, algo_strategies
    of_run = [COLUMNS[name] for name in _OF_RUN]
    nobody: tuple[Any, ...] = (literal_column("0"), literal_column("NULL"))
    account = (*nobody, backtest_runs.c.figures)
    book = (allocated.c.position, strategies.c.strategy_name, allocated.c.figures)
    books = (
        select(*of_run, *book)
        .join_from(backtest_runs, allocated, allocated.c.run_id == backtest_runs.c.run_id)
        .join(strategies, strategies.c.strategy_id == allocated.c.strategy_id)
        .order_by(allocated.c.position)
    )
    for number in numbers:
        for wanted in (select(*of_run, *account), books):
            for *names, figures in connection.execute(
                wanted.where(backtest_runs.c.run_id == number)
            ):
                yield (*names, *(figures.get(name) for name in METRIC_FIGURES))
