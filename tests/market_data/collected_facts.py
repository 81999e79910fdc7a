"""What the collected files' README says of each, and what their bars show; kept as numbers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NEW_YORK = "America/New_York"


@dataclass(frozen=True)
class Facts:
    """One file of bars.

    taken: its rows, all of which are bars; outside: of them, outside the sessions. sizes: how many
    sessions have how many bars. findings: kinds and numbers. detected: whether its stamps have no
    zone and are found to be New York's. how: what the import has to be told.
    """

    interval: str
    taken: int
    sizes: dict[int, int]
    outside: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    detected: bool = False
    how: dict[str, Any] = field(default_factory=dict)


def _ibkr(**findings: int) -> Facts:
    """85 days of 78 bars and the half day of July 3, 2025, in New York's time without a zone."""
    return Facts("5m", 6_672, {42: 1, 78: 85}, findings=findings, detected=True)


def _daily(bars: int, **findings: int) -> Facts:
    return Facts("1d", bars, {1: bars}, findings=findings)


def _nq(interval: str, taken: int, sizes: dict[int, int], outside: int, **notes: int) -> Facts:
    how = {"calendar": "CMES", "timezone": NEW_YORK}
    return Facts(interval, taken, sizes, outside, notes, how=how)


FACTS = {
    "qqq_30min_2024-01_2025-05.csv": Facts("30m", 4_584, {7: 3, 13: 351}),
    "qqq_5min_2024-01_2025-05_alpaca.csv.gz": Facts(
        "5m", 27_608, {42: 3, 78: 351}, 104, {"half_day_after_hours": 104, "spike": 1}
    ),
    "qqq_5min_2024-07_2025-08_ibkr.csv.gz": Facts(
        "5m", 21_473, {42: 3, 53: 1, 78: 273}, findings={"cut_sessions": 1}, detected=True
    ),
    "qqq_1min_2025-08_ibkr.csv.gz": Facts(
        *("1m", 4_525, {47: 5, 390: 11}),
        findings={"short_sessions": 4, "cut_sessions": 1},
        detected=True,
    ),
    "qqq_30min_2023-06_2023-08_yahoo.csv": Facts("30m", 527, {7: 1, 13: 40}, detected=True),
    "qqq_5min_2025-05_2025-09_ibkr.csv.gz": _ibkr(),
    "spy_5min_2025-05_2025-09_ibkr.csv.gz": _ibkr(spike=1),
    "aapl_5min_2025-05_2025-09_ibkr.csv.gz": _ibkr(),
    "nvda_5min_2025-05_2025-09_ibkr.csv.gz": _ibkr(),
    "tsla_5min_2025-05_2025-09_ibkr.csv.gz": _ibkr(),
    "msft_5min_2025-05_2025-09_ibkr.csv.gz": _ibkr(),
    "qqq_daily_2000_2023_yahoo.csv.gz": _daily(5_912),
    "qqq_daily_raw_lean.csv.gz": _daily(3_964, split=1, spike=3, missing_sessions=1_588),
    "aapl_daily_raw_lean.csv.gz": _daily(5_849, split=4, spike=3),
    "spy_daily_raw_lean.csv.gz": _daily(5_849, spike=7),
    "ibm_daily_raw_lean.csv.gz": _daily(5_849, split=1, spike=1),
    "goog_daily_2004_2013.csv": _daily(2_148),
    "spy_1min_2024-03_2025-04.parquet": Facts(
        *("1m", 102_236, {210: 3, 354: 1, 390: 252}, 2_972),
        {
            "closing_bar": 247,
            "half_day_after_hours": 396,
            "mixed_sessions": 6,
            "spike": 5,
            "cut_sessions": 1,
        },
    ),
    "spy_5min_2024-03_2025-04.csv.gz": Facts(
        *("5m", 20_769, {42: 3, 71: 1, 78: 252}, 916),
        {
            "closing_bar": 247,
            "half_day_after_hours": 106,
            "mixed_sessions": 6,
            "cut_sessions": 1,
        },
    ),
    "spy_1min_ext_2024-02_2024-05_polygon.csv.gz": Facts(
        "1m", 49_720, {390: 63}, 25_150, {"spike": 32, "sudden_move": 1}
    ),
    "ndx_cfd_30min_2012_2017.csv.gz": Facts(
        *("30m", 19_034),
        {3: 2, 4: 2, 5: 4, 7: 18, 8: 2, 9: 1, 10: 5, 11: 2, 12: 8, 13: 1_437},
        findings={
            "missing_sessions": 17,
            "half_sessions": 2,
            "short_sessions": 18,
            "missing_bars": 12,
            "zero_volume": 658,
            "volume_unit": 3,
            "cut_sessions": 1,
            "single_zero_range": 3,
            "single_zero_volume": 2,
        },
    ),
    "ndx_cfd_1min_2016_2017.csv.gz": Facts(
        *("1m", 195_529, {136: 1, 210: 2, 372: 1, 388: 2, 389: 5, 390: 492}),
        findings={"short_sessions": 1, "missing_bars": 27, "single_zero_range": 6},
    ),
    "ndx_cfd_1min_2015-08_flash_crash.csv.gz": Facts(
        "1m", 4_284, {384: 1, 390: 10}, findings={"missing_bars": 6, "single_zero_range": 1}
    ),
    "nq_30min_2023-11_2023-12_firstrate_sample.csv.gz": _nq(
        *("30m", 491, {38: 2, 46: 9}, 1), half_day_after_hours=1, cut_sessions=1, untraded_hours=16
    ),
    "nq_1min_2023-11_2023-12_firstrate_sample.csv.gz": _nq(
        *("1m", 14_714, {1_139: 1, 1_140: 1, 1_380: 9}, 15),
        half_day_after_hours=15,
        cut_sessions=1,
        untraded_hours=480,
        missing_bars=1,
        single_zero_range=11,
    ),
    "eurusd_1h_2017_2018.csv.gz": Facts(
        *("1h", 5_000, {2: 2, 15: 1, 16: 1, 21: 27, 22: 15, 24: 165}, 108),
        {
            "no_session": 108,
            "short_sessions": 2,
            "cut_sessions": 2,
            "untraded_hours": 111,
            "single_zero_range": 2,
        },
        how={"calendar": "24/5", "timezone": "UTC"},
    ),
    "btcusdt_1h_2023-01_binance.csv": Facts("1h", 744, {24: 31}),
}
"""Every file of bars but SPY's daily ones, two of which are refused."""

NO_BARS = {
    "README.md",
    "nyse_sessions_2012_2026.csv",
    *(f"{name}_factors_lean.csv" for name in ("aapl", "ibm", "qqq", "spy")),
}
