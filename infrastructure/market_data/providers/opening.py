"""A provider by its name, as the command line and the environment want it."""

import os
from collections.abc import Callable
from typing import Literal

from infrastructure.errors import ConfigError
from infrastructure.market_data.providers import alpaca, yahoo
from infrastructure.market_data.providers.keys import alpaca_keys
from infrastructure.market_data.providers.provider import Clock, Provider, SystemClock
from infrastructure.market_data.providers.retrying import Retrying

ProviderName = Literal["yahoo", "alpaca"]
Feed = Literal["sip", "iex"]


def open_provider(
    name: ProviderName,
    extended: bool = False,
    feed: Feed = "sip",
    clock: Clock | None = None,
    say: Callable[[str], None] | None = None,
) -> Provider:
    """The provider, ready to be asked; nothing is asked yet.

    extended: Yahoo's bars before and after the regular hours too (Alpaca's always come with them).
    feed: Alpaca's. say: is told why the work stands still.
    KAIROS_YAHOO_URL and KAIROS_ALPACA_URL take the place of the providers' own addresses.

    Raises ConfigError where the package or a key is missing.
    """
    try:
        if name == "alpaca":
            asking = _retrying(alpaca.Alpaca.title, alpaca.SPACING, clock, say)
            base = os.environ.get("KAIROS_ALPACA_URL")
            return alpaca.Alpaca(asking, alpaca_keys(), base or None, feed)
        asking = _retrying(yahoo.Yahoo.title, yahoo.SPACING, clock, say)
        return yahoo.Yahoo(asking, os.environ.get("KAIROS_YAHOO_URL") or None, extended)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"--provider {name} needs the package {error.name}; pip install 'kairos[{name}]'"
        ) from None


def _retrying(
    title: str, spacing: float, clock: Clock | None, say: Callable[[str], None] | None
) -> Retrying:
    asking = Retrying(title, spacing, clock or SystemClock())
    if say is not None:
        asking.say = say
    return asking
