"""What the tests of providers share."""

import numpy as np

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.providers.provider import Fetched, Provider

KEY_ID, SECRET = "PKCANARYIDENTITY", "canary+secret/0123456789"
"""Keys that no output may contain."""


class StillClock:
    """Time that passes only where somebody sleeps; `slept` says for how long."""

    def __init__(self, now: float) -> None:
        self.time, self.slept = float(now), list[float]()

    def now(self) -> float:
        """Seconds UTC."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """No time at all."""
        self.slept.append(seconds)
        self.time += seconds


def everything(provider: Provider, symbol: str, interval: str, start: int, end: int) -> Fetched:
    """All pages of a question as one; fails where there is none."""
    pages = list(provider.fetch(symbol, interval, start, end))
    names = ("timestamp", "open", "high", "low", "close", "volume")
    columns = (np.concatenate([getattr(page.columns, name) for page in pages]) for name in names)
    return Fetched(
        BarColumns(*columns),
        pages[0].adj_close,
        splits=sum((page.splits for page in pages), ()),
        dividends=sum((page.dividends for page in pages), ()),
        empty_rows=sum(page.empty_rows for page in pages),
    )
