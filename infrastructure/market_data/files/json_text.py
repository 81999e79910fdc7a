"""JSON read strictly: what is no JSON, or would be read in two ways, is refused at its place."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_places import (
    DEEPEST,
    place_of_depth,
    place_of_repeated_key,
    place_of_value,
)
from infrastructure.market_data.files.refusals import brief, refusal

LARGEST = 512 << 20
"""Bytes of JSON taken: as Python objects they are ten times as many."""

_LONGEST_WHOLE = 18  # digits that surely fit int64


@dataclass(frozen=True, eq=False)
class Parsed:
    """A file's JSON. by_line: whether it was JSON lines; a blank line is then an empty object."""

    value: Any
    by_line: bool = False


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """What is wrong, and how its place in the text is found."""

    def __init__(self, reason: str, find: Callable[[str], int | None]) -> None:
        self.reason, self.find = reason, find


def parse_json(path: Path, raw: bytes) -> Parsed:
    """The content of a JSON file, or of one with an object or list on each line.

    Raises DataError, with line and column, for text that is no JSON or cut short, for NaN, Infinity
    and numbers beyond floating point, for a key given twice and for a depth that no bars have; also
    for more than LARGEST bytes.
    """
    if len(raw) > LARGEST:
        raise refusal(
            path,
            f"holds {len(raw) >> 20:,} MB of JSON, {LARGEST >> 20} MB are read at most; "
            "convert it to CSV or Parquet",
        )
    text = _decoded(path, raw)
    try:
        return Parsed(_parse(path, text))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in text[: error.pos]:
            return Parsed(list(_lines(path, text)), by_line=True)
        raise _at(path, text, error.pos, _reason(text, error)) from None


def _reason(text: str, error: json.JSONDecodeError) -> str:
    message = error.msg.removesuffix(" at").removesuffix(" starting")
    short = error.pos >= len(text.rstrip()) or message.startswith("Unterminated")
    return f"is no JSON: {message}{' (is the file cut short?)' if short else ''}"


def _decoded(path: Path, raw: bytes) -> str:
    encoding = json.detect_encoding(raw[:4])
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise refusal(path, f"byte {error.start + 1:,} is no {encoding.upper()} text") from None


def _lines(path: Path, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.rstrip().split("\n"), start=1):
        try:
            yield _parse(path, line, number) if line.strip() else {}
        except json.JSONDecodeError as error:
            raise _at(path, line, error.pos, _reason(line, error), number) from None


def _parse(path: Path, text: str, line: int = 1) -> Any:
    try:
        return _DECODER.decode(text)
    except _Unfit as unfit:
        raise _at(path, text, unfit.find(text), unfit.reason, line) from None
    except RecursionError:
        reason = f"is nested more than {DEEPEST} deep: no bars are"
        raise _at(path, text, place_of_depth(text), reason, line) from None


def _at(path: Path, text: str, place: int | None, reason: str, first_line: int = 1) -> DataError:
    if place is None:
        return refusal(path, reason)
    line = first_line + text.count("\n", 0, place)
    column = place - text.rfind("\n", 0, place)
    return refusal(path, f"line {line:,}, column {column:,}: {reason}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Unfit("a key is there twice in one object; remove one", place_of_repeated_key)
    return made


def _finite(written: str) -> float:
    value = float(written)
    if math.isinf(value):
        _refuse_literal(written, "is larger than a floating-point number can be")
    return value


def _whole(written: str) -> int | float:
    """A whole number; as floating point where int64 might not hold it."""
    return int(written) if len(written) <= _LONGEST_WHOLE else _large(written)


def _large(written: str) -> int | float:
    value = _finite(written)
    return int(written) if abs(value) < 2.0**63 else value


def _refuse_literal(written: str, reason: str = "is no number of JSON") -> None:
    raise _Unfit(f"{brief(written, 30)} {reason}", lambda text: place_of_value(text, written))


# One decoder for all texts: json.loads would make one for each line.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=_finite,
    parse_int=_whole,
    parse_constant=_refuse_literal,
)
