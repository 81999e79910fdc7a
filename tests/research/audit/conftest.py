"""Synthetic bars, small enough for many audits."""

from datetime import date

import pytest

from infrastructure.market_data.bars import Bars
from infrastructure.market_data.synthetic import make_demo_bars


@pytest.fixture(scope="session")
def half_year() -> Bars:
    """Half hours of half a year in New York."""
    return make_demo_bars("QQQ", "30m", start=date(2024, 1, 2), end=date(2024, 6, 28))


@pytest.fixture(scope="session")
def some_years() -> Bars:
    """Days of some years."""
    return make_demo_bars("QQQ", "1d", start=date(2019, 1, 2), end=date(2024, 6, 28))
