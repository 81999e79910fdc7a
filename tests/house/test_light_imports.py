"""House rules: a start loads what a run on stored bars needs, and no more."""

import subprocess
import sys

import pytest

HEAVY = ["alembic", "exchange_calendars", "matplotlib", "pandas", "plotly", "pyarrow", "vectorbt"]
HEAVY += ["alpaca", "arch", "yfinance"]


@pytest.mark.parametrize(
    "module",
    [
        "infrastructure.strategy_management.strategy_manager",
        "infrastructure.risk_management.risk_manager",
        "infrastructure.market_data.store.reading",
        "infrastructure.market_data.providers.downloading",
        "infrastructure.market_data.providers.opening",
        "infrastructure.cli.running",
        "infrastructure.cli.auditing",
        "infrastructure.cli.runs_asking",
        "infrastructure.ledger.asking.comparing",
        "infrastructure.ledger.asking.exporting",
        "infrastructure.reporting.run_list",
        "infrastructure.trade_metrics.trade_metrics",
        "strategies.tight_candle_strategy",
    ],
)
def test_heavy_packages_are_loaded_by_what_needs_them(module: str) -> None:
    """Importing a module of the run path loads none of the packages that take long to import."""
    found = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", found], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == []
