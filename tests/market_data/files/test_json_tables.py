"""Bars in JSON: every provider's shape, a few real-looking rows each."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_tables import read_json
from infrastructure.market_data.files.table import Table

BAR = {"t": "2024-01-02T14:30:00Z", "o": 405.43, "h": 406.1, "l": 405, "c": 405.5, "v": 100, "n": 3}
POLYGON_BAR = BAR | {"t": 1704205800000, "vw": 405.4}
PRICES = {"open": 405.43, "high": 406.1, "low": 405.0, "close": 405.5}
TIMED = {"time": "2024-01-02 09:30:00", **PRICES}
KRAKEN_ROW = ["405.43", "406.1", "405", "405.5", "405.4", "100.25", 7]
INTRADAY = "Time Series (5min)"


def read(answer: Any) -> Table:
    """The table of an answer, given as text or as the objects that JSON stands for."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return read_json(Path("bars.json"), text.encode())


def refused(answer: Any) -> str:
    """The one line that an answer is refused with."""
    with pytest.raises(DataError) as error:
        read(answer)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("bars.json: ")
    return str(error.value)


def first(table: Table) -> dict[str, Any]:
    """The first row's time and prices, the columns that are there."""
    wanted = ("timestamp", "open", "high", "low", "close", "volume")
    return {name: table.frame[name].iloc[0] for name in wanted if name in table.frame}


def chart(**changes: Any) -> dict[str, Any]:
    """Yahoo's answer of two half hours, the second without a bar."""
    quote = {name: [value, None] for name, value in PRICES.items()} | {"volume": [100, None]}
    result = {
        "meta": {"symbol": "QQQ", "dataGranularity": "30m"},
        "timestamp": [1704205800, 1704207600],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": [405.1, None]}]},
    }
    return {"chart": {"result": [result | changes], "error": None}}


def alpha_vantage(*stamps: str, name: str = INTRADAY, **meta: str) -> dict[str, Any]:
    """A time series with the same bar at each stamp, values as text."""
    bar = {f"{at}. {price}": str(value) for at, (price, value) in enumerate(PRICES.items(), 1)}
    told = {"2. Symbol": "IBM", "6. Time Zone": "US/Eastern", **meta}
    return {"Meta Data": told, name: {stamp: bar | {"5. volume": "100"} for stamp in stamps}}


# --- Providers ------------------------------------------------------------------------------------


def test_alpaca_one_symbol() -> None:
    """Short names become long ones; what has no long name keeps its own."""
    table = read({"bars": [BAR], "symbol": "QQQ", "next_page_token": None})
    assert first(table) == {"timestamp": BAR["t"], **PRICES, "volume": 100.0}
    assert (table.format, table.place_name, table.first_place) == ("Alpaca JSON", "entry", 1)
    assert (table.facts.symbol, table.facts.stamps_at, table.facts.notes) == ("QQQ", "start", ())
    assert list(table.frame["n"]) == [3]


def test_alpaca_bars_by_symbol() -> None:
    """One symbol is its file's; of several, which one is meant only the user knows."""
    assert read({"bars": {"QQQ": [BAR]}}).facts.symbol == "QQQ"
    assert "several instruments ('QQQ', 'SPY')" in refused({"bars": {"QQQ": [BAR], "SPY": [BAR]}})


def test_an_answer_that_goes_on_says_so() -> None:
    """A page of a longer answer is not passed off as the whole."""
    alpaca = read({"bars": [BAR], "symbol": "QQQ", "next_page_token": "UVFR"})
    polygon = read({"results": [POLYGON_BAR], "next_url": "https://example.com/more"})
    assert ["next_page_token" in note for note in alpaca.facts.notes] == [True]
    assert ["next_url" in note for note in polygon.facts.notes] == [True]


@pytest.mark.parametrize(
    ("more", "adjusted"), [({"adjusted": True}, "split"), ({"adjusted": False}, "none"), ({}, "")]
)
def test_polygon_says_what_it_adjusted(more: dict[str, bool], adjusted: str) -> None:
    """Epochs stay milliseconds; `adjusted` means splits."""
    table = read({"ticker": "QQQ", "results": [POLYGON_BAR], **more})
    assert first(table) == {"timestamp": 1704205800000, **PRICES, "volume": 100.0}
    assert (table.facts.symbol, table.facts.adjusted) == ("QQQ", adjusted)


