"""JSON files of configs, read more strictly than Python's json does.

Refused, each with one line: a key given twice, NaN, Infinity, 1e999, whole numbers beyond 18
digits, nesting beyond 20 levels, files above 5 MB, anything but UTF-8, and whatever is no file.
"""

import json
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple, NoReturn

from infrastructure.errors import ConfigError
from infrastructure.wording import nearest, printable, show

LARGEST_FILE = 5_000_000
DEEPEST = 20
MOST_DIGITS = 18
"""Whole numbers of at most so many digits fit into int64."""


class _Refused(NamedTuple):
    """Stands for a value that json would have let pass, until its place in the file is known."""

    problem: str
    key: str = ""


def read_json_object(path: Path) -> dict[str, object]:
    """The object that the file holds, without its "$schema" (that one is for editors).

    Raises ConfigError of one line, which starts with the file's name, or with its path where it
    cannot be read. Never blocks: a pipe is refused, not waited for.
    """
    data = _parsed(_decoded(_read_file(path), path.name), path.name)
    _check(data, "", 1, path.name)
    if not isinstance(data, dict):
        _refuse(path.name, f"must hold one JSON object, {{...}}; found {show(data)}")
    data.pop("$schema", None)
    return data


def _refuse(where: object, problem: str) -> NoReturn:
    raise ConfigError(f"{printable(str(where))}: {problem}") from None


def _read_file(path: Path) -> bytes:
    # Non-blocking, because opening a pipe for reading waits for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_dir():
            _refuse(path, "is a folder; expected a JSON file")
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        _refuse(path, f"no such file{_instead(path)}")
    except OSError as error:
        _refuse(path, f"cannot be read: {error.strerror}")
    except ValueError:
        _refuse(path, "cannot be the path of a file: no path holds such characters")
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            _refuse(path, "is a pipe or a device; expected a JSON file")
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        _refuse(path, f"is larger than {LARGEST_FILE // 1_000_000} MB; no config is so large")
    return content


def _instead(path: Path) -> str:
    if not path.parent.is_dir():
        return f": there is no folder {printable(str(path.parent))}"
    meant = nearest_file(path.name, path.parent)
    return f' (did you mean "{printable(meant)}"?)' if meant else ""


def nearest_file(name: str, folder: Path) -> str | None:
    """The name of the JSON file in `folder` that is nearest to `name`, or None."""
    try:
        return nearest(name, sorted(each.name for each in folder.glob("*.json") if is_file(each)))
    except OSError:
        return None


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name too long for the file system is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _decoded(content: bytes, where: str) -> str:
    encoding = json.detect_encoding(content)
    if not encoding.startswith("utf-8"):
        _refuse(where, f"is {encoding.upper()[:6]} text; save it as UTF-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        _refuse(where, f"line {line} is not UTF-8 text (byte 0x{byte:02x}); save it as UTF-8")
    if not text.strip():
        _refuse(where, "is empty; expected one JSON object, {...}")
    return text


def _parsed(text: str, where: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_int,
            parse_constant=lambda name: _Refused(f"must be a finite number; found {name}"),
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        expected = error.msg[:1].lower() + error.msg[1:]
        _refuse(where, f"{place} is not valid JSON: {expected}{_hint(text, error.pos)}")
    except RecursionError:
        _refuse(where, f"is nested deeper than {DEEPEST} levels")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held: dict[str, object] = {}
    for key, value in pairs:
        held[key] = _Refused("is there twice; keep one", key) if key in held else value
    return held


def _float(digits: str) -> object:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        return _Refused(f"must be a finite number; found {printable(digits[:60])}")
    return number + 0.0  # -0.0 becomes 0.0: one value, one spelling


def _int(digits: str) -> object:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        found = digits if len(digits) <= 24 else f"{digits[:20]}... ({len(digits)} digits)"
        return _Refused(f"must be a number of at most {MOST_DIGITS} digits; found {found}")
    return int(digits)


def _check(value: object, path: str, depth: int, where: str) -> None:
    """Refuse with its path whatever the hooks have marked, and what lies too deep."""
    if isinstance(value, _Refused):
        _refuse(where, f"{path} {value.problem}".strip())
    if isinstance(value, dict | list) and depth > DEEPEST:
        _refuse(where, f"is nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        for key, inner in value.items():
            shown = key if key.isidentifier() and len(key) < 60 else show(key)
            _check(inner, f"{path}.{shown}" if path else shown, depth + 1, where)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            _check(inner, f"{path}[{position}]", depth + 1, where)


def _hint(text: str, position: int) -> str:
    """What to do about the commonest slips of hand-written JSON."""
    rest = text[position:].lstrip()
    before = text[:position].rstrip()
    if rest.startswith(("//", "/*", "#")):
        return " (JSON has no comments)"
    if rest.startswith("'"):
        return ' (texts stand in double quotes, "...")'
    if re.match(r",\s*[}\]]", rest) or (before.endswith(",") and rest.startswith(("}", "]"))):
        return " (remove the comma before the closing bracket)"
    if rest.startswith(("True", "False", "None")):
        return " (write true, false or null)"
    return ""
