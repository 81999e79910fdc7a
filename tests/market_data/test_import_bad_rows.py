from pathlib import Path

import pytest
from bar_rows import WriteFile, utc

from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.reading import read_bars, stored_series
from infrastructure.market_data.synthetic import make_demo_bars

HEADER = "timestamp,open,high,low,close,volume"


def row(clock: str, prices: str = "10,11,9,10.5", volume: str = "100") -> str:
    """One row of a file, January 2, 2024 in New York."""
    return f"2024-01-02T{clock}-05:00,{prices},{volume}"


SOUND = [row("09:30"), row("10:00"), row("10:30"), row("11:00")]


def n_stored(database: Database) -> int:
    """How many bars the store has."""
    return sum(series.count.n_bars for series in stored_series(database))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("10:00", "10,,9,10.5"), "price missing or not a number"),
        (row("10:00", "NaN,11,9,10.5"), "price missing or not a number"),
        (row("10:00", "ten,11,9,10.5"), "price missing or not a number"),
        (row("10:00", '10,11,9,"1,050"'), "price missing or not a number"),
        (row("10:00", "10,inf,9,10.5"), "price infinite"),
        (row("10:00", "10,1e999,9,10.5"), "price infinite"),
        (row("10:00", "10,11,-inf,10.5"), "price infinite"),
        (row("10:00", "10,1e301,9,10.5"), "price infinite"),
        (row("10:00", "0,11,0,10.5"), "price zero or negative"),
        (row("10:00", "10,11,-9,10.5"), "price zero or negative"),
        (row("10:00", "10,9,11,10"), "high below low"),
        (row("10:00", "12,11,9,10.5"), "open or close outside high and low"),
        (row("10:00", "10,11,9,8"), "open or close outside high and low"),
        (row("10:00", volume="-1"), "volume negative or infinite"),
        (row("10:00", volume="inf"), "volume negative or infinite"),
        (row("10:00", volume="many"), "volume negative or infinite"),
        (row("25:00"), "time not readable"),
        (",10,11,9,10.5,100", "time not readable"),
    ],
)
def test_bad_row_refuses_the_file_or_is_dropped_on_request(
    database: Database, write_file: WriteFile, bad: str, reason: str
) -> None:
    """Refused whole, with line and reason; with drop_bad counted under the same reason."""
    path = write_file(HEADER, SOUND[0], bad, SOUND[2], SOUND[3])
    told = rf"1 of 4 rows are unfit to trade: 1 with {reason} \(line 3\); nothing was imported"
    with pytest.raises(DataError, match=told) as caught:
        import_bars(database, path, "QQQ")
    assert "\n" not in str(caught.value)
    assert n_stored(database) == 0
    report = import_bars(database, path, "QQQ", drop_bad=True)
    assert report.refused == {reason: 1}
    assert (report.read, report.taken, report.n_refused, n_stored(database)) == (4, 3, 1, 3)


def test_each_reason_has_its_lines_and_the_first_five_are_shown(
    database: Database, write_file: WriteFile
) -> None:
    """Blank lines count as lines of the file and not as rows."""
    bad = [row(f"12:{minute:02}", "10,9,11,10") for minute in range(0, 56, 8)]
    path = write_file(HEADER, SOUND[0], "", *SOUND[1:], *bad, row("15:00", "0,1,1,1"))
    told = (
        r"8 of 12 rows are unfit to trade: 1 with price zero or negative \(line 14\); "
        r"7 with high below low \(lines 7, 8, 9, 10, 11, \.\.\.\); nothing was imported"
    )
    with pytest.raises(DataError, match=told):
        import_bars(database, path, "QQQ")


def test_repeated_rows_are_dropped_and_counted(database: Database, write_file: WriteFile) -> None:
    """A row said twice is taken once: the bars are the same either way."""
    report = import_bars(database, write_file(HEADER, *SOUND[:2], *SOUND[1:3]), "QQQ")
    assert report.refused == {"row repeated word for word": 1}
    assert (report.read, report.taken, n_stored(database)) == (4, 3, 3)


