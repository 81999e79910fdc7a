"""Files that would lose or change a row in silence: each is refused in one line, or read right."""

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from bar_rows import WriteFile, utc

from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.files import text_rows
from infrastructure.market_data.files.opening import open_bar_file
from infrastructure.market_data.intake import file_bars
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.reading import read_bars, stored_series

HEADER = "time,open,high,low,close,volume"


def minutes(count: int, more: str = "") -> list[str]:
    """Rows from the open of 2024-01-02 on."""
    rows = (1_704_205_800 + 60 * n for n in range(count))
    return [f"{stamp},1.5,1.6,1.4,1.5,{100 + stamp // 60 % 7}{more}" for stamp in rows]


def refusal(database: Database, path: Path, **terms: str) -> str:
    """Why a file was refused; nothing of it is stored."""
    with pytest.raises(DataError) as refused:
        import_bars(database, path, "QQQ", **terms)
    assert stored_series(database) == []
    return str(refused.value)


def test_a_quote_too_many_swallows_no_rows(database: Database, write_file: WriteFile) -> None:
    """Two stray quotes in a column that nobody reads would take all rows between them."""
    rows = minutes(9, ",x")
    rows[2] += '"'
    rows[2] = rows[2].replace(',x"', ',"x')
    rows[6] += '"'
    assert "line 4 ends inside a quote" in refusal(database, write_file(f"{HEADER},note", *rows))


def test_a_comment_among_the_rows_is_no_footer(database: Database, write_file: WriteFile) -> None:
    """The maker's last words stand at the end; in the middle they may be a bar."""
    rows = minutes(6)
    path = write_file(HEADER, *rows[:3], f"# {rows[3]},x", *rows[4:])
    assert "line 5 has 7 cells" in refusal(database, path)
    path = write_file(
        HEADER,
        *rows,
        "",
        '"Downloaded from Barchart.com as of 01-17-2024"',
        name="end.csv",
    )
    assert import_bars(database, path, "QQQ").new == 6


def test_instruments_of_all_parts_are_one(database: Database, tmp_path: Path) -> None:
    """A file may hold one symbol in its first part and another one in the next."""
    columns = {name: [1.5] * 4 for name in ("open", "high", "low", "close")}
    stamps = [1_704_205_800 + 60 * n for n in range(4)]
    table = pa.table({"time": stamps, **columns, "symbol": ["A", "A", "B", "B"]})
    with pa.ipc.new_file(tmp_path / "bars.feather", table.schema) as writer:
        for part in (table.slice(0, 2), table.slice(2)):
            writer.write_batch(part.to_batches()[0])
    assert "holds several instruments (A, B)" in refusal(database, tmp_path / "bars.feather")


def test_a_point_among_decimal_commas_is_no_thousand(
    database: Database, write_file: WriteFile
) -> None:
    """Once commas are decimal, 1.55 is a mistake, and not 155."""
    rows = [row.replace(",", ";").replace(".", ",") for row in minutes(5)]
    rows[3] = rows[3].replace("1,6", "1.55")
    found = refusal(database, write_file(HEADER.replace(",", ";"), *rows))
    assert "1 with price missing or not a number (line 5)" in found


def test_a_zero_begins_no_thousands(database: Database, write_file: WriteFile) -> None:
    """0,605 has a decimal comma, however many digits follow."""
    stamps = [row.split(",")[0] for row in minutes(3)]
    rows = [f'{stamp},"0,500","0,605","0,485","0,501",9' for stamp in stamps]
    import_bars(database, write_file(HEADER, *rows), "QQQ")
    assert read_bars(database, "QQQ", "1m").high.tolist() == [0.605] * 3


def test_an_iso_date_says_nothing_of_the_other_dates(
    database: Database, write_file: WriteFile
) -> None:
    """2024-01-15 has a 24 and a 15 in it, and is neither day-first nor month-first."""
    stamps = ("2024-01-15", "02/01/2024", "02/05/2024", "02/06/2024")
    path = write_file(HEADER, *(f"{stamp},1.5,1.6,1.4,1.5,9" for stamp in stamps))
    assert "may have its day first or its month first" in refusal(database, path)


def test_dates_in_several_forms_are_all_read(database: Database, write_file: WriteFile) -> None:
    """Spreadsheets write a time of day into some rows only."""
    stamps = ("1/16/2024", "1/17/2024", "1/18/2024 0:00", "1/19/2024 0:00", "1/22/2024")
    path = write_file(HEADER, *(f"{stamp},1.5,1.6,1.4,1.5,9" for stamp in stamps))
    assert import_bars(database, path, "QQQ").new == 5


def test_no_clock_is_a_day_from_greenwich(database: Database, write_file: WriteFile) -> None:
    """-99:00 is no offset, and would place the bar days later."""
    stamps = ("09:30:00-99:00", "09:31:00-05:00", "09:32:00-05:00")
    path = write_file(HEADER, *(f"2024-01-02T{stamp},1.5,1.6,1.4,1.5,9" for stamp in stamps))
    assert "1 with time not readable (line 2)" in refusal(database, path)


