"""What a text file is, by how it is laid out: the makers of files and what they mean by them."""

import re
from dataclasses import dataclass
from pathlib import Path

from infrastructure.errors import DataError
from infrastructure.market_data.files.column_roles import plain
from infrastructure.market_data.files.table import Facts
from infrastructure.market_data.files.text_layout import Layout

_NO_FACTS = Facts()
_YFINANCE = "Yahoo CSV (yfinance)"


@dataclass(frozen=True)
class Known:
    """What a file was recognised as.

    format: its name for people. names: of its columns, in the file's order. facts: what the maker's
    convention says.
    """

    format: str
    names: tuple[str, ...]
    facts: Facts = _NO_FACTS


_BINANCE = (
    *("open_time", "open", "high", "low", "close", "volume", "close_time"),
    *("quote_volume", "trades", "taker_base", "taker_quote", "ignore"),
)
_STOOQ_PERIODS = {"D": "1d", "5": "5m", "15": "15m", "30": "30m", "60": "1h"}


def known_format(path: Path, layout: Layout) -> Known:
    """What the file was made by, as far as its layout tells. Raises DataError."""
    if layout.header is None:
        return _without_header(path, layout)
    names = _flattened(path, layout.header)
    return Known(_maker(layout, {plain(name) for name in names}), names, _facts(layout, names))


def _maker(layout: Layout, names: set[str]) -> str:
    """The name of the maker; "CSV" where anybody may have made it."""
    tuples = any(name.startswith("('") for name in layout.header or ())
    signs = (
        ({"ticker", "per", "date"}, "Stooq CSV"),
        ({"date", "time", "tickvol"}, "MetaTrader 5 CSV"),
        ({"date", "tickvol"}, "MetaTrader 5 CSV"),
        ({"gmt_time"}, "Dukascopy CSV"),
        ({"local_time"}, "Dukascopy CSV"),
        ({"open_time", "close_time"}, "Binance klines"),
        ({"average", "barcount"}, "Interactive Brokers CSV"),
        ({"trade_count", "vwap"}, "Alpaca CSV"),
        ({"t", "o", "h", "l", "c"}, "Alpaca or Polygon CSV"),
        ({"window_start", "transactions"}, "Polygon flat file"),
        ({"vwap", "transactions"}, "Polygon CSV"),
        ({"adj_close"}, "Yahoo CSV"),
        ({"price", "change"}, "investing.com CSV"),
        ({"price", "change_%"}, "investing.com CSV"),
        ({"last", "%chg"}, "Barchart CSV"),
        ({"last", "change"}, "Barchart CSV"),
    )
    if layout.more_headers or tuples:
        return _YFINANCE
    found = next((maker for sign, maker in signs if sign <= names), None)
    if found:
        return found
    in_seconds = layout.head and re.fullmatch(r"\d{10}", layout.head[0][0])
    return "TradingView CSV" if "time" in names and in_seconds else "CSV"


def _facts(layout: Layout, names: tuple[str, ...]) -> Facts:
    plains = [plain(name) for name in names]
    row = dict(zip(plains, layout.head[0], strict=False)) if layout.head else {}
    if {"ticker", "per", "date"} <= {*plains}:
        symbol = row.get("ticker", "").partition(".")[0].upper()
        return Facts(symbol=symbol, interval=_STOOQ_PERIODS.get(row.get("per", ""), ""))
    if "gmt_time" in plains:
        return Facts(timezone="UTC", stamps_at="start")
    by_yfinance = _maker(layout, {*plains}) == _YFINANCE
    if by_yfinance and "adj_close" not in plains:
        note = "no Adj Close column: yfinance adjusted these prices for splits and dividends"
        return Facts(adjusted="all", notes=(note,))
    if "adj_close" in plains:
        return Facts(adjusted="split")
    return _NO_FACTS


def _flattened(path: Path, header: tuple[str, ...]) -> tuple[str, ...]:
    """`('Close', 'QQQ')` is Close. DataError where the names tell of several instruments."""
    pairs = [re.fullmatch(r"\('([^']*)',\s*'([^']*)'\)", name) for name in header]
    tickers = sorted({pair[2] for pair in pairs if pair and pair[2]})
    if len(tickers) > 1:
        raise several_instruments(path, tickers)
    return tuple(pair[1] if pair else name for pair, name in zip(pairs, header, strict=True))


def several_instruments(path: Path, names: list[str]) -> DataError:
    """One import is of one instrument."""
    shown = ", ".join(str(name)[:20] for name in names[:3])
    dots = ", ..." if len(names) > 3 else ""
    return DataError(f"{path}: holds several instruments ({shown}{dots}); import one file of each")


def _without_header(path: Path, layout: Layout) -> Known:
    """Rows alone: the number and form of their cells tell."""
    row = layout.head[0]
    width, first = len(row), row[0]
    extra = [f"column {n}" for n in range(8, width + 1)]
    if width >= 11 and first.isdigit() and len(first) in (13, 16):
        unit = "milliseconds" if len(first) == 13 else "microseconds"
        facts = Facts(stamps_at="start")
        return Known(f"Binance klines ({unit})", (*_BINANCE, *extra)[:width], facts)
    if ":" in row[1] and re.fullmatch(r"\d{4}\.\d{2}\.\d{2}", first):
        names = ("date", "time", "open", "high", "low", "close", "volume", *extra)
        return Known("MetaTrader 4 CSV", names[:width])
    if ":" in row[1]:
        names = ("date", "time", "open", "high", "low", "close", "volume", *extra)
        return Known("CSV without names of columns", names[:width])
    if width in (7, 8) and re.fullmatch(r"\d{10}", first):
        last = ("vwap", "volume", "trades") if width == 8 else ("volume", "trades")
        return Known("Kraken CSV", ("time", "open", "high", "low", "close", *last))
    if width == 6 and re.fullmatch(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?", first):
        names = ("time", "open", "high", "low", "close", "volume")
        return Known("FirstRate CSV", names)
    if width <= 7:
        names = ("time", "open", "high", "low", "close", "volume", "column 7")
        return Known("CSV without names of columns", names[:width])
    raise DataError(
        f"{path}: its {width} columns have no names; expected time, open, high, low, close and "
        "volume, or a first line naming them"
    )
