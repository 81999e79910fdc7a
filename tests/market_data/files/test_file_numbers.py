"""No reader changes a price: numbers are what Python's float() makes of their text."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import DataError
from infrastructure.market_data.files.numbers import Style, numbers, style_of
from infrastructure.market_data.files.opening import open_bar_file

HEADER = "date,open,high,low,close,volume\n"
DECIMALS = st.decimals(min_value=0, allow_nan=False, allow_infinity=False)


def same(found: float, wanted: float) -> bool:
    """Equal to the last bit, or both no number."""
    return np.float64(found).tobytes() == np.float64(wanted).tobytes()


@given(st.lists(st.one_of(DECIMALS.map(str), st.floats(0).map(repr)), min_size=1))
def test_a_number_is_what_float_makes_of_its_text(texts: list[str]) -> None:
    """Also beside a cell that is none, which sends all through the longer way."""
    for cells in (texts, [*texts, " x "]):
        found = numbers(pa.array(cells), Style())[: len(texts)]
        assert all(map(same, found, map(float, texts)))


@given(st.decimals(min_value=1000, max_value=10**9, places=4))
def test_groups_and_decimal_commas_change_no_number(price: object) -> None:
    """1,234.5000, 1.234,5000, 1 234,5000 and 1'234.5000 are one number."""
    english = f"{price:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    ways = ((english, "."), (german, ","), (german.replace(".", " "), ","))
    for text, decimal in (*ways, (english.replace(",", "'"), ".")):
        assert same(numbers(pa.array([text]), Style(decimal))[0], float(str(price)))


def test_every_price_of_a_file_is_the_float_of_its_text(tmp_path: Path) -> None:
    """Seventeen digits, exponents and long zeros, through the whole reader, both ways."""
    prices = ["356.1099853515625", "0.1", "1e-7", "123456789.123456789", "5e-324", "00010.50", "1."]
    text = HEADER + "".join(
        f"2024-01-{n + 2:02},{p},{p},{p},{p},{p}\n" for n, p in enumerate(prices)
    )
    for content in (text, text + "2024-02-01,oops,1,1,1,1\n"):
        path = tmp_path / "bars.csv"
        path.write_text(content)
        (rows,) = open_bar_file(path).chunks()
        for column in (rows.open, rows.high, rows.low, rows.close, rows.volume):
            assert all(map(same, column[: len(prices)], map(float, prices)))


@pytest.mark.parametrize(
    "cell", ["", "null", "N/A", "-", "NaN", "ten", "=1+1", "1_000", "0x10", "1.2.3", "12%", "1,050"]
)
def test_what_is_no_number_is_nan_and_its_row_stays(tmp_path: Path, cell: str) -> None:
    """Never 0, never evaluated, and the other rows keep their numbers."""
    path = tmp_path / "bars.csv"
    path.write_text(f'{HEADER}2024-01-02,10.5,11,9,"{cell}",5\n2024-01-03,10.5,11,9,10.25,6\n')
    (rows,) = open_bar_file(path).chunks()
    assert np.isnan(rows.close[0]) and rows.close[1] == 10.25
    assert rows.volume.tolist() == [5, 6] and rows.place.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("cell", "volume"),
    [
        ("1.23M", 1_230_000),
        ("4.5K", 4_500),
        ("2B", 2e9),
        ("1,234", 1_234),
        ("1,234,567", 1_234_567),
    ],
)
def test_volumes_may_be_short_or_grouped(tmp_path: Path, cell: str, volume: float) -> None:
    """K, M and B are powers of ten, exact ones."""
    path = tmp_path / "bars.csv"
    path.write_text(f'{HEADER}2024-01-02,10,11,9,10,"{cell}"\n')
    (rows,) = open_bar_file(path).chunks()
    assert rows.volume.tolist() == [volume]


def test_a_volume_that_is_absent_is_0_and_counted_one_that_is_wrong_is_nan(tmp_path: Path) -> None:
    """The count is a remark on the chunk; a word is no volume and no 0."""
    path = tmp_path / "bars.csv"
    path.write_text(
        HEADER
        + "".join(
            f"2024-01-0{n},10,11,9,10,{v}\n" for n, v in ((2, ""), (3, "-"), (4, "many"), (5, "7"))
        )
    )
    (rows,) = open_bar_file(path).chunks()
    assert rows.volume[[0, 1, 3]].tolist() == [0, 0, 7] and np.isnan(rows.volume[2])
    assert rows.remarks == {"bars without a volume: taken as 0": 2}


def test_a_file_without_volumes_says_so(tmp_path: Path) -> None:
    """In its notes, once, not for every bar."""
    path = tmp_path / "bars.csv"
    path.write_text("date,open,high,low,close\n2024-01-02,10,11,9,10\n")
    file = open_bar_file(path)
    (rows,) = file.chunks()
    assert rows.volume.tolist() == [0] and rows.remarks == {}
    assert file.facts.notes == ("no volume column: volumes are 0",)


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["10.5", "1050"], Style()),
        (["10.5", "1,050"], Style()),
        (["1,234.56"], Style(".", grouped=True)),
        (["1,234,567"], Style(".", grouped=True)),
        (["10,5"], Style(",")),
        (["1.234,56"], Style(",")),
        (["2,850", "0,975"], Style(",")),
        (["2,850"], None),
    ],
)
def test_the_decimal_sign_is_what_the_cells_prove(cells: list[str], style: Style | None) -> None:
    """2,850 alone is two numbers."""
    assert style_of(cells) == style


def test_prices_of_two_meanings_are_refused(tmp_path: Path) -> None:
    """The cell is named; nothing is guessed."""
    path = tmp_path / "bars.csv"
    path.write_text("date;open;high;low;close\n2024-01-02;2,850;2,900;2,800;2,875\n")
    with pytest.raises(DataError, match="'2,850' may have grouped thousands or a decimal comma"):
        open_bar_file(path)
