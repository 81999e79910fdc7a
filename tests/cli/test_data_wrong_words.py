"""Wrong words to `kairos data`: one line, exit code 2, and nothing has changed."""

import pytest
from cli_setup import Shop

NO_SUCH = "SPY: kairos.db has nothing of SPY"
NO_30MIN = "interval: expected minutes, hours or one day, such as 1m, 5m, 30m, 1h, 4h, 1d"
OTHER = "QQQ 5m: kairos.db has QQQ 30m 2024-01-02 to 2024-01-31 (273 bars)"
NO_SYMBOL = "symbol: expected 1 to 32 of A-Z a-z 0-9 . _ - / = ^ : without two dots in a row"
TO_FILE = ("--output", "bars.csv")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("show", "SPY"), NO_SUCH),
        (("check", "SPY"), NO_SUCH),
        (("mend", "SPY", "--remove", "spike"), NO_SUCH),
        (("history", "SPY"), NO_SUCH),
        (("plot", "SPY"), NO_SUCH),
        (("export", "SPY", *TO_FILE), NO_SUCH),
        (("remove", "SPY"), NO_SUCH),
        (("check", "QQQ", "--against", "SPY"), "SPY 30m: kairos.db has nothing of SPY"),
        (("show", "QQQ", "--interval", "5m"), "QQQ 5m: no bars stored; kairos.db has QQQ 30m"),
        (("check", "QQQ", "--interval", "5m"), OTHER),
        (("mend", "QQQ", "--interval", "5m", "--remove", "spike"), OTHER),
        (("plot", "QQQ", "--interval", "5m"), OTHER),
        (("remove", "QQQ", "--interval", "5m"), OTHER),
        (("history", "QQQ", "--interval", "5m"), "QQQ 5m: has no history"),
        (("show", "QQQ", "--interval", "30min"), f"{NO_30MIN}; found '30min'"),
        (("export", "QQQ", "--interval", "30min", *TO_FILE), f"{NO_30MIN}; found '30min'"),
        (("remove", "QQQ", "--interval", "30min"), f"{NO_30MIN}; found '30min'"),
        (("show", "x' OR '1'='1"), f"{NO_SYMBOL}; found \"x' OR '1'='1\""),
        (("check", "../QQQ"), f"{NO_SYMBOL}; found '../QQQ'"),
        (("history", "Q\0Q"), f"{NO_SYMBOL}; found 'Q\\x00Q'"),
        (("plot", "x' OR '1'='1"), NO_SYMBOL),
        (("export", "../QQQ", *TO_FILE), NO_SYMBOL),
        (("remove", "x' OR '1'='1"), NO_SYMBOL),
        (("mend", "Q\0Q", "--remove", "spike"), NO_SYMBOL),
        (("adjust", "../QQQ", "--split", "2024-01-16:2"), NO_SYMBOL),
        (("show", "QQQ", "--last", "0"), "invalid value for '--last'"),
        (("show", "QQQ", "--adjust", "splits"), "invalid value for '--adjust'"),
        (("mend", "QQQ"), "missing option '--remove'"),
        (("mend", "QQQ", "--remove", "spikes"), "found 'spikes' (did you mean \"spike\"?)"),
        (("mend", "QQQ", "--remove", "split"), "--remove: expected one of spike, displaced"),
        (("adjust", "QQQ", "--split", "2024-01-16"), "--split: expected a date and new shares"),
        (("adjust", "QQQ", "--split", "16.01.2024:2"), "found '16.01.2024:2'"),
        (("adjust", "QQQ", "--split", "2024-01-16:0"), "found '2024-01-16:0'"),
        (("adjust", "QQQ", "--split", "2024-01-16:-2"), "found '2024-01-16:-2'"),
        (("adjust", "QQQ", "--split", "2024-01-16:2:0"), "found '2024-01-16:2:0'"),
        (("adjust", "QQQ", "--split", "2024-01-16:nan"), "found '2024-01-16:nan'"),
        (("adjust", "QQQ", "--split", "2024-01-16:inf"), "found '2024-01-16:inf'"),
        (("adjust", "QQQ", "gone.csv"), "gone.csv: no such file"),
        (("adjust", "QQQ", "--split", "2024-01-16:2", "--calendar", "XNYSE"), '"XNYS"?'),
        (("export", "QQQ"), "missing option '--output'"),
        (("export", "QQQ", "--output", "bars.txt"), "expected a name that ends in .csv, .csv.gz"),
        (("export", "QQQ", "--output", "none/bars.csv"), "none/bars.csv: cannot be written"),
        (("export", "QQQ", "--output", "kairos.db/bars.csv"), "bars.csv: cannot be written"),
        (("export", "QQQ", "--output", 999 * "x" + ".csv"), "x.csv: cannot be written"),
        (("export", "QQQ", "--start", "2025-01-01", *TO_FILE), "no bars from 2025-01-01"),
        (("export", "QQQ", "--start", "1/2/2024", *TO_FILE), "found '1/2/2024'"),
        (("plot", "QQQ", "--start", "2024-02-01", "--end", "2024-01-01"), "must not lie after"),
        (("nonsense",), "no such command 'nonsense' (see `kairos data --help`)"),
        (("import", "--symbol", "QQQ"), "missing argument 'FILE...'"),
    ],
)
def test_wrong_words_are_one_line_and_change_nothing(
    shop: Shop, words: tuple[str, ...], line: str
) -> None:
    """Nothing is printed beside the line, no file appears, and all rows are as before."""
    before, files = shop.stored(), {*shop.folder.iterdir()}
    done = shop.kairos("data", *words)
    assert (done.code, done.out) == (2, "")
    assert line in done.error
    assert shop.stored() == before
    assert {*shop.folder.iterdir()} == files


def test_a_folder_that_cannot_be_written_takes_no_plot(shop: Shop) -> None:
    """A file stands where the folder should be."""
    (shop.folder / "charts").write_text("a file")
    done = shop.kairos("data", "plot", "QQQ", "--output", "charts")
    assert done.code == 2
    assert "charts/QQQ_30m_bars.html: the chart cannot be written there" in done.error
    assert (shop.folder / "charts").read_text() == "a file"


def test_several_intervals_ask_for_one(shop: Shop) -> None:
    """They are named; with --interval each command takes its series."""
    daily = ("--interval", "1d")
    assert shop.kairos("data", "export", "QQQ", "--output", "days.csv", *daily).code == 0
    assert shop.kairos("data", "import", "days.csv", "--symbol", "QQQ", *daily).code == 0
    before = shop.stored()
    for words in (
        ("show", "QQQ"),
        ("mend", "QQQ", "--remove", "spike"),
        ("history", "QQQ"),
        ("plot", "QQQ"),
        ("export", "QQQ", *TO_FILE),
        ("remove", "QQQ"),
    ):
        done = shop.kairos("data", *words)
        assert (done.code, done.out) == (2, "")
        assert done.error == "QQQ: is stored at several intervals (30m, 1d); say --interval"
    assert shop.stored() == before
    removed = shop.kairos("data", "remove", "QQQ", *daily).out
    days = "QQQ 1d 2024-01-02 to 2024-01-31 (21 bars)"
    assert removed == f"{days}: removed 21 bars from kairos.db\n"
    assert {row[1] for row in shop.stored()["market_bars"]} == {"30m"}
