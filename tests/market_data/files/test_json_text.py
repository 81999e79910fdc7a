"""Texts that are no JSON, or would be read in two ways: refused at their place, at once."""

import json
from pathlib import Path

import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_tables import read_json
from infrastructure.market_data.files.json_text import LARGEST


def refused(raw: bytes | str) -> str:
    """The one short line that a file's content is refused with."""
    with pytest.raises(DataError) as error:
        read_json(Path("bars.json"), raw.encode() if isinstance(raw, str) else raw)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 400
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1,\n 1e999]", "line 2, column 2: 1e999 is larger than"),
        ('["1e999",\n -1e999]', "line 2, column 2: -1e999 is larger than"),
        ("[1,\n NaN]", "line 2, column 2: NaN is no number"),
        ('{"NaN": [-Infinity]}', "line 1, column 10: -Infinity is no number"),
        ('[{"a": 1, "b": {"a": 1},\n"a": 2}]', "line 2, column 1: a key is there twice"),
        ('{"a": 1, "\\u0061": 2}', "a key is there twice"),
        ('{"a": 1}\n{"b": 1, "b": 2}', "line 2, column 10: a key is there twice"),
        ('{"bars": [\n{"t": 1}', "line 2, column 9: is no JSON: Expecting ',' delimiter (is the"),
        ('{"bars": [\n{"t": "20', "line 2, column 7: is no JSON: Unterminated string (is the file"),
        ("", "line 1, column 1: is no JSON: Expecting value (is the file cut short?)"),
        ("\0", "line 1, column 1: is no JSON: Expecting value"),
        ('["a\nb"]', "line 1, column 4: is no JSON: Invalid control character"),
        ('{"a": 1} trailing', "line 1, column 10: is no JSON: Extra data"),
        ('[{"open": "\\ud800"}]', "column open: half a character"),
        ("[" + "9" * 5_000 + "]", "line 1, column 2: 99999"),
    ],
)
def test_places_are_told(text: str, told: str) -> None:
    """Line and column, both from 1."""
    assert told in refused(text)


@pytest.mark.parametrize("text", ["[" * 10_000, "[" * 10_000 + "]" * 10_000, '{"a":' * 100_000])
def test_depth_is_refused(text: str) -> None:
    """No bars are nested so, and no text may exhaust the stack."""
    told = refused(text)
    assert "nested more than 100 deep" in told or "no JSON" in told or "begins with" in told


def test_one_long_text_is_refused_in_one_short_line() -> None:
    """The 100,000,000 characters are counted, not shown."""
    assert "found a text of 100,000,000 characters" in refused(b'"' + b"x" * 100_000_000 + b'"')


def test_more_than_memory_bears_is_refused_unread() -> None:
    """With the advice to convert it."""
    assert "513 MB of JSON, 512 MB are read at most" in refused(bytes(LARGEST + (1 << 20)))


def test_a_key_of_its_own_in_every_row_is_refused() -> None:
    """Twenty thousand rows would make twenty thousand columns of as many rows."""
    rows = [{str(number): 1} for number in range(20_000)]
    assert "20,000 different keys" in refused(json.dumps(rows))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "b\\u202e\\n": [1]}', r"an object with the keys 'a', 'b\u202e'; expected bars"),
        ("{}", "an object with the keys none"),
        ("3", "found 3; expected bars as Alpaca"),
        ("null", "found null"),
        ('{"a": [{}], "b": [{}]}', "keys 'a', 'b'"),
    ],
)
def test_an_unknown_shape_is_described(text: str, told: str) -> None:
    """By the keys that were found, with nothing that a terminal would obey."""
    assert told in refused(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
def test_encodings_of_json(encoding: str) -> None:
    """UTF-8 with a mark or without, UTF-16 and UTF-32."""
    text = '[{"time": 1704205800, "open": 1, "high": 2, "low": 1, "close": 2, "π": 3}]'
    assert "π" in read_json(Path("bars.json"), text.encode(encoding)).frame


def test_what_is_no_text_is_refused() -> None:
    """The byte is named."""
    assert "byte 3 is no UTF-8 text" in refused(b'["\xff"]')
