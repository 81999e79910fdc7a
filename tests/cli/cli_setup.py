"""Command lines in this process, on configs and bars written by the test."""

import json
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
