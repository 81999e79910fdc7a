"""JSON files of configs: what is refused, and the line that says so."""

import os
from pathlib import Path

import pytest

from infrastructure.core.config.json_reader import LARGEST_FILE, read_json_object
from infrastructure.errors import ConfigError

BAD = [
    (b"", "is empty; expected one JSON object, {...}"),
    (b" \n\t\n", "is empty; expected one JSON object, {...}"),
    (b"\xef\xbb\xbf", "is empty; expected one JSON object, {...}"),
    (b"[]", "must hold one JSON object, {...}; found []"),
    (b"null", "must hold one JSON object, {...}; found null"),
    (b'"text"', 'must hold one JSON object, {...}; found "text"'),
    (b"5", "must hold one JSON object, {...}; found 5"),
    (b'{"a": 1, "a": 2}', "a is there twice; keep one"),
    (b'{"a": 1, "a": 1}', "a is there twice; keep one"),
    (b'{"risk": {"x": 1, "x": 2}}', "risk.x is there twice; keep one"),
    (b'{"s": [{"t": 1, "t": 2}]}', "s[0].t is there twice; keep one"),
    (b'{"a\\u0000": 1, "a\\u0000": 2}', '"a\\u0000" is there twice; keep one'),
    (b'{"$schema": "x", "$schema": "y"}', '"$schema" is there twice; keep one'),
    (b'{"a": NaN}', "a must be a finite number; found NaN"),
    (b'{"a": {"b": Infinity}}', "a.b must be a finite number; found Infinity"),
    (b'{"a": [1, -Infinity]}', "a[1] must be a finite number; found -Infinity"),
    (b'{"a": 1e999}', "a must be a finite number; found 1e999"),
    (b'{"a": -1e999}', "a must be a finite number; found -1e999"),
    (b"NaN", "must be a finite number; found NaN"),
    (
        b'{"a": 1' + b"0" * 400 + b"}",
        "a must be a number of at most 18 digits; found 10000000000000000000... (401 digits)",
    ),
    (
        b'{"a": ' + b"9" * 5000 + b"}",
        "a must be a number of at most 18 digits; found 99999999999999999999... (5000 digits)",
    ),
    (
        b'{"a": 9223372036854775808}',
        "a must be a number of at most 18 digits; found 9223372036854775808",
    ),
    (b'{"a": ' * 21 + b"1" + b"}" * 21, "is nested deeper than 20 levels"),
    (b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}", "is nested deeper than 20 levels"),
    (b"[" * 200_000, "is nested deeper than 20 levels"),
    (
        b'{"a": 1 "b": 2}',
        "line 1, column 9 is not valid JSON: expecting ',' delimiter",
    ),
    (b'{"a": 1', "line 1, column 8 is not valid JSON: expecting ',' delimiter"),
    (b'{\n  "a":\n}', "line 3, column 1 is not valid JSON: expecting value"),
    (b'{"a": 1} x', "line 1, column 10 is not valid JSON: extra data"),
    (
        b'{"a": True}',
        "line 1, column 7 is not valid JSON: expecting value (write true, false or null)",
    ),
    (
        b"{\"a\": 'b'}",
        'line 1, column 7 is not valid JSON: expecting value (texts stand in double quotes, "...")',
    ),
    (b'{"a": 1} // note', "line 1, column 10 is not valid JSON: extra data (JSON has no comments)"),
    (b'{"a": .5}', "line 1, column 7 is not valid JSON: expecting value"),
    (b'{"a": "x\x01"}', "line 1, column 9 is not valid JSON: invalid control character at"),
    ('{"a": 1}'.encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
    ('{"a": 1}'.encode("utf-16-be"), "is UTF-16 text; save it as UTF-8"),
    ('{"a": 1}'.encode("utf-32"), "is UTF-32 text; save it as UTF-8"),
    ('{\n"a": "é"}'.encode("latin-1"), "line 2 is not UTF-8 text (byte 0xe9); save it as UTF-8"),
]


@pytest.mark.parametrize(("content", "problem"), BAD, ids=[str(case[0][:30]) for case in BAD])
def test_a_bad_file_is_refused_with_its_line(content: bytes, problem: str, tmp_path: Path) -> None:
    """The line starts with the file's name, then says what is wrong in it."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refusal:
        read_json_object(path)
    assert str(refusal.value) == f"x.json: {problem}"


def test_a_comma_before_the_closing_bracket_is_named(tmp_path: Path) -> None:
    """Pythons differ in how they word it, the advice is the same."""
    path = tmp_path / "x.json"
    for content in ('{"a": 1,}', '{"a": [1, ]}', '{"a": 1,\n}'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"\(remove the comma before the closing bracket\)$"):
            read_json_object(path)


def test_a_file_without_fault_is_read_as_it_stands(tmp_path: Path) -> None:
    """Whole numbers stay whole, -0.0 is 0.0, a UTF-8 mark is no matter, $schema is left out."""
    path = tmp_path / "x.json"
    path.write_bytes(b'\xef\xbb\xbf{"$schema": "s", "a": [1, 2.5, -0.0], "b": {"c": null}}')
    data = read_json_object(path)
    assert repr(data) == "{'a': [1, 2.5, 0.0], 'b': {'c': None}}"


def test_twenty_levels_are_read(tmp_path: Path) -> None:
    """The deepest nesting allowed is allowed."""
    path = tmp_path / "x.json"
    path.write_bytes(b'{"a": ' * 20 + b"1" + b"}" * 20)
    assert "a" in read_json_object(path)


def test_a_file_too_large_is_refused_and_one_just_as_large_is_not(tmp_path: Path) -> None:
    """Five megabytes are the limit."""
    path = tmp_path / "x.json"
    path.write_bytes(b'{"a": 1}'.ljust(LARGEST_FILE))
    assert read_json_object(path) == {"a": 1}
    path.write_bytes(b'{"a": 1}'.ljust(LARGEST_FILE + 1))
    with pytest.raises(ConfigError) as refusal:
        read_json_object(path)
    assert str(refusal.value) == f"{path}: is larger than 5 MB; no config is so large"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a missing file, a missing folder, a NUL, a name too long: one line each."""
    (tmp_path / "tight_candle.json").write_text("{}", encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    for path, problem in [
        (tmp_path, "is a folder; expected a JSON file"),
        (tmp_path / "folder.json", "is a folder; expected a JSON file"),
        (tmp_path / "tight_candel.json", 'no such file (did you mean "tight_candle.json"?)'),
        (tmp_path / "xyz.json", "no such file"),
        (tmp_path / "no" / "x.json", f"no such file: there is no folder {tmp_path / 'no'}"),
    ]:
        with pytest.raises(ConfigError) as refusal:
            read_json_object(path)
        assert str(refusal.value) == f"{path}: {problem}"
    with pytest.raises(ConfigError, match=r"a\\x00b\.json: cannot be the path of a file"):
        read_json_object(tmp_path / "a\x00b.json")
    with pytest.raises(ConfigError, match="cannot be read: File name too long"):
        read_json_object(tmp_path / ("a" * 300 + ".json"))
    with pytest.raises(ConfigError, match="cannot be read: Not a directory"):
        read_json_object(tmp_path / "tight_candle.json" / "x.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    """Nobody writes to it; the reader must come back all the same."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match=r"pipe\.json: is a pipe or a device"):
        read_json_object(pipe)
    with pytest.raises(ConfigError, match="null: is a pipe or a device"):
        read_json_object(Path(os.devnull))
