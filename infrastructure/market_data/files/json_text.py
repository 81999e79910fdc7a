"""JSON read strictly, and with one line for what is wrong in it."""

import json
from pathlib import Path
from typing import Any, NoReturn

from infrastructure.errors import DataError

_DEEPEST = 60
_LOOKED_AT = 200_000
"""Characters whose brackets are counted."""


def parsed_json(path: Path, raw: bytes) -> Any:
    """The document of a file; a list where each line is one of its own. Raises DataError."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is no JSON in UTF-8") from None
    _refuse_depth(path, text)
    try:
        return _loaded(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return [_line(path, number, line) for number, line in _numbered_lines(text)]
        raise DataError(
            f"{path}: is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: is not valid JSON: {str(error)[:80]}") from None


def _numbered_lines(text: str) -> list[tuple[int, str]]:
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _line(path: Path, number: int, line: str) -> Any:
    try:
        return _loaded(line)
    except ValueError as error:
        raise DataError(f"{path}: line {number} is not valid JSON: {str(error)[:80]}") from None


def _loaded(text: str) -> Any:
    """Strict JSON: no NaN, no key twice."""
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_pairs)


def _refuse_depth(path: Path, text: str) -> None:
    """What no answer of bars is; Python's parser would recurse once a level."""
    depth = 0
    for character in text[:_LOOKED_AT]:
        depth += (character in "[{") - (character in "]}")
        if depth > _DEEPEST:
            raise DataError(f"{path}: is nested more than {_DEEPEST} deep; expected bars")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object")
    return found
