"""`kairos data import|plot|export|remove`: bars in and out as files."""

import re

from cli_setup import Shop, month_of_bars, planted_month

GIVEN = ("--symbol", "QQQ", "--interval", "30m")


def test_a_dry_run_shows_the_first_bars_and_leaves_no_trace(empty_shop: Shop) -> None:
    """What the file was taken for, what would be taken, five bars, and an empty store."""
    csv = month_of_bars(empty_shop.folder / "qqq.csv")
    done = empty_shop.kairos("data", "import", csv, *GIVEN, "--dry-run")
    assert (done.code, done.err) == (0, "")
    took, would, nothing, head, *bars = done.out.splitlines()
    assert took.endswith("open, high, low, close, volume")
    assert would.startswith("QQQ 30m: would take 273 of 273 bars from ")
    assert nothing == "nothing was stored; the first bars would be:"
    assert head.split() == ["opens", "(UTC)", "open", "high", "low", "close", "volume"]
    assert bars[0] == (
        "2024-01-02 14:30 UTC          400         401      399.98       400.4            1000"
    )
    assert len(bars) == 5
    assert {name: len(rows) for name, rows in empty_shop.stored().items()} == {
        "market_bars": 0,
        "bar_series": 0,
        "bar_history": 0,
    }


def test_a_dry_run_fails_as_the_import_would(empty_shop: Shop) -> None:
    """The same line, the same exit code."""
    csv = month_of_bars(empty_shop.folder / "qqq.csv")
    csv.write_text(csv.read_text().replace(",1000\n", ",-1\n", 1))
    tried = empty_shop.kairos("data", "import", csv, *GIVEN, "--dry-run")
    assert tried == empty_shop.kairos("data", "import", csv, *GIVEN)
    assert tried.code == 2


def test_of_several_files_the_bad_ones_are_told_and_the_others_stored(empty_shop: Shop) -> None:
    """A line of error each, exit code 2, and the good files' bars."""
    lines = month_of_bars(empty_shop.folder / "qqq.csv").read_text().splitlines()
    first, second = empty_shop.folder / "first.csv", empty_shop.folder / "second.csv"
    first.write_text("\n".join(lines[:131]) + "\n")
    second.write_text("\n".join([lines[0], *lines[131:]]) + "\n")
    bad = empty_shop.folder / "bad.csv"
    bad.write_text("hello\n")
    done = empty_shop.kairos("data", "import", first, bad, "gone.csv", second, *GIVEN)
    assert done.code == 2
    told = done.err.splitlines()
    assert [line.partition(": ")[0] for line in told] == ["error", "error"]
    assert "bad.csv: expected a first line naming the columns" in told[0]
    assert told[1] == "error: gone.csv: no such file"
    assert "130 new" in done.out and "143 new" in done.out
    assert len(empty_shop.stored()["market_bars"]) == 273
    assert len(empty_shop.stored()["bar_history"]) == 2
    assert "first.csv, second.csv" in empty_shop.kairos("data", "list").out


def test_a_plot_is_one_page_and_one_picture(shop: Shop) -> None:
    """Named after the series; the page asks no other server for anything."""
    done = shop.kairos("data", "plot", "QQQ", "--output", "charts")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "QQQ 30m: 273 bars",
        "charts/QQQ_30m_bars.html",
        "charts/QQQ_30m_bars.png",
    ]
    page = (shop.folder / "charts" / "QQQ_30m_bars.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert re.search(r"""src\s*=\s*["']?https?:""", page) is None
    assert re.search(r"<(script|link|img|iframe)\s[^>]*(src|href)\s*=", page) is None
    assert '"name":"spike"' not in page
    assert (shop.folder / "charts" / "QQQ_30m_bars.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_findings_are_marked_in_the_plot(empty_shop: Shop) -> None:
    """A trace for each kind, at the bars concerned; the findings are printed too."""
    path = planted_month(empty_shop.folder / "planted.csv")
    empty_shop.kairos("data", "import", path, "--symbol", "QQQ")
    told = empty_shop.kairos("data", "plot", "QQQ").out.splitlines()
    checked = empty_shop.kairos("data", "check").out.splitlines()
    assert told[1:-2] == [line[2:] for line in checked[1:]]
    page = (empty_shop.folder / "output" / "QQQ_30m_bars.html").read_text(encoding="utf-8")
    for name in ("spike", "missing sessions", "missing bars"):
        assert f'"name":"{name}"' in page
    assert "3 findings" in page


def test_a_plot_of_some_days_holds_those(shop: Shop) -> None:
    """Both days included."""
    days = ("--start", "2024-01-09", "--end", "2024-01-10")
    told = shop.kairos("data", "plot", "QQQ", *days).out.splitlines()
    assert told[0] == "QQQ 30m: 26 bars"


def test_an_export_can_be_imported_again(shop: Shop) -> None:
    """As CSV, compressed CSV and Parquet: every stored bar is found unchanged."""
    for name in ("bars.csv", "bars.csv.gz", "bars.parquet"):
        done = shop.kairos("data", "export", "QQQ", "--output", name)
        assert (done.code, done.err) == (0, "")
        assert done.out == f"QQQ 30m: wrote 273 bars to {name}\n"
        back = shop.kairos("data", "import", name, *GIVEN)
        assert "0 new, 273 unchanged, 0 replaced, 0 refused" in back.out
    assert (shop.folder / "bars.csv").read_text().splitlines()[:2] == [
        "timestamp,open,high,low,close,volume",
        "2024-01-02T14:30:00Z,400.0,401.0,399.98,400.4,1000.0",
    ]
    assert [path.name for path in shop.folder.iterdir() if "unfinished" in path.name] == []


def test_an_export_takes_days_intervals_and_adjustments(shop: Shop) -> None:
    """What is read is what is written: days of half hours, on today's scale."""
    shop.kairos("data", "adjust", "QQQ", "--split", "2024-01-31:2")
    terms = ("--interval", "1d", "--start", "2024-01-30", "--adjust", "split")
    done = shop.kairos("data", "export", "QQQ", "--output", "days.csv", *terms)
    assert done.out == "QQQ 1d: wrote 2 bars to days.csv\n"
    rows = (shop.folder / "days.csv").read_text().splitlines()[1:]
    assert rows == [
        "2024-01-30T14:30:00Z,199.625,200.12,199.125,199.82,26000.0",
        "2024-01-31T14:30:00Z,399.64,399.94,398.59,399.2,13000.0",
    ]


def test_a_removed_series_is_gone_and_its_history_stays(shop: Shop) -> None:
    """Other series stay too."""
    csv = month_of_bars(shop.folder / "spy.csv")
    shop.kairos("data", "import", csv, "--symbol", "SPY")
    done = shop.kairos("data", "remove", "QQQ")
    assert (done.code, done.err) == (0, "")
    series = "QQQ 30m 2024-01-02 to 2024-01-31 (273 bars)"
    assert done.out == f"{series}: removed 273 bars from kairos.db\n"
    stored = shop.stored()
    assert {row[0] for row in stored["market_bars"]} == {"SPY"}
    assert [row[0] for row in stored["bar_series"]] == ["SPY"]
    imported, removed = shop.kairos("data", "history", "QQQ").out.splitlines()
    assert imported.endswith("import  qqq.csv: 273 new")
    assert removed.endswith("remove  kairos data remove: 273 removed")
    assert shop.kairos("data", "remove", "QQQ").code == 2
