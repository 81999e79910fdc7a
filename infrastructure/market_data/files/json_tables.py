"""JSON of bars: an answer of a broker or an exchange, or a table as pandas and others write it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_answers import (
    alpaca_answer,
    alpha_vantage_answer,
    kraken_answer,
    nameless_lists,
    polygon_answer,
    trading_view_answer,
    yahoo_chart,
)
from infrastructure.market_data.files.json_frames import frame_of, frame_of_rows
from infrastructure.market_data.files.json_text import parsed_json
from infrastructure.market_data.files.table import Table
from infrastructure.wording import one_line


def read_json(path: Path, raw: bytes) -> Table:
    """The bars of a JSON document. Raises DataError, also with the words of an error answer."""
    document = parsed_json(path, raw)
    _refuse_refusal(path, document)
    shapes: tuple[Callable[[Path, Any], Table | None], ...] = (
        yahoo_chart, kraken_answer, alpha_vantage_answer, alpaca_answer, polygon_answer,
        trading_view_answer, nameless_lists, _records,
    )  # fmt: skip
    try:
        table = next(filter(None, (shape(path, document) for shape in shapes)), None)
    except (AttributeError, IndexError, KeyError, TypeError) as error:  # its keys, and no more
        raise _unknown(path, document) from error
    if table is None:
        raise _unknown(path, document)
    if not len(table.frame):
        raise DataError(f"{path}: {table.format} without a single bar")
    return table


def _refuse_refusal(path: Path, document: Any) -> None:
    """What a provider answers instead of bars is shown in its own words."""
    if not isinstance(document, dict):
        return
    chart = document.get("chart")
    error = chart.get("error") if isinstance(chart, dict) else document.get("error")
    words = error or next(
        (document[k] for k in ("Error Message", "Note", "Information") if document.get(k)), None
    )
    if not words and "bars" not in document and "results" not in document:
        words = document.get("message")
    if words:
        said = one_line(words, 120)
        raise DataError(f"{path}: is the provider's refusal, not bars: {said}")


def _records(path: Path, document: Any) -> Table | None:
    """Objects with names of columns: pandas' orients, JSON lines, {"data": [...]}."""
    if isinstance(document, dict) and {"columns", "data"} <= document.keys():
        frame = frame_of_rows(path, document["data"], tuple(map(str, document["columns"])))
        if "index" in document and len(document["index"]) == len(frame):
            frame.insert(0, "index", document["index"])
        return Table("JSON", frame, "entry", 1)
    if isinstance(document, dict):
        inner = [v for v in document.values() if isinstance(v, list) and v]
        if len(inner) == 1 and isinstance(inner[0][0], dict):
            document = inner[0]
        elif document and all(isinstance(v, dict) for v in document.values()):
            return Table("JSON", frame_of(path, document).reset_index(names="index"), "entry", 1)
        elif document and all(isinstance(v, list) for v in document.values()):
            return Table("JSON", frame_of(path, document), "entry", 1)
    if isinstance(document, list) and document and all(isinstance(r, dict) for r in document):
        return Table("JSON", frame_of(path, document), "entry", 1)
    return None


def _unknown(path: Path, document: Any) -> DataError:
    if isinstance(document, dict):
        found = "an object with " + (
            ", ".join(repr(str(k)[:20]) for k in [*document][:6]) or "no keys"
        )
    else:
        found = f"a list of {type(document[0]).__name__}" if document else "an empty list"
    return DataError(f"{path}: expected bars in JSON; found {found}")
