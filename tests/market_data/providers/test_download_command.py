"""`kairos data download` and `kairos data sample`: what the user sees, and what nobody may see."""

import logging
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from provider_server import ProviderServer, Reply, row
from provider_setup import KEY_ID, SECRET

from infrastructure.cli.app import main
from infrastructure.database.engine import open_database
from infrastructure.market_data.store.reading import read_bars, stored_series

DAILY = ("--interval", "1d", "--start", "2024-01-22", "--end", "2024-01-26")
ALPACA = ("--provider", "alpaca", *DAILY)


class Outcome(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def kairos(work_folder: Path, capfd: pytest.CaptureFixture[str]) -> "Kairos":
    """A command line in a folder of its own."""
    return Kairos(capfd)


class Kairos:
    """`kairos data ARGUMENTS`, in this process; what libraries print is captured too."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, *arguments: str) -> Outcome:
        code = main(["data", *arguments])
        printed = self.capfd.readouterr()
        return Outcome(code, printed.out, printed.err)


@pytest.fixture
def week(server: ProviderServer) -> ProviderServer:
    """Five days of QQQ and SPY at both providers."""
    for symbol in ("QQQ", "SPY"):
        server.yahoo[symbol, "1d"] = [row(f"2024-01-{n} 14:30", 400 + n) for n in range(22, 27)]
        server.alpaca[symbol, "1Day"] = [row(f"2024-01-{n} 05:00", 400 + n) for n in range(22, 27)]
    return server


def stored() -> list[str]:
    """Symbols in the kairos.db of this folder."""
    database = open_database("kairos.db")
    try:
        return [series.symbol for series in stored_series(database)]
    finally:
        database.close()


def test_a_download_tells_what_it_stored(week: ProviderServer, kairos: Kairos) -> None:
    """A line for each symbol, and where the bars are."""
    done = kairos("download", "QQQ", "SPY", *DAILY)
    span = "2024-01-22 14:30 UTC to 2024-01-26 14:30 UTC"
    assert done == (
        0,
        f"QQQ 1d: 5 new, 0 unchanged, from Yahoo, {span}\n"
        f"SPY 1d: 5 new, 0 unchanged, from Yahoo, {span}\n"
        "stored in kairos.db\n",
        "",
    )


def test_a_wrong_symbol_is_one_line_and_exit_code_2(week: ProviderServer, kairos: Kairos) -> None:
    """The others are stored."""
    done = kairos("download", "QQQ", "NOPE", "SPY", *DAILY)
    assert done.code == 2
    told = "error: NOPE 1d: Yahoo knows no such symbol (No data found, symbol may be delisted)\n"
    assert done.err == told
    assert stored() == ["QQQ", "SPY"]


@pytest.mark.parametrize("name", ["yahoo", "alpaca"])
def test_an_interrupt_keeps_what_was_done(week: ProviderServer, kairos: Kairos, name: str) -> None:
    """Ctrl-C while the second symbol is fetched: exit code 130, and a line that says so."""
    week.faults += [None, Reply(200, "", interrupts=True)]
    done = kairos("download", "QQQ", "SPY", "--provider", name, *DAILY)
    assert done.code == 130
    assert done.err == (
        "1 of 2 symbols was done, and stays stored\n"
        "interrupted: nothing of what was unfinished was stored\n"
    )
    assert stored() == ["QQQ"]


@pytest.mark.parametrize("name", ["yahoo", "alpaca"])
def test_a_missing_package_is_one_line(
    name: str,
    server: ProviderServer,
    kairos: Kairos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the command that installs it."""
    package = {"yahoo": "yfinance", "alpaca": "alpaca"}[name]
    for module in [each for each in sys.modules if each.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    done = kairos("download", "QQQ", "--provider", name, *DAILY)
    assert done.code == 2
    assert done.err.startswith(f"error: --provider {name} needs the package {package}")
    assert done.err.endswith(f"pip install 'kairos[{name}]'\n")


@pytest.mark.parametrize("missing", ["APCA_API_KEY_ID", "APCA_API_SECRET_KEY"])
def test_missing_keys_are_one_line(
    missing: str, server: ProviderServer, kairos: Kairos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which variables to set; the one that is there is not shown."""
    monkeypatch.delenv(missing)
    done = kairos("download", "QQQ", *ALPACA)
    assert done.code == 2
    assert done.err == (
        "error: Alpaca needs its keys: set APCA_API_KEY_ID and APCA_API_SECRET_KEY in the "
        "environment, or in the system's keyring by `keyring set kairos NAME` (pip install "
        f"'kairos[keyring]'); {missing} is missing\n"
    )
    assert server.asked == []


def test_keys_may_have_alpacas_own_names(
    week: ProviderServer, kairos: Kairos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALPACA_API_KEY and ALPACA_SECRET_KEY, as its examples have them."""
    for name in ("APCA_API_KEY_ID", "APCA_API_SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("ALPACA_API_KEY", KEY_ID)
    monkeypatch.setenv("ALPACA_SECRET_KEY", SECRET)
    assert kairos("download", "QQQ", *ALPACA).code == 0
    assert week.asked[0].headers["APCA-API-KEY-ID"] == KEY_ID


ECHO = '{"code": 40310000, "message": "forbidden for key ' + f'{KEY_ID} and {SECRET}"' + "}"
HALF = '{"bars": {"QQQ": [{"t"'


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Reply(401, ECHO),
        Reply(403, ECHO),
        Reply(422, ECHO),
        Reply(400, ECHO.replace("{", "")),
        Reply(302, ECHO, {"Location": "http://127.0.0.1:1/"}),
        Reply(429, ECHO, {"Retry-After": "0"}),
        Reply(429, ECHO, {"Retry-After": "9999"}),
        Reply(503, ECHO, {"Retry-After": "0"}),
    ],
)
@pytest.mark.parametrize("verbose", [(), ("--verbose",)])
def test_keys_are_in_no_output(
    fault: Reply | None,
    verbose: tuple[str, ...],
    week: ProviderServer,
    kairos: Kairos,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither printed nor logged, whatever the server does, and were it to repeat them."""
    caplog.set_level(logging.DEBUG)
    week.faults += [fault] * 6
    done = kairos("download", "QQQ", *ALPACA, *verbose)
    assert done.code == (0 if fault is None else 2)
    if fault is not None and verbose:
        assert "Traceback" in done.err
    for key in (KEY_ID, SECRET):
        assert key not in done.out + done.err + caplog.text


def test_a_key_that_no_header_can_hold_is_not_shown(
    server: ProviderServer, kairos: Kairos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own error would repeat it."""
    for key in (f"{SECRET}\nX: y", f"{SECRET}\u20ac", "two words"):
        monkeypatch.setenv("APCA_API_SECRET_KEY", key)
        done = kairos("download", "QQQ", *ALPACA, "--verbose")
        assert done.code == 2
        assert SECRET not in done.err and "two words" not in done.err
        assert done.err.splitlines()[-1] == (
            "error: APCA_API_SECRET_KEY: expected a key of letters and digits; found other "
            "characters"
        )


def test_the_sample_is_there_without_a_network(kairos: Kairos) -> None:
    """Twenty years of the NASDAQ composite; what is odd about it is said."""
    done = kairos("sample", "nasdaq")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "NASDAQ 1d: 5,031 new, 0 unchanged, 1999-01-04 to 2018-12-31, the NASDAQ composite that "
        "the package arch ships",
        "  2 bars without a volume",
        "stored in kairos.db",
    ]
    again = kairos("sample", "nasdaq")
    assert again.out.startswith("NASDAQ 1d: 0 new, 5,031 unchanged, ")


def test_the_sample_is_a_real_series(kairos: Kairos) -> None:
    """Its first and last close as published, and no label of synthetic bars."""
    kairos("sample", "nasdaq")
    database = open_database("kairos.db")
    bars = read_bars(database, "NASDAQ", "1d")
    database.close()
    assert (len(bars), bars.source, bars.synthetic) == (5_031, "arch nasdaq", False)
    assert (round(bars.close[0], 2), round(bars.close[-1], 2)) == (2208.05, 6635.28)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("download",), "missing argument 'SYMBOL"),
        (("download", "QQQ"), "missing option '--interval'"),
        (("download", "QQQ", "--interval", "5x"), "Yahoo has bars of 1m, 2m"),
        (("download", "QQQ", *DAILY, "--provider", "stooq"), "'yahoo', 'alpaca'"),
        (("sample", "dow"), "'nasdaq'"),
    ],
)
def test_a_slip_is_one_line(
    server: ProviderServer, kairos: Kairos, arguments: tuple[str, ...], line: str
) -> None:
    """What is wrong, and what there is."""
    done = kairos(*arguments)
    assert done.code == 2
    assert line in done.err
    assert done.err.count("\n") == 1
