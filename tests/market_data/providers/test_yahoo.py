"""Yahoo through yfinance itself, against a server that answers as Yahoo does."""

import json

import pytest
from provider_server import (
    ProviderServer,
    Reply,
    chart_error,
    null_row,
    row,
    utc,
)
from provider_setup import StillClock, everything

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.providers.opening import open_provider
from infrastructure.market_data.providers.provider import Event, Provider
from infrastructure.market_data.providers.retrying import NoAnswerError

DAY = 86_400
MONDAY, SATURDAY = utc("2024-01-22 05:00"), utc("2024-01-27 05:00")
WEEK = [f"2024-01-{day} 14:30" for day in (22, 23, 24, 25, 26)]
HALF = json.dumps({"chart": {"result": [{"meta": {}}]}})[:-9]


@pytest.fixture
def week(server: ProviderServer) -> ProviderServer:
    """Five days of QQQ."""
    server.yahoo["QQQ", "1d"] = [row(moment, 420 + n) for n, moment in enumerate(WEEK)]
    return server


def test_daily_bars_have_their_exchange_date(week: ProviderServer, yahoo: Provider) -> None:
    """Midnight UTC of the date; prices unadjusted for dividends, the adjusted close beside them."""
    found = everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY)
    assert found.columns.timestamp.tolist() == [utc(f"{day[:10]} 00:00") for day in WEEK]
    assert found.columns.close.tolist() == [420, 421, 422, 423, 424]
    assert found.columns.open.tolist() == [419, 420, 421, 422, 423]
    assert found.columns.volume.tolist() == [1_000.0] * 5
    assert found.adj_close is not None
    assert found.adj_close.tolist() == pytest.approx([close * 0.99 for close in range(420, 425)])
    assert (yahoo.adjusted, yahoo.source) == ("split", "yahoo")


def test_splits_and_dividends_are_named_by_date(week: ProviderServer, yahoo: Provider) -> None:
    """A split says how many new shares one old share became."""
    split = {"date": utc(WEEK[1]), "numerator": 4, "denominator": 1, "splitRatio": "4:1"}
    dividend = {"date": utc(WEEK[3]), "amount": 0.55}
    week.events["QQQ"] = {"splits": {"1": split}, "dividends": {"2": dividend}}
    found = everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY)
    assert found.splits == (Event(utc("2024-01-23 00:00"), 4.0),)
    assert found.dividends == (Event(utc("2024-01-25 00:00"), 0.55),)


def test_intraday_bars_open_when_yahoo_says(server: ProviderServer, yahoo: Provider) -> None:
    """Seconds UTC, and no bars outside the regular hours are asked for."""
    moments = [f"2024-01-25 {hour}:{minute}" for hour in (15, 16) for minute in ("00", "05")]
    server.yahoo["QQQ", "5m"] = [row(moment) for moment in moments]
    found = everything(yahoo, "QQQ", "5m", MONDAY, SATURDAY)
    assert found.columns.timestamp.tolist() == [utc(moment) for moment in moments]
    (question,) = server.questions
    assert question["includePrePost"].lower() == "false"


def test_half_hours_are_made_of_quarters(server: ProviderServer, yahoo: Provider) -> None:
    """As yfinance does, because Yahoo's own half hours are whole ones."""
    moments = [f"2024-01-25 15:{minute}" for minute in ("00", "15", "30", "45")]
    server.yahoo["QQQ", "15m"] = [row(moment, 400 + n) for n, moment in enumerate(moments)]
    found = everything(yahoo, "QQQ", "30m", MONDAY, SATURDAY)
    assert found.columns.timestamp.tolist() == [utc("2024-01-25 15:00"), utc("2024-01-25 15:30")]
    assert found.columns.open.tolist() == [399, 401]
    assert found.columns.close.tolist() == [401, 403]


def test_rows_without_prices_are_counted(week: ProviderServer, yahoo: Provider) -> None:
    """Yahoo sends null for times at which nothing was traded; yfinance leaves such rows out."""
    week.yahoo["QQQ", "1d"][2] = null_row(WEEK[2])
    found = everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY)
    assert (len(found.columns), found.empty_rows) == (4, 1)


def test_minutes_are_asked_for_by_the_week(server: ProviderServer, yahoo: Provider) -> None:
    """Yahoo gives seven days of 1m bars at once; the questions join without overlap."""
    server.yahoo["QQQ", "1m"] = [row("2024-01-10 15:00"), row("2024-01-25 15:00")]
    start = utc("2024-01-06 05:00")
    found = everything(yahoo, "QQQ", "1m", start, SATURDAY)
    assert len(found.columns) == 2
    asked = [(int(each["period1"]), int(each["period2"])) for each in server.questions]
    assert asked == [(start + n * 7 * DAY, start + (n + 1) * 7 * DAY) for n in range(3)]


@pytest.mark.parametrize(("interval", "days"), [("1m", 30), ("5m", 60), ("1h", 730), ("1d", None)])
def test_yahoo_keeps_short_bars_for_some_days(
    yahoo: Provider, clock: StillClock, interval: str, days: int | None
) -> None:
    """A minute less than Yahoo's limit, for the question's own way."""
    expected = None if days is None else int(clock.now()) - days * DAY + 60
    assert yahoo.earliest(interval, clock.now()) == expected


@pytest.mark.parametrize("interval", ["3m", "4h"])
def test_other_intervals_are_refused(yahoo: Provider, interval: str) -> None:
    """The line names those that there are."""
    with pytest.raises(ConfigError, match=f"1m, 2m, 5m, 15m, 30m, 90m, 1h, 1d; found {interval}"):
        yahoo.check_interval(interval)


