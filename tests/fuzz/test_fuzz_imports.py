"""Files of bars changed at random: each is taken whole, or refused in one line and not at all."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bar_files import ANSWERS, GOOD, TEXTS
from fuzzing import fuzz, outcome_of
from hypothesis import strategies as st
from mutations import STRANGE_TEXTS, as_json, changed_bytes, encoded, mutated

from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.wording import printable

pytestmark = pytest.mark.fuzz

TABLES = ("market_bars", "bar_series", "bar_history", "price_factors")
JSON_KEYS = ["t", "o", "h", "l", "c", "v", "time", "open", "symbol", "bars", "result", "data"]


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """A vendor's text with cells, lines or bytes of another kind."""
    lines = TEXTS[draw(st.sampled_from([*TEXTS]))].decode().splitlines()
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.integers(0, len(lines) - 1))
        cells = lines[row].split(",")
        cell = draw(st.integers(0, len(cells) - 1))
        how = draw(st.sampled_from(["cell", "drop", "row", "swap"]))
        if how == "cell":
            cells[cell] = draw(st.sampled_from(STRANGE_TEXTS) | st.text(max_size=8))
        elif how == "drop":
            del cells[cell]
        elif how == "swap":
            cells[cell], cells[-1] = cells[-1], cells[cell]
        lines[row] = ",".join(cells)
        if how == "row":
            lines.insert(draw(st.integers(0, len(lines))), lines[row])
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's name and its content."""
    kind = draw(st.sampled_from(["text", "text", "json", "json", "bytes"]))
    if kind == "bytes":
        name = draw(st.sampled_from([*GOOD]))
        return name, draw(changed_bytes(GOOD[name]))
    if kind == "json":
        name = draw(st.sampled_from([*ANSWERS]))
        return name, draw(encoded(as_json(draw(mutated(ANSWERS[name], JSON_KEYS)))))
    content = draw(texts())
    if draw(st.integers(0, 3)) == 0:
        content = draw(changed_bytes(content))
    return "bars.csv", draw(encoded(content))


usual = st.sampled_from([{"symbol": "QQQ"}, {"symbol": "QQQ", "timezone": "America/New_York"}])
unusual = st.fixed_dictionaries(
    {"symbol": st.sampled_from(["QQQ", "BTC/USDT"])},
    optional={
        "interval": st.sampled_from(["30m", "1d"]),
        "timezone": st.sampled_from(["America/New_York", "UTC", "Asia/Tokyo"]),
        "calendar": st.sampled_from(["XNYS", "24/7"]),
        "drop_bad": st.booleans(),
        "replace": st.booleans(),
        "stamp": st.sampled_from(["start", "end"]),
        "dates": st.sampled_from(["day-first", "month-first"]),
        "keep": st.sampled_from(["first", "last"]),
        "adjusted": st.sampled_from(["none", "split", "all"]),
    },
)
lenient = usual.map(lambda given: {**given, "drop_bad": True, "replace": True, "keep": "last"})


def rows(path: Path) -> dict[str, list[Any]]:
    """All that the database holds of bars."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: [*connection.execute(f"SELECT * FROM {name}")] for name in TABLES}


class Store:
    """A database that begins anew once it holds much."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        self._open()

    def _open(self) -> None:
        self.path = self._folder / f"kairos{self._number}.db"
        self.database: Database = open_database(self.path)
        self.held = rows(self.path)

    def tried(self, work: Callable[[Database], object]) -> str:
        """The outcome; a refusal has changed nothing."""
        outcome = outcome_of(lambda: work(self.database))
        now = rows(self.path)
        assert outcome == "accepted" or now == self.held
        self.held = now
        if len(now["market_bars"]) > 200:
            self.database.close()
            self._number += 1
            self._open()
        return outcome


def test_every_file_is_taken_or_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was taken is told in printable lines; what was refused left the store as it was."""
    store = Store(tmp_path)

    def law(given: tuple[tuple[str, bytes], dict[str, Any]]) -> str:
        (name, content), more = given
        path = tmp_path / name.replace("/", "_")
        path.write_bytes(content)

        def work(database: Database) -> None:
            report = import_bars(database, path, **more)
            assert all(printable(line) for line in report.lines())

        return store.tried(work)

    with capsys.disabled():
        fuzz("imports", st.tuples(files(), usual | lenient | unusual), law)
    store.database.close()