@pytest.mark.parametrize("wrap", [lambda page: {"data": page}, lambda page: {"results": page}])
def test_polygon_nested(wrap: Any) -> None:
    """An answer inside another object is found."""
    table = read(wrap({"ticker": "QQQ", "results": [POLYGON_BAR]}))
    assert (table.format, table.facts.symbol, len(table.frame)) == ("Polygon JSON", "QQQ", 1)


def test_polygon_pages_follow_one_another() -> None:
    """Pages of one instrument are one table, whose last page says whether more follow."""
    pages = [{"ticker": "QQQ", "results": [POLYGON_BAR], "next_url": "x"}]
    pages += [{"ticker": "QQQ", "results": [POLYGON_BAR | {"o": 405.25}]}]
    table = read(pages)
    assert (list(table.frame["open"]), table.facts.notes) == ([405.43, 405.25], ())
    assert "several instruments" in refused([pages[0], pages[1] | {"ticker": "SPY"}])


def test_yahoo_chart() -> None:
    """Columns beside their epochs; null is missing, in volumes too; the interval is told."""
    table = read(chart())
    assert first(table) == {"timestamp": 1704205800, **PRICES, "volume": 100.0}
    assert table.frame.iloc[1][["open", "close", "volume"]].isna().all()
    assert table.frame["adjclose"].iloc[0] == 405.1
    told = table.facts
    assert (told.symbol, told.interval, told.adjusted) == ("QQQ", "30m", "split")
    assert read(chart(events={"splits": {}})).facts.notes != ()


def test_yahoo_without_bars() -> None:
    """Its error is handed on in its words; columns of unequal length are no table."""
    gone = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    assert "symbol may be delisted" in refused({"chart": {"result": None, "error": gone}})
    assert "timestamp: expected a list of bars, found null" in refused(chart(timestamp=None))
    assert "columns differ in length: timestamp 1, open 2" in refused(chart(timestamp=[1]))


@pytest.mark.parametrize("unit", [1, 1_000])
def test_binance_klines(unit: int) -> None:
    """Twelve values, prices as text; the bar's two instants, in ms or us, tell its interval."""
    opened, closed = 1704205800000 * unit, 1704207600000 * unit - 1
    row = [opened, "405.43", "406.1", "405", "405.5", "100.25", closed, "1", 9, "1", "1", "0"]
    table = read([row])
    assert first(table) == {"timestamp": opened, **PRICES, "volume": 100.25}
    assert (table.format, table.facts.interval) == ("Binance klines JSON", "30m")


def test_kraken() -> None:
    """Lists under the pair's name; a bar after `last` was still running."""
    rows = [[1704205800, *KRAKEN_ROW], [1704206100, *KRAKEN_ROW]]
    table = read({"error": [], "result": {"XXBTZUSD": rows, "last": 1704205800}})
    assert first(table) == {"timestamp": 1704205800, **PRICES, "volume": 100.25}
    assert (table.facts.symbol, len(table.facts.notes)) == ("XXBTZUSD", 1)
    done = read({"error": [], "result": {"XXBTZUSD": rows, "last": 1704206100}})
    assert done.facts.notes == ()
    assert "several instruments" in refused({"error": [], "result": {"A": rows, "B": rows}})
    assert "Unknown asset pair" in refused({"error": ["EQuery:Unknown asset pair"]})


def test_alpha_vantage_intraday() -> None:
    """Newest first, as the file has it; ends of bars on the clock it names; values as text."""
    table = read(alpha_vantage("2024-01-02 16:00:00", "2024-01-02 15:55:00"))
    assert first(table) == {"timestamp": "2024-01-02 16:00:00", **PRICES, "volume": 100.0}
    told = table.facts
    assert (told.symbol, told.interval, told.timezone) == ("IBM", "5m", "US/Eastern")
    assert told.stamps_at == "end"
    assert read(
        alpha_vantage("2024-01-02 16:00:00", name="Time Series (60min)")
    ).facts.interval == ("1h")


