"""The connection that yfinance speaks through: where it leads, and what it makes of answers."""

import json
from typing import Any
from urllib.parse import urlsplit

from curl_cffi.requests import Session
from curl_cffi.requests.exceptions import RequestException

from infrastructure.errors import DataError
from infrastructure.market_data.providers.provider import Clock
from infrastructure.market_data.providers.retrying import Transient, refuse_busy
from infrastructure.wording import printable

_CHART = "/v8/finance/chart/"
_PRICES = ("open", "high", "low", "close")
_LONGEST_REASON = 160


class NothingThere(Exception):  # noqa: N818  # an answer, and no error
    """Yahoo says that it has no bars in the range."""


class YahooSession(Session[Any]):
    """Browser-like requests, of which those for charts are judged before yfinance sees them.

    yfinance would keep half an answer in its memory and take an overload for a missing symbol.
    What it asks besides (a cookie, a crumb) it may fail to get, and goes on without.

    base: address that takes the place of Yahoo's hosts; None leaves them.
    status, empty_rows: of the last chart.
    """

    def __init__(self, base: str | None, clock: Clock) -> None:
        super().__init__(impersonate="chrome")
        self._base, self._clock = base, clock
        self.status, self.empty_rows = 0, 0

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Any:
        chart = _CHART in url
        try:
            answer = super().request(method, self._placed(url), *args, **options)
        except RequestException as error:
            if chart:
                raise Transient(f"no answer ({type(error).__name__})") from None
            raise
        if chart:
            self._judge(answer)
        return answer

    def _placed(self, url: str) -> str:
        if self._base is None:
            return url
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._base.rstrip('/')}{parts.path}{query}"

    def _judge(self, answer: Any) -> None:
        """Raise Transient, NothingThere or DataError unless yfinance can read the answer."""
        self.status = answer.status_code
        refuse_busy(self.status, answer.headers.get("Retry-After"), self._clock.now())
        if self.status in (401, 403):
            return  # yfinance asks again with another cookie
        try:
            chart = json.loads(answer.content)["chart"]
            error, results = chart["error"], chart["result"]
        except (ValueError, KeyError, TypeError):
            raise Transient("half an answer") from None
        if error:
            raise _refusal(self.status, str(error.get("description", "no reason given")))
        if not results:
            raise NothingThere
        self.empty_rows = _empty_rows(results[0])


def _refusal(status: int, reason: str) -> Exception:
    if "Data doesn't exist" in reason:
        return NothingThere()
    told = printable(reason)[:_LONGEST_REASON]
    if status == 404:
        return DataError(f"Yahoo knows no such symbol ({told})")
    return DataError(f"Yahoo refused ({status}): {told}")


def _empty_rows(result: dict[str, Any]) -> int:
    """Rows without any price. Raises Transient where columns are not of one length."""
    quote = result.get("indicators", {}).get("quote", [{}])[0]
    if not quote:
        return 0
    columns = [quote.get(name) or [] for name in _PRICES]
    if {len(column) for column in columns} != {len(result.get("timestamp") or [])}:
        raise Transient("half an answer")
    return sum(not any(prices) for prices in zip(*columns, strict=True))
