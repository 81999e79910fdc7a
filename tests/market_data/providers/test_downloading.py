"""Downloads into a real store, from providers that a local server plays."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from provider_server import ProviderServer, Reply, row, utc
from provider_setup import StillClock

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.providers.download_report import DownloadReport
from infrastructure.market_data.providers.downloading import download, downloads
from infrastructure.market_data.providers.one_symbol import Wanted
from infrastructure.market_data.providers.provider import Provider
from infrastructure.market_data.store.reading import read_bars, stored_series
from infrastructure.market_data.store.writing import write_bars
from infrastructure.market_data.synthetic import make_demo_bars

NEW_YEAR, TODAY = date(2024, 1, 1), date(2024, 1, 26)
DAYS = [*range(2, 6), *range(8, 13), *range(16, 20), *range(22, 27)]
"""Sessions of January 2024 up to the clock's Friday."""


def stamps(symbol: str, database: Database, interval: str = "1d") -> list[int]:
    """Opening times that are stored."""
    return read_bars(database, symbol, interval, session="extended").timestamp.tolist()


def opened(*days: int) -> list[int]:
    """New York's opening on days of January 2024."""
    return [utc(f"2024-01-{day:02} 14:30") for day in days]


@pytest.fixture
def january(server: ProviderServer) -> ProviderServer:
    """QQQ and SPY, daily, of January 2024; Yahoo's and Alpaca's."""
    for symbol in ("QQQ", "SPY"):
        server.yahoo[symbol, "1d"] = [row(f"2024-01-{day:02} 14:30", 400 + day) for day in DAYS]
        server.alpaca[symbol, "1Day"] = [row(f"2024-01-{day:02} 05:00", 400 + day) for day in DAYS]
    return server


def one(
    database: Database, provider: Provider, clock: StillClock, symbol: str = "QQQ", **wanted: Any
) -> DownloadReport:
    """The report of one symbol; daily bars of January where nothing else is wanted."""
    asked = Wanted(**{"interval": "1d", "start": NEW_YEAR, **wanted})
    (report,) = download(database, [symbol], provider, asked, clock=clock)
    return report


def told(report: DownloadReport) -> str:
    """What a user reads, on one line; fails where it failed."""
    assert report.error is None
    return " | ".join(report.lines())


