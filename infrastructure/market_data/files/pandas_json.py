"""What pandas' to_json and to_dict write: orient columns, index, split and list.

Each function takes one JSON object and returns its table, or None if the object is another's.
Row labels become the column `index`, unless they only count.
"""

from typing import TYPE_CHECKING, Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_answers import name_in
from infrastructure.market_data.files.json_columns import (
    columns_frame,
    lists_frame,
    names_prices,
    records_frame,
)
from infrastructure.market_data.files.refusals import listed
from infrastructure.market_data.files.table import Facts, Table

if TYPE_CHECKING:
    import pandas as pd


def split(answer: dict[str, Any]) -> Table | None:
    """{"columns": ["open", ...], "index": [label, ...], "data": [[1.0, ...], ...]}."""
    names, rows = answer.get("columns"), answer.get("data")
    if not isinstance(names, list) or not isinstance(rows, list):
        return None
    texts = [str(tuple(name)) if isinstance(name, list) else str(name) for name in names]
    if len({*texts}) < len(texts):
        raise DataError(f"two columns have one name: {listed(texts)}")
    return _table("split", lists_frame(rows, texts), answer.get("index"))


def labelled(answer: dict[str, Any]) -> Table | None:
    """{"open": {label: 1.0, ...}, ...}, or {label: {"open": 1.0, ...}, ...}."""
    parts = list(answer.values())
    if not parts or not all(isinstance(part, dict) for part in parts):
        return None
    if names_prices(answer):
        return _table("columns", _side_by_side(answer), list(parts[0]))
    if names_prices(parts[0]):
        return _table("index", records_frame(parts), list(answer))
    return None


def columns(answer: dict[str, Any]) -> Table | None:
    """{"timestamp": [...], "open": [...], ...}."""
    lists = {name: values for name, values in answer.items() if isinstance(values, list)}
    if not names_prices(lists):
        return None
    return Table("JSON columns", columns_frame(lists), "entry", facts=Facts(name_in(answer)))


def _side_by_side(by_column: dict[str, dict[str, Any]]) -> "pd.DataFrame":
    first = next(iter(by_column.values()))
    for name, values in by_column.items():
        if values.keys() != first.keys():
            raise DataError(f"column {listed([name])}: other row labels than in the first column")
    return columns_frame({n: [values[at] for at in first] for n, values in by_column.items()})


def _table(orient: str, frame: "pd.DataFrame", labels: Any) -> Table:
    if isinstance(labels, list) and [str(label) for label in labels] != _counted(len(frame)):
        if len(labels) != len(frame) or "index" in frame:
            raise DataError(f"expected one row label for each of {len(frame):,} rows, as `index`")
        frame.insert(0, "index", columns_frame({"index": labels})["index"])
    return Table(f"pandas JSON ({orient})", frame, "entry")


def _counted(n_rows: int) -> list[str]:
    return [str(number) for number in range(n_rows)]
