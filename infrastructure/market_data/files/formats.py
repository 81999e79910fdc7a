"""Text formats by the names of their columns: whose they are, and what that says of the bars."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from infrastructure.market_data.files.column_roles import Name
from infrastructure.market_data.files.date_order import DAY_FIRST
from infrastructure.market_data.files.table import Facts


@dataclass(frozen=True)
class Format:
    """A vendor's text. names: plain names that its header has among others. dates: their order."""

    name: str
    names: frozenset[str] = frozenset()
    facts: Facts = field(default=Facts())
    dates: str = ""


def _format(name: str, names: str, dates: str = "", **facts: str) -> Format:
    return Format(name, frozenset(names.split("|")), Facts(**facts), dates)  # type: ignore[arg-type]


PLAIN = Format("CSV")
NAMELESS = Format("CSV without column names")
YFINANCE = Format("Yahoo CSV of yfinance", facts=Facts(stamps_at="start"))
TRADING_VIEW = Format("TradingView CSV", facts=Facts(stamps_at="start"))
BINANCE = Format("Binance klines", facts=Facts(stamps_at="start", adjusted="none"))
KRAKEN = Format("Kraken CSV", facts=Facts(stamps_at="start", adjusted="none"))
META_TRADER_4 = Format("MetaTrader 4 CSV", facts=Facts(stamps_at="start"))
FIRST_RATE = Format("FirstRate CSV")

_BY_NAMES = (
    _format("MetaTrader 5 CSV", "date|tickvol|spread", stamps_at="start"),
    _format("Stooq CSV", "ticker|per|date|openint"),
    _format("MetaStock CSV", "ticker|dtyyyymmdd"),
    _format("Polygon flat file", "window start|transactions", stamps_at="start", adjusted="none"),
    _format("Polygon CSV", "vwap|transactions", stamps_at="start"),
    _format("Alpaca CSV", "timestamp|trade count|vwap", stamps_at="start"),
    _format("Alpaca or Polygon CSV", "t|o|h|l|c|v", stamps_at="start"),
    _format("Interactive Brokers CSV", "average|barcount", stamps_at="start"),
    _format("Interactive Brokers CSV", "wap|count", stamps_at="start"),
    Format(BINANCE.name, frozenset({"open time", "close time"}), BINANCE.facts),
    _format("Dukascopy CSV", "gmt time", DAY_FIRST, stamps_at="start", timezone="UTC"),
    _format("Dukascopy CSV", "local time", DAY_FIRST, stamps_at="start"),
    _format("investing.com CSV", "date|price|open|high|low|change %"),
    _format("investing.com CSV", "datum|zuletzt|eroffn|hoch|tief"),
    _format("Barchart CSV", "last|%chg"),
    _format("Nasdaq CSV", "date|close/last", adjusted="split"),
    _format("Yahoo CSV", "date|adj close|volume", adjusted="split", stamps_at="start"),
    _format("Yahoo CSV", "datetime|adj close|volume", adjusted="split", stamps_at="start"),
    _format("Yahoo CSV of yfinance", "dividends|stock splits", adjusted="all", stamps_at="start"),
)
_TRADING_VIEW_ORDER = ["time", "open", "high", "low", "close"]


def format_of(names: Sequence[Name]) -> Format:
    """The format whose names are all there; PLAIN where it is nobody's in particular."""
    plain = {name.plain for name in names}
    for each in _BY_NAMES:
        if each.names <= plain:
            return each
    return TRADING_VIEW if _is_trading_view(names) else PLAIN


def _is_trading_view(names: Sequence[Name]) -> bool:
    """Small letters for the bar, capitals for the volume and the indicators of the chart."""
    written = [name.written for name in names]
    more = written[len(_TRADING_VIEW_ORDER) :]
    return written[: len(_TRADING_VIEW_ORDER)] == _TRADING_VIEW_ORDER and any(
        name[:1].isupper() for name in more
    )
