"""`kairos data`: bars into the database, and the report of what was taken."""

from cli_setup import Shop, month_of_bars


def test_an_import_tells_what_it_took(empty_shop: Shop) -> None:
    """How many bars, from when to when, how many are new, and where they are."""
    csv = month_of_bars(empty_shop.folder / "qqq.csv")
    done = empty_shop.kairos("data", "import", csv, "--symbol", "QQQ", "--interval", "30m")
    assert done.code == 0
    assert done.err == ""
    what, first, second, *_, last = done.out.splitlines()
    assert "taken for CSV; time = timestamp, open, high" in what
    assert first.startswith("QQQ 30m: took 273 of 273 bars from ")
    assert second == "273 new, 0 unchanged, 0 replaced, 0 refused"
    assert last == "stored in kairos.db"


def test_importing_again_changes_nothing(shop: Shop) -> None:
    """The same file once more."""
    csv = month_of_bars(shop.folder / "qqq.csv")
    done = shop.kairos("data", "import", csv, "--symbol", "QQQ", "--interval", "30m")
    assert "0 new, 273 unchanged, 0 replaced, 0 refused" in done.out


def test_stamps_without_a_zone_ask_the_sessions(empty_shop: Shop) -> None:
    """The clock that puts the bars into the sessions is named; --timezone says otherwise."""
    csv = month_of_bars(empty_shop.folder / "qqq.csv", zone="")
    given = ("data", "import", csv, "--symbol", "QQQ", "--interval", "30m")
    taken = empty_shop.kairos(*given)
    assert "2024-01-02 14:30" in taken.out
    assert "times without a zone taken as America/New_York" in taken.out
    other = empty_shop.kairos("data", "import", csv, "--symbol", "SPY", "--timezone", "UTC")
    assert "2024-01-02 09:30" in other.out


def test_bad_rows_refuse_the_file_or_are_left_out_and_counted(empty_shop: Shop) -> None:
    """Nothing is stored unless --drop-bad says so; then each reason has its number."""
    csv = month_of_bars(empty_shop.folder / "qqq.csv")
    lines = csv.read_text().splitlines()
    lines[5] = lines[5].rsplit(",", 2)[0] + ",nan,1000"
    csv.write_text("\n".join(lines) + "\n")
    given = ("data", "import", csv, "--symbol", "QQQ", "--interval", "30m")
    refused = empty_shop.kairos(*given)
    assert refused.code == 2
    assert "1 of 273 rows" in refused.error
    assert "has no bars" in empty_shop.kairos("data", "list").out
    dropped = empty_shop.kairos(*given, "--drop-bad")
    assert dropped.code == 0
    assert "took 272 of 273 bars" in dropped.out
    assert "1 refused" in dropped.out


def test_other_values_are_refused_or_replace_the_stored_ones(shop: Shop) -> None:
    """--replace takes the new ones."""
    csv = month_of_bars(shop.folder / "qqq.csv")
    csv.write_text(csv.read_text().replace(",1000\n", ",2000\n", 1))
    given = ("data", "import", csv, "--symbol", "QQQ", "--interval", "30m")
    assert "--replace" in shop.kairos(*given).error
    assert "1 replaced" in shop.kairos(*given, "--replace").out


def test_the_list_names_every_series(shop: Shop) -> None:
    """Symbol, interval, dates, numbers, gaps and source."""
    head, line = shop.kairos("data", "list").out.splitlines()
    assert head.split()[:4] == ["symbol", "interval", "from", "to"]
    assert line.split() == [
        *("QQQ", "30m", "2024-01-02", "2024-01-31", "273", "21", "XNYS", "none", "none"),
        "qqq.csv",
    ]


def test_wrong_words_are_one_line(shop: Shop) -> None:
    """A missing file, a bad symbol, a bad calendar."""
    csv = month_of_bars(shop.folder / "qqq.csv")
    for arguments, found in (
        (("nothing.csv", "--symbol", "QQQ"), "nothing.csv"),
        ((csv, "--symbol", "Q Q"), "symbol"),
        ((csv, "--symbol", "QQQ", "--calendar", "XNYSE"), "XNYS"),
        ((csv, "--symbol", "QQQ", "--interval", "30min"), "30min"),
    ):
        done = shop.kairos("data", "import", *arguments)
        assert done.code == 2
        assert found in done.error