def test_of_differing_rows_of_one_time_none_is_taken(
    database: Database, write_file: WriteFile
) -> None:
    """Nobody knows which of them is right, unless the user says so."""
    path = write_file(HEADER, *SOUND, row("10:00", "10,11,9,10.6"))
    with pytest.raises(DataError, match=r"2 with one time with different values \(lines 3, 6\)"):
        import_bars(database, path, "QQQ")
    report = import_bars(database, path, "QQQ", drop_bad=True)
    assert report.refused == {"one time with different values": 2}
    assert utc("2024-01-02 15:00") not in read_bars(database, "QQQ", "30m").timestamp


@pytest.mark.parametrize(("keep", "close"), [("first", 10.5), ("last", 10.6)])
def test_of_differing_rows_the_first_or_the_last_is_kept(
    database: Database, write_file: WriteFile, keep: str, close: float
) -> None:
    """As --keep says; the others are counted as refused."""
    path = write_file(HEADER, *SOUND, row("10:00", "10,11,9,10.6"))
    report = import_bars(database, path, "QQQ", keep=keep)
    assert (report.taken, report.refused) == (4, {"one time with different values": 1})
    assert read_bars(database, "QQQ", "30m").close[1] == close


def test_rows_out_of_order_are_sorted_and_counted(
    database: Database, write_file: WriteFile
) -> None:
    """A row that stands too late is put in its place, and said."""
    report = import_bars(database, write_file(HEADER, *SOUND[1:], SOUND[0]), "QQQ")
    assert (report.taken, report.reordered, report.refused) == (4, 1, {})
    first = utc("2024-01-02 14:30")
    stamps = read_bars(database, "QQQ", "30m").timestamp
    assert stamps.tolist() == [first + 1800 * n for n in range(4)]


def test_a_file_that_runs_backwards_is_turned_round(
    database: Database, write_file: WriteFile
) -> None:
    """Newest first is a convention, not disorder; lines keep their numbers."""
    report = import_bars(database, write_file(HEADER, *reversed(SOUND)), "QQQ")
    assert (report.taken, report.reordered, report.refused) == (4, 0, {})
    assert any("from the newest bar to the oldest" in note for note in report.notes)
    bad = write_file(HEADER, *reversed(SOUND), row("09:00", "10,,9,10"), name="bad.csv")
    with pytest.raises(DataError, match=r"\(line 6\)"):
        import_bars(database, bad, "QQQ")


def test_bad_row_does_not_spoil_a_good_one_of_its_time(
    database: Database, write_file: WriteFile
) -> None:
    """A row without prices is dropped for that; the sound row of the same time stays."""
    path = write_file(HEADER, SOUND[0], row("10:00", ",,,"), *SOUND[1:])
    report = import_bars(database, path, "QQQ", drop_bad=True)
    assert report.refused == {"price missing or not a number": 1}
    assert report.taken == 4


def test_file_without_a_sound_row_is_refused_always(
    database: Database, write_file: WriteFile
) -> None:
    """Nothing is left to take."""
    path = write_file(HEADER, row("09:30", "0,0,0,0"), row("10:00", "0,0,0,0"))
    with pytest.raises(DataError, match="2 of 2 rows are unfit to trade"):
        import_bars(database, path, "QQQ", drop_bad=True)


def test_float_noise_is_no_fault(database: Database, write_file: WriteFile) -> None:
    """Yahoo's 10.000000000001 above a high of 10 is taken; a cent above is not."""
    path = write_file(HEADER, row("09:30", "10.000000000001,10,9,9.5"), SOUND[1])
    assert import_bars(database, path, "QQQ").taken == 2
    bars = read_bars(database, "QQQ", "30m")
    assert bars.high[0] == bars.open[0] == 10.000000000001
    assert import_bars(database, path, "QQQ").unchanged == 2


