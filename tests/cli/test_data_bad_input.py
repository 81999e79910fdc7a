"""Files that are no files of bars, or bad ones: one line, exit code 2, the store as it was."""

import gzip
import io
from collections.abc import Callable
from random import Random
from zipfile import ZipFile

import pytest
from cli_setup import Outcome, Shop, month_of_bars

HEADER = "timestamp,open,high,low,close,volume"
ROWS = [f"2024-03-0{day}T14:30:00Z,10,11,9,10.{day},100" for day in (4, 5, 6, 7)]
DAILY = ("--symbol", "QQQ", "--interval", "1d")
NOT_SYMBOL = "symbol: expected 1 to 32 of A-Z a-z 0-9 . _ - / = ^ : without two dots in a row"
MB = 1 << 20


def text(*lines: str) -> str:
    """A header, lines of the case, and sound rows around them."""
    return "\n".join([HEADER, ROWS[0], *lines, *ROWS[1:]]) + "\n"


def zipped(*names: str) -> bytes:
    """A zip with the same sound bars under each of these names."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, text())
    return buffer.getvalue()


def encrypted() -> bytes:
    """A zip whose member is marked as encrypted, in both places where that stands."""
    raw = bytearray(zipped("bars.csv"))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def many_rows() -> bytes:
    """Sound bars, long enough that half of their gzip is whole blocks."""
    rows = [f"{1_704_067_200 + 60 * n},10,11,9,{10 + n % 97 / 100:.2f},{n}" for n in range(20_000)]
    return "\n".join([HEADER, *rows]).encode()


NOISE = Random(1).randbytes(4_000)

FILES: dict[str, tuple[str, str | bytes, str]] = {
    "cut JSON": ("a.json", '{"bars": [{"t": 1704205800, "o": 1', "line 1, column 35: is no JSON: "),
    "JSON of one quote": ("a.json", "['t', 'o']", "line 1, column 2: is no JSON: "),
    "JSON, deeply nested": ("a.json", "[" * 100_000, "is nested more than 100 deep"),
    "JSON without bars": ("a.json", '{"status": "ok"}', "a.json: "),
    "JSON, empty list": ("a.json", "[]", "holds no bars: an empty list"),
    "a provider's refusal": (
        "a.json",
        '{"error": "rate limit"}',
        "answered with an error, not with bars: rate limit",
    ),
    "cut gzip": (
        "a.csv.gz",
        gzip.compress(many_rows())[:-9_000],
        "is not a readable gzip file: cut short",
    ),
    "gzip without its end": (
        "a.csv.gz",
        gzip.compress(text().encode())[:-6],
        "cut short or damaged",
    ),
    "gzip of two bytes": ("a.csv.gz", b"\x1f\x8b", "is not a readable gzip file"),
    "binary named .csv": ("a.csv", NOISE, "is not text: control characters in line 1"),
    "picture named .csv": ("a.csv", b"\x89PNG\r\n\x1a\n" + NOISE, "is not text: "),
    "zeros": ("a.csv", bytes(MB), "is not text: control characters in line 1"),
    "NUL in a price": (
        "a.csv",
        text("2024-03-08T14:30:00Z,1\x000,11,9,10,5"),
        "control characters in line 3",
    ),
    "noise named .parquet": ("a.parquet", b"PAR1" + NOISE, "is not a readable Parquet file: "),
    "noise named .feather": (
        "a.feather",
        b"ARROW1\0\0" + NOISE,
        "is not a readable Feather file: ",
    ),
    "noise named .xlsx": ("a.xlsx", b"PK\x03\x04" + NOISE, "is not a readable zip file"),
    "noise named .xls": ("a.xls", b"\xd0\xcf\x11\xe0" + NOISE, "is not a readable workbook: "),
    "noise named .zst": ("a.zst", b"\x28\xb5\x2f\xfd" + NOISE, "is not a readable Zstandard file"),
    "zip of two": ("a.zip", zipped("b.csv", "c.csv"), "a zip of 2 files (b.csv, c.csv)"),
    "zip of none": ("a.zip", zipped(), "a.zip: "),
    "encrypted zip": ("a.zip", encrypted(), "locked by a password; unpack it first"),
    "one long line": ("a.csv", "1" * 4 * MB, "has a line of more than 524,288 bytes"),
    "a long header": ("a.csv", f"{HEADER}," * (MB // 10), "has a line of more than 524,288 bytes"),
    "a long row": ("a.csv", text("1," * 2 * MB), "has a line of more than 524,288 bytes"),
    "a long cell": (
        "a.csv",
        text("7" * 4 * MB + ",10,11,9,10,5"),
        "has a line of more than 524,288 bytes",
    ),
    "an open quote": ("a.csv", text('"' + "x" * 4 * MB), "has a line of more than 524,288 bytes"),
    "formula for a price": (
        "a.csv",
        text("2024-03-08T14:30:00Z,=1+1,11,9,10,5"),
        "1 of 5 rows are unfit to trade: 1 with price missing or not a number (line 3)",
    ),
    "formula for a volume": (
        "a.csv",
        text('2024-03-08T14:30:00Z,10,11,9,10,"=HYPERLINK(""http://x"",""100"")"'),
        "1 with volume negative or infinite (line 3)",
    ),
    "formula for a time": ("a.csv", text("=NOW(),10,11,9,10,5"), "time not readable (line 3)"),
    "epoch beyond all": ("a.csv", text("1e30,10,11,9,10,5"), "time not readable (line 3)"),
    "year 9999": ("a.csv", text("9999-03-08T14:30:00Z,10,11,9,10,5"), "calendar XNYS: knows"),
    "short row": ("a.csv", text("2024-03-08T14:30:00Z,10,11"), "line 3 has 3 cells; expected 6"),
    "long row": ("a.csv", text("2024-03-08T14:30:00Z,10,11,9,10,5,6,7"), "line 3 has 8 cells"),
    "a sentence": ("a.csv", text("halted for news"), "line 3 has 1 cells; expected 6"),
    "ambiguous dates": (
        "a.csv",
        "date,open,high,low,close\n" + "".join(f"0{day}/03/2024,10,11,9,10\n" for day in (1, 4)),
        "a date such as '01/03/2024' may have its day first or its month first; say --dates",
    ),
    "contradicting dates": (
        "a.csv",
        "date,open,high,low,close\n13/03/2024,10,11,9,10\n03/14/2024,10,11,9,10\n",
        "line 2 has a date with the day first and line 3 one with the month first",
    ),
    "ticks": ("a.csv", "time,price,size\n2024-03-04T14:30:00Z,10,1\n", "no open, high, low; found"),
    "quotes": ("a.csv", "time,bid,ask\n2024-03-04T14:30:00Z,10,11\n", "'time', 'bid', 'ask'"),
    "closes only": ("a.csv", "Date,Close\n2024-03-04,10\n", "no open, high, low; found 'Date'"),
    "several instruments": (
        "a.csv",
        f"symbol,{HEADER}\n" + "".join(f"{name},{row}\n" for name in ("A", "B") for row in ROWS),
        "holds several instruments (A, B); import one file of each",
    ),
    "instruments with newlines": (
        "a.json",
        '[{"symbol": "A\\nB", "t": "2024-03-04", "o": 10, "h": 11, "l": 9, "c": 10},'
        '{"symbol": "\\u001b[31m", "t": "2024-03-05", "o": 10, "h": 11, "l": 9, "c": 10}]',
        r"holds several instruments (A\nB, \x1b[31m)",
    ),
    "header only": ("a.csv", f"{HEADER}\n", "holds no bars, only the names of its columns"),
    "empty": ("a.csv", "", "is empty; expected a file of bars"),
    "blank": ("a.csv", "\n\n  \n", "expected a first line naming the columns"),
    "a byte order mark": (
        "a.csv",
        b"\xef\xbb\xbf",
        "no open, high, low, close, timestamp; found none",
    ),
    "prose": ("a.csv", "hello\nworld\n", "timestamp; found 'hello'"),
    "a web page": (
        "a.csv",
        "<!DOCTYPE html><html><body>Busy</body></html>",
        "is a web page or XML; expected a file of bars",
    ),
}


def refused(shop: Shop, import_: Callable[[], Outcome], line: str) -> str:
    """The error's line, once it is alone, in the right words, and the store unchanged."""
    before = shop.stored()
    assert len(before["market_bars"]) == 273
    done = import_()
    assert (done.code, done.out) == (2, "")
    assert line in done.error
    assert len(done.error) < 400
    assert done.error.isprintable()
    assert shop.stored() == before
    return done.error


