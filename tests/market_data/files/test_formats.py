"""Whoever wrote a file, the bars in it are the same."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from format_samples import PRICES, SAMPLES, Sample
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import DataError
from infrastructure.market_data.files.file_rows import FileRows
from infrastructure.market_data.files.opening import BarFile, open_bar_file


def opened(folder: Path, content: bytes, dates: str | None = None) -> tuple[BarFile, FileRows]:
    """The file as recognised, and its rows (all in one part)."""
    path = folder / "bars.csv"  # its name says nothing: the content does
    path.write_bytes(content)
    file = open_bar_file(path, dates=dates)
    (rows,) = file.chunks()
    return file, rows


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_every_format_gives_the_same_bars(tmp_path: Path, sample: Sample) -> None:
    """Prices to the last bit, volumes, stamps, and what the maker is known to mean by them."""
    file, rows = opened(tmp_path, sample.content, sample.dates)
    order = np.argsort(rows.stamps.wall)
    prices = np.column_stack([rows.open, rows.high, rows.low, rows.close])[order]
    assert prices.tolist() == [[*row] for row in PRICES]
    assert rows.volume[order].tolist() == [*sample.volumes]
    assert rows.stamps.readable.all()
    assert rows.stamps.wall.tolist() == sample.wall
    assert rows.stamps.zoned.all() == sample.zoned
    assert file.format == sample.format
    found = (file.facts.symbol, file.facts.stamps_at, file.facts.adjusted)
    assert found == (sample.symbol, sample.stamps_at, sample.adjusted)
    assert f"taken for {sample.format}" in file.described()


def _zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.csv", content)
    return buffer.getvalue()


def _zst(content: bytes) -> bytes:
    compressed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return compressed


PACKERS = [gzip.compress, bz2.compress, lzma.compress, _zipped, _zst]


@pytest.mark.parametrize("pack", PACKERS, ids=["gz", "bz2", "xz", "zip", "zst"])
@pytest.mark.parametrize("name", ["firstrate", "alpaca json", "metatrader 5"])
def test_a_packed_file_is_what_is_packed(
    tmp_path: Path, pack: Callable[[bytes], bytes], name: str
) -> None:
    """Told by its first bytes, under whatever name."""
    sample = SAMPLES[name]
    file, rows = opened(tmp_path, pack(sample.content))
    assert (file.format, rows.stamps.wall.tolist()) == (sample.format, sample.wall)


def test_a_file_is_read_in_parts_with_its_line_numbers(tmp_path: Path) -> None:
    """Parts one after another are the whole; blank lines and footers count as lines only."""
    lines = [f"2024-01-02 {h:02}:{m:02},1,2,0.5,1.5,{h}" for h in range(24) for m in range(60)]
    lines.insert(700, "")
    path = tmp_path / "bars.csv"
    path.write_text("\n".join(["a title", "time,open,high,low,close,volume", *lines, "", "# end"]))
    parts = [*open_bar_file(path).chunks(rows=1)]
    places = np.concatenate([part.place for part in parts])
    assert len(places) == 24 * 60
    assert (places[0], places[699], places[700], places[-1]) == (3, 702, 704, 3 + 24 * 60)


@given(st.floats(min_value=1e-9, max_value=1e12, allow_subnormal=False))
def test_no_reader_changes_a_price(tmp_path_factory: pytest.TempPathFactory, price: float) -> None:
    """What float() makes of the text is what is read, in plain and in decimal-comma files."""
    folder = tmp_path_factory.mktemp("price")
    text = repr(price)
    lines = "time,open,high,low,close\n" + f"2024-01-02 09:30,{text},{text},{text},{text}\n" * 2
    assert opened(folder, lines.encode())[1].close.tolist() == [price, price]
    if "e" not in text:
        comma = lines.replace(",", ";").replace(".", ",").encode()
        assert opened(folder, comma)[1].close.tolist() == [price, price]


def test_rows_after_the_first_bad_cell_are_still_read(tmp_path: Path) -> None:
    """A formula, a word, a thousands separator far down: that cell is judged, no other changes."""
    lines = [f"2024-01-02 09:{m:02},1.1,2.2,0.5,1.5,10" for m in range(60)]
    lines[50] = '2024-01-02 09:50,=1+1,"1,002.5",0.5,1.5,n/a'
    _, rows = opened(tmp_path, "\n".join(["time,open,high,low,close,volume", *lines]).encode())
    assert np.flatnonzero(np.isnan(rows.open)).tolist() == [50]
    assert (rows.high[50], rows.volume[50], rows.no_volume) == (1002.5, 0.0, 1)
    assert rows.open[51] == 1.1 and rows.place[50] == 52


AMBIGUOUS = "Date,Open,High,Low,Close\n01/02/2024,1,1,1,1\n03/04/2024,1,1,1,1\n"


def test_an_ambiguous_date_is_asked_for(tmp_path: Path) -> None:
    """Never guessed; the answer decides, and one that the dates contradict is refused."""
    with pytest.raises(DataError, match="say --dates day-first or --dates month-first"):
        opened(tmp_path, AMBIGUOUS.encode())
    days = [
        opened(tmp_path, AMBIGUOUS.encode(), order)[1] for order in ("day-first", "month-first")
    ]
    assert [d.stamps.wall[0] // 86_400 for d in days] == [19_754, 19_724]
    clear = AMBIGUOUS.replace("03/04", "13/04").encode()
    assert opened(tmp_path, clear)[1].stamps.wall[0] // 86_400 == 19_754
    with pytest.raises(DataError, match="its dates are day-first"):
        opened(tmp_path, clear, "month-first")
    with pytest.raises(DataError, match="month-first in another"):
        opened(tmp_path, clear + b"04/13/2024,1,1,1,1\n")


def test_tick_volume_stands_in_only_where_there_is_no_volume(tmp_path: Path) -> None:
    """MetaTrader 5 writes real volumes, where it has any, beside the count of ticks."""
    content = SAMPLES["metatrader 5"].content.replace(b"\t0\t2", b"\t7\t2")
    assert opened(tmp_path, content)[1].volume.tolist() == [7.0, 7.0, 7.0]