@pytest.mark.parametrize(("keep", "expected"), [("first", 1.55), ("last", 1.5)])
def test_the_first_row_is_the_file_s_first(
    database: Database, write_file: WriteFile, keep: str, expected: float
) -> None:
    """`--keep first` means the row that the file shows first, if it runs backwards too."""
    rows = minutes(4)[::-1]
    rows.insert(1, rows[1].replace("1.5,", "1.55,", 1))
    import_bars(database, write_file(HEADER, *rows), "QQQ", keep=keep)
    bars = read_bars(database, "QQQ", "1m")
    assert (len(bars), bars.open[2]) == (4, expected)


@pytest.mark.parametrize(
    "text",
    [
        '{"chart": {"result": []}}',
        '{"chart": {"result": null, "error": null}}',
        '{"Time Series (5min)": [1]}',
        '{"columns": 5, "data": 3}',
        "[[1, 2, 3, 4, 5, 6], 7]",
        '{"result": {"a": [1, 2]}}',
        '{"columns":["open","high","low","\\ud800"],"index":[1704205800],"data":[[1,1,1,1]]}',
        "[[" + "9" * 30 + ", 1, 1, 1, 1, 1]]",
        '{"time": 1}\n' + " " * 200_000 + "[" * 100_000,
    ],
)
def test_json_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    """An answer's inner parts may be anything: that is one line, and no bug."""
    path = tmp_path / "bars.json"
    path.write_text(text)
    with pytest.raises(DataError):
        [*open_bar_file(path).chunks()]


def test_a_key_given_twice_is_found_among_many(tmp_path: Path) -> None:
    """In one pass: a hundred thousand keys are not compared with each other."""
    keys = [f'"{n}": 1' for n in range(100_000)]
    path = tmp_path / "bars.json"
    path.write_text("{" + ", ".join([*keys, '"99999": 2']) + "}")
    with pytest.raises(DataError, match="a key is there twice in one object"):
        open_bar_file(path)


def test_lists_in_a_table_are_no_numbers(database: Database, tmp_path: Path) -> None:
    """A column of lists is refused as prices, and passed over where nobody needs it."""
    from pyarrow import parquet

    stamps = [1_704_205_800 + 60 * n for n in range(3)]
    good = {name: [1.5] * 3 for name in ("open", "high", "low", "close")}
    path = tmp_path / "bars.parquet"
    parquet.write_table(pa.table({"time": stamps, **good, "open": [[1.5]] * 3}), path)
    assert "no open; found" in refusal(database, path)
    parquet.write_table(pa.table({"time": stamps, **good, "symbol": [["A"]] * 3}), path)
    assert import_bars(database, path, "QQQ").new == 3


def test_a_workbook_s_far_cell_is_not_reached_for(tmp_path: Path) -> None:
    """One cell at XFD1048576 would make the reader allocate 17 billion."""
    path = tmp_path / "bars.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        cell = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        archive.writestr("xl/worksheets/sheet1.xml", f"<sheetData>{cell}</sheetData>")
    with pytest.raises(DataError, match="more than 20,000,000 cells"):
        open_bar_file(path)


def test_a_file_s_name_may_be_no_text(database: Database, tmp_path: Path) -> None:
    """Names are bytes to the system; the store keeps what can be shown."""
    path = tmp_path / b"\xff.csv".decode("utf-8", "surrogateescape")
    try:
        path.write_text("\n".join([HEADER, *minutes(3)]))
    except (OSError, UnicodeEncodeError):
        pytest.skip("this system's names are text")
    import_bars(database, path, "QQQ")
    assert stored_series(database)[0].sources == "\\udcff.csv"


def test_the_hour_shown_twice_survives_every_cut(
    database: Database, write_file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a long file is cut, no bar of that night is placed wrongly: refused at most."""
    clock = [f"{hour:02}:{minute:02}" for hour in (0, 1, 1, 2) for minute in range(0, 60, 5)]
    path = write_file(HEADER, *(f"2023-11-05 {each},1.5,1.6,1.4,1.5,9" for each in clock))
    right = {utc("2023-11-05 04:00") + 300 * n for n in range(len(clock))}
    monkeypatch.setattr(text_rows, "_BLOCK", 200)
    for part in range(4, 40, 3):
        monkeypatch.setattr(file_bars, "PART", part)
        monkeypatch.setattr(file_bars, "IN_MEMORY", part)
        terms = {"timezone": "America/New_York", "calendar": "24/7"}
        report = import_bars(database, path, f"N{part}", drop_bad=True, **terms)
        how = {"calendar": "24/7", "session": "extended"}
        assert {*read_bars(database, f"N{part}", "5m", **how).timestamp.tolist()} <= right
        assert report.taken + report.n_refused == report.read == len(clock)


def test_control_characters_are_shown_escaped(
    capsys: pytest.CaptureFixture[str], write_file: WriteFile
) -> None:
    """A name in a file must not steer the terminal, nor make two lines of an error."""
    from infrastructure.cli.outcome import print_error

    path = write_file(json.dumps({"bars": {"A\n\x1b[31m": [], "B": []}}), name="bars.json")
    with pytest.raises(DataError) as refused:
        open_bar_file(path)
    print_error(refused.value)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "\x1b" not in told
