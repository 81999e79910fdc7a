"""Parquet and Feather files, a bounded number of rows at a time. Nothing in them is executed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.market_data.files.refusals import damage_refused, listed, refusal
from infrastructure.market_data.files.table import Facts, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_AT_ONCE = 500_000
_BUFFER = 1 << 20  # bytes read ahead: without it, a column chunk is read whole
_FEATHER_1 = b"FEA1"
_UNNAMED_INDEX = "__index_level_0__"


def parquet_batches(path: Path, rows: int = _AT_ONCE) -> Iterator[Table]:
    """The rows of a Parquet file as tables of at most `rows` rows; one of none if it has none.

    A stored pandas index is a column, an unnamed one `index`; names of several levels are joined,
    as in `('Close', 'AAPL')`. Times keep their unit and zone, decimal numbers become float64,
    nested and binary columns are left out with a note.

    Raises DataError, one line, for a damaged file; that may be after some tables.
    """
    import pyarrow.parquet as pq

    with _reading(path, "Parquet file"), pq.ParquetFile(path, buffer_size=_BUFFER) as file:
        schema = file.schema_arrow
        plain = _plain(path, schema)
        names = None if len(plain) == len(schema) else [schema.names[at] for at in plain]
        batches = file.iter_batches(batch_size=rows, columns=names)
        yield from _tables("Parquet", schema, plain, batches)


def feather_batches(path: Path, rows: int = _AT_ONCE) -> Iterator[Table]:
    """The rows of a Feather (Arrow IPC) file, as `parquet_batches` gives those of Parquet.

    Raises DataError for a damaged file, and for Feather of version 1, which pyarrow gives up.
    """
    import pyarrow as pa

    with _reading(path, "Feather file"), pa.memory_map(str(path)) as source:
        if source.read(len(_FEATHER_1)) == _FEATHER_1:
            raise refusal(path, "is Feather of version 1; save it as version 2, Parquet or CSV")
        source.seek(0)
        file = pa.ipc.open_file(source)
        plain = _plain(path, file.schema)
        whole = (file.get_batch(number).select(plain) for number in range(file.num_record_batches))
        parts = (batch.slice(at, rows) for batch in whole for at in range(0, len(batch), rows))
        yield from _tables("Feather", file.schema, plain, parts)


@contextmanager
def _reading(path: Path, kind: str) -> Iterator[None]:
    import pyarrow as pa

    errors = (pa.ArrowException, OSError, ValueError, LookupError, OverflowError, MemoryError)
    with damage_refused(path, kind, *errors):
        yield


def _plain(path: Path, schema: "pa.Schema") -> list[int]:
    """Positions of the columns that hold numbers, times or text."""
    import pyarrow.types as kinds

    tests = (kinds.is_nested, kinds.is_binary, kinds.is_large_binary, kinds.is_fixed_size_binary)
    types = [getattr(column.type, "storage_type", column.type) for column in schema]
    plain = [at for at, kind in enumerate(types) if not any(test(kind) for test in tests)]
    if not plain:
        raise refusal(path, f"holds no column of plain values; found {listed(schema.names)}")
    return plain


def _tables(
    kind: str, schema: "pa.Schema", plain: list[int], batches: Iterable["pa.RecordBatch"]
) -> Iterator[Table]:
    import pyarrow as pa

    others = [name for at, name in enumerate(schema.names) if at not in plain]
    notes = (f"nested and binary columns were left out: {listed(others)}",) * bool(others)
    empty = pa.RecordBatch.from_pylist([], schema=pa.schema([schema.field(at) for at in plain]))
    first = 1
    for batch in batches:
        if len(batch):
            yield Table(kind, _frame(batch), "row", first, Facts(notes=notes))
            first += len(batch)
    if first == 1:
        yield Table(kind, _frame(empty), "row", first, Facts(notes=notes))


def _frame(batch: "pa.RecordBatch") -> "pd.DataFrame":
    import pyarrow as pa

    batch.validate(full=True)  # offsets and UTF-8, on which the rest relies
    names = ["index" if name == _UNNAMED_INDEX else name for name in batch.schema.names]
    table = pa.table([_simple(column) for column in batch.columns], names=names)
    return table.to_pandas(ignore_metadata=True, date_as_object=False)


def _simple(column: "pa.Array") -> "pa.Array":
    """The same values as numbers, times or text."""
    import pyarrow as pa

    column = getattr(column, "storage", column)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_decimal(column.type):  # by its text: pyarrow's own division rounds twice
        column = column.cast(pa.string()).cast(pa.float64())
    return column