def test_other_values_are_refused_unless_asked_for(
    database: Database, write_file: WriteFile
) -> None:
    """A second file that says otherwise of one time: told, not taken, and on request taken."""
    import_bars(database, write_file(HEADER, *SOUND), "QQQ")
    other = write_file(HEADER, SOUND[0], row("10:00", "10,11,9,10.75"), row("11:30"), name="b.csv")
    with pytest.raises(DataError, match=r"QQQ 30m: 1 bars are stored with other values"):
        import_bars(database, other, "QQQ", interval="30m")
    assert n_stored(database) == 4
    report = import_bars(database, other, "QQQ", interval="30m", replace=True)
    assert (report.new, report.unchanged, report.replaced) == (1, 1, 1)
    assert read_bars(database, "QQQ", "30m").close[1] == 10.75


def test_real_bars_replace_the_synthetic_ones(database: Database, write_file: WriteFile) -> None:
    """All demo bars of that symbol and interval are gone and counted."""
    demo = make_demo_bars(database=database)
    report = import_bars(database, write_file(HEADER, *SOUND), "QQQ")
    assert report.demo_removed == len(demo)
    assert f"synthetic bars removed: {len(demo):,}" in report.lines()
    bars = read_bars(database, "QQQ", "30m")
    assert len(bars) == 4 and bars.source == "bars.csv"


def test_refused_import_leaves_synthetic_bars(database: Database, write_file: WriteFile) -> None:
    """An import is one transaction: where it fails, the store is as before."""
    demo = make_demo_bars(interval="1d", database=database)
    with pytest.raises(DataError):
        import_bars(database, write_file(HEADER, row("09:30", "0,0,0,0")), "QQQ", interval="1d")
    assert n_stored(database) == len(demo)


def test_bars_outside_the_session_are_stored_and_counted(
    database: Database, write_file: WriteFile
) -> None:
    """Before 09:30 and from 16:00 on: kept, and not read in regular hours."""
    path = write_file(HEADER, row("09:00"), *SOUND, row("15:30"), row("16:00"), row("19:30"))
    report = import_bars(database, path, "QQQ")
    assert (report.taken, report.outside_session) == (8, 3)
    assert "outside the regular sessions of XNYS: 3, kept" in "\n".join(report.lines())
    assert len(read_bars(database, "QQQ", "30m")) == 5
    assert len(read_bars(database, "QQQ", "30m", session="extended")) == 8


def test_new_york_times_taken_for_utc_are_doubted(database: Database, tmp_path: Path) -> None:
    """Most bars lie outside the sessions: the report asks for calendar and timezone."""
    clocks = [f"{hour:02}:{minute:02}" for hour in range(10, 16) for minute in (0, 30)]
    rows = [f"2024-01-02 {clock},10,11,9,10.5,1" for clock in clocks]
    path = tmp_path / "bars.csv"
    path.write_text("\n".join([HEADER, *rows]))
    right = import_bars(database, path, "QQQ", timezone="America/New_York")
    wrong = import_bars(database, path, "QQQ2", timezone="UTC")
    assert right.notes == ()
    assert "right --timezone?" in wrong.notes[0]


def test_bars_beyond_the_calendar_are_refused(database: Database, write_file: WriteFile) -> None:
    """1900 is before the first session that is known; the file is named."""
    rows = [f"1900-01-0{day},10,11,9,10.5,1" for day in (2, 3)]
    path = write_file(HEADER, *rows)
    with pytest.raises(
        DataError, match=f"{path.name}: calendar XNYS: knows the sessions 1970-01-02"
    ):
        import_bars(database, path, "QQQ")


@pytest.mark.parametrize(("keep", "close"), [("first", 10.6), ("last", 10.5)])
def test_first_and_last_are_those_of_the_file(
    database: Database, write_file: WriteFile, keep: str, close: float
) -> None:
    """Also where it runs backwards and is turned round."""
    rows = [*SOUND[2:], SOUND[1], row("10:00", "10,11,9,10.6"), SOUND[0]]
    backwards = [rows[1], rows[0], rows[3], rows[2], rows[4]]
    import_bars(database, write_file(HEADER, *backwards), "QQQ", keep=keep)
    assert read_bars(database, "QQQ", "30m").close[1] == close
