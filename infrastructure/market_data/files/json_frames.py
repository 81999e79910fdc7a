"""Raw tables from the values of a JSON document."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infrastructure.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_LONG_NAMES = {
    "t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume",
    "n": "trades", "vw": "vwap",
}  # fmt: skip
_SHORT_PRICES = {"t", "o", "h", "l", "c"}


def frame_of_rows(path: Path, rows: Any, names: tuple[str, ...]) -> "pd.DataFrame":
    """Rows without names under these. Raises DataError where a row has more cells, or fewer."""
    bad = next((n for n, row in enumerate(rows, 1) if len(row) != len(names)), None)
    if bad is not None:
        raise DataError(f"{path}: entry {bad} has {len(rows[bad - 1])} values, not {len(names)}")
    return frame_of(path, [dict(zip(names, row, strict=True)) for row in rows])


def frame_of(path: Path, content: Any) -> "pd.DataFrame":
    """Columns, or objects with the same keys, as pandas takes them. Raises DataError."""
    import pandas as pd

    try:
        frame = pd.DataFrame(content)
    except ValueError as error:
        raise DataError(f"{path}: its columns do not fit together: {str(error)[:80]}") from None
    if {*frame.columns} >= _SHORT_PRICES:
        frame = frame.rename(columns=_LONG_NAMES)
    for column in frame.columns:
        if frame[column].dtype == object:  # text and numbers mixed: judged cell by cell
            frame[column] = frame[column].map(_cell).astype("string")
    return frame


def _cell(value: Any) -> Any:
    """A number as the file writes it: text in the same column must not change its digits."""
    return value if value is None or isinstance(value, str) else json.dumps(value)
