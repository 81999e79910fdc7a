"""The server, a clock that nobody waits for, and both providers led to the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from provider_server import ProviderServer, serve, utc
from provider_setup import KEY_ID, SECRET, StillClock

from infrastructure.market_data.providers.opening import open_provider
from infrastructure.market_data.providers.provider import Provider

FRIDAY_EVENING = "2024-01-26 23:00"


@pytest.fixture(scope="session", autouse=True)
def _caches_of_yfinance(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What yfinance remembers of symbols and cookies stays out of the user's folders."""
    import yfinance

    yfinance.set_tz_cache_location(str(tmp_path_factory.mktemp("yfinance")))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderServer]:
    """A provider without bars; the addresses in the environment lead to it."""
    played = ProviderServer()
    end = serve(played)
    monkeypatch.setenv("KAIROS_YAHOO_URL", played.address)
    monkeypatch.setenv("KAIROS_ALPACA_URL", played.address)
    monkeypatch.setenv("APCA_API_KEY_ID", KEY_ID)
    monkeypatch.setenv("APCA_API_SECRET_KEY", SECRET)
    yield played
    end()


@pytest.fixture
def clock() -> StillClock:
    """A Friday in January 2024, after New York's close."""
    return StillClock(utc(FRIDAY_EVENING))


@pytest.fixture
def yahoo(server: ProviderServer, clock: StillClock) -> Provider:
    """Yahoo, played by the server."""
    return open_provider("yahoo", clock=clock)


@pytest.fixture
def alpaca(server: ProviderServer, clock: StillClock) -> Provider:
    """Alpaca, played by the server."""
    return open_provider("alpaca", clock=clock)


@pytest.fixture
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own folder, where commands keep their kairos.db."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAIROS_DB", raising=False)
    return tmp_path
