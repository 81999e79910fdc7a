"""Command lines in this process, on configs and bars written by the test."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from infrastructure.cli.app import main, run_everything

IMPORT_LINE = "kairos data import FILE --symbol QQQ --interval 30m"


class Outcome(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of the error; fails where there is more than that."""
        (line,) = self.err.splitlines()
        assert line.startswith("error: ")
        return line.removeprefix("error: ")


class Shop:
    """A folder with configs, a database and a command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.database = folder / "kairos.db"
        for name in ("strategies", "portfolios"):
            (folder / "config" / name).mkdir(parents=True)

    def kairos(self, *arguments: object) -> Outcome:
        """`kairos ARGUMENTS`, in this process."""
        return self._outcome(main([str(each) for each in arguments]))

    def everything(self, *arguments: object) -> Outcome:
        """`python main.py ARGUMENTS` on this folder's configs, in this process."""
        given = [str(each) for each in arguments]
        return self._outcome(run_everything(self.folder / "config", given))

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of bars, of what is known of them and of their history."""
        tables = ("market_bars", "bar_series", "bar_history")
        with closing(sqlite3.connect(self.database)) as connection:
            return {name: [*connection.execute(f"SELECT * FROM {name}")] for name in tables}

    def portfolio(
        self, name: str = "single", symbol: str = "QQQ", interval: str = "30m", **settings: Any
    ) -> Path:
        """Write a portfolio of one tight candle strategy of that name; its path."""
        config = self.folder / "config"
        strategy = {
            "strategy_name": f"{name} candles",
            "class_name": "TightCandleStrategy",
            "symbols": [symbol],
            "interval": interval,
            "indicator": {"name": "TightCandle"},
            "risk_reward": 2.0,
        }
        portfolio = {
            "portfolio_name": name,
            "total_capital": 100_000,
            "strategies": [{"strategy": name, "allocation_percentage": 50}],
            "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
        }
        (config / "strategies" / f"{name}.json").write_text(json.dumps(strategy))
        path = config / "portfolios" / f"{name}.json"
        path.write_text(json.dumps({**portfolio, **settings}))
        return path

    def _outcome(self, code: int) -> Outcome:
        printed = self.capsys.readouterr()
        return Outcome(code, printed.out, printed.err)


def month_of_bars(path: Path, zone: str = "-05:00") -> Path:
    """January 2024 in half hours as a vendor's CSV: New York time, a walk with many dojis."""
    random = np.random.default_rng(5)
    days = np.arange("2024-01-02", "2024-02-01", dtype="datetime64[D]")
    days = days[np.is_busday(days, holidays=["2024-01-15"])]
    lines, price = ["timestamp,open,high,low,close,volume"], 400.0
    for day in days:
        for step in range(13):
            close = price + random.choice([0.0, 0.01, -0.01, 0.4, -0.4])
            above, below = random.choice([0.02, 0.3, 0.6], 2)
            when = day + np.timedelta64(570 + 30 * step, "m")
            prices = (price, max(price, close) + above, min(price, close) - below, close)
            lines.append(f"{when}:00{zone}," + ",".join(f"{each:.2f}" for each in prices) + ",1000")
            price = close
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def planted_month(path: Path) -> Path:
    """The month with a spike on January 11, a hole of a bar on the 18th, and without the 22nd."""
    lines = month_of_bars(path).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("2024-01-22", "2024-01-18T12:30"))]
    row = next(n for n, line in enumerate(kept) if line.startswith("2024-01-11T13:30"))
    when, *prices, volume = kept[row].split(",")
    kept[row] = ",".join([when, *(f"{1.2 * float(price):.2f}" for price in prices), volume])
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path
