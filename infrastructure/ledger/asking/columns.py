"""The columns by which runs are listed, filtered and sorted, and the words of a command line."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Column, Text

from infrastructure.database.columns import Flag, UtcDateTime
from infrastructure.database.models import RUN_LIST, backtest_runs
from infrastructure.errors import ConfigError
from infrastructure.wording import hint_of, show, visible

Kind = Literal["number", "text", "moment", "flag"]

COLUMNS: Mapping[str, Column[Any]] = MappingProxyType(
    {name: backtest_runs.c[name] for name in ("run_id", *RUN_LIST)}
)
"""By name: all that stands in the index from which a list is read."""

LONGEST_WORD = 200
"""Characters of a name on the command line: no name of a config is longer."""


def kind_of(column: Column[Any]) -> Kind:
    """What the column's values are."""
    if isinstance(column.type, UtcDateTime):
        return "moment"
    if isinstance(column.type, Flag):
        return "flag"
    return "text" if isinstance(column.type, Text) else "number"


def column_called(name: str, where: str) -> Column[Any]:
    """The column of that name, whatever its case. Raises ConfigError naming the nearest one."""
    found = COLUMNS.get(name.lower())
    if found is None:
        said = hint_of(name, COLUMNS, f"; the columns are {', '.join(COLUMNS)}")
        raise ConfigError(f"{where}: no column of runs is called {show(name)}{said}")
    return found


def check_words(where: str, words: tuple[str, ...]) -> None:
    """Raise ConfigError for text that no name of a config can be."""
    for word in words:
        if not visible(word):
            raise ConfigError(
                f"{where}: expected a name without control characters or invisible ones; "
                f"found {show(word)}"
            )
        if not 0 < len(word) <= LONGEST_WORD:
            raise ConfigError(
                f"{where}: expected a name of 1 to {LONGEST_WORD} characters; found {len(word):,}"
            )