@pytest.mark.parametrize("name", ["yahoo", "alpaca"])
def test_a_first_download_stores_everything(
    database: Database,
    january: ProviderServer,
    clock: StillClock,
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    """Daily bars under their session's opening, whichever stamp the provider uses."""
    report = one(database, request.getfixturevalue(name), clock)
    assert (report.fetched, report.new, report.without_bars) == (18, 18, ())
    assert stamps("QQQ", database) == opened(*DAYS)
    (series,) = stored_series(database)
    assert series.sources in ("yahoo", "alpaca sip")


def test_only_what_is_missing_is_asked_for(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """After the last session, which is asked for again; before the first; nothing between."""
    one(database, yahoo, clock, start=date(2024, 1, 9), end=date(2024, 1, 12))
    january.asked.clear()
    now = int(clock.now())
    report = one(database, yahoo, clock)
    assert [(int(q["period1"]), int(q["period2"])) for q in january.questions] == [
        (utc("2023-12-30 05:00"), utc("2024-01-10 05:00")),
        (utc("2024-01-12 05:00"), now),
    ]
    assert (report.new, report.unchanged, report.fetched) == (14, 2, 16)
    assert stamps("QQQ", database) == opened(*DAYS)


def test_a_second_download_finds_everything_there(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Only the last session is fetched again; inside the stored range nothing is."""
    one(database, yahoo, clock)
    report = one(database, yahoo, clock)
    assert (report.new, report.unchanged, report.fetched) == (0, 1, 1)
    january.asked.clear()
    assert "nothing is missing" in told(one(database, yahoo, clock, end=date(2024, 1, 19)))
    assert january.asked == []


def test_without_a_start_the_stored_bars_go_on(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """With nothing stored there is nothing to go on from."""
    report = one(database, yahoo, clock, start=None)
    assert str(report.error) == (
        "QQQ 1d: no bars are stored yet; --start says since when to fetch them"
    )
    one(database, yahoo, clock, end=date(2024, 1, 12))
    assert one(database, yahoo, clock, start=None).new == 9


def test_an_unfinished_bar_is_never_stored(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """On Friday at noon its daily bar is there already, and will change until the close."""
    clock.time = utc("2024-01-26 17:00")
    report = one(database, yahoo, clock)
    assert (report.new, report.unfinished) == (17, 1)
    assert "1 bar not finished yet, left out" in told(report)
    clock.time = utc("2024-01-26 21:00")
    assert one(database, yahoo, clock, start=None).new == 1


def test_the_last_session_is_completed(
    database: Database, server: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Five-minute bars of a morning, then of the whole day."""
    moments = [f"2024-01-26 {hour}:{minute:02}" for hour in (15, 16) for minute in (0, 5, 10)]
    server.yahoo["QQQ", "5m"] = [row(moment) for moment in moments]
    clock.time = utc("2024-01-26 16:07")
    morning = one(database, yahoo, clock, interval="5m", start=TODAY)
    assert (morning.new, morning.unfinished) == (4, 1)
    clock.time = utc("2024-01-26 23:00")
    evening = one(database, yahoo, clock, interval="5m", start=TODAY)
    assert (evening.new, evening.unchanged) == (2, 4)


def test_holes_inside_are_filled_on_request(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Two ranges with a week between them: the hole is named, and stays until it is asked for."""
    one(database, yahoo, clock, end=date(2024, 1, 5))
    report = one(database, yahoo, clock, start=date(2024, 1, 16))
    assert "sessions 2024-01-08 to 2024-01-12 stay missing; --fill-gaps" in told(report)
    assert one(database, yahoo, clock).new == 0
    january.asked.clear()
    assert one(database, yahoo, clock, fill_gaps=True).new == 5
    assert stamps("QQQ", database) == opened(*DAYS)


def test_a_wrong_symbol_stops_nothing_else(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Its report has one line, those around it are stored."""
    wanted = Wanted("1d", NEW_YEAR)
    symbols = ["QQQ", "NOPE", "b a d", "SPY"]
    reports = download(database, symbols, yahoo, wanted, clock=clock)
    errors = [str(report.error) for report in reports]
    assert errors[0] == errors[3] == "None"
    assert errors[1] == (
        "NOPE 1d: Yahoo knows no such symbol (No data found, symbol may be delisted)"
    )
    assert errors[2].startswith("symbol: expected 1 to 32 of")
    assert [series.symbol for series in stored_series(database)] == ["QQQ", "SPY"]


def test_a_symbol_of_which_nothing_comes_is_suspect(
    database: Database, january: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """Alpaca answers a symbol that it does not know with nothing."""
    report = one(database, alpaca, clock, symbol="NOPE")
    assert str(report.error) == (
        "NOPE 1d: Alpaca has nothing from 2024-01-01 to 2024-01-26, 18 sessions of XNYS; is that "
        "the symbol?"
    )


def test_an_empty_day_is_said(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """A holiday is no error and no question; a session without a bar is named."""
    report = one(database, yahoo, clock, end=NEW_YEAR)
    assert told(report) == "QQQ 1d: Yahoo has no bars on 2024-01-01"
    assert january.asked == []
    del january.yahoo["QQQ", "1d"][2]
    report = one(database, yahoo, clock)
    assert report.without_bars == (utc("2024-01-04 00:00") // 86_400,)
    assert "sessions without a bar: 2024-01-04" in told(report)


def test_bars_that_differ_are_counted_and_kept(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Until --replace says that the new ones count."""
    one(database, yahoo, clock, end=date(2024, 1, 25))
    january.yahoo["QQQ", "1d"][-2] = row("2024-01-25 14:30", 425.5)
    clock.time += 1  # another question than yfinance was answered before
    report = one(database, yahoo, clock)
    assert (report.new, report.kept) == (1, 1)
    assert "1 bar with other values than the stored ones, which stay; --replace" in told(report)
    assert read_bars(database, "QQQ", "1d").close[-2] == 425
    clock.time += 1
    report = one(database, yahoo, clock, replace=True)
    assert (report.replaced, report.unchanged, report.kept) == (1, 17, 0)
    assert read_bars(database, "QQQ", "1d").close[-2] == 425.5


def test_a_split_since_is_refused_until_all_is_fetched_anew(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Yahoo's old prices change with a split: new bars on stored ones would be a crash."""
    one(database, yahoo, clock, end=date(2024, 1, 19))
    january.yahoo["QQQ", "1d"] = [
        row(f"2024-01-{day:02} 14:30", (400 + day) / 4, 4_000.0) for day in DAYS
    ]
    clock.time += 1
    report = one(database, yahoo, clock)
    assert str(report.error) == (
        "QQQ 1d: the stored closes are 4 times those that Yahoo now gives: a split since, or bars "
        "adjusted otherwise; nothing was stored; --replace --start 2024-01-02 fetches all of them "
        "anew"
    )
    assert one(database, yahoo, clock, start=date(2024, 1, 16), replace=True).error is not None
    assert stamps("QQQ", database) == opened(*DAYS[:13])
    report = one(database, yahoo, clock, replace=True)
    assert (report.replaced, report.new) == (13, 5)
    assert read_bars(database, "QQQ", "1d").close.tolist() == [(400 + day) / 4 for day in DAYS]


def test_bars_of_another_scale_before_the_first_are_refused(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """The first session is fetched again where more lies before it, to be compared."""
    split = opened(16, 17)
    two = np.array([833.0, 417.0])  # by hand: doubled on the 16th, so before it as well
    values = BarColumns(np.array(split), two - 1, two + 1.5, two - 2, two, np.full(2, 1_000.0))
    write_bars(database, "QQQ", "1d", values, "by hand")
    report = one(database, yahoo, clock)
    assert "the stored closes are 2.002 times those that Yahoo now gives" in str(report.error)


def test_unfit_rows_are_left_out_and_counted(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """A high below the low is stored by nobody, whoever sends it."""
    good = january.yahoo["QQQ", "1d"][3]
    january.yahoo["QQQ", "1d"][3] = good._replace(high=1.0)
    january.yahoo["QQQ", "1d"][4] = january.yahoo["QQQ", "1d"][4]._replace(close=None)
    report = one(database, yahoo, clock)
    assert report.refused == {"high below low": 1, "price missing or not a number": 1}
    assert (report.new, report.fetched) == (16, 18)
    assert "1 bar refused: high below low" in told(report)


def test_real_bars_take_the_place_of_synthetic_ones(
    database: Database, january: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """Synthetic bars are nothing that one could go on from."""
    demo = make_demo_bars("QQQ", "1d", end=date(2024, 1, 26), database=database)
    report = one(database, yahoo, clock)
    assert (report.new, report.demo_removed) == (18, len(demo))
    assert stamps("QQQ", database) == opened(*DAYS)


def test_bars_before_the_open_are_kept_and_counted(
    database: Database, server: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """Alpaca has them always."""
    moments = ["2024-01-26 13:00", "2024-01-26 14:30", "2024-01-26 21:05"]
    server.alpaca["QQQ", "5Min"] = [row(moment) for moment in moments]
    report = one(database, alpaca, clock, interval="5m", start=TODAY)
    assert (report.new, report.outside_session) == (3, 2)
    assert "2 bars outside the regular sessions" in told(report)


@pytest.mark.parametrize("last", ["2023-06-30", "2023-11-24"])
def test_a_range_beyond_reach_is_one_line(
    database: Database, server: ProviderServer, yahoo: Provider, clock: StillClock, last: str
) -> None:
    """Yahoo keeps five-minute bars for 60 days, and is not even asked for older ones."""
    end = date.fromisoformat(last)
    report = one(database, yahoo, clock, interval="5m", start=date(2023, 6, 1), end=end)
    assert str(report.error) == (
        f"QQQ 5m: Yahoo keeps 5m bars back to 2023-11-28 and no further; {last} is too long ago"
    )
    assert server.asked == []


def test_a_range_partly_beyond_reach_is_said(
    database: Database, server: ProviderServer, yahoo: Provider, clock: StillClock
) -> None:
    """What can be fetched is; the rest is named."""
    server.yahoo["QQQ", "5m"] = [row("2024-01-26 15:00")]
    report = one(database, yahoo, clock, interval="5m", start=date(2023, 6, 1))
    assert report.new == 1
    assert "Yahoo keeps 5m bars back to 2023-11-28: older ones cannot be fetched" in told(report)
    assert int(server.questions[0]["period1"]) == utc("2023-11-28 05:00")


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ({"interval": "3m"}, "Yahoo has bars of"),
        ({"start": date(2024, 1, 9), "end": date(2024, 1, 8)}, "must not lie after end"),
        ({"start": date(2030, 1, 1)}, "start 2030-01-01 lies in the future"),
        ({"calendar": "XNYC"}, 'did you mean "XNYS"'),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_question(
    database: Database,
    server: ProviderServer,
    yahoo: Provider,
    clock: StillClock,
    wanted: dict[str, Any],
    line: str,
) -> None:
    """For all symbols at once."""
    with pytest.raises(ConfigError, match=line):
        one(database, yahoo, clock, **wanted)
    assert server.asked == []


def test_a_symbol_is_stored_whole_or_not_at_all(
    database: Database, server: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """A provider that fails in the middle leaves nothing of that symbol, and all of the others."""
    for symbol in ("QQQ", "SPY"):
        server.alpaca[symbol, "5Min"] = [row(f"2024-01-26 15:{n:02}") for n in range(0, 30, 5)]
    server.page_size = 4
    server.faults += [None, *[Reply(500, "")] * 6]  # the second page of QQQ fails for good
    wanted = Wanted("5m", TODAY)
    failed, whole = download(database, ["QQQ", "SPY"], alpaca, wanted, clock=clock)
    assert str(failed.error) == "QQQ 5m: Alpaca: the server failed (500), 6 times; try again later"
    assert whole.new == 6
    assert [series.symbol for series in stored_series(database)] == ["SPY"]


def test_a_provider_that_is_down_is_not_asked_for_every_symbol(
    database: Database, server: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """After two symbols without an answer the others are named, and not tried."""
    server.faults += [Reply(500, "")] * 12
    wanted = Wanted("1d", NEW_YEAR)
    reports = download(database, ["A", "B", "C", "D"], alpaca, wanted, clock=clock)
    assert [str(report.error) for report in reports[2:]] == [
        "C 1d: not tried, Alpaca does not answer",
        "D 1d: not tried, Alpaca does not answer",
    ]
    assert len(server.asked) == 12


def test_refused_keys_stop_the_download(
    database: Database, january: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """What was stored before stays; no other symbol would fare better."""
    january.faults += [None, Reply(401, "")]
    wanted = Wanted("1d", NEW_YEAR)
    reports = downloads(database, ["QQQ", "SPY", "DIA"], alpaca, wanted, clock=clock)
    assert next(reports).new == 18
    with pytest.raises(ConfigError, match="refused the keys"):
        next(reports)
    assert [series.symbol for series in stored_series(database)] == ["QQQ"]


def test_progress_is_told(
    database: Database, january: ProviderServer, alpaca: Provider, clock: StillClock
) -> None:
    """Each symbol once, however often it is named, and each page."""
    seen: list[tuple[str, str]] = []

    class Watcher:
        def step(self, doing: str) -> None:
            seen.append(("step", doing))

        def say(self, doing: str) -> None:
            seen.append(("say", doing))

    january.page_size = 10
    wanted = Wanted("1d", NEW_YEAR)
    download(database, ["QQQ", "QQQ"], alpaca, wanted, Watcher(), clock)
    assert seen == [("step", "QQQ"), ("say", "QQQ: 10 bars"), ("say", "QQQ: 18 bars")]
