"""Market data: files into the store and back, beside pandas on the same rows."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.checking import check_bars
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.store.series import stored_series
from infrastructure.market_data.store.writing import write_bars

N_BARS, N_SYMBOLS, N_DAYS = 1_000_000, 500, 5_040
_SYMBOL, _INTERVAL = "BIG", "1m"
_QUERY = (
    "SELECT timestamp, open, high, low, close, volume FROM market_bars "
    "WHERE symbol = 'BIG' AND interval = '1m' ORDER BY timestamp"
)

Job = tuple[str, str, Callable[[], object], str]
"""(job, engine, what is timed, goal)."""


def data_jobs(folder: Path) -> list[Job]:
    """Jobs on a CSV of a million minutes and on 500 daily series; what they give is compared."""
    os.environ["KAIROS_CACHE"] = str(folder / "cache")
    columns = _minutes()
    csv = folder / "minutes.csv"
    _write_csv(columns, csv)
    database = open_database(folder / "bars.db")
    _fill(database, csv, columns)
    bars = read_bars(database, _SYMBOL, _INTERVAL)
    calendar = get_calendar("XNYS", database)
    names = [f"S{n}" for n in range(N_SYMBOLS)]
    return [
        ("import of a CSV, 1,000,000 rows", "Kairos, checked and counted",
         lambda: _import_anew(folder, csv), "at most 2,500 ms (400,000 rows a second)"),
        ("import of a CSV, 1,000,000 rows", "pandas read_csv and to_sql",
         lambda: _pandas_import(folder, csv), ""),
        ("reading 1,000,000 bars, first time", "Kairos",
         lambda: _read_anew(database, folder), "at most 500 ms"),
        ("reading 1,000,000 bars, first time", "pandas.read_sql",
         lambda: _pandas_read(folder), ""),
        ("reading 1,000,000 bars, again", "Kairos, mapped",
         lambda: read_bars(database, _SYMBOL, _INTERVAL), "at most 20 ms"),
        ("500 symbols of 20 years of days", "Kairos",
         lambda: [read_bars(database, name, "1d") for name in names], "at most 2,000 ms"),
        ("list of 501 series, 3,520,000 bars", "Kairos",
         lambda: stored_series(database), "at once"),
        ("all checks of 1,000,000 bars", "Kairos",
         lambda: check_bars(_SYMBOL, _INTERVAL, calendar, columns), ""),
        ("1,000,000 minutes into half hours", "Kairos",
         lambda: resampled(bars, "30m", calendar), ""),
    ]  # fmt: skip


def _minutes() -> BarColumns:
    """A million minutes of regular New York sessions from 2010 on, a random walk in cents."""
    calendar = get_calendar("XNYS")
    first = int(np.searchsorted(calendar.opens_at, 1_262_304_000))
    sessions = range(first, first + 2_700)
    stamps = np.concatenate(
        [np.arange(calendar.opens_at[s], calendar.closes_at[s], 60) for s in sessions]
    )[:N_BARS]
    random = np.random.default_rng(3)
    close = np.round(100 * np.exp(np.cumsum(random.normal(0, 5e-4, N_BARS))), 2)
    open_ = np.round(close + random.normal(0, 0.02, N_BARS), 2)
    above, below = np.abs(random.normal(0, 0.02, (2, N_BARS)))
    high = np.round(np.maximum(open_, close) + above, 2)
    low = np.round(np.minimum(open_, close) - below, 2)
    volume = random.integers(1, 100_000, N_BARS).astype(np.float64)
    return BarColumns(stamps, open_, high, low, close, volume)


def _write_csv(columns: BarColumns, path: Path) -> None:
    frame = pd.DataFrame(vars(columns))
    local = pd.to_datetime(frame["timestamp"], unit="s", utc=True).dt.tz_convert("America/New_York")
    frame["timestamp"] = local.map(pd.Timestamp.isoformat)
    frame.to_csv(path, index=False)


def _fill(database: Database, csv: Path, columns: BarColumns) -> None:
    """Store everything, and stop where what is read is not what was written."""
    import_bars(database, csv, _SYMBOL)
    for _ in range(2):  # from the table, then mapped
        bars = read_bars(database, _SYMBOL, _INTERVAL)
        for name, column in vars(columns).items():
            if not np.array_equal(getattr(bars, name), column):
                raise SystemExit(f"not equal, nothing timed: {name}")
    calendar = get_calendar("XNYS", database)
    today = int(np.searchsorted(calendar.opens_at, 1_735_689_600))
    stamps = calendar.opens_at[today - N_DAYS : today]
    close = columns.close[:N_DAYS]
    days = BarColumns(stamps, close, close + 1, close - 1, close, close)
    for n in range(N_SYMBOLS):
        write_bars(database, f"S{n}", "1d", days, "made")


def _import_anew(folder: Path, csv: Path) -> object:
    for path in folder.glob("new.db*"):
        path.unlink()
    database = open_database(folder / "new.db")
    get_calendar("XNYS", database)
    try:
        return import_bars(database, csv, _SYMBOL)
    finally:
        database.close()


def _pandas_import(folder: Path, csv: Path) -> None:
    (folder / "pandas.db").unlink(missing_ok=True)
    frame = pd.read_csv(csv)
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True).astype("int64") // 10**9
    with sqlite3.connect(folder / "pandas.db") as connection:
        frame.to_sql("market_bars", connection, index=False, chunksize=100_000)


def _read_anew(database: Database, folder: Path) -> Any:
    shutil.rmtree(folder / "cache", ignore_errors=True)
    return read_bars(database, _SYMBOL, _INTERVAL)


def _pandas_read(folder: Path) -> Any:
    with sqlite3.connect(folder / "bars.db") as connection:
        return pd.read_sql(_QUERY, connection)