@pytest.mark.parametrize(("name", "content", "line"), FILES.values(), ids=FILES)
def test_a_bad_file_is_one_line_and_changes_nothing(
    shop: Shop, name: str, content: str | bytes, line: str
) -> None:
    """It begins with the file's path; what follows says what is wrong, and where."""
    path = shop.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told = refused(shop, lambda: shop.kairos("data", "import", path, *DAILY), line)
    assert told.startswith(f"{path}: ")


@pytest.mark.parametrize("symbol", ["x' OR '1'='1", "../../etc/passwd", "=cmd()", "Q Q", "A" * 33])
def test_a_bad_symbol_is_refused_wherever_it_stands(shop: Shop, symbol: str) -> None:
    """In the file, whose name is told then, and on the command line."""
    path = shop.folder / "a.csv"
    path.write_text(f"symbol,{HEADER}\n" + "".join(f"{symbol},{row}\n" for row in ROWS))
    told = refused(
        shop, lambda: shop.kairos("data", "import", path), "does not name its instrument"
    )
    assert told.startswith(f"{path}: ")
    given = ("data", "import", path, "--symbol", symbol)
    refused(shop, lambda: shop.kairos(*given), f"{NOT_SYMBOL}; found {symbol!r}")


@pytest.mark.parametrize("symbol", ["Q\0Q", "", "..", "Q\nQ"])
def test_a_bad_symbol_of_the_command_line_is_refused(shop: Shop, symbol: str) -> None:
    """NUL and newlines are shown escaped."""
    path = shop.folder / "a.csv"
    path.write_text(text())
    given = ("data", "import", path, "--symbol", symbol)
    refused(shop, lambda: shop.kairos(*given), f"{NOT_SYMBOL}; found {symbol!r}")


