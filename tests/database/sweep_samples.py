"""Small sweeps and trials for the ledger's tests."""

from typing import Any

import numpy as np

from infrastructure.database.research_tables import TRIAL_FIGURES, TRIAL_VALUES
from infrastructure.strategy_management.sweep_record import SweepRecord, SweepSeries

DAY = 86_400
START = 1_704_205_800
"""2024-01-02 14:30 UTC."""


def series(
    symbol: str = "QQQ", interval: str = "30m", first: int = 0, last: int = 9
) -> SweepSeries:
    """Bars from one day after START to another."""
    return SweepSeries(symbol, interval, START + first * DAY, START + last * DAY)


def sweep_record(**changes: Any) -> SweepRecord:
    """A sweep of a million trials of QQQ 30m with these changes."""
    values: dict[str, Any] = {
        "plan_hash": "a" * 64,
        "purpose": "sweep",
        "portfolio_name": "single_qqq",
        "portfolio_json": {"portfolio_name": "single_qqq"},
        "strategies_json": [{"class_name": "TightCandleStrategy"}],
        "axes": [{"keys": ["stop_loss.value"], "values": [0.0, 0.1]}],
        "constraints": ["trades>=30"],
        "objective": "sqn",
        "sampler": "grid",
        "seed": None,
        "n_trials": 1_000_000,
        "kairos_version": "0.1.0",
        "code_digest": "c" * 64,
        "bars_fingerprint": "f" * 64,
        "fill_policy": "stop_first",
        "synthetic": False,
        "series": (series(),),
    }
    return SweepRecord(**(values | changes))


def trial_columns(numbers: Any, **changes: Any) -> dict[str, Any]:
    """Every column for trials of these numbers; some figures do not exist."""
    numbers = np.asarray(numbers, np.int64)
    columns: dict[str, Any] = {
        "trial": numbers,
        "config_hash": numbers * 7_919 - 2**62,
        "invalid": numbers % 5 == 4,
    }
    for place, name in enumerate((*TRIAL_VALUES, *TRIAL_FIGURES), start=1):
        figure = (numbers + 1) / (3.0 * place) - 1.0
        columns[name] = np.where((numbers + place) % 4 == 0, np.nan, figure)
    return columns | changes
