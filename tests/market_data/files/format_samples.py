"""The same three bars as every maker of files writes them, defects of the makers included.

Five minutes each from 09:30 in New York on January 2, 2024; in daily files January 2, 3 and 16.
"""

# ruff: noqa: E501 - rows of files are as long as they are
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

MINUTES = 1_704_205_800  # 2024-01-02 14:30 UTC
DAYS = (1_704_153_600, 1_704_240_000, 1_705_363_200)  # midnights of the dates, UTC
PRICES = (
    (405.43, 406.0, 405.1, 405.9),
    (405.9, 406.2, 405.8, 406.05),
    (406.05, 406.1, 405.5, 405.6),
)
VOLUMES = (1_200.0, 900.0, 1_500.0)
EPOCHS = [MINUTES + 300 * n for n in range(3)]


@dataclass(frozen=True)
class Sample:
    """A file: its content, what it is to be taken for, and what its stamps are.

    wall: seconds since 1970 on the clock the file shows. zoned: whether it says whose clock.
    """

    format: str
    content: bytes
    wall: list[int]
    zoned: bool
    symbol: str = ""
    stamps_at: str = ""
    adjusted: str = ""
    dates: str | None = None
    volumes: tuple[float, ...] = VOLUMES


def _lines(*lines: str, newline: str = "\n") -> bytes:
    return (newline.join(lines) + newline).encode()


def _rows(
    stamps: list[str], separator: str = ",", number: Callable[[float], str] = str, tail: str = ""
) -> list[str]:
    """`stamp,open,high,low,close,volume` of each bar."""
    return [
        separator.join([stamp, *map(number, prices), f"{volume:.0f}"]) + tail
        for stamp, prices, volume in zip(stamps, PRICES, VOLUMES, strict=True)
    ]


def _comma(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


NEW_YORK = [f"2024-01-02 09:{m}:00" for m in (30, 35, 40)]
ISO = [f"2024-01-02T09:{m}:00-05:00" for m in (30, 35, 40)]
DATES = ["2024-01-02", "2024-01-03", "2024-01-16"]
NY_WALL = [epoch - 5 * 3_600 for epoch in EPOCHS]
DAY_WALL = [*DAYS]
SHORT = [
    dict(
        zip(
            "tohlcvn",
            (stamp.replace("09", "14", 1).replace(" ", "T") + "Z", *p, int(v), 9),
            strict=True,
        )
    )
    for stamp, p, v in zip(NEW_YORK, PRICES, VOLUMES, strict=True)
]
IN_MS = [
    dict(zip("tohlcv", (1_000 * epoch, *p, v), strict=True))
    for epoch, p, v in zip(EPOCHS, PRICES, VOLUMES, strict=True)
]


def _kline(epoch: int, row: int, unit: int) -> list[Any]:
    opened = epoch * unit
    texts = [f"{price:.8f}" for price in PRICES[row]]
    closes = opened + 300 * unit - 1
    return [opened, *texts, f"{VOLUMES[row]:.3f}", closes, "486000.1", 77, "600.0", "243000.0", "0"]


def _csv(rows: list[list[Any]]) -> list[str]:
    return [",".join(map(str, row)) for row in rows]


KLINES_MS = [_kline(epoch, row, 1_000) for row, epoch in enumerate(EPOCHS)]
KLINES_US = [_kline(epoch, row, 1_000_000) for row, epoch in enumerate(EPOCHS)]
KRAKEN = [
    [epoch, *(f"{p:.2f}" for p in PRICES[row]), "405.7", f"{VOLUMES[row]:.8f}", 31]
    for row, epoch in enumerate(EPOCHS)
]
KLINE_NAMES = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
    "taker_buy_quote_volume,ignore"
)


def _zip(name: str, *lines: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "\r\n".join(lines))
    return buffer.getvalue()


