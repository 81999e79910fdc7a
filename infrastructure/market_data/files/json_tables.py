"""JSON as brokers and exchanges answer it: each shape is told by its keys."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from infrastructure.errors import DataError
from infrastructure.market_data.files.table import Facts, Table

if TYPE_CHECKING:
    import pandas as pd

_SHORT = {
    "t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume",
    "n": "trades", "vw": "vwap",
}  # fmt: skip
_KLINE = ("open_time", "open", "high", "low", "close", "volume", "close_time")
_KRAKEN = ("time", "open", "high", "low", "close", "vwap", "volume", "trades")
_COINBASE = ("time", "low", "high", "open", "close", "volume")
_FREQTRADE = ("time", "open", "high", "low", "close", "volume")
_DEEPEST = 60


def read_json(path: Path, raw: bytes) -> Table:
    """The bars of a JSON answer. Raises DataError, also with the words of an error answer."""
    document = _parsed(path, raw)
    shapes: tuple[Callable[[Path, Any], Table | None], ...] = (
        _refused_answer, _yahoo, _kraken, _alpha_vantage, _alpaca, _polygon, _trading_view,
        _lists, _records,
    )  # fmt: skip
    for shape in shapes:
        table = _told(shape, path, document)
        if table is not None:
            if not len(table.frame):
                raise DataError(f"{path}: {table.format} without a single bar")
            return table
    raise _unknown(path, document)


def _told(shape: Callable[[Path, Any], Table | None], path: Path, document: Any) -> Table | None:
    """The table that a shape makes of a document; whose inner parts may be of any kind."""
    try:
        return shape(path, document)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: begins like an answer with bars, but its parts are not of that form "
            f"({type(error).__name__}: {' '.join(str(error).split())[:80]}); expected bars"
        ) from error


def _parsed(path: Path, raw: bytes) -> Any:
    """Strict JSON, or one JSON object a line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is no JSON in UTF-8") from None
    _refuse_depth(path, text)
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return [_line(path, number, line) for number, line in _lines(text)]
        raise DataError(
            f"{path}: is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: is not valid JSON: {str(error)[:80]}") from None


