"""`kairos data list|show|check|mend|history|adjust`: what is printed, and what is stored then."""

import re
from datetime import date

import pytest
from cli_setup import Shop, month_of_bars, planted_month

from infrastructure.database.engine import open_database
from infrastructure.market_data.synthetic import make_demo_bars

HEAD = "opens (UTC)                  open        high         low       close          volume"
SPIKE = "error: spike: 1; the worst is 2024-01-11 13:30 (18:30 UTC): high 479.84"
MEND = "to mend: kairos data mend QQQ --interval 30m --remove spike"


@pytest.fixture
def planted(empty_shop: Shop) -> Shop:
    """A shop whose QQQ has a spike, a missing session and a missing bar."""
    path = planted_month(empty_shop.folder / "planted.csv")
    assert empty_shop.kairos("data", "import", path, "--symbol", "QQQ").code == 0
    return empty_shop


@pytest.fixture
def demo(empty_shop: Shop) -> Shop:
    """A shop with the synthetic bars of January 2024."""
    database = open_database(empty_shop.database)
    make_demo_bars(start=date(2024, 1, 2), end=date(2024, 1, 31), database=database)
    database.close()
    return empty_shop


def test_the_last_bars_are_a_table(shop: Shop) -> None:
    """A line that says how many of how many, a head, and a bar a line, digits as they came."""
    done = shop.kairos("data", "show", "QQQ", "--last", 2)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "QQQ 30m: the last 2 of 273 bars  from qqq.csv",
        HEAD,
        "2024-01-31 20:00 UTC        399.2       399.5      398.78       398.8            1000",
        "2024-01-31 20:30 UTC        398.8       399.8      398.78       399.2            1000",
    ]
    assert len(shop.kairos("data", "show", "QQQ").out.splitlines()) == 2 + 20
    assert len(shop.kairos("data", "show", "QQQ", "--last", 999).out.splitlines()) == 2 + 273


def test_a_coarser_interval_is_shown_from_the_finer_bars(shop: Shop) -> None:
    """Days of half hours: the volumes of 13 bars, and the session's opening as the stamp."""
    first, _, line = shop.kairos("data", "show", "QQQ", "--interval", "1d", "--last", 1).out.split(
        "\n", 2
    )
    assert first == "QQQ 1d: the last 1 of 21 bars  from qqq.csv"
    assert line.split() == [
        *("2024-01-31", "14:30", "UTC", "399.64", "399.94", "398.59", "399.2", "13000")
    ]


def test_gaps_are_in_the_list(planted: Shop) -> None:
    """Sessions and bars that are missing between the first and the last one."""
    head, line = planted.kairos("data", "list").out.splitlines()
    assert head == (
        "symbol  interval  from        to          bars  sessions  gaps                "
        "adjusted  source"
    )
    assert line == (
        "QQQ     30m       2024-01-02  2024-01-31   259   20 XNYS  1 sessions, 1 bars  "
        "none      planted.csv"
    )


def test_a_check_names_findings_and_what_would_mend_them(planted: Shop) -> None:
    """The severest first: severity, number, worst example, command; nothing is changed."""
    before = planted.stored()
    done = planted.kairos("data", "check")
    assert (done.code, done.err) == (0, "")
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0] == "QQQ 30m 2024-01-02 to 2024-01-31 (259 bars)"
    assert lines[1].startswith(SPIKE)
    assert lines[2] == MEND
    assert lines[3].startswith("warning: missing sessions: 1; ") and "2024-01-22" in lines[3]
    assert lines[5].startswith("warning: missing bars: 1; ") and "2024-01-18 12:30" in lines[5]
    assert lines[6].endswith("--interval 30m --start 2024-01-18 --end 2024-01-18")
    assert len(lines) == 7
    assert planted.stored() == before


def test_an_import_reports_the_same_findings(empty_shop: Shop) -> None:
    """What a check says later is said at once."""
    path = planted_month(empty_shop.folder / "planted.csv")
    imported = empty_shop.kairos("data", "import", path, "--symbol", "QQQ").out.splitlines()
    checked = [line[2:] for line in empty_shop.kairos("data", "check").out.splitlines()[1:]]
    assert checked == imported[3:-1]


def test_a_check_of_all_names_every_series(planted: Shop) -> None:
    """Those without a finding too; with a symbol or an interval, only those."""
    csv = month_of_bars(planted.folder / "spy.csv")
    planted.kairos("data", "import", csv, "--symbol", "SPY")
    out = planted.kairos("data", "check").out
    assert out.endswith("SPY 30m 2024-01-02 to 2024-01-31 (273 bars)\n  nothing found\n")
    assert "QQQ 30m" in out
    assert "SPY" not in planted.kairos("data", "check", "QQQ", "--interval", "30m").out


