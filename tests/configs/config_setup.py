"""A portfolio and its strategy on disk, and `kairos run` on them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from infrastructure.cli.app import main

STORED = ("backtest_runs", "algo_strategies", "algo_trades", "market_bars")


class Configs:
    """config/portfolios/single.json and the config/strategies/tight.json that it names."""

    def __init__(self, folder: Path, strategy: object, portfolio: object) -> None:
        self.work = folder
        self.folder = folder / "config"
        self.strategy = self.folder / "strategies" / "tight.json"
        self.portfolio = self.folder / "portfolios" / "single.json"
        for path, data in ((self.strategy, strategy), (self.portfolio, portfolio)):
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(data), encoding="utf-8")

    def refused(self, capsys: pytest.CaptureFixture[str], *, database: bool = False) -> str:
        """The one line of `kairos run`, which must end with 2 and leave no file behind.

        database: a new one may be there, without a row.
        """
        before = self._files()
        code = main(["run", str(self.portfolio)])
        printed = capsys.readouterr()
        (line,) = printed.err.splitlines()
        assert (code, printed.out) == (2, "")
        assert line.startswith("error: ")
        made = self._files() - before
        assert made <= ({self.work / "kairos.db"} if database else set())
        assert all(_rows(path) == 0 for path in made)
        return line.removeprefix("error: ")

    def _files(self) -> set[Path]:
        return {*self.work.rglob("*")}


def _rows(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {each}") for each in STORED]
        return sum(count for (count,) in (cursor.fetchone() for cursor in counts))