def test_an_empty_range_has_no_page(week: ProviderServer, yahoo: Provider) -> None:
    """Whether Yahoo sends an empty quote or says that there is nothing."""
    sunday = utc("2024-01-21 05:00")
    assert list(yahoo.fetch("QQQ", "1d", sunday, sunday + DAY // 2)) == []
    told = "Data doesn't exist for startDate = 1705813200, endDate = 1705856400"
    week.faults += [chart_error(400, "Bad Request", told)]
    assert list(yahoo.fetch("QQQ", "1d", sunday, sunday + DAY // 3)) == []


def test_a_wrong_symbol_is_told_in_yahoos_words(week: ProviderServer, yahoo: Provider) -> None:
    """It is asked for once: another attempt would find no more."""
    told = r"Yahoo knows no such symbol \(No data found, symbol may be delisted\)"
    with pytest.raises(DataError, match=told):
        list(yahoo.fetch("QQQQQ", "1d", MONDAY, SATURDAY))
    assert len(week.asked) <= 3  # cookie, crumb, chart


def test_a_range_that_yahoo_refuses_is_told_in_its_words(
    week: ProviderServer, yahoo: Provider
) -> None:
    """Its limits may change; its own sentence says how."""
    told = "1m data not available. The requested range must be within the last 30 days."
    week.faults += [chart_error(422, "Unprocessable Entity", told)]
    with pytest.raises(DataError, match=rf"Yahoo refused \(422\): {told}"):
        list(yahoo.fetch("QQQ", "1m", MONDAY, SATURDAY))


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Reply(429, "Too Many Requests", {"Retry-After": "7"}), 7.0),
        (Reply(500, "oops"), None),
        (Reply(503, "", {"Retry-After": "2"}), 2.0),
        (Reply(200, HALF), None),
        (Reply(200, '{"chart": {"result": [{"meta": {}}], "error": null}}', cut=True), None),
        (Reply(200, "<html>Will be right back</html>"), None),
    ],
)
def test_what_passes_is_asked_again(
    week: ProviderServer, yahoo: Provider, clock: StillClock, fault: Reply, waits: float | None
) -> None:
    """Overload, a failing server, half an answer: then the whole of it, and nothing of the half."""
    week.faults += [fault, fault]
    found = everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY)
    assert found.columns.close.tolist() == [420, 421, 422, 423, 424]
    if waits is not None:
        assert clock.slept.count(waits) == 2


def test_the_question_for_the_time_zone_is_asked_again_too(
    server: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """A symbol that yfinance never met: its first question is for the zone."""
    server.yahoo["NEVER.MET", "1d"] = [row(WEEK[0])]
    server.zone_faults += [Reply(429, "", {"Retry-After": "7"}), Reply(200, HALF)]
    assert len(everything(yahoo, "NEVER.MET", "1d", MONDAY, SATURDAY).columns) == 1
    assert clock.slept.count(7.0) == 1
    assert not server.zone_faults


def test_columns_of_unequal_length_are_half_an_answer(
    week: ProviderServer, yahoo: Provider
) -> None:
    """They would be put beside the wrong times."""
    quote = {"open": [1.0], "high": [1.0], "low": [1.0], "close": [1.0], "volume": [1]}
    times = [utc(WEEK[0]), utc(WEEK[1])]
    result = {"meta": {}, "timestamp": times, "indicators": {"quote": [quote]}}
    week.faults += [Reply(200, json.dumps({"chart": {"result": [result], "error": None}}))]
    assert len(everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY).columns) == 5


def test_a_server_that_stays_busy_ends_in_one_line(
    week: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """After six attempts with growing waits."""
    week.faults += [Reply(500, "oops")] * 6
    with pytest.raises(NoAnswerError, match=r"Yahoo: the server failed \(500\), 6 times"):
        list(yahoo.fetch("QQQ", "1d", MONDAY, SATURDAY))
    assert not week.faults


def test_a_crumb_that_is_refused_does_not_matter(week: ProviderServer, yahoo: Provider) -> None:
    """Charts are given without one."""
    week.crumb = Reply(429, "Too Many Requests")
    assert len(everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY).columns) == 5


def test_a_refusal_is_told(week: ProviderServer, yahoo: Provider) -> None:
    """yfinance tries another cookie first; then the line has the status."""
    refused = {"finance": {"result": None, "error": {"code": "Unauthorized"}}}
    week.faults += [Reply(401, json.dumps(refused))] * 2
    with pytest.raises(DataError, match=r"Yahoo refused \(401\)"):
        list(yahoo.fetch("QQQ", "1d", MONDAY, SATURDAY))


def test_a_new_download_does_not_read_yesterdays_answers(
    week: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """yfinance remembers what it was told of the past; Yahoo may have corrected it since."""
    everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY)
    week.yahoo["QQQ", "1d"][0] = row(WEEK[0], 555)
    again = everything(open_provider("yahoo", clock=clock), "QQQ", "1d", MONDAY, SATURDAY)
    assert again.columns.close[0] == 555


def test_nothing_is_printed(
    week: ProviderServer, yahoo: Provider, capfd: pytest.CaptureFixture[str]
) -> None:
    """yfinance would log its own view of a wrong symbol and of a missing crumb."""
    week.crumb = Reply(429, "Too Many Requests")
    with pytest.raises(DataError):
        list(yahoo.fetch("QQQQQ", "1d", MONDAY, SATURDAY))
    everything(yahoo, "QQQ", "1d", MONDAY, SATURDAY)
    assert capfd.readouterr() == ("", "")
