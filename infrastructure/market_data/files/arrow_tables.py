"""Parquet and Feather files, some rows at a time."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.table import Table

_AT_ONCE = 500_000


def parquet_tables(path: Path) -> Iterator[Table]:
    """The rows of a Parquet file. Raises DataError for a damaged one."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            batches = file.iter_batches(batch_size=_AT_ONCE)
            yield from _tables("Parquet", batches)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, "Parquet", error) from error


def feather_tables(path: Path) -> Iterator[Table]:
    """The rows of a Feather (Arrow) file. Raises DataError for a damaged one."""
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source:
            file = pa.ipc.open_file(source)
            batches = (file.get_batch(n) for n in range(file.num_record_batches))
            yield from _tables("Feather", batches)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, "Feather", error) from error


def _tables(format: str, batches: Iterator[Any]) -> Iterator[Table]:
    place = 1
    for batch in batches:
        frame = _flat(batch).to_pandas()
        if frame.index.inferred_type not in ("integer", "empty"):  # the times are its index
            frame = frame.reset_index()
        frame.columns = [_joined(name) for name in frame.columns]
        yield Table(format, frame.reset_index(drop=True), "row", place)
        place += len(frame)


def _flat(batch: Any) -> Any:
    """The batch with empty cells where a cell is no text and no number: lists, objects, bytes."""
    import pyarrow as pa

    def flat(column: Any) -> Any:
        if pa.types.is_nested(column.type):
            return pa.nulls(len(column))
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            with suppress(pa.ArrowInvalid):  # some writers do not say that their bytes are text
                return column.cast(pa.string())
            return pa.nulls(len(column))
        return column

    columns = [flat(column) for column in batch.columns]
    fields = [pa.field(n, c.type) for n, c in zip(batch.schema.names, columns, strict=True)]
    schema = pa.schema(fields, metadata=batch.schema.metadata)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _joined(name: Any) -> str:
    """`('Close', 'QQQ')`, the name of a column with two levels, is Close."""
    return str(name[0]) if isinstance(name, tuple) else str(name)


def _damaged(path: Path, format: str, error: Exception) -> DataError:
    reason = " ".join(str(error).split())[:100]
    return DataError(f"{path}: is no readable {format} file: {reason}")