@pytest.mark.parametrize(
    ("stamps", "at"),
    [
        (("2024-01-02 19:55:00", "2024-01-02 04:00:00"), "start"),
        (("2024-01-02 20:00:00", "2024-01-02 04:05:00"), "end"),
        (("2024-01-02 16:00:00", "2024-01-02 09:30:00"), "end"),
        (("2024-01-02 12:00:00", "2024-01-02 11:55:00"), "end"),
    ],
)
def test_alpha_vantage_newer_answers_stamp_starts(stamps: tuple[str, ...], at: str) -> None:
    """A day that begins with an opening and ends before a closing has starts of bars."""
    assert read(alpha_vantage(*stamps)).facts.stamps_at == at


def test_alpha_vantage_daily() -> None:
    """Days are unadjusted; the adjusted close stands beside them."""
    answer = alpha_vantage("2024-01-02", name="Time Series (Daily)")
    answer["Time Series (Daily)"]["2024-01-02"]["6. adjusted close"] = "404.9"
    table = read(answer)
    assert (table.facts.interval, table.facts.adjusted) == ("1d", "none")
    assert (table.facts.stamps_at, list(table.frame["adjusted close"])) == ("start", ["404.9"])


def test_tradingview_udf() -> None:
    """Columns by single letters, volume or not."""
    answer = {name: [value] for name, value in BAR.items() if name in "tohlc"}
    table = read(answer | {"s": "ok", "t": [1704205800]})
    assert first(table) == {"timestamp": 1704205800, **PRICES}
    assert table.format == "TradingView UDF JSON"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"Note": "Thank you for using Alpha Vantage!\nOur limit is 5 calls"}, "! Our limit is 5"),
        ({"Information": "premium endpoint"}, "premium endpoint"),
        ({"Error Message": "Invalid API call"}, "Invalid API call"),
        ({"status": "ERROR", "error": "Unknown API Key"}, "Unknown API Key"),
        ({"code": -1121, "msg": "Invalid symbol."}, "Invalid symbol."),
        ({"message": "forbidden."}, "forbidden."),
        ({"finance": {}, "errors": [{"message": "gone"}]}, "gone"),
        ({"s": "error", "errmsg": "unknown_symbol"}, "unknown_symbol"),
        ({"s": "no_data", "nextTime": 1704205800}, "no_data"),
    ],
)
def test_error_answers_are_handed_on(answer: dict[str, Any], words: str) -> None:
    """A file that a script saved although the provider refused says what the provider said."""
    told = refused(answer)
    assert "the provider answered with an error, not with bars: " in told
    assert words in told


# --- Lists without names --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "form"),
    [
        (("open", "high", "low", "close"), "freqtrade or ccxt JSON"),
        (("low", "high", "open", "close"), "Coinbase JSON"),
        (("open", "close", "high", "low"), "Bitfinex JSON"),
    ],
)
def test_lists_of_six_are_told_by_what_makes_bars(order: tuple[str, ...], form: str) -> None:
    """The order in which the lows are below and the highs above is the file's."""
    falling = {"open": 405.5, "high": 406.0, "low": 405.1, "close": 405.2}
    rows = [[1704205800, *(bar[name] for name in order), 100.5] for bar in (PRICES, falling)]
    table = read(rows)
    assert first(table) == {"timestamp": 1704205800, **PRICES, "volume": 100.5}
    assert table.format == form


def test_one_impossible_bar_does_not_hide_the_order() -> None:
    """It is the caller's to refuse, with its place; lists that never make bars are no bars."""
    good = [1704205800, 405.43, 406.1, 405.0, 405.5, 100]
    bad = [1704205860, 405.43, 400.0, 405.0, 405.5, 100]
    assert read([good, good, bad]).frame["high"].iloc[2] == 400.0
    assert "no order has its low below and its high above" in refused([bad])


def test_lists_of_five_and_eight() -> None:
    """Time and prices alone, and Kraken's lists without their answer."""
    assert first(read([[1704205800, *PRICES.values()]])) == {"timestamp": 1704205800, **PRICES}
    assert first(read([[1704205800, *KRAKEN_ROW]]))["volume"] == 100.25


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[1, 2, 3]], "lists of 3 values: expected 5"),
        ([[1704205800, *PRICES.values(), 1], [2]], "entry 2: expected a list of 6, found a list"),
        ([[1704205800, *PRICES.values(), 1], None], "entry 2: expected a list of 6, found null"),
        ([TIMED, 3], "entry 2: expected an object, found 3"),
        ([], "holds no bars"),
        ([7], "found a list that begins with 7"),
        ([[]], "lists of 0 values"),
    ],
)
def test_rows_that_are_no_rows(rows: list[Any], reason: str) -> None:
    """Each is named by its place."""
    assert reason in refused(rows)


