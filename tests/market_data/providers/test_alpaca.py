"""Alpaca through alpaca-py itself, against a server that answers as Alpaca does."""

import json

import pytest
from provider_server import ProviderServer, Reply, row, utc
from provider_setup import KEY_ID, SECRET, StillClock, everything

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.providers.opening import open_provider
from infrastructure.market_data.providers.provider import Provider
from infrastructure.market_data.providers.retrying import NoAnswerError

MONDAY, SATURDAY = utc("2024-01-22 05:00"), utc("2024-01-27 05:00")
MOMENTS = [f"2024-01-25 15:{minute:02}" for minute in range(0, 35, 5)]
HALF = '{"bars": {"QQQ": [{"t": "2024-01-25T15:00:00Z", "o": 1.0, "h"'


@pytest.fixture
def hour(server: ProviderServer) -> ProviderServer:
    """Seven bars of QQQ, three to a page."""
    server.alpaca["QQQ", "5Min"] = [row(moment, 420 + n) for n, moment in enumerate(MOMENTS)]
    server.page_size = 3
    return server


def test_all_pages_are_fetched(hour: ProviderServer, alpaca: Provider) -> None:
    """Each page with the token that came with the one before."""
    pages = list(alpaca.fetch("QQQ", "5m", MONDAY, SATURDAY))
    assert [len(page.columns) for page in pages] == [3, 3, 1]
    found = everything(alpaca, "QQQ", "5m", MONDAY, SATURDAY).columns
    assert found.timestamp.tolist() == [utc(moment) for moment in MOMENTS]
    assert found.open.tolist() == [419, 420, 421, 422, 423, 424, 425]
    assert found.high.tolist() == [421.5, 422.5, 423.5, 424.5, 425.5, 426.5, 427.5]
    assert found.volume.tolist() == [1_000.0] * 7


def test_bars_are_asked_for_unadjusted(hour: ProviderServer, alpaca: Provider) -> None:
    """Of the feed that was chosen, in pages as long as may be, the end not included."""
    everything(alpaca, "QQQ", "5m", MONDAY, SATURDAY)
    question = hour.questions[0]
    assert question["adjustment"] == "raw"
    assert (question["feed"], question["limit"], question["timeframe"]) == ("sip", "10000", "5Min")
    assert question["start"].startswith("2024-01-22T05:00:00")
    assert (alpaca.adjusted, alpaca.source) == ("none", "alpaca sip")


def test_daily_bars_have_their_exchange_date(server: ProviderServer, alpaca: Provider) -> None:
    """Alpaca stamps them with midnight in New York, summer and winter."""
    server.alpaca["QQQ", "1Day"] = [row("2023-07-03 04:00"), row("2024-01-25 05:00")]
    found = everything(alpaca, "QQQ", "1d", utc("2023-07-01 04:00"), SATURDAY)
    assert found.columns.timestamp.tolist() == [utc("2023-07-03 00:00"), utc("2024-01-25 00:00")]


def test_the_last_minutes_of_all_exchanges_are_for_subscribers(
    hour: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """They are not asked for, and come with the next download; IEX has no such wait."""
    clock.time = utc("2024-01-25 15:40")
    list(alpaca.fetch("QQQ", "5m", MONDAY, int(clock.now())))
    iex = open_provider("alpaca", feed="iex", clock=clock)
    list(iex.fetch("QQQ", "5m", MONDAY, int(clock.now())))
    ends = {each["feed"]: each["end"][:19] for each in hour.questions}
    assert ends == {"sip": "2024-01-25T15:23:59", "iex": "2024-01-25T15:39:59"}


@pytest.mark.parametrize("body", ['{"bars": {}, "next_page_token": null}', '{"bars": null}'])
def test_an_empty_range_has_no_page(server: ProviderServer, alpaca: Provider, body: str) -> None:
    """In both ways in which Alpaca says so."""
    server.faults += [Reply(200, body)]
    assert list(alpaca.fetch("QQQ", "5m", MONDAY, SATURDAY)) == []


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Reply(429, '{"message": "too many requests."}', {"Retry-After": "7"}), 7.0),
        (Reply(500, '{"message": "internal server error"}'), None),
        (Reply(504, "<html>", {"Retry-After": "3"}), 3.0),
        (Reply(200, HALF), None),
        (Reply(200, '{"bars": {"QQQ": []}, "next_page_token": null}', cut=True), None),
        (Reply(200, ""), None),
        (Reply(200, '{"bars": {"QQQ": [{"t": "2024-01-25T15:00:00Z"}]}}'), None),
    ],
)
def test_what_passes_is_asked_again(
    hour: ProviderServer, alpaca: Provider, clock: StillClock, fault: Reply, waits: float | None
) -> None:
    """Overload, a failing server, half an answer: then the whole of it, and no page twice."""
    hour.faults += [fault, fault]
    found = everything(alpaca, "QQQ", "5m", MONDAY, SATURDAY)
    assert found.columns.close.tolist() == [420, 421, 422, 423, 424, 425, 426]
    if waits is not None:
        assert clock.slept.count(waits) == 2


