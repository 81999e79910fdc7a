"""What a text file's beginning tells: delimiter, names, roles, first row, ways of writing."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infrastructure.errors import DataError
from infrastructure.market_data.files.column_roles import (
    PRICES,
    Name,
    missing_roles,
    names_of,
    roles_of,
    settled_roles,
)
from infrastructure.market_data.files.first_rows import column_facts, one_symbol
from infrastructure.market_data.files.formats import YFINANCE, Format, format_of
from infrastructure.market_data.files.nameless import nameless
from infrastructure.market_data.files.numbers import Style, style_of
from infrastructure.market_data.files.table import Facts
from infrastructure.market_data.files.text_lines import Head

_DELIMITERS = ("\t", ";", "|", ",")
"""The comma comes last: it may be a decimal comma."""

_SEARCHED = 50  # lines for one that names the columns
_SAMPLED = 1_000  # lines at either end of the beginning
_STACKED = ("price", "ticker", "attributes", "symbols", "")
_STACKED_TIMES = ("date", "datetime", "timestamp")


@dataclass(frozen=True)
class Layout:
    """How to read a text file's rows. first_line: of the rows, from 1. roles: role to column.

    dates: the order of day and month, "" where the rows must tell. prices, volumes: how the
    numbers are written.
    """

    encoding: str
    delimiter: str
    names: tuple[Name, ...]
    roles: dict[str, int]
    first_line: int
    format: str
    facts: Facts
    dates: str
    prices: Style
    volumes: Style


@dataclass(frozen=True)
class _Header:
    names: list[Name]
    first_line: int
    format: Format
    symbols: tuple[str, ...] = ()


def layout_of(path: Path, head: Head) -> Layout:
    """The layout that the first lines of a text file show.

    Raises DataError where they name no bars, hold none, or may be read in two ways.
    """
    lines = head.lines[:_SEARCHED]
    for delimiter in _DELIMITERS:
        if header := _header(_split(lines, delimiter)):
            return _named(path, head, delimiter, header)
    for delimiter in _DELIMITERS:
        rows = list(_sampled(head.lines, delimiter))
        if found := nameless(rows):
            names = [Name(f"column {place + 1}", "") for place in range(found.n_cells)]
            header = _Header(names, 1, found.format)
            return _layout(path, head, delimiter, header, found.roles)
    raise _no_bars(path, lines)


def _header(lines: list[list[str]]) -> _Header | None:
    """The first line that names a time and four prices, or the lines of pandas that do so."""
    if stacked := _stacked(lines):
        return stacked
    for number, cells in enumerate(lines, 1):
        names = names_of(cells)
        if {"time", *PRICES} <= roles_of(names).keys():
            return _Header(names, number + 1, format_of(names))
    return None


def _stacked(lines: list[list[str]]) -> _Header | None:
    """Names, tickers and the index's name in three lines, as recent yfinance writes them."""
    for number, cells in enumerate(lines[:4]):
        is_index = cells[:1] and cells[0].lower() in _STACKED_TIMES and not any(cells[1:])
        above = lines[:number]
        if not is_index or any(not row or row[0].lower() not in _STACKED for row in above):
            continue
        by_prices = {len(roles_of(names_of(row[1:])).keys() & {*PRICES}): row for row in above}
        if max(by_prices, default=0) < len(PRICES):
            return None
        names = names_of([cells[0], *by_prices[max(by_prices)][1:]])
        others = [row for row in above if row is not by_prices[max(by_prices)]]
        symbols = tuple(cell for row in others for cell in row[1:] if cell)
        adjusted = "split" if any(name.plain == "adj close" for name in names) else "all"
        facts = replace(YFINANCE.facts, adjusted=adjusted)
        return _Header(names, number + 2, replace(YFINANCE, facts=facts), symbols)
    return None


def _named(path: Path, head: Head, delimiter: str, header: _Header) -> Layout:
    symbols = [*header.symbols, *(name.symbol for name in header.names)]
    symbol = one_symbol(path, [each for each in symbols if each])
    header = replace(
        header, format=replace(header.format, facts=replace(header.format.facts, symbol=symbol))
    )
    return _layout(path, head, delimiter, header, settled_roles(path, header.names))


def _layout(
    path: Path, head: Head, delimiter: str, header: _Header, roles: dict[str, int]
) -> Layout:
    rows = [
        cells
        for cells in _sampled(head.lines[header.first_line - 1 :], delimiter)
        if len(cells) == len(header.names)
    ]
    if head.whole and not any(line.strip() for line in head.lines[header.first_line - 1 :]):
        raise DataError(f"{path}: holds no bars, only the names of its columns")
    found = column_facts(path, header.format, header.names, roles, rows)
    prices, volumes = _styles(path, rows, roles)
    return Layout(
        encoding=head.encoding,
        delimiter=delimiter,
        names=tuple(header.names),
        roles=found.roles,
        first_line=header.first_line,
        format=found.format,
        facts=found.facts,
        dates=header.format.dates,
        prices=prices,
        volumes=volumes,
    )


def _styles(path: Path, rows: list[list[str]], roles: dict[str, int]) -> tuple[Style, Style]:
    """How prices and volumes are written. Volumes are rarely fractions: 1,234 is a thousand."""
    cells = [cells[roles[name]].strip() for cells in rows for name in PRICES]
    prices = style_of(cells)
    if prices is None:
        sample = next(cell for cell in cells if "," in cell)
        raise DataError(
            f"{path}: a price such as {sample!r} may have grouped thousands or a decimal comma; "
            "write it without groups"
        )
    return prices, Style(prices.decimal, grouped=True)


def _sampled(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    chosen = lines if len(lines) <= 2 * _SAMPLED else [*lines[:_SAMPLED], *lines[-_SAMPLED:]]
    yield from (cells for cells in _split(chosen, delimiter) if cells)


def _split(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The cells of each line; a quote that is left open ends with its line."""
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]


def _no_bars(path: Path, lines: Sequence[str]) -> DataError:
    """The error about the line that comes nearest to naming bars."""
    if lines and lines[0].lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        return DataError(f"{path}: is a web page or XML; expected a file of bars")
    candidates = [cells for delimiter in _DELIMITERS for cells in _split(lines, delimiter)]
    names = max(map(names_of, candidates), key=_nearness, default=[])
    return missing_roles(path, names)


def _nearness(names: Sequence[Name]) -> tuple[int, int]:
    roles = roles_of(names).keys() & {"time", *PRICES}
    return (len(roles) if len(names) > 1 else 0), len(names)
