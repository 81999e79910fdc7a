"""Run every portfolio in backtest_config/portfolios: `python main.py`, or `make run`."""

import sys
from pathlib import Path

from infrastructure.cli.start import run_everything

if __name__ == "__main__":
    sys.exit(run_everything(Path(__file__).parent / "backtest_config"))
