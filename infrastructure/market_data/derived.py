"""Which stored interval a coarser one is made of."""

from collections.abc import Iterable

from infrastructure.market_data.intervals import can_be_made_of, interval_seconds


def source_interval(wanted: str, stored: Iterable[str]) -> str | None:
    """The coarsest stored interval from which bars of `wanted` can be made; None where none can.

    `wanted` itself, where it is stored: then nothing is to be made.

    >>> source_interval("30m", ["1m", "5m", "1h"])
    '5m'
    """
    able = [interval for interval in stored if can_be_made_of(wanted, interval)]
    return max(able, key=interval_seconds, default=None)
