"""The collected real files, where they are at hand, have the rows that their README counts."""

from pathlib import Path

import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.opening import open_bar_file

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the collected data is not here")

ROWS = {
    "qqq_30min_2024-01_2025-05.csv": 4_584,
    "qqq_5min_2024-01_2025-05_alpaca.csv.gz": 27_608,
    "qqq_5min_2024-07_2025-08_ibkr.csv.gz": 21_473,
    "qqq_1min_2025-08_ibkr.csv.gz": 4_525,
    "qqq_30min_2023-06_2023-08_yahoo.csv": 527,
    "qqq_5min_2025-05_2025-09_ibkr.csv.gz": 6_672,
    "qqq_daily_2000_2023_yahoo.csv.gz": 5_912,
    "qqq_daily_raw_lean.csv.gz": 3_964,
    "spy_5min_2025-05_2025-09_ibkr.csv.gz": 6_672,
    "aapl_5min_2025-05_2025-09_ibkr.csv.gz": 6_672,
    "nvda_5min_2025-05_2025-09_ibkr.csv.gz": 6_672,
    "tsla_5min_2025-05_2025-09_ibkr.csv.gz": 6_672,
    "msft_5min_2025-05_2025-09_ibkr.csv.gz": 6_672,
    "spy_1min_2024-03_2025-04.parquet": 102_236,
    "spy_5min_2024-03_2025-04.csv.gz": 20_769,
    "spy_1min_ext_2024-02_2024-05_polygon.csv.gz": 49_720,
    "ndx_cfd_30min_2012_2017.csv.gz": 19_034,
    "ndx_cfd_1min_2016_2017.csv.gz": 195_529,
    "ndx_cfd_1min_2015-08_flash_crash.csv.gz": 4_284,
    "nq_30min_2023-11_2023-12_firstrate_sample.csv.gz": 491,
    "nq_1min_2023-11_2023-12_firstrate_sample.csv.gz": 14_714,
    "eurusd_1h_2017_2018.csv.gz": 5_000,
    "btcusdt_1h_2023-01_binance.csv": 744,
    "aapl_daily_raw_lean.csv.gz": 5_849,
    "spy_daily_raw_lean.csv.gz": 5_849,
    "ibm_daily_raw_lean.csv.gz": 5_849,
    "spy_daily_2008_2017_yahoo.csv": 2_519,
    "goog_daily_2004_2013.csv": 2_148,
}


@pytest.mark.parametrize("name", ROWS)
def test_a_collected_file_has_the_rows_of_its_readme(name: str) -> None:
    """Every row is there and has its time and prices."""
    chunks = list(open_bar_file(SHARED / name).chunks(10_000))
    assert sum(map(len, chunks)) == ROWS[name]
    assert all(chunk.stamps.readable.all() for chunk in chunks)
    assert all((chunk.low > 0).all() and (chunk.high >= chunk.low).all() for chunk in chunks)


def test_every_other_collected_file_is_refused_as_no_bars() -> None:
    """Factors and sessions have no prices; none of the folder's bars is left out above."""
    others = [path for path in SHARED.iterdir() if path.name not in {*ROWS, "README.md"}]
    assert len(others) == 33 - len(ROWS)
    for path in others:
        with pytest.raises(DataError, match="no open, high, low, close"):
            open_bar_file(path)