def test_a_page_in_the_middle_is_asked_for_again_alone(
    hour: ProviderServer, alpaca: Provider
) -> None:
    """The pages before it are not fetched a second time."""
    pages = alpaca.fetch("QQQ", "5m", MONDAY, SATURDAY)
    next(pages)
    hour.faults += [Reply(500, "")]
    list(pages)
    assert [each.get("page_token") for each in hour.questions] == [None, "3", "3", "6"]


def test_a_provider_that_is_not_there_ends_in_one_line(
    clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its address, which may hold a password of a proxy."""
    monkeypatch.setenv("KAIROS_ALPACA_URL", "http://user:secret@127.0.0.1:1")
    monkeypatch.setenv("APCA_API_KEY_ID", KEY_ID)
    monkeypatch.setenv("APCA_API_SECRET_KEY", SECRET)
    alpaca = open_provider("alpaca", clock=clock)
    with pytest.raises(NoAnswerError) as caught:
        list(alpaca.fetch("QQQ", "5m", MONDAY, SATURDAY))
    told = "Alpaca: no answer (ConnectionError), 6 times; try again later"
    assert str(caught.value) == told


def test_a_wrong_symbol_is_told_in_alpacas_words(server: ProviderServer, alpaca: Provider) -> None:
    """Where it says so: it answers other symbols that it does not know with nothing."""
    for status in (400, 422):
        server.faults += [Reply(status, '{"message": "invalid symbol: Q Q"}')]
        with pytest.raises(DataError, match=rf"Alpaca refused \({status}\): invalid symbol: Q Q$"):
            list(alpaca.fetch("QQQ", "5m", MONDAY, SATURDAY))


def test_refused_keys_are_the_users_to_put_right(server: ProviderServer, alpaca: Provider) -> None:
    """A ConfigError, because no symbol can be fetched with them."""
    server.faults += [Reply(401, '{"message": "unauthorized."}')]
    with pytest.raises(ConfigError, match=r"refused the keys \(401\); check APCA_API_KEY_ID"):
        list(alpaca.fetch("QQQ", "5m", MONDAY, SATURDAY))


def test_keys_travel_in_headers_only(hour: ProviderServer, alpaca: Provider) -> None:
    """An address is written into logs on its way."""
    everything(alpaca, "QQQ", "5m", MONDAY, SATURDAY)
    for request in hour.asked:
        assert request.headers["APCA-API-KEY-ID"] == KEY_ID
        assert request.headers["APCA-API-SECRET-KEY"] == SECRET
        assert KEY_ID not in json.dumps([request.path, request.query])
        assert SECRET not in json.dumps([request.path, request.query])


@pytest.mark.parametrize(
    ("interval", "name"), [("1m", "1Min"), ("59m", "59Min"), ("4h", "4Hour"), ("1d", "1Day")]
)
def test_intervals_are_spelled_as_alpaca_does(
    server: ProviderServer, alpaca: Provider, interval: str, name: str
) -> None:
    """Minutes, whole hours, one day."""
    alpaca.check_interval(interval)
    list(alpaca.fetch("QQQ", interval, MONDAY, SATURDAY))
    assert server.questions[0]["timeframe"] == name


def test_other_intervals_are_refused(alpaca: Provider) -> None:
    """An hour and a half is no interval of Alpaca's."""
    with pytest.raises(ConfigError, match="1m to 59m, of whole hours and of 1d; found 90m"):
        alpaca.check_interval("90m")
