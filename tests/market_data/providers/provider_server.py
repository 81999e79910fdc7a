"""A server on this computer that answers as the providers do, faults included."""

import _thread
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

CHART, BARS = "/v8/finance/chart/", "/v2/stocks/bars"
NEW_YORK = {"exchangeTimezoneName": "America/New_York", "timezone": "EST", "gmtoffset": -18_000}


def utc(moment: str) -> int:
    """Seconds since 1970 of `2024-01-02 14:30`, UTC."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


class Row(NamedTuple):
    """A bar as a provider keeps it; None where Yahoo sends null."""

    stamp: int
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None
    adj_close: float | None = None


def row(moment: str, close: float = 400.0, volume: float = 1_000.0) -> Row:
    """A bar that opens one below its close; a dividend took one percent from what is adjusted."""
    return Row(utc(moment), close - 1, close + 1.5, close - 2, close, volume, close * 0.99)


def null_row(moment: str) -> Row:
    """What Yahoo sends for a time at which nothing was traded."""
    return Row(utc(moment), None, None, None, None, None, None)


@dataclass(frozen=True)
class Reply:
    """An answer. cut: the connection ends before all that was promised is sent.

    interrupts: the user presses Ctrl-C before it comes.
    """

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    interrupts: bool = False


class Request(NamedTuple):
    """What was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class ProviderServer:
    """What it has, what it was asked, and the faults that its next answers will have.

    yahoo, alpaca: rows by (symbol, the provider's name of the interval). events: of Yahoo, by
    symbol. faults: for the next questions for bars; None lets one through. zone_faults: for those
    by which yfinance only learns a symbol's time zone; it remembers zones, so they are few.
    """

    yahoo: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    alpaca: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: deque[Reply | None] = field(default_factory=deque)
    zone_faults: deque[Reply | None] = field(default_factory=deque)
    asked: list[Request] = field(default_factory=list)
    page_size: int = 1_000
    crumb: Reply = field(default_factory=partial(Reply, 200, "cr.umb"))
    address: str = ""

    @property
    def questions(self) -> list[dict[str, str]]:
        """Queries for bars, those left out by which yfinance only learns the time zone."""
        wanted = [each for each in self.asked if each.path.startswith((CHART, BARS))]
        return [each.query for each in wanted if "range" not in each.query]

    def answer(self, request: Request) -> Reply:
        """The next fault, or what there is."""
        self.asked.append(request)
        if request.path.startswith((CHART, BARS)):
            faults = self.zone_faults if "range" in request.query else self.faults
            fault = faults.popleft() if faults else None
            if fault is not None:
                return fault
            return self._chart(request) if request.path.startswith(CHART) else self._bars(request)
        return self.crumb if request.path.endswith("getcrumb") else Reply(404, "")

    def _chart(self, request: Request) -> Reply:
        symbol, query = request.path.removeprefix(CHART), request.query
        known = [rows for (name, _), rows in self.yahoo.items() if name == symbol]
        if not known:
            return chart_error(404, "Not Found", "No data found, symbol may be delisted")
        if "range" in query:
            return chart(symbol, known[0][:1], {}, query["interval"])
        rows = self.yahoo.get((symbol, query["interval"]), [])
        first, last = int(query["period1"]), int(query["period2"])
        rows = [each for each in rows if first <= each.stamp < last]
        return chart(symbol, rows, self.events.get(symbol, {}), query["interval"])

    def _bars(self, request: Request) -> Reply:
        query = request.query
        symbol, first = query["symbols"], int(query.get("page_token", "0"))
        rows = [
            each
            for each in self.alpaca.get((symbol, query["timeframe"]), [])
            if _seconds(query["start"]) <= each.stamp <= _seconds(query["end"])
        ]
        page = rows[first : first + self.page_size]
        after = first + len(page)
        bars = {symbol: [_alpaca_bar(each) for each in page]} if page else {}
        token = str(after) if after < len(rows) else None
        return Reply(200, json.dumps({"bars": bars, "next_page_token": token}))


def chart(symbol: str, rows: list[Row], events: dict[str, Any], interval: str) -> Reply:
    """Yahoo's chart, in the shape that its v8 has; without rows an empty quote."""
    meta = {
        "currency": "USD",
        "symbol": symbol,
        "exchangeName": "NGM",
        "instrumentType": "ETF",
        **NEW_YORK,
        "regularMarketTime": 1_706_216_400,
        "regularMarketPrice": 400.0,
        "priceHint": 2,
        "dataGranularity": interval,
        "validRanges": ["1d", "5d", "1mo", "max"],
        "tradingPeriods": [[_regular_hours(each)] for each in _first_of_days(rows)],
    }
    if interval == "1d":
        del meta["tradingPeriods"]
    quote = {name: [getattr(each, name) for each in rows] for name in Row._fields[1:6]}
    result: dict[str, Any] = {"meta": meta, "indicators": {"quote": [quote if rows else {}]}}
    if rows:
        result["timestamp"] = [each.stamp for each in rows]
    if rows and interval == "1d":
        result["indicators"]["adjclose"] = [{"adjclose": [each.adj_close for each in rows]}]
    if events:
        result["events"] = events
    return Reply(200, json.dumps({"chart": {"result": [result], "error": None}}))


def chart_error(status: int, code: str, description: str) -> Reply:
    """Yahoo's refusal."""
    error = {"code": code, "description": description}
    return Reply(status, json.dumps({"chart": {"result": None, "error": error}}))


def _first_of_days(rows: list[Row]) -> list[int]:
    return sorted({each.stamp // 86_400 * 86_400 for each in rows})


def _regular_hours(midnight: int) -> dict[str, Any]:
    hours = {"start": midnight + 52_200, "end": midnight + 75_600}
    return {"timezone": "EST", **hours, "gmtoffset": -18_000}


def _alpaca_bar(each: Row) -> dict[str, Any]:
    moment = datetime.fromtimestamp(each.stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    prices = {"o": each.open, "h": each.high, "l": each.low, "c": each.close, "v": each.volume}
    return {"t": moment, **prices, "n": 7, "vw": each.close}


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def serve(server: ProviderServer) -> Callable[[], None]:
    """Let it listen, on a port that is free; the returned function ends that."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            reply = server.answer(Request(parts.path, query, dict(self.headers)))
            if reply.interrupts:
                _thread.interrupt_main()
            body = reply.body.encode()
            self.close_connection = True
            with suppress(ConnectionError):  # whoever was interrupted has gone
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if reply.cut else body)

        do_POST = do_GET  # noqa: N815  # the name that the library calls

        def log_message(self, *anything: object) -> None:
            """Not into the tests' output."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{listening.server_port}"
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()

    def end() -> None:
        listening.shutdown()
        listening.server_close()
        thread.join()

    return end
