"""Bars from Alpaca, through the package alpaca-py."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.providers.keys import Keys
from infrastructure.market_data.providers.provider import Fetched
from infrastructure.market_data.providers.retrying import Retrying, Transient, refuse_busy
from infrastructure.wording import printable

SPACING = 0.3
"""Seconds between two questions: a free account may ask 200 a minute."""

FEEDS = ("sip", "iex")
"""All exchanges together, the last 15 minutes for subscribers only; or the exchange IEX alone."""

_PATH = "/stocks/bars"
_AT_ONCE = 10_000
_DELAY = 16 * 60  # seconds of the feed sip that a free account does not get
_PATIENCE = 30.0  # seconds for one answer
_NAMES = ("o", "h", "l", "c", "v")


class Alpaca:
    """Alpaca's bars of American stocks, unadjusted, those before and after the hours included.

    base: address that takes the place of Alpaca's; None is Alpaca.
    Raises ModuleNotFoundError where alpaca-py is not installed.
    """

    title, adjusted = "Alpaca", "none"

    def __init__(
        self, retrying: Retrying, keys: Keys, base: str | None = None, feed: str = "sip"
    ) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it loads a part of websockets that is deprecated
            from alpaca.data.historical import StockHistoricalDataClient

        self.source = f"alpaca {feed}"
        self._retrying, self._keys, self._feed = retrying, keys, feed
        self._client = StockHistoricalDataClient(*keys, url_override=base and base.rstrip("/"))
        # The client has no option for these: patience it has without end, and it would retry by
        # itself without regard to Retry-After.
        self._client._retry = 0
        for scheme in ("https://", "http://"):
            self._client._session.mount(scheme, _impatient())

    def check_interval(self, interval: str) -> None:
        try:
            _timeframe(interval)
        except ValueError:
            raise ConfigError(
                "interval: Alpaca has bars of 1m to 59m, of whole hours and of 1d; "
                f"found {interval}"
            ) from None

    def earliest(self, interval: str, now: float) -> int | None:
        return None

    def fetch(self, symbol: str, interval: str, start: int, end: int) -> Iterator[Fetched]:
        if self._feed == "sip":
            end = min(end, int(self._retrying.clock.now()) - _DELAY)
        if start >= end:
            return
        question = self._question(symbol, interval, start, end)
        token = None
        while True:
            asked = {**question, "page_token": token} if token else question
            rows, token = self._retrying(partial(self._page, symbol, asked))
            if len(rows):
                yield Fetched(_by_date(rows) if interval == "1d" else rows)
            if not token:
                return

    def _question(self, symbol: str, interval: str, start: int, end: int) -> dict[str, Any]:
        from alpaca.data.enums import Adjustment, DataFeed
        from alpaca.data.requests import StockBarsRequest

        return StockBarsRequest(
            symbol_or_symbols=symbol,
            timeframe=_timeframe(interval),
            start=datetime.fromtimestamp(start, UTC),
            end=datetime.fromtimestamp(end - 1, UTC),  # Alpaca's end belongs to the range
            limit=_AT_ONCE,
            adjustment=Adjustment.RAW,
            feed=DataFeed(self._feed),
        ).to_request_fields()

    def _page(self, symbol: str, question: dict[str, Any]) -> tuple[BarColumns, str | None]:
        """One page and the token of the next one."""
        from alpaca.common.exceptions import APIError
        from requests.exceptions import RequestException

        refused = None
        try:
            answer: Any = self._client.get(_PATH, question)
            if "bars" in answer:
                bars = (answer["bars"] or {}).get(symbol.upper(), [])
                return _columns(bars), answer.get("next_page_token")
        except APIError as error:
            refused = error
        except RequestException as error:
            half = isinstance(error, ValueError) or "Chunked" in type(error).__name__
            reason = "half an answer" if half else f"no answer ({type(error).__name__})"
            raise Transient(reason) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Transient("half an answer") from None
        # Outside, so that no traceback shows what the server said.
        raise self._refusal(refused) if refused else DataError("Alpaca answered without bars")

    def _refusal(self, error: Any) -> Exception:
        """What an answer with an error comes to; Transient where another attempt may do."""
        status = error.status_code or 0
        headers = error.response.headers if error.response is not None else {}
        try:
            refuse_busy(status, headers.get("Retry-After"), self._retrying.clock.now())
        except Transient as busy:
            return busy
        if status == 401:
            return ConfigError(
                "Alpaca refused the keys (401); check APCA_API_KEY_ID and APCA_API_SECRET_KEY"
            )
        return DataError(f"Alpaca refused ({status}): {self._reason(error)}")

    def _reason(self, error: Any) -> str:
        try:
            reason = str(error.message)
        except (ValueError, KeyError, TypeError):
            reason = "no reason given"
        return printable(self._keys.hidden_in(reason))[:160]


def _timeframe(interval: str) -> Any:
    """Raises ValueError for a length that Alpaca does not have."""
    from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

    seconds = interval_seconds(interval)
    if seconds == DAY:
        return TimeFrame(1, TimeFrameUnit.Day)
    if seconds % 3_600 == 0:
        return TimeFrame(seconds // 3_600, TimeFrameUnit.Hour)
    return TimeFrame(seconds // 60, TimeFrameUnit.Minute)


def _columns(bars: list[dict[str, Any]]) -> BarColumns:
    """Raises KeyError, TypeError or ValueError for bars that are not whole."""
    moments = np.array([bar["t"].removesuffix("Z") for bar in bars], dtype="datetime64[s]")
    prices = (np.array([bar[name] for bar in bars], dtype=np.float64) for name in _NAMES)
    return BarColumns(moments.astype(np.int64), *prices)


def _by_date(rows: BarColumns) -> BarColumns:
    """Daily bars have the stamp of midnight in New York, which is 4:00 or 5:00 UTC of that date."""
    prices = (rows.open, rows.high, rows.low, rows.close, rows.volume)
    return BarColumns(rows.timestamp // DAY * DAY, *prices)


def _impatient() -> Any:
    """An adapter of requests that waits _PATIENCE seconds for an answer, and no longer."""
    from requests.adapters import HTTPAdapter

    class Impatient(HTTPAdapter):
        def send(self, request: Any, **options: Any) -> Any:  # type: ignore[override]
            return super().send(request, **{**options, "timeout": _PATIENCE})

    return Impatient()