def _lean(stamps: list[str]) -> list[str]:
    return [
        ",".join([stamp, *(str(round(price * 10_000)) for price in prices), f"{volume:.0f}"])
        for stamp, prices, volume in zip(stamps, PRICES, VOLUMES, strict=True)
    ]


def _frame() -> pd.DataFrame:
    index = pd.to_datetime(EPOCHS, unit="s", utc=True).tz_convert("America/New_York")
    frame = pd.DataFrame([*PRICES], columns=["Open", "High", "Low", "Close"])
    frame["Volume"] = VOLUMES
    frame.index = index.rename("Datetime")
    return frame


def _written(write: Callable[[pd.DataFrame, io.BytesIO], None], frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    write(frame, buffer)
    return buffer.getvalue()


def _workbook() -> bytes:
    frame = _frame().reset_index()
    frame["Datetime"] = frame["Datetime"].dt.tz_localize(None)
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as book:
        frame.to_excel(book, index=False, sheet_name="QQQ", startrow=2)
        pd.DataFrame({"note": ["made by hand"]}).to_excel(book, index=False, sheet_name="Notes")
    return buffer.getvalue()


ALPHA_VANTAGE = {
    "Meta Data": {"1. Information": "Intraday", "2. Symbol": "QQQ", "6. Time Zone": "US/Eastern"},
    "Time Series (5min)": {
        stamp: {
            **{f"{n}. {k}": f"{p:.4f}" for n, (k, p) in enumerate(
                zip(("open", "high", "low", "close"), prices, strict=True), 1)},
            "5. volume": f"{volume:.0f}",
        }
        for stamp, prices, volume in reversed(list(zip(NEW_YORK, PRICES, VOLUMES, strict=True)))
    },
}  # fmt: skip
YAHOO_CHART = {
    "chart": {
        "result": [
            {
                "meta": {"symbol": "QQQ", "exchangeTimezoneName": "America/New_York"},
                "timestamp": EPOCHS,
                "indicators": {
                    "quote": [
                        {
                            name: [row[k] for row in PRICES]
                            for k, name in enumerate(("open", "high", "low", "close"))
                        }
                        | {"volume": [int(v) for v in VOLUMES]}
                    ],
                },
            }
        ],
        "error": None,
    }
}
TUPLES = ",".join(f"\"('{n}', 'QQQ')\"" for n in ("Open", "High", "Low", "Close", "Volume"))
YF = [
    f"{d},{p[3]},{p[1]},{p[2]},{p[0]},{v:.0f}"
    for d, p, v in zip(DATES, PRICES, VOLUMES, strict=True)
]
MT4_DATES = [f"2024.01.02,09:{m}" for m in (30, 35, 40)]
MT5 = [
    f"2024.01.02\t09:{m}:00\t" + "\t".join(map(str, p)) + f"\t{v:.0f}\t0\t2"
    for m, p, v in zip((30, 35, 40), PRICES, VOLUMES, strict=True)
]
STOOQ = [
    f"QQQ.US,5,20240102,09{m}00,{p[0]},{p[1]},{p[2]},{p[3]},{v:.0f},0"
    for m, p, v in zip((30, 35, 40), PRICES, VOLUMES, strict=True)
]
BARCHART = [
    f'"{d} {m}",{p[0]},{p[1]},{p[2]},{p[3]},0.47,+0.12%,"{v:,.0f}"'
    for d, m, p, v in zip(
        ["2024-01-02"] * 3, ("09:30", "09:35", "09:40"), PRICES, VOLUMES, strict=True
    )
]
INVESTING = [
    f'"{d}","{p[3]:,.2f}","{p[0]:,.2f}","{p[1]:,.2f}","{p[2]:,.2f}","{v}","0.12%"'
    for d, p, v in zip(
        ("01/02/2024", "01/03/2024", "01/16/2024"), PRICES, ("1.20K", "0.90K", "-"), strict=True
    )
]

SAMPLES: dict[str, Sample] = {
    "yahoo, old order": Sample(
        "Yahoo CSV",
        _lines("Date,Open,High,Low,Close,Adj Close,Volume", *(
            f"{d},{p[0]},{p[1]},{p[2]},{p[3]},{p[3]},{v:.0f}"
            for d, p, v in zip(DATES, PRICES, VOLUMES, strict=True))),
        DAY_WALL, False, adjusted="split",
    ),
    "yahoo, new order": Sample(
        "Yahoo CSV",
        _lines("Date,Adj Close,Close,High,Low,Open,Volume", *(
            f"{d},{p[3]},{p[3]},{p[1]},{p[2]},{p[0]},{v:.0f}"
            for d, p, v in zip(DATES, PRICES, VOLUMES, strict=True))),
        DAY_WALL, False, adjusted="split",
    ),
    "yahoo, offsets": Sample(
        "CSV", _lines("Datetime,Open,High,Low,Close,Volume", *_rows(ISO)), NY_WALL, True
    ),
    "yfinance, three header rows": Sample(
        "Yahoo CSV (yfinance)",
        _lines("Price,Close,High,Low,Open,Volume", "Ticker,QQQ,QQQ,QQQ,QQQ,QQQ", "Date,,,,,", *YF),
        DAY_WALL, False, adjusted="all",
    ),
    "yfinance, tuples": Sample(
        "Yahoo CSV (yfinance)", _lines(f"Date,{TUPLES}", *_rows(DATES)), DAY_WALL, False, adjusted="all",
    ),
    "tradingview, epochs": Sample(
        "TradingView CSV",
        _lines("time,open,high,low,close,Volume,Volume MA,RSI", *_rows([*map(str, EPOCHS)], tail=",NaN,55.1")),
        EPOCHS, True,
    ),
    "tradingview, iso": Sample(
        "CSV", _lines("time,open,high,low,close,Volume", *_rows(ISO)), NY_WALL, True
    ),
    "alpaca csv": Sample(
        "Alpaca CSV",
        _lines("symbol,timestamp,open,high,low,close,volume,trade_count,vwap", *(
            "QQQ," + row for row in _rows(["2024-01-02 09:30:00-05:00", "2024-01-02 09:35:00-05:00",
                                           "2024-01-02 09:40:00-05:00"], tail=",11,405.7"))),
        NY_WALL, True, symbol="QQQ",
    ),
    "alpaca json": Sample(
        "Alpaca JSON",
        json.dumps({"bars": SHORT, "symbol": "QQQ", "next_page_token": None}).encode(),
        EPOCHS, True, symbol="QQQ", stamps_at="start",
    ),
    "alpaca json, by symbol": Sample(
        "Alpaca JSON", json.dumps({"bars": {"QQQ": SHORT}}).encode(), EPOCHS, True, "QQQ", "start"
    ),
    "polygon csv": Sample(
        "Polygon CSV",
        _lines("datetime,open,high,low,close,volume,vwap,transactions", *_rows(ISO, tail=",405.6,12")),
        NY_WALL, True,
    ),
    "polygon flat file": Sample(
        "Polygon flat file",
        _lines("ticker,volume,open,close,high,low,window_start,transactions", *(
            f"QQQ,{v:.0f},{p[0]},{p[3]},{p[1]},{p[2]},{e}000000000,9"
            for e, p, v in zip(EPOCHS, PRICES, VOLUMES, strict=True))),
        EPOCHS, True, symbol="QQQ",
    ),
    "polygon json": Sample(
        "Polygon JSON",
        json.dumps({"ticker": "QQQ", "adjusted": True, "results": IN_MS, "status": "OK"}).encode(),
        EPOCHS, True, "QQQ", "start", "split",
    ),
    "polygon json, nested": Sample(
        "Polygon JSON", json.dumps({"results": {"results": IN_MS}}).encode(), EPOCHS, True, "", "start"
    ),
    "interactive brokers": Sample(
        "Interactive Brokers CSV",
        _lines("date,open,high,low,close,volume,average,barCount", *_rows(NEW_YORK, tail=",405.7,88")),
        NY_WALL, False,
    ),
    "interactive brokers, two spaces": Sample(
        "Interactive Brokers CSV",
        _lines("date,open,high,low,close,volume,average,barCount", *_rows(
            [f"20240102  09:{m}:00" for m in (30, 35, 40)], tail=",405.7,88")),
        NY_WALL, False,
    ),
    "interactive brokers, with a zone": Sample(
        "Interactive Brokers CSV",
        _lines("date,open,high,low,close,volume,average,barCount", *_rows(
            [f"20240102 09:{m}:00 US/Eastern" for m in (30, 35, 40)], tail=",405.7,88")),
        NY_WALL, True,
    ),
    "binance, header, ms": Sample(
        "Binance klines", _lines(KLINE_NAMES, *_csv(KLINES_MS)), EPOCHS, True
    ),
    "binance, no header, ms": Sample(
        "Binance klines (milliseconds)", _lines(*_csv(KLINES_MS)), EPOCHS, True, "", "start"
    ),
    "binance, no header, us": Sample(
        "Binance klines (microseconds)", _lines(*_csv(KLINES_US)), EPOCHS, True, "", "start"
    ),
    "binance json": Sample("Binance klines JSON", json.dumps(KLINES_MS).encode(), EPOCHS, True, "", "start", "none"),
    "kraken json": Sample(
        "Kraken JSON",
        json.dumps({"error": [], "result": {"XXBTZUSD": KRAKEN, "last": EPOCHS[-1]}}).encode(),
        EPOCHS, True, "XXBTZUSD", "start", "none",
    ),
    "kraken csv": Sample("Kraken CSV", _lines(*_csv(KRAKEN)), EPOCHS, True),
    "alpha vantage csv": Sample(
        "CSV", _lines("timestamp,open,high,low,close,volume", *reversed(_rows(NEW_YORK))),
        [*reversed(NY_WALL)], False,
    ),
    "alpha vantage json": Sample(
        "Alpha Vantage JSON", json.dumps(ALPHA_VANTAGE).encode(), [*reversed(NY_WALL)], False,
        "QQQ", "start",
    ),
    "stooq": Sample(
        "Stooq CSV",
        _lines("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>", *STOOQ, newline="\r\n"),
        NY_WALL, False, symbol="QQQ",
    ),
    "barchart": Sample(
        "Barchart CSV",
        _lines("QQQ 5-minute intraday", "Time,Open,High,Low,Last,Change,%Chg,Volume", *reversed(BARCHART),
               '"Downloaded from Barchart.com as of 01-17-2024 05:27pm CST"'),
        [*reversed(NY_WALL)], False,
    ),
    "metatrader 4": Sample("MetaTrader 4 CSV", _lines(*_rows(MT4_DATES)), NY_WALL, False),
    "metatrader 4, semicolons": Sample(
        "MetaTrader 4 CSV", _lines(*(r.replace(",", ";") for r in _rows(MT4_DATES))), NY_WALL, False
    ),
    "metatrader 5": Sample(
        "MetaTrader 5 CSV",
        _lines("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>", *MT5),
        NY_WALL, False,
    ),
    "dukascopy": Sample(
        "Dukascopy CSV",
        _lines("Gmt time,Open,High,Low,Close,Volume", *_rows(
            [f"02.01.2024 14:{m}:00.000" for m in (30, 35, 40)])),
        EPOCHS, False, "", "start",
    ),
    "dukascopy, local time": Sample(
        "Dukascopy CSV",
        _lines("Local time,Open,High,Low,Close,Volume", *_rows(
            [f"02.01.2024 09:{m}:00.000 GMT-0500" for m in (30, 35, 40)])),
        NY_WALL, True,
    ),
    "firstrate": Sample("FirstRate CSV", _lines(*_rows(NEW_YORK)), NY_WALL, False),
    "lean, daily": Sample(
        "Lean zip", _zip("qqq.csv", *_lean(["20240102 00:00", "20240103 00:00", "20240116 00:00"])),
        DAY_WALL, False, "QQQ", "start", "none",
    ),
    "lean, minutes": Sample(
        "Lean zip",
        _zip("20240102_qqq_minute_trade.csv", *_lean(["34200000", "34500000", "34800000"])),
        NY_WALL, False, "QQQ", "start", "none",
    ),
    "investing.com": Sample(
        "investing.com CSV",
        b"\xef\xbb\xbf" + _lines('"Date","Price","Open","High","Low","Vol.","Change %"', *reversed(INVESTING)),
        [*reversed(DAY_WALL)], False, volumes=(1_200.0, 900.0, 0.0),
    ),
    "freqtrade json": Sample(
        "freqtrade or ccxt JSON",
        json.dumps([[1_000 * e, *p, v] for e, p, v in zip(EPOCHS, PRICES, VOLUMES, strict=True)]).encode(),
        EPOCHS, True, "", "start",
    ),
    "coinbase json": Sample(
        "Coinbase JSON",
        json.dumps([[e, p[2], p[1], p[0], p[3], v] for e, p, v in zip(EPOCHS, PRICES, VOLUMES, strict=True)]).encode(),
        EPOCHS, True, "", "start",
    ),
    "yahoo chart json": Sample(
        "Yahoo chart JSON", json.dumps(YAHOO_CHART).encode(), EPOCHS, True, "QQQ", "start", "split"
    ),
    "json lines": Sample(
        "JSON records lines", "\n".join(json.dumps(row) for row in SHORT).encode(), EPOCHS, True
    ),
    "parquet": Sample("Parquet", _written(lambda f, b: f.to_parquet(b), _frame()), NY_WALL, True),
    "feather": Sample(
        "Feather", _written(lambda f, b: f.to_feather(b, compression="zstd"), _frame().reset_index()),
        NY_WALL, True,
    ),
    "excel": Sample("workbook", _workbook(), NY_WALL, False),
    "german, decimal commas": Sample(
        "CSV",
        "Datum;Zeit;Eröffnung;Hoch;Tief;Schlusskurs;Volumen\r\n".encode("cp1252") + _lines(*_rows(
            [f"02.01.2024;09:{m}" for m in (30, 35, 40)], ";", _comma), newline="\r\n"),
        NY_WALL, False,
    ),
    "american dates and clocks": Sample(
        "CSV",
        _lines("Date,Time,Open,High,Low,Close,Volume", *_rows(
            [f"1/2/2024,9:{m} AM" for m in (30, 35, 40)])),
        NY_WALL, False, dates="month-first",
    ),
    "any order, any spelling, old Mac": Sample(
        "CSV",
        _lines("LOW ,close_price,Vol,High,date_time,OPEN", *(
            f"{p[2]},{p[3]},{v},{p[1]},{s},{p[0]}"
            for s, p, v in zip(NEW_YORK, PRICES, VOLUMES, strict=True)), newline="\r"),
        NY_WALL, False,
    ),
    "utf-16": Sample(
        "CSV", _lines("time,open,high,low,close,volume", *_rows(NEW_YORK)).decode().encode("utf-16"),
        NY_WALL, False,
    ),
    "named months": Sample(
        "CSV", _lines("Date,Open,High,Low,Close,Volume", *_rows(
            ['"Jan 02, 2024"', '"Jan 03, 2024"', '"Jan 16, 2024"'])), DAY_WALL, False,
    ),
    "numbers as dates": Sample(
        "CSV", _lines("date,open,high,low,close,vol", *_rows(["20240102", "20240103", "20240116"])),
        DAY_WALL, False,
    ),
}  # fmt: skip
