"""Workbooks: where the table is, what its cells are, and what is not opened."""

import io
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.workbooks import read_workbook

NAMES = ["Date", "Open", "High", "Low", "Close", "Volume"]
MORNING = [datetime.fromisoformat("2024-01-02T09:30"), 405.43, 406.1, 405, 405.5, 1_000]
NOON = [datetime.fromisoformat("2024-01-02T12:00"), 405.5, 406, 405.2, 405.25, 900]
SHEET = "xl/worksheets/sheet1.xml"
Rows = list[list[Any]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's workbook is written."""
    return tmp_path / "bars.xlsx"


def write(path: Path, **sheets: Rows) -> Path:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def write_xml(path: Path, change: Any) -> Path:
    """A workbook whose only sheet has its XML changed."""
    write(path, QQQ=[NAMES, MORNING])
    parts = {}
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[SHEET] = change(parts[SHEET])
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def refused(path: Path) -> str:
    """The one line that a workbook is refused with."""
    with pytest.raises(DataError) as error:
        read_workbook(path)
    assert str(error.value).isprintable()
    return str(error.value)


# --- The table ------------------------------------------------------------------------------------


def test_a_plain_table(path: Path) -> None:
    """Names from its first row, dates as moments, numbers as floats, rows as the sheet counts."""
    table = read_workbook(write(path, QQQ=[NAMES, MORNING, NOON]))
    assert list(table.frame) == NAMES
    assert table.frame["Date"].tolist() == [pd.Timestamp(MORNING[0]), pd.Timestamp(NOON[0])]
    assert table.frame["Open"].tolist() == [405.43, 405.5]
    assert table.frame["Low"].dtype == np.float64
    assert (table.format, table.place_name, table.first_place) == ("workbook", "row", 2)
    assert table.facts.notes == ()


def test_titles_are_skipped_and_blank_rows_counted(path: Path) -> None:
    """The row's number is the sheet's; a footer stays for the caller to judge."""
    footer = ["Downloaded from somewhere"]
    rows: Rows = [["QQQ Historical Data"], [], NAMES, MORNING, [None], NOON, footer]
    table = read_workbook(write(path, QQQ=rows))
    assert (table.first_place, len(table.frame)) == (4, 4)
    assert table.frame["Open"].isna().tolist() == [False, True, False, True]
    assert table.frame["Date"].tolist()[3] == footer[0]


def test_a_first_row_without_prices_is_a_row(path: Path) -> None:
    """Between the names and the first whole bar nothing is lost."""
    empty = [MORNING[0], "N/A", "N/A", "N/A", "N/A", "N/A"]
    table = read_workbook(write(path, QQQ=[NAMES, empty, NOON]))
    assert (table.first_place, len(table.frame)) == (2, 2)
    assert table.frame["Open"].tolist() == ["N/A", 405.5]


def test_text_among_prices_stays(path: Path) -> None:
    """A text such as N/A is not a missing value, one with a number in it not a number."""
    rows: Rows = [NAMES, MORNING, [*NOON[:4], "N/A", "1.2M"], [*NOON[:4], None, "x"]]
    frame = read_workbook(write(path, QQQ=rows)).frame
    assert frame["Close"].tolist()[:2] == [405.5, "N/A"]
    assert frame["Close"].isna().tolist() == [False, False, True]
    assert frame["Volume"].tolist() == [1_000, "1.2M", "x"]


def test_no_formula_is_run(path: Path) -> None:
    """A formula without a stored value is an empty cell; text that looks like one is text."""
    row = [*MORNING[:5], '=WEBSERVICE("http://localhost/")']
    table = read_workbook(write(path, QQQ=[NAMES, row, NOON]))
    assert table.frame["Volume"].isna().tolist() == [True, False]


def test_dates_and_times_in_two_columns(path: Path) -> None:
    """Dates are moments at midnight, times of day are text."""
    names = ["Date", "Time", *NAMES[1:]]
    rows: Rows = [names, [date(2024, 1, 2), time(9, 30), *MORNING[1:]]]
    frame = read_workbook(write(path, QQQ=rows)).frame
    assert frame["Date"].tolist() == [pd.Timestamp("2024-01-02")]
    assert frame["Time"].tolist() == ["09:30:00"]


def test_times_are_exact_through_a_day(path: Path) -> None:
    """The fractions of a day that Excel keeps come back as whole minutes."""
    stamps = pd.date_range("2024-01-02", periods=1_440, freq="min")
    rows: Rows = [NAMES, *([stamp.to_pydatetime(), *MORNING[1:]] for stamp in stamps)]
    assert (read_workbook(write(path, QQQ=rows)).frame["Date"] == stamps).all()


def test_what_pandas_writes_below_the_names(path: Path) -> None:
    """yfinance's two levels: the instrument, and the name of the row labels."""
    rows: Rows = [["Price", *NAMES[1:]], ["Ticker", *["0700.HK"] * 5], ["Date"], MORNING]
    table = read_workbook(write(path, Sheet1=rows))
    assert list(table.frame) == NAMES
    assert (table.facts.symbol, table.first_place) == ("0700.HK", 4)


def test_unnamed_row_labels_are_a_column(path: Path) -> None:
    """pandas leaves the first name empty; a column without a name or a value is none."""
    rows: Rows = [[None, *NAMES[1:]], [*MORNING, None], [*NOON, None]]
    assert list(read_workbook(write(path, QQQ=rows)).frame) == ["", *NAMES[1:]]


def test_sheets_without_a_table_are_named(path: Path) -> None:
    """They are left out with a note; two tables are refused, and so is none."""
    remarks: Rows = [["Bought on a Monday"], ["sold", "on", "a", "Friday"]]
    table = read_workbook(write(path, Notes=remarks, QQQ=[NAMES, MORNING]))
    assert table.facts.notes == ("sheets without a table were left out: 'Notes'",)
    write(path, QQQ=[NAMES, MORNING], SPY=[NAMES, NOON])
    assert "has tables in the sheets 'QQQ', 'SPY'; keep one of them" in refused(path)
    assert "no sheet holds a table" in refused(write(path, Notes=remarks, Empty=[]))


def test_open_document_sheets(path: Path, tmp_path: Path) -> None:
    """An .ods file, blank to the last row and column as its programs write it."""
    cell = (
        '<table:table-cell office:value-type="{kind}" {value}><text:p>x</text:p></table:table-cell>'
    )
    names = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        for name in NAMES
    )
    moment = cell.format(kind="date", value='office:date-value="2024-01-02T09:30:00"')
    numbers = "".join(
        cell.format(kind="float", value=f'office:value="{value}"') for value in MORNING[1:]
    )
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (names, moment + numbers))
    rows += f'<table:table-row table:number-rows-repeated="1048574">{blank}</table:table-row>'
    table = read_workbook(write_open_document(tmp_path / "bars.ods", rows))
    assert table.frame["Date"].tolist() == [pd.Timestamp(MORNING[0])]
    assert table.frame["Open"].tolist() == [405.43]


