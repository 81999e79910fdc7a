import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import LAST_OF_SESSION
from infrastructure.market_data.store.reading import read_bars, stored_series
from infrastructure.market_data.synthetic import SEED, ensure_demo_bars, make_demo_bars

ROOT = Path(__file__).resolve().parents[2]
MONTH = {"start": date(2024, 11, 25), "end": date(2024, 12, 31)}


def test_same_seed_gives_the_same_bars_in_another_process() -> None:
    """Deterministic, and other seeds and symbols give other bars."""
    code = (
        "from infrastructure.market_data.synthetic import make_demo_bars\n"
        "print(make_demo_bars().fingerprint)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert told.stdout.strip() == make_demo_bars().fingerprint
    assert make_demo_bars(seed=SEED + 1).fingerprint != make_demo_bars().fingerprint
    assert not np.array_equal(make_demo_bars("SPY").close, make_demo_bars().close)


def test_synthetic_series_looks_like_a_market_and_says_it_is_none() -> None:
    """Half days, gaps, a U of volume, clusters of volatility, whole cents; source "demo"."""
    bars = make_demo_bars()
    assert bars.source == "demo"
    years = (bars.session[-1] - bars.session[0]) / 365.25
    assert 2 <= years <= 3
    _, per_session = np.unique(bars.session, return_counts=True)
    assert sorted(set(per_session.tolist())) == [7, 13]
    place = np.concatenate([np.arange(count) for count in per_session])
    volume = [bars.volume[place == n].mean() for n in range(13)]
    assert volume[0] > 2 * volume[6] < volume[12]
    last = bars.phase == LAST_OF_SESSION
    gaps = np.log(bars.open[1:][last[:-1]] / bars.close[:-1][last[:-1]])
    assert 0.002 < gaps.std() < 0.01
    daily = np.abs(np.diff(np.log(bars.close[last])))
    assert np.corrcoef(daily[1:], daily[:-1])[0, 1] > 0.1
    for prices in (bars.open, bars.high, bars.low, bars.close):
        assert np.array_equal(prices, np.round(prices, 2))


@pytest.mark.parametrize(
    ("interval", "calendar"),
    [
        ("1m", "XNYS"),
        ("5m", "XNYS"),
        ("1h", "XNYS"),
        ("4h", "24/7"),
        ("1d", "XNYS"),
        ("1h", "CMES"),
    ],
)
def test_every_interval_and_calendar_can_be_made(interval: str, calendar: str) -> None:
    """Sound bars, all inside sessions, for every session of the range."""
    bars = make_demo_bars("X", interval, calendar, **MONTH)
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (np.diff(bars.timestamp) > 0).all()
    n_sessions = {"XNYS": 25, "24/7": 37, "CMES": 26}[calendar]
    assert len(np.unique(bars.session)) == n_sessions


def test_bars_of_all_intervals_are_cut_from_one_path() -> None:
    """Six 5-minute bars are one 30-minute bar; thirteen of those, or seven, are a day."""
    fine, day = make_demo_bars("X", "5m", **MONTH), make_demo_bars("X", "1d", **MONTH)
    cut = np.flatnonzero(np.diff(fine.session, prepend=0))
    assert np.array_equal(np.maximum.reduceat(fine.high, cut), day.high)
    assert np.array_equal(np.add.reduceat(fine.volume, cut), day.volume)
    assert np.array_equal(fine.open[cut], day.open)
    assert np.array_equal(fine.close[np.append(cut[1:], len(fine)) - 1], day.close)


def test_synthetic_bars_are_stored_and_read_as_made(database: Database) -> None:
    """Making and storing the default series takes less than a second, calendar included."""
    begin = time.perf_counter()
    made = make_demo_bars(database=database)
    assert time.perf_counter() - begin < 3  # 0.1 s on an idle machine, 0.5 with the library
    read = read_bars(database, "QQQ", "30m")
    assert (read.fingerprint, read.source) == (made.fingerprint, "demo")
    make_demo_bars(database=database)
    assert stored_series(database)[0].count.n_bars == len(made)


def test_only_symbols_without_bars_get_synthetic_ones(database: Database) -> None:
    """Each is announced as SYNTHETIC with the import command; real bars are never covered up."""
    from bar_rows import rows_at

    from infrastructure.market_data.store.reading import write_bars

    write_bars(database, "SPY", "5m", rows_at("2024-01-02 14:30"), "real")
    lines = ensure_demo_bars(database, ["QQQ", "SPY"], "1d")
    assert len(lines) == 1
    assert "QQQ 1d: no bars in " in lines[0] and "SYNTHETIC" in lines[0]
    assert lines[0].endswith("kairos data import FILE --symbol QQQ --interval 1d")
    assert ensure_demo_bars(database, ["QQQ", "SPY"], "1d") == []
    assert [(s.symbol, s.sources) for s in stored_series(database)] == [
        ("QQQ", "demo"),
        ("SPY", "real"),
    ]


def test_synthetic_bars_keep_away_from_real_ones(database: Database) -> None:
    """Where real bars of that symbol and interval are stored, none are made."""
    from bar_rows import rows_at

    from infrastructure.market_data.store.reading import write_bars

    write_bars(database, "QQQ", "30m", rows_at("2024-01-02 14:30"), "real")
    with pytest.raises(DataError, match="synthetic bars must not mix with real ones"):
        make_demo_bars(database=database)
    with pytest.raises(ConfigError, match="no session of XNYS"):
        make_demo_bars(start=date(2024, 1, 6), end=date(2024, 1, 7))
