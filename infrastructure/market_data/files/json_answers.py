"""Bars as brokers and exchanges answer them in JSON: each shape is told by its keys.

Each function gives the table of its shape, or None where a document has another. All raise
DataError for what has the shape and is no table.
"""

from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_frames import frame_of, frame_of_rows
from infrastructure.market_data.files.table import Facts, Table

_KLINE = ("open_time", "open", "high", "low", "close", "volume", "close_time")
_KRAKEN = ("time", "open", "high", "low", "close", "vwap", "volume", "trades")
_COINBASE = ("time", "low", "high", "open", "close", "volume")
_FREQTRADE = ("time", "open", "high", "low", "close", "volume")


def yahoo_chart(path: Path, document: Any) -> Table | None:
    """`{"chart": {"result": [...]}}`: columns beside their stamps."""
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
    return Table("Yahoo chart JSON", frame_of(path, columns), "entry", 1, facts)


def kraken_answer(path: Path, document: Any) -> Table | None:
    """`{"result": {PAIR: [[...], ...], "last": ...}}`: rows without names."""
    result = document.get("result") if isinstance(document, dict) else None
    if not isinstance(result, dict):
        return None
    pairs = [name for name, value in result.items() if isinstance(value, list)]
    if len(pairs) != 1:
        raise DataError(f"{path}: expected one pair; found {len(pairs)} ({', '.join(pairs)[:60]})")
    facts = Facts(symbol=pairs[0], stamps_at="start")
    return Table("Kraken JSON", frame_of_rows(path, result[pairs[0]], _KRAKEN), "entry", 1, facts)


def alpha_vantage_answer(path: Path, document: Any) -> Table | None:
    """`{"Meta Data": ..., "Time Series (5min)": {STAMP: {...}}}`."""
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
    return Table("Alpha Vantage JSON", frame_of(path, rows), "entry", 1, facts)


def _full_zone(name: str) -> str:
    """The zone's own name: not every machine knows the older US/Eastern."""
    return "America/New_York" if name in ("US/Eastern", "") else name


def alpaca_answer(path: Path, document: Any) -> Table | None:
    """`{"bars": [...]}`, or `{"bars": {SYMBOL: [...]}}` of one symbol."""
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
    return Table("Alpaca JSON", frame_of(path, bars), "entry", 1, facts)


def polygon_answer(path: Path, document: Any) -> Table | None:
    """`{"results": [...]}`, perhaps one level deeper."""
    while isinstance(document, dict) and isinstance(document.get("results"), dict):
        document = document["results"]
    results = document.get("results") if isinstance(document, dict) else None
    if not isinstance(results, list):
        return None
    adjusted = {True: "split", False: "none"}.get(document.get("adjusted"), "")
    symbol = str(document.get("ticker", "")).rpartition(":")[2]
    facts = Facts(symbol=symbol, stamps_at="start", adjusted=adjusted)
    return Table("Polygon JSON", frame_of(path, results), "entry", 1, facts)


def trading_view_answer(path: Path, document: Any) -> Table | None:
    """`{"t": [...], "o": [...], ...}`: columns under one letter each."""
    if not isinstance(document, dict) or not all(
        isinstance(document.get(key), list) for key in "tohlc"
    ):
        return None
    columns = {key: document[key] for key in "tohlcv" if key in document}
    return Table("TradingView JSON", frame_of(path, columns), "entry", 1, Facts(stamps_at="start"))


def nameless_lists(path: Path, document: Any) -> Table | None:
    """Rows without names: Binance klines, Kraken, Coinbase and freqtrade lists."""
    if not isinstance(document, list) or not document or not isinstance(document[0], list):
        return None
    width, facts = len(document[0]), Facts(stamps_at="start")
    if width >= 11:
        names = (*_KLINE, *(f"column {n}" for n in range(8, width + 1)))
        return Table("Binance klines", frame_of_rows(path, document, names), "entry", 1, facts)
    if width == 8:
        return Table("Kraken list", frame_of_rows(path, document, _KRAKEN), "entry", 1, facts)
    if width not in (5, 6):
        return None
    coinbase = width == 6 and all(_low_first(row) for row in document)
    names, format = (_COINBASE, "Coinbase list") if coinbase else (_FREQTRADE, "freqtrade list")
    return Table(format, frame_of_rows(path, document, names[:width]), "entry", 1, facts)


def _low_first(row: Any) -> bool:
    try:
        low, high, open_, close = (float(value) for value in row[1:5])
    except (TypeError, ValueError, IndexError):
        return False
    return low <= min(open_, close) and max(open_, close) <= high