def write_open_document(path: Path, rows: str) -> Path:
    """An .ods file with one sheet of these rows."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{urn}:manifest:1.0"><m:file-entry m:full-path="/" '
            f'm:media-type="{kind}"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="QQQ">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


# --- Files that are not opened --------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["XFD1048576", "A99999999", "ZZZZZZZZZZ1", "A4294967295"])
def test_a_cell_far_away_is_refused(path: Path, reference: str) -> None:
    """The reader would set aside memory for all the cells between, and end the process."""
    far = f'<row r="7"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    write_xml(path, lambda xml: xml.replace(b"</sheetData>", far))
    assert "more than 20,000,000 cells; save it as CSV" in refused(path)


def test_a_far_row_of_cells_without_references_is_refused(path: Path) -> None:
    """Cells may merely follow one another: they are counted."""
    far = b'<row r="1000000">' + b"<c><v>1</v></c>" * 100 + b"</row></sheetData>"
    write_xml(path, lambda xml: xml.replace(b"</sheetData>", far))
    assert "more than 20,000,000 cells" in refused(path)


def test_cells_without_references_are_read(path: Path) -> None:
    """As some programs write them."""
    write_xml(path, lambda xml: re.sub(rb' r="[A-Z]*\d+"', b"", xml))
    assert read_workbook(path).frame["Open"].tolist() == [405.43]


def test_a_reference_in_two_blocks_is_seen(path: Path) -> None:
    """Blocks of the content overlap: padding moves the reference over the seam."""
    far = b'<row r="7"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    for more in range(0, 30, 5):

        def padded(xml: bytes, more: int = more) -> bytes:
            before, after = xml.split(b"</sheetData>")
            return before + b" " * ((4 << 20) - len(before) - more) + far + after

        assert "more than 20,000,000 cells" in refused(write_xml(path, padded))


def test_a_bomb_is_refused_unread(path: Path) -> None:
    """More than a gigabyte, a few megabytes as a zip."""
    write(path, QQQ=[NAMES, MORNING])
    with (
        ZipFile(path, "a", ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/more.xml", "w") as more,
    ):
        for _ in range(65):
            more.write(bytes(16 << 20))
    assert "holds more than 1,024 MB; save it as CSV" in refused(path)


def test_damaged_files(path: Path) -> None:
    """Cut short, changed in the middle, or no workbook at all."""
    whole = write(path, QQQ=[NAMES, MORNING]).read_bytes()
    for damaged in (
        whole[:3_000],
        whole[:-10],
        whole[:900] + b"xxxx" + whole[904:],
        b"",
        b"PK\3\4",
    ):
        path.write_bytes(damaged)
        assert "is not a readable workbook: " in refused(path)


def test_a_file_that_ends_its_reader_is_refused(path: Path, capfd: Any) -> None:
    """A duration so long that the library panics: in its own process, whose cry is not heard."""
    write(path, QQQ=[NAMES, MORNING])
    book = openpyxl.load_workbook(path)
    book["QQQ"]["A3"] = 1e300
    book["QQQ"]["A3"].number_format = "[hh]:mm:ss"
    book.save(path)
    assert refused(path) == f"{path}: is not a readable workbook: it is damaged"
    assert capfd.readouterr().err == ""


def test_a_password_is_named(path: Path) -> None:
    """Office keeps an encrypted workbook in an old container, in a part of this name."""
    container = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1_000)
    path.write_bytes(container + "EncryptedPackage".encode("utf-16-le") + bytes(1_000))
    assert refused(path) == f"{path}: is encrypted; save it without a password"


def test_a_binary_workbook_is_refused(path: Path) -> None:
    """Its cells cannot be counted before it is opened."""
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    path.write_bytes(content.getvalue())
    assert "is a binary workbook (.xlsb)" in refused(path)
