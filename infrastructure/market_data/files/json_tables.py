"""JSON files of bars: providers' answers, exchanges' lists, pandas' frames, JSON lines."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files import json_answers, pandas_json
from infrastructure.market_data.files.alpha_vantage import alpha_vantage
from infrastructure.market_data.files.json_columns import kind, names_prices, records_frame
from infrastructure.market_data.files.json_lists import lists_table
from infrastructure.market_data.files.json_text import parse_json
from infrastructure.market_data.files.refusals import listed, refusal
from infrastructure.market_data.files.table import Table

_SHAPES: tuple[Callable[[dict[str, Any]], Table | None], ...] = (
    json_answers.yahoo,
    json_answers.kraken,
    alpha_vantage,
    json_answers.alpaca,
    json_answers.polygon,
    json_answers.udf,
    pandas_json.split,
    pandas_json.labelled,
    pandas_json.columns,
)
_EXPECTED = (
    "expected bars as Alpaca, Polygon, Yahoo, Binance, Kraken, Alpha Vantage, Coinbase, freqtrade, "
    "TradingView or pandas write them, or a list of objects with timestamp, open, high, low, close"
)
_MOST_WRAPPINGS = 5
_PAGES = ("results", "bars")


def read_json(path: Path, raw: bytes) -> Table:
    """The bars in a JSON file; `raw` is its content, decompressed; `path` is for messages.

    Prices and volume are float64, exactly as written, null as NaN; a column with a value that is no
    number stays as it is, as do times. Columns that the format documents are named `timestamp`,
    `open`, `high`, `low`, `close`, `volume`; others keep their names. Rows keep the file's order.

    Raises DataError, one line, for text that is no strict JSON (with line and column), for a shape
    that is not known, for several instruments, and for an error that a provider answered with.
    """
    parsed = parse_json(path, raw)
    try:
        table = _table(parsed.value)
    except DataError as error:
        raise refusal(path, str(error)) from None
    except UnicodeEncodeError:  # JSON may write halves of characters
        raise refusal(path, "holds text that is no Unicode") from None
    if parsed.by_line:
        return replace(table, format=f"{table.format} lines", place_name="line")
    return table


def _table(value: Any) -> Table:
    for _ in range(_MOST_WRAPPINGS):
        if isinstance(value, list):
            return _list_table(value)
        table = _object_table(value) if isinstance(value, dict) else None
        if table is not None:
            return table
        inner = _wrapped(value) if isinstance(value, dict) else []
        if len(inner) != 1:
            break
        value = inner[0]
    return _lone_record(value)


def _object_table(answer: dict[str, Any]) -> Table | None:
    return next(filter(None, (shape(answer) for shape in _SHAPES)), None)


def _wrapped(answer: dict[str, Any]) -> list[Any]:
    """What could hold the bars of an object in no known shape, such as {"data": [{...}]}."""
    parts = [part for name, part in answer.items() if name not in json_answers.ERROR_WORDS]
    return [part for part in parts if _holds_rows(part)]


def _holds_rows(part: Any) -> bool:
    nested = part[0] if isinstance(part, list) and part else part
    return isinstance(nested, dict | list) and bool(part)


def _list_table(rows: list[Any]) -> Table:
    if not rows:
        raise DataError("holds no bars: an empty list")
    if isinstance(rows[0], list):
        return lists_table(rows)
    if not isinstance(rows[0], dict):
        raise DataError(f"found a list that begins with {kind(rows[0])}; {_EXPECTED}")
    if any(isinstance(rows[0].get(name), list) for name in _PAGES):
        return _pages(rows)
    return Table("JSON records", records_frame(rows), "entry")


def _pages(pages: list[Any]) -> Table:
    """Answers one after the other. The last one tells whether more bars follow."""
    import pandas as pd

    tables = [_object_table(page) if isinstance(page, dict) else None for page in pages]
    read = [table for table in tables if table is not None]
    if len(read) < len(tables):
        raise DataError(f"entry {tables.index(None) + 1:,}: expected an answer as the one before")
    json_answers.only({table.facts.symbol: True for table in read})
    frame = pd.concat([table.frame for table in read], ignore_index=True)
    return replace(read[-1], frame=frame)


def _lone_record(value: Any) -> Table:
    """One bar by itself, as the only line of a JSON lines file is."""
    if not isinstance(value, dict):
        raise DataError(f"found {kind(value)}; {_EXPECTED}")
    if names_prices(value):
        return Table("JSON records", records_frame([value]), "entry")
    json_answers.refuse_error(value)
    raise DataError(f"found an object with the keys {listed(list(value))}; {_EXPECTED}")