def test_a_symbol_with_nul_in_a_file_is_no_text(shop: Shop) -> None:
    """It never comes as far as the store."""
    path = shop.folder / "a.csv"
    path.write_text(f"symbol,{HEADER}\n" + "".join(f"Q\0Q,{row}\n" for row in ROWS))
    refused(
        shop,
        lambda: shop.kairos("data", "import", path),
        "is not text: control characters in line 2",
    )


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("gone.csv", "gone.csv: no such file"),
        (".", "is a folder; expected a file of bars"),
        ("x" * 300, "cannot be read ("),
        ("a\0.csv", "embedded null byte"),
        ("gone/../../a.csv", "no such file"),
    ],
)
def test_a_path_without_a_file_is_one_line(shop: Shop, name: str, line: str) -> None:
    """Also where the system itself refuses the name."""
    refused(shop, lambda: shop.kairos("data", "import", name, *DAILY), line)


def test_the_line_of_a_bad_row_is_the_files_own(shop: Shop) -> None:
    """Counted from 1, blank lines included; the sound rows beside it are not taken either."""
    path = month_of_bars(shop.folder / "next.csv")
    lines = path.read_text().replace("2024-01-", "2023-12-").splitlines()
    lines[40:40] = ["", ""]
    lines[200] = lines[200].replace(",1000", ",-1000")
    path.write_text("\n".join(lines) + "\n")
    given = ("data", "import", path, "--symbol", "QQQ", "--interval", "30m")
    refused(shop, lambda: shop.kairos(*given), "volume negative or infinite (line 201)")
