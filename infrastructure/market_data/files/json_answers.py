"""The answers of data providers' HTTP interfaces, saved as they came.

Each function takes one JSON object and returns its table, or None if the object is another's. All
raise DataError for an answer that holds an error, several instruments or no bars.
"""

import re
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_columns import (
    columns_frame,
    kind,
    lists_frame,
    records_frame,
)
from infrastructure.market_data.files.json_lists import KRAKEN
from infrastructure.market_data.files.refusals import brief, listed
from infrastructure.market_data.files.table import Facts, Table
from infrastructure.market_data.intervals import interval_name

Answer = dict[str, Any]

_NO_BARS = "the provider answered with an error, not with bars"
ERROR_WORDS = (
    *("Error Message", "Note", "Information", "errmsg", "error", "errors", "description"),
    *("message", "msg", "detail"),
)
"""Under which names providers say what went wrong."""

_LENGTH = re.compile(r"(\d{1,4})(m|min|h|d)")
_SECONDS = {"m": 60, "min": 60, "h": 3_600, "d": 86_400}


def alpaca(answer: Answer) -> Table | None:
    """https://docs.alpaca.markets/reference/stockbars: bars of one symbol, or by symbol."""
    if "bars" not in answer:
        return None
    bars, symbol = answer["bars"], name_in(answer)
    if isinstance(bars, dict):
        symbol, bars = only(bars)
    notes = _more_pages(answer, "next_page_token")
    facts = Facts(symbol=symbol, stamps_at="start", notes=notes)
    return Table("Alpaca JSON", records_frame(_list(bars, "bars")), "entry", facts=facts)


def polygon(answer: Answer) -> Table | None:
    """https://polygon.io/docs/rest/stocks/aggregates/custom-bars: epochs in ms, bar starts."""
    if not isinstance(answer.get("results"), list) and "resultsCount" not in answer:
        return None
    rows = _list(answer.get("results"), "results")
    adjusted = answer.get("adjusted")
    facts = Facts(
        symbol=name_in(answer),
        stamps_at="start",
        adjusted="split" if adjusted is True else "none" if adjusted is False else "",
        notes=_more_pages(answer, "next_url"),
    )
    frame = records_frame(rows).rename(columns={"T": "symbol"})  # of the grouped daily answers
    return Table("Polygon JSON", frame, "entry", facts=facts)


def yahoo(answer: Answer) -> Table | None:
    """Yahoo's chart: columns beside their epochs in s; null where it has no bar."""
    chart = answer.get("chart")
    if not isinstance(chart, dict):
        return None
    refuse_error(chart)
    results = _list(chart.get("result"), "chart.result")
    if len(results) > 1:
        raise DataError(f"holds {len(results)} charts; import one file of each")
    found = results[0]
    meta, indicators = _object(found, "meta"), _object(found, "indicators")
    columns = {"timestamp": _list(found.get("timestamp"), "timestamp")}
    for part in ("quote", "adjclose"):
        if part in indicators:  # daily charts alone have adjclose
            inner = {part: _list(indicators[part], part)[0]}
            columns |= {n: _list(values, n) for n, values in _object(inner, part).items()}
    facts = Facts(
        symbol=name_in(meta),
        interval=_interval(meta.get("dataGranularity")),
        stamps_at="start",
        adjusted="split",
        notes=("the chart's events (splits, dividends) were not read",) * ("events" in found),
    )
    return Table("Yahoo chart JSON", columns_frame(columns), "entry", facts=facts)


def kraken(answer: Answer) -> Table | None:
    """https://docs.kraken.com/api/docs/rest-api/get-ohlc-data: lists by pair, prices as text."""
    result = answer.get("result")
    if not isinstance(result, dict) or not isinstance(answer.get("error"), list):
        return None
    refuse_error(answer)
    pair, rows = only({name: rows for name, rows in result.items() if name != "last"})
    frame = lists_frame(_list(rows, pair), KRAKEN)
    committed, last = result.get("last"), rows[-1][0]
    running = isinstance(committed, int) and isinstance(last, int) and last > committed
    note = "the last bar was not complete when Kraken answered (it stands after its 'last')"
    facts = Facts(symbol=pair, stamps_at="start", adjusted="none", notes=(note,) * running)
    return Table("Kraken JSON", frame, "entry", facts=facts)


def udf(answer: Answer) -> Table | None:
    """TradingView's UDF history, and Finnhub's candles: columns t, o, h, l, c, v, epochs in s."""
    if answer.get("s") in ("error", "no_data"):
        raise DataError(f"{_NO_BARS}: {brief(answer.get('errmsg') or answer['s'])}")
    if answer.get("s") != "ok" or "t" not in answer:
        return None
    columns = {name: _list(answer[name], name) for name in "tohlcv" if name in answer}
    facts = Facts(symbol=name_in(answer), stamps_at="start")
    return Table("TradingView UDF JSON", columns_frame(columns), "entry", facts=facts)


def refuse_error(answer: Answer) -> None:
    """Raises DataError with the provider's words if an object holds some."""
    for words in map(answer.get, ERROR_WORDS):
        if isinstance(words, dict):
            refuse_error(words)
        elif words and isinstance(words, str | list):
            told = words if isinstance(words, str) else "; ".join(map(str, words[:3]))
            raise DataError(f"{_NO_BARS}: {brief(told)}")


def name_in(answer: Answer) -> str:
    """The instrument that an object names; "" if it names none."""
    found = answer.get("symbol") or answer.get("ticker")
    return found.strip() if isinstance(found, str) else ""


def only(by_symbol: Answer) -> tuple[str, Any]:
    """The one instrument that has bars, and those. Raises DataError for several, naming them."""
    filled = {symbol: rows for symbol, rows in by_symbol.items() if rows}
    if len(filled) > 1:
        raise DataError(
            f"holds several instruments ({listed(list(filled))}); import one file of each"
        )
    return next(iter(filled.items()), (next(iter(by_symbol), "bars"), []))


def _list(found: object, name: str) -> list[Any]:
    if not isinstance(found, list) or not found:
        raise DataError(f"{brief(name, 30)}: expected a list of bars, found {kind(found)}")
    return found


def _object(found: object, name: str) -> Answer:
    inner = found.get(name) if isinstance(found, dict) else None
    if not isinstance(inner, dict):
        raise DataError(f"{name}: expected an object, found {kind(inner)}")
    return inner


def _more_pages(answer: Answer, name: str) -> tuple[str, ...]:
    more = f"the provider has more bars than this answer: its {name} was not followed"
    return (more,) if answer.get(name) else ()


def _interval(length: object) -> str:
    """Kairos's spelling of 60m, 5min, 1d; "" for a week or a month."""
    match = _LENGTH.fullmatch(str(length)[:8])
    return interval_name(int(match[1]) * _SECONDS[match[2]]) or "" if match else ""
