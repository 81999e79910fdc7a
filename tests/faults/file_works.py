"""The same of imports and upgrades."""

import shutil
from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from pathlib import Path

from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.synthetic import make_demo_bars
from tests.database.ledger_samples import rows
from tests.faults.old_files import make_old_file
from tests.faults.sound_files import address_of, bring_to_head, contents_of
from tests.faults.stored import series_contents
from tests.faults.works import Work, kairos

SYMBOLS = """SELECT DISTINCT symbol, CAST(substr(symbol, 2) AS INTEGER) FROM {}
WHERE symbol LIKE 'S%' ORDER BY symbol"""


class Imports(Work):
    """`kairos data import`, each of another symbol."""

    name = "imports"

    def prepare(self) -> None:
        """See Work."""
        untouched = self._begin()
        self.csv = self.folder / "bars.csv"
        write_csv(self.csv, make_demo_bars("SPY", start=date(2025, 1, 2)))
        self.once_on(untouched, "S0")
        database = open_database(untouched)
        self._whole = series_contents(database, "S0")
        database.close()

    def once(self, turn: int) -> None:
        """See Work."""
        self.once_on(self.file, f"S{turn}")

    def once_on(self, file: Path, symbol: str) -> None:
        """Half a year of bars."""
        kairos("data", "import", self.csv, "--symbol", symbol, "--db", file)

    def half(self, database: Database, turns: int) -> Iterator[str]:
        """Series that have a part of the bars, or of what is known of them."""
        tables = ("market_bars", "bar_series", "bar_history")
        named, *others = [rows(database, SYMBOLS.format(table)) for table in tables]
        if any(other != named for other in others):
            yield "bars, what is known of them and their history are of different symbols"
        self.whole = len(named)
        for symbol, _ in sorted(named, key=itemgetter(1))[-2:]:
            if series_contents(database, symbol) != self._whole:
                yield f"the import of {symbol} is half"


class Upgrades(Work):
    """Files of the first schema, each brought to the head."""

    name = "upgrades"

    def prepare(self) -> None:
        """See Work."""
        self.old = self.folder / "old"
        make_old_file(self.old, "0001")
        self._before = contents_of(self.old)
        untouched = Path(shutil.copy(self.old, self.folder / "untouched.db"))
        bring_to_head(address_of(untouched))
        self._after = contents_of(untouched)
        self._done: set[Path] = set()

    def once(self, turn: int) -> None:
        """See Work."""
        copied = Path(shutil.copy(self.old, self.folder / "copy"))
        file = copied.replace(self.folder / f"{turn}.db")
        bring_to_head(address_of(file))

    def problems(self, turns: int) -> Iterator[str]:
        """Files with neither schema, or without a row; then each is brought to the head."""
        for file in sorted(self.folder.glob("[0-9]*.db")):
            found = contents_of(file)
            if found not in (self._before, self._after):
                yield f"{file.name} is neither of the old nor of the new schema"
            self.whole += found == self._after
            if found == self._before:
                bring_to_head(address_of(file))
                if contents_of(file) != self._after:
                    yield f"{file.name} could not be upgraded afterwards"
            file.unlink()


def write_csv(path: Path, bars: Bars) -> None:
    """Bars as a vendor's file, stamps in UTC."""
    columns = (bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    bars_in_rows = zip(*(each.tolist() for each in columns), strict=True)
    lines = [",".join(map(str, row)) for row in bars_in_rows]
    path.write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]) + "\n")
