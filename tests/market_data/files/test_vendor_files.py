"""Every vendor's text file is known by its content and read to the last row."""

from pathlib import Path

import pytest
from vendor_files import SAMPLES, wall

from infrastructure.market_data.files.opening import open_bar_file


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_vendors_file_is_known_by_its_content(name: str, end: str, tmp_path: Path) -> None:
    """Format, facts, first bar and number of rows, under a name that says nothing."""
    sample = SAMPLES[name]
    path = tmp_path / "download"
    path.write_bytes(sample.text.replace("\n", end).encode())
    file = open_bar_file(path, dates=sample.dates)
    (rows,) = file.chunks()
    assert file.format == sample.format
    assert {key: getattr(file.facts, key) for key in sample.facts} == sample.facts
    assert len(rows) == sample.n_rows and rows.stamps.readable.all()
    prices = (rows.open[0], rows.high[0], rows.low[0], rows.close[0], rows.volume[0])
    assert (int(rows.stamps.wall[0]), *prices) == (wall(sample.first[0]), *sample.first[1:])
    assert rows.stamps.zoned.all() == rows.stamps.zoned.any() == sample.zoned
    found = None if rows.adj_close is None else rows.adj_close[0]
    assert found == sample.adj_close


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_says_what_it_was_taken_for_in_one_line(name: str, tmp_path: Path) -> None:
    """Path, format and the column of every price, before anything is read."""
    path = tmp_path / "download"
    path.write_text(SAMPLES[name].text, encoding="utf-8")
    file = open_bar_file(path, dates=SAMPLES[name].dates)
    told = file.described()
    assert told.startswith(f"{path}: taken for {file.format}; time = ") and told.isprintable()
    for role in ("open", "high", "low"):
        name = file.columns[role]
        assert f", {role}, " in told if name.lower() == role else f"{role} = {name}" in told


def test_volume_of_ticks_is_taken_where_the_exchange_gives_none(tmp_path: Path) -> None:
    """MetaTrader's VOL is 0 throughout for currencies; a note says what was taken."""
    for name, column in (("metatrader 5", "<TICKVOL>"), ("metatrader 5, exchange volume", "<VOL>")):
        path = tmp_path / "mt5.csv"
        path.write_text(SAMPLES[name].text)
        file = open_bar_file(path)
        assert file.columns["volume"] == column
        assert ("was taken as volume" in "".join(file.facts.notes)) == (column == "<TICKVOL>")


def test_title_and_footer_are_no_rows_and_rows_keep_their_lines(tmp_path: Path) -> None:
    """Barchart writes a title above and a sentence below."""
    path = tmp_path / "barchart.csv"
    path.write_text(SAMPLES["barchart"].text)
    (rows,) = open_bar_file(path).chunks()
    assert rows.place.tolist() == [3, 4] and rows.place_name == "line"


def test_a_zone_named_in_the_rows_is_the_files(tmp_path: Path) -> None:
    """A row that names another is not read as if it were of the same."""
    path = tmp_path / "ib.csv"
    text = SAMPLES["interactive brokers, zone named"].text
    path.write_text(text + "20240102 10:30:00 US/Pacific,403,404,402,403,1,1,1\n")
    (rows,) = open_bar_file(path).chunks()
    assert rows.stamps.readable.tolist() == [True, True, False]