# --- pandas and JSON lines ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ([TIMED], "JSON records"),
        ({"bars_of_today": [TIMED], "status": "ok"}, "JSON records"),
        ({name: [value] for name, value in TIMED.items()}, "JSON columns"),
        ({name: {"0": value} for name, value in TIMED.items()}, "pandas JSON (columns)"),
        ({"0": TIMED}, "pandas JSON (index)"),
        (
            {"columns": [*TIMED], "index": [0], "data": [[*TIMED.values()]]},
            "pandas JSON (split)",
        ),
        (TIMED, "JSON records"),
    ],
)
def test_every_shape_of_named_columns(answer: Any, form: str) -> None:
    """All give the same table; labels that only count are no column."""
    table = read(answer)
    assert table.format == form
    assert table.frame.to_dict("records") == [TIMED]


@pytest.mark.parametrize(
    "answer",
    [
        {name: {"1704205800000": value} for name, value in PRICES.items()},
        {"1704205800000": PRICES},
        {"columns": [*PRICES], "index": ["1704205800000"], "data": [[*PRICES.values()]]},
    ],
)
def test_row_labels_of_pandas_are_a_column(answer: Any) -> None:
    """There the times are."""
    assert read(answer).frame.to_dict("records") == [{"index": "1704205800000", **PRICES}]


def test_columns_of_several_levels_are_joined() -> None:
    """As pandas writes tuples."""
    names = [[name, "AAPL"] for name in PRICES]
    table = read({"columns": names, "data": [[*PRICES.values()]]})
    assert next(iter(table.frame)) == "('open', 'AAPL')"


def test_tables_that_contradict_themselves_are_refused() -> None:
    """A column twice, labels for other rows, columns with other labels."""
    assert "two columns have one name" in refused({"columns": ["a", "a"], "data": [[1, 2]]})
    split = {"columns": [*PRICES], "index": [7, 8], "data": [[*PRICES.values()]]}
    assert "one row label for each of 1 rows" in refused(split)
    columns = {name: {"7": value} for name, value in PRICES.items()} | {"close": {"8": 1}}
    assert "column 'close': other row labels" in refused(columns)


def test_json_lines() -> None:
    """A line is a row under its number: a blank one is a row without values."""
    lines = [json.dumps(TIMED), "", json.dumps(TIMED | {"close": None})]
    table = read("\n".join(lines) + "\n")
    assert (table.format, table.place_name) == ("JSON records lines", "line")
    assert list(table.frame["open"].isna()) == [False, True, False]
    assert list(table.frame["close"].isna()) == [False, True, True]
    assert "line 3, column 2" in refused("\n".join([*lines[:2], "{"]))


# --- Values ---------------------------------------------------------------------------------------


def test_numbers_are_those_that_are_written() -> None:
    """As text or not, to the last bit; whole ones too large for int64 as floating point."""
    text = '[{"t": 1704205800000000000, "open": "405.43", "high": 0.1, "low": 1e-7, "volume": 9%s}]'
    row = first(read((text % ("0" * 30)).replace('"t"', '"timestamp"')))
    assert row == {
        "timestamp": 1704205800000000000,
        "open": float("405.43"),
        "high": 0.1,
        "low": 1e-7,
        "volume": 9e30,
    }


@pytest.mark.parametrize("value", ["n/a", "1_000", "nan", "inf", "", True, [1], {"a": 1}])
def test_a_price_that_is_no_number_stays_as_it_is(value: Any) -> None:
    """Whoever judges the rows shall see it; nested values are marked."""
    frame = read([TIMED, TIMED | {"open": value}]).frame
    marks: dict[type, str] = {list: "[...]", dict: "{...}"}
    assert frame["open"].tolist() == [405.43, marks.get(type(value), value)]


def test_times_are_left_as_they_are() -> None:
    """Numbers stay numbers, text stays text, mixed stays mixed."""
    assert read([{**PRICES, "time": 1704205800}]).frame["time"].dtype == np.int64
    assert read([{**PRICES, "time": 1704205800.5}]).frame["time"].dtype == np.float64
    mixed = read([{**PRICES, "time": at} for at in (1704205800, "2024-01-02")])
    assert mixed.frame["time"].tolist() == [1704205800, "2024-01-02"]