def test_two_vendors_are_compared(planted: Shop) -> None:
    """The same bars under another symbol: how many they share, and how many differ."""
    csv = month_of_bars(planted.folder / "other.csv")
    planted.kairos("data", "import", csv, "--symbol", "QQQ.B")
    out = planted.kairos("data", "check", "QQQ", "--against", "QQQ.B").out
    assert "warning: vendors differ: 1; 259 bars of QQQ (planted.csv) and QQQ.B (other.csv)" in out


def test_a_mend_removes_what_was_found_and_the_history_keeps_it(planted: Shop) -> None:
    """One bar fewer, one finding fewer, and the removed stamp written down."""
    done = planted.kairos("data", "mend", "QQQ", "--remove", "spike")
    assert (done.code, done.err) == (0, "")
    assert done.out == "QQQ 30m 2024-01-02 to 2024-01-31 (259 bars): removed 1 bars (spike)\n"
    assert "spike" not in planted.kairos("data", "check").out
    assert len(planted.stored()["market_bars"]) == 258
    imported, mended = planted.kairos("data", "history", "QQQ").out.splitlines()
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC  "
    assert re.fullmatch(stamp + r"import  planted\.csv: 259 new", imported)
    assert re.fullmatch(stamp + r"mend  kairos data mend --remove spike: 1 removed", mended)
    assert "1704997800" in str(planted.stored()["bar_history"][1])


def test_a_mend_of_nothing_removes_nothing(shop: Shop) -> None:
    """Sound bars stay, all of them."""
    done = shop.kairos("data", "mend", "QQQ", "--remove", "spike", "--remove", "outside")
    assert done.out.endswith("(273 bars): removed 0 bars (spike, outside)\n")
    assert len(shop.stored()["market_bars"]) == 273


def test_splits_are_listed_and_applied_on_reading(shop: Shop) -> None:
    """The last session on the old scale and its factor; bars stay as they came."""
    before = shop.stored()
    none = "QQQ: no splits or dividends are stored; prices are taken as they came\n"
    assert shop.kairos("data", "adjust", "QQQ").out == none
    done = shop.kairos("data", "adjust", "QQQ", "--split", "2024-01-31:2")
    assert (done.code, done.err) == (0, "")
    listed = [
        "QQQ: prices up to and including a session times these factors",
        "  2024-01-30  split 0.5",
    ]
    assert done.out.splitlines() == [
        "QQQ: 1 new, 0 unchanged, 0 replaced, 0 removed, from kairos data adjust --split",
        *listed,
    ]
    assert shop.kairos("data", "adjust", "QQQ").out.splitlines() == listed
    assert shop.stored() == before
    show = ("data", "show", "QQQ", "--interval", "1d", "--last", 2)
    raw = shop.kairos(*show).out.splitlines()[2:]
    split = shop.kairos(*show, "--adjust", "split").out.splitlines()[2:]
    assert raw[1] == split[1]
    assert [float(cell) for cell in split[0].split()[3:]] == [
        float(cell) * (2 if place == 4 else 0.5) for place, cell in enumerate(raw[0].split()[3:])
    ]


def test_splits_come_from_a_file_too(shop: Shop) -> None:
    """Its name is the source; the same again is unchanged; others need --replace."""
    path = shop.folder / "splits.csv"
    path.write_text("date,ratio\n2024-01-31,2\n")
    assert "1 new, 0 unchanged, 0 replaced, 0 removed, from splits.csv" in (
        shop.kairos("data", "adjust", "QQQ", path).out
    )
    assert "0 new, 1 unchanged" in shop.kairos("data", "adjust", "QQQ", path).out
    other = ("data", "adjust", "QQQ", "--split", "2024-01-31:3")
    refused = shop.kairos(*other)
    assert refused.code == 2 and "--replace" in refused.error
    assert "1 replaced" in shop.kairos(*other, "--replace").out


def test_synthetic_bars_are_labelled_wherever_they_are_looked_at(demo: Shop) -> None:
    """In the list, the table, the check, the plot and its picture's title, in what is written."""
    for command in (
        ("list",),
        ("show", "QQQ"),
        ("check",),
        ("mend", "QQQ", "--remove", "spike"),
        ("plot", "QQQ"),
        ("export", "QQQ", "--output", "demo.csv"),
        ("remove", "QQQ"),
    ):
        done = demo.kairos("data", *command)
        assert (done.code, done.err) == (0, "")
        assert "SYNTHETIC" in done.out.splitlines()[-1 if command == ("list",) else 0]
    page = (demo.folder / "output" / "QQQ_30m_bars.html").read_text(encoding="utf-8")
    assert "SYNTHETIC bars" in page
    assert "synthetic  demo: 273 new" in demo.kairos("data", "history", "QQQ").out


def test_real_bars_are_not_called_synthetic(shop: Shop) -> None:
    """The label means something."""
    for command in (("list",), ("show", "QQQ"), ("check",), ("remove", "QQQ")):
        assert "SYNTHETIC" not in shop.kairos("data", *command).out
