"""What goes through the store and out again is what went in, however long and in whatever parts."""

from pathlib import Path

import numpy as np
import pytest
from bar_rows import WriteFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.files import text_rows
from infrastructure.market_data.intake import file_bars
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.exporting import export_bars
from infrastructure.market_data.store.reading import make_bars, read_bars, stored_series

HEADER = "time,open,high,low,close,volume"
PRICE = st.floats(min_value=1e-6, max_value=1e9, allow_subnormal=False)


@given(
    prices=st.lists(st.tuples(PRICE, PRICE, PRICE, PRICE), min_size=2, max_size=12),
    ending=st.sampled_from([".csv", ".csv.gz", ".parquet"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_is_what_is_imported(
    database: Database, tmp_path: Path, prices: list[tuple[float, ...]], ending: str
) -> None:
    """import(export(bars)) = bars, to the last bit of every price."""
    high = np.array([max(each) for each in prices])
    low = np.array([min(each) for each in prices])
    open_, close = np.array(prices)[:, 0], np.array(prices)[:, 1]
    stamps = 1_704_205_800 + 60 * np.arange(len(prices))
    bars = make_bars("QQQ", "1m", stamps, open_, high, low, close, high * 3)
    path = tmp_path / f"bars{ending}"
    export_bars(bars, path)
    import_bars(database, path, "QQQ", replace=True)
    back = read_bars(database, "QQQ", "1m")
    names = BarColumns.__dataclass_fields__
    n_bars = len(bars)
    for name in names:
        assert getattr(back, name)[:n_bars].tolist() == getattr(bars, name).tolist()


def test_an_export_needs_an_ending_that_says_what_it_is(tmp_path: Path) -> None:
    """And leaves no half file behind where it cannot be written."""
    bars = make_bars("QQQ", "1m", [1_704_205_800], [1.0], [1.0], [1.0], [1.0])
    with pytest.raises(ConfigError, match=r"ends in \.csv"):
        export_bars(bars, tmp_path / "bars.txt")
    with pytest.raises(DataError, match="cannot be written"):
        export_bars(bars, tmp_path / "none" / "bars.csv")
    assert [*tmp_path.iterdir()] == []


def minutes(n_rows: int) -> list[str]:
    """Rows of a market that is always open, one a minute."""
    return [f"{1_704_067_200 + 60 * n},10,11,9,{10 + n % 7 / 10},5" for n in range(n_rows)]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files longer than a hundred rows are too long for memory, and come in parts of some rows."""
    monkeypatch.setattr(file_bars, "IN_MEMORY", 100)
    monkeypatch.setattr(file_bars, "PART", 40)
    monkeypatch.setattr(text_rows, "_BLOCK", 1_000)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_file_too_long_for_memory_is_the_same_file(
    database: Database,
    write_file: WriteFile,
    monkeypatch: pytest.MonkeyPatch,
    newest_first: bool,
) -> None:
    """In parts, from disk, repeated rows across their edges included: content and counts agree."""
    rows = [row for row in minutes(900) for _ in range(1 + (row.endswith(".3,5")))]
    path = write_file(HEADER, *(reversed(rows) if newest_first else rows))
    whole = import_bars(database, path, "WHOLE")
    with monkeypatch.context() as patch:
        patch.setattr(file_bars, "IN_MEMORY", 100)
        patch.setattr(file_bars, "PART", 40)
        patch.setattr(text_rows, "_BLOCK", 1_000)
        parts = import_bars(database, path, "PARTS")
    assert (parts.read, parts.taken, parts.refused) == (whole.read, whole.taken, whole.refused)
    assert whole.taken == 900
    one, other = (series.count for series in stored_series(database))
    assert one == other


@pytest.mark.usefixtures("small_parts")
def test_a_long_file_out_of_order_is_asked_to_be_sorted(
    database: Database, write_file: WriteFile
) -> None:
    """Sorting it would take the memory that it does not fit into."""
    rows = minutes(900)
    path = write_file(HEADER, *rows[450:], *rows[:460])
    with pytest.raises(DataError, match="sort it by time first"):
        import_bars(database, path, "BTC")
    assert stored_series(database) == []


@pytest.mark.usefixtures("small_parts")
def test_an_instrument_that_begins_late_in_a_long_file_is_seen(
    database: Database, write_file: WriteFile
) -> None:
    """Each part holds one of them; together they are two."""
    rows = [f"{'NQH4' if n < 450 else 'NQM4'},{row}" for n, row in enumerate(minutes(900))]
    path = write_file(f"symbol,{HEADER}", *rows)
    with pytest.raises(DataError, match=r"holds several instruments \(NQH4, NQM4\)"):
        import_bars(database, path, "NQ")
    assert stored_series(database) == []


@pytest.mark.usefixtures("small_parts")
def test_bad_rows_of_a_long_file_have_their_lines(
    database: Database, write_file: WriteFile
) -> None:
    """Of every part."""
    rows = minutes(900)
    for line in (300, 700, 701):
        rows[line] = rows[line].replace(",9,", ",19,")
    path = write_file(HEADER, *rows)
    with pytest.raises(DataError, match=r"3 of 900 rows .* high below low \(lines 302, 702, 703\)"):
        import_bars(database, path, "BTC")


def test_a_dry_run_shows_and_stores_nothing(database: Database, write_file: WriteFile) -> None:
    """The first bars as they would be stored, all the checks, and an empty store."""
    report = import_bars(database, write_file(HEADER, *minutes(30)), "BTC", dry_run=True)
    assert report.preview is not None and len(report.preview) == 5
    assert "nothing was stored" in "\n".join(report.lines())
    assert stored_series(database) == []


def test_the_file_may_name_its_instrument(database: Database, write_file: WriteFile) -> None:
    """Or the user must; a name that is none is refused in either place."""
    row = "{},2024-01-02,10,11,9,10"
    named = write_file("symbol,date,open,high,low,close", row.format("spy"), row.format("spy"))
    assert import_bars(database, named, interval="1d").symbol == "spy"
    with pytest.raises(ConfigError, match="does not name its instrument; say --symbol"):
        import_bars(database, write_file(HEADER, *minutes(3)))
    evil = write_file("symbol,date,open,high,low,close", row.format("x' OR '1'='1"))
    with pytest.raises(ConfigError, match="does not name its instrument"):
        import_bars(database, evil, interval="1d")
    with pytest.raises(ConfigError, match="symbol: expected"):
        import_bars(database, named, "x' OR '1'='1", interval="1d")


def test_prices_of_one_series_have_one_adjustment(
    database: Database, write_file: WriteFile
) -> None:
    """Unadjusted bars do not mix with adjusted ones unless the user says that they are not so."""
    header = "Date,Open,High,Low,Close,Adj Close,Volume"
    yahoo = write_file(
        header, "2024-01-02,10,11,9,10.37,9.3312,5", "2024-01-03,10,11,9,10.11,10.11,5"
    )
    report = import_bars(database, yahoo, "QQQ")
    assert (report.adjusted, report.dividends) == ("split", 1)
    raw = write_file(HEADER, "2024-01-04,10,11,9,10,5", "2024-01-05,10,11,9,10,5")
    with pytest.raises(DataError, match=r"unadjusted bars must not mix .* --adjusted split"):
        import_bars(database, raw, "QQQ")
    import_bars(database, raw, "QQQ", adjusted="split")
    adjusted = read_bars(database, "QQQ", "1d", adjust="all")
    assert adjusted.close.tolist() == [pytest.approx(9.3312), 10.11, 10.0, 10.0]
    assert read_bars(database, "QQQ", "1d", adjust="split").close[0] == 10.37