def _lines(text: str) -> list[tuple[int, str]]:
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _line(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line, parse_constant=_no_constant, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: line {number} is not valid JSON: {str(error)[:80]}") from None


def _refuse_depth(path: Path, text: str) -> None:
    depth = 0
    for character in text[:200_000]:
        depth += (character in "[{") - (character in "]}")
        if depth > _DEEPEST:
            raise DataError(f"{path}: is nested more than {_DEEPEST} deep; expected bars")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _refused_answer(path: Path, document: Any) -> None:
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
        said = " ".join(str(words).split())[:120]
        raise DataError(f"{path}: is the provider's refusal, not bars: {said}")


def _yahoo(path: Path, document: Any) -> Table | None:
    if not isinstance(document, dict) or not isinstance(document.get("chart"), dict):
        return None
    result = document["chart"]["result"][0]
    quote = result["indicators"]["quote"][0]
    columns = {"timestamp": result.get("timestamp", []), **quote}
    adjusted = result["indicators"].get("adjclose")
    if adjusted:
        columns["adj_close"] = adjusted[0]["adjclose"]
    meta = result.get("meta", {})
    facts = Facts(symbol=str(meta.get("symbol", "")), stamps_at="start", adjusted="split")
    return Table("Yahoo chart JSON", _frame(path, columns), "entry", 1, facts)


def _kraken(path: Path, document: Any) -> Table | None:
    result = document.get("result") if isinstance(document, dict) else None
    if not isinstance(result, dict):
        return None
    pairs = [name for name, value in result.items() if isinstance(value, list)]
    if len(pairs) != 1:
        raise DataError(f"{path}: expected one pair; found {len(pairs)} ({', '.join(pairs)[:60]})")
    facts = Facts(symbol=pairs[0], stamps_at="start")
    return Table("Kraken JSON", _rows(path, result[pairs[0]], _KRAKEN), "entry", 1, facts)


def _alpha_vantage(path: Path, document: Any) -> Table | None:
    keys = [*document] if isinstance(document, dict) else []
    series = next((key for key in keys if "Time Series" in key or key.startswith("Weekly")), None)
    if series is None:
        return None
    meta = {k.partition(". ")[2]: v for k, v in document.get("Meta Data", {}).items()}
    rows = [{"timestamp": stamp, **values} for stamp, values in document[series].items()]
    intraday = "min)" in series
    facts = Facts(
        symbol=str(meta.get("Symbol", "")),
        interval=series.partition("(")[2].replace("min)", "m") if intraday else "",
        timezone=_full_zone(str(meta.get("Time Zone", ""))) if intraday else "",
        stamps_at="end" if intraday else "",
    )
    return Table("Alpha Vantage JSON", _frame(path, rows), "entry", 1, facts)


def _full_zone(name: str) -> str:
    return "America/New_York" if name in ("US/Eastern", "") else name


def _alpaca(path: Path, document: Any) -> Table | None:
    bars = document.get("bars") if isinstance(document, dict) else None
    symbol = document.get("symbol", "") if isinstance(document, dict) else ""
    if isinstance(bars, dict):
        if len(bars) != 1:
            named = ", ".join(map(str, bars))[:60]
            raise DataError(f"{path}: holds several instruments ({named}); import one file of each")
        ((symbol, bars),) = bars.items()
    if not isinstance(bars, list):
        return None
    facts = Facts(symbol=str(symbol), stamps_at="start")
    return Table("Alpaca JSON", _frame(path, bars), "entry", 1, facts)


def _polygon(path: Path, document: Any) -> Table | None:
    while isinstance(document, dict) and isinstance(document.get("results"), dict):
        document = document["results"]
    results = document.get("results") if isinstance(document, dict) else None
    if not isinstance(results, list):
        return None
    adjusted = {True: "split", False: "none"}.get(document.get("adjusted"), "")
    symbol = str(document.get("ticker", "")).rpartition(":")[2]
    facts = Facts(symbol=symbol, stamps_at="start", adjusted=adjusted)
    return Table("Polygon JSON", _frame(path, results), "entry", 1, facts)


def _trading_view(path: Path, document: Any) -> Table | None:
    if not isinstance(document, dict) or not all(
        isinstance(document.get(key), list) for key in "tohlc"
    ):
        return None
    columns = {key: document[key] for key in "tohlcv" if key in document}
    return Table("TradingView JSON", _frame(path, columns), "entry", 1, Facts(stamps_at="start"))


def _lists(path: Path, document: Any) -> Table | None:
    """Rows without names: Binance klines, Kraken, Coinbase and freqtrade lists."""
    if not isinstance(document, list) or not document or not isinstance(document[0], list):
        return None
    width, facts = len(document[0]), Facts(stamps_at="start")
    if width >= 11:
        names = (*_KLINE, *(f"column {n}" for n in range(8, width + 1)))
        return Table("Binance klines", _rows(path, document, names), "entry", 1, facts)
    if width == 8:
        return Table("Kraken list", _rows(path, document, _KRAKEN), "entry", 1, facts)
    if width not in (5, 6):
        return None
    coinbase = width == 6 and all(_low_first(row) for row in document)
    names, format = (_COINBASE, "Coinbase list") if coinbase else (_FREQTRADE, "freqtrade list")
    return Table(format, _rows(path, document, names[:width]), "entry", 1, facts)


def _low_first(row: Any) -> bool:
    try:
        low, high, open_, close = (float(value) for value in row[1:5])
    except (TypeError, ValueError, IndexError):
        return False
    return low <= min(open_, close) and max(open_, close) <= high


def _records(path: Path, document: Any) -> Table | None:
    """Objects with names of columns: pandas' orients, JSON lines, {"data": [...]}."""
    if isinstance(document, dict) and {"columns", "data"} <= document.keys():
        frame = _rows(path, document["data"], tuple(map(str, document["columns"])))
        if "index" in document and len(document["index"]) == len(frame):
            frame.insert(0, "index", document["index"])
        return Table("JSON", frame, "entry", 1)
    if isinstance(document, dict):
        inner = [v for v in document.values() if isinstance(v, list) and v]
        if len(inner) == 1 and isinstance(inner[0][0], dict):
            document = inner[0]
        elif document and all(isinstance(v, dict) for v in document.values()):
            return Table("JSON", _frame(path, document).reset_index(names="index"), "entry", 1)
        elif document and all(isinstance(v, list) for v in document.values()):
            return Table("JSON", _frame(path, document), "entry", 1)
    if isinstance(document, list) and document and all(isinstance(r, dict) for r in document):
        return Table("JSON", _frame(path, document), "entry", 1)
    return None


def _rows(path: Path, rows: Any, names: tuple[str, ...]) -> "pd.DataFrame":
    bad = next((n for n, row in enumerate(rows, 1) if len(row) != len(names)), None)
    if bad is not None:
        raise DataError(f"{path}: entry {bad} has {len(rows[bad - 1])} values, not {len(names)}")
    return _frame(path, [dict(zip(names, row, strict=True)) for row in rows])


def _frame(path: Path, content: Any) -> "pd.DataFrame":
    import pandas as pd

    try:
        frame = pd.DataFrame(content)
    except ValueError as error:
        raise DataError(f"{path}: its columns do not fit together: {str(error)[:80]}") from None
    if {"t", "o", "h", "l", "c"} <= {*frame.columns}:
        frame = frame.rename(columns=_SHORT)
    for column in frame.columns:
        if frame[column].dtype == object:  # text and numbers mixed: judged cell by cell
            frame[column] = frame[column].map(_cell).astype("string")
    return frame


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _unknown(path: Path, document: Any) -> DataError:
    if isinstance(document, dict):
        found = "an object with " + (
            ", ".join(repr(str(k)[:20]) for k in [*document][:6]) or "no keys"
        )
    else:
        found = f"a list of {type(document[0]).__name__}" if document else "an empty list"
    return DataError(f"{path}: expected bars in JSON; found {found}")
