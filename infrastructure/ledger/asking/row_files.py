"""Rows into files that any program reads: CSV, Parquet or JSON, whole or not there at all."""

import csv
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from infrastructure.errors import ConfigError, StorageError
from infrastructure.whole_file import whole_file

ENDINGS = (".csv", ".csv.gz", ".parquet", ".json")

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula in a spreadsheet, in full width too (OWASP, CSV Injection)."""

_AT_ONCE = 20_000

Kind = Literal["whole", "real", "text", "moment", "date", "flag"]


class Field(NamedTuple):
    """A column of a file."""

    name: str
    kind: Kind


Rows = Iterable[Sequence[Any]]


def check_output(path: Path, force: bool = False) -> str:
    """The path's ending. Raises ConfigError for another one and for a file that is there."""
    ending = next((each for each in ENDINGS if path.name.endswith(each)), None)
    if ending is None:
        raise ConfigError(
            f"{path}: expected a name that ends in {', '.join(ENDINGS)}; found {path.name!r}"
        )
    if os.path.lexists(path) and not force:
        raise _taken(path)
    return ending


def write_rows(path: Path, fields: Sequence[Field], rows: Rows, force: bool = False) -> int:
    """Write the rows in the form that the path's ending says; how many there were.

    Raises ConfigError for another ending and for a file that is there, unless `force`;
    StorageError where the file cannot be written.
    """
    ending = check_output(path, force)
    write: Callable[[Path, Sequence[Field], Rows], int] = {
        ".csv": _write_csv,
        ".csv.gz": _write_csv,
        ".parquet": _write_parquet,
        ".json": _write_json,
    }[ending]
    try:
        with whole_file(path, force) as unfinished:
            return write(unfinished, fields, rows)
    except FileExistsError:  # somebody else's of the meantime
        raise _taken(path) from None
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror or error})") from None


def _taken(path: Path) -> ConfigError:
    return ConfigError(f"{path}: is there already; give another name, or --force to replace it")


def _write_csv(path: Path, fields: Sequence[Field], rows: Rows) -> int:
    """RFC 4180: lines end in CRLF, and a text with a line's end in it is quoted."""
    forms = [_CSV_FORMS[field.kind] for field in fields]
    count = 0
    with _opened_text(path) as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields])
        for row in rows:
            writer.writerow(
                ["" if cell is None else form(cell) for form, cell in zip(forms, row, strict=True)]
            )
            count += 1
    return count


@contextmanager
def _opened_text(path: Path) -> Iterator[IO[str]]:
    if path.name.endswith(".gz"):
        # Without a name and a date in it the same rows are the same file.
        with (
            path.open("wb") as plain,
            gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed,
            TextIOWrapper(packed, encoding="utf-8", newline="") as file,
        ):
            yield file
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


def harmless(text: str) -> str:
    """Text that no spreadsheet runs as a formula: an apostrophe before what would be one."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


_CSV_FORMS: dict[Kind, Callable[[Any], Any]] = {
    "whole": int,
    "real": float,
    "text": harmless,
    "moment": _moment,
    "date": date.isoformat,
    "flag": lambda value: "true" if value else "false",
}


def _write_json(path: Path, fields: Sequence[Field], rows: Rows) -> int:
    """A list of objects, one a line."""
    names = [field.name for field in fields]
    count = 0
    with _opened_text(path) as file:
        file.write("[")
        for row in rows:
            told = json.dumps(
                dict(zip(names, row, strict=True)),
                ensure_ascii=False,
                allow_nan=False,
                default=_json_form,
            )
            file.write(f"{',' if count else ''}\n{told}")
            count += 1
        file.write("\n]\n")
    return count


def _json_form(value: Any) -> str:
    return _moment(value) if isinstance(value, datetime) else str(value.isoformat())


def _write_parquet(path: Path, fields: Sequence[Field], rows: Rows) -> int:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    types = {
        "whole": pa.int64(),
        "real": pa.float64(),
        "text": pa.string(),
        "moment": pa.timestamp("ms", tz="UTC"),
        "date": pa.date32(),
        "flag": pa.bool_(),
    }
    schema = pa.schema([(field.name, types[field.kind]) for field in fields])
    count, left = 0, iter(rows)
    with ParquetWriter(path, schema) as writer:
        while some := list(islice(left, _AT_ONCE)):
            columns = zip(*some, strict=True)
            arrays = [
                pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(some)
    return count
