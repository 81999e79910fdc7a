"""A sweep goes other ways than a backtest; it must arrive at the same place, trade for trade."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from referee_cases import random_case
from referee_setup import account, bars_of_sessions, signals_at, strategy
from sweep_setup import as_group, run_one

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.execution.records import REFUSAL_REASONS, TRADE_DTYPE
from infrastructure.core.sweeping.group import GroupResult

_NOT_KEPT = ("mae", "mfe")
_EPOCH = date(1970, 1, 1)


def assert_same(books: Sequence[Book], terms: AccountTerms) -> None:
    """Every trade, every refusal, every session return and every figure."""
    swept, backtest = run_one(as_group(books, terms)), run_backtest(books, terms)
    simulation = backtest.simulation
    kept = swept.trades[0][: len(simulation.trades)]
    assert swept.figures["trades"][0] == len(simulation.trades)
    for name in TRADE_DTYPE.names or ():
        if name not in _NOT_KEPT:
            assert np.array_equal(kept[name], simulation.trades[name], equal_nan=True), name
    counts = np.bincount(simulation.refusals["reason"], minlength=len(REFUSAL_REASONS))
    assert swept.refusals[0].tolist() == counts.tolist()
    assert swept.figures["refused"][0] == counts.sum()
    assert_same_figures(swept, backtest)
    assert_same_returns(swept, backtest)


def assert_same_figures(swept: GroupResult, backtest: Backtest) -> None:
    """TradeMetrics reckons in NumPy, over arrays; the sweep in one pass of sums."""
    for name, expected in vars(backtest.metrics).items():
        found = float(swept.figures[name][0])
        if isinstance(expected, date):
            expected = (expected - _EPOCH).days
        both_undefined = math.isnan(found) and math.isnan(expected)
        assert both_undefined or math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9), name


def assert_same_returns(swept: GroupResult, backtest: Backtest) -> None:
    """Close of session to close of session."""
    simulation = backtest.simulation
    last = np.flatnonzero(np.diff(simulation.row_session, append=np.iinfo(np.int64).max))
    closes = np.concatenate(([simulation.total_capital], simulation.account_equity[last]))
    if (closes[:-1] > 0).all():
        assert np.allclose(swept.returns[0], closes[1:] / closes[:-1] - 1.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(25))
def test_one_lane_from_signal_to_signal(seed: int) -> None:
    """The short way of a lone lane: any entry, stop, size, cost, calendar and policy."""
    case = random_case(seed)
    for book in case.books:
        for lane in book.lanes:
            assert_same([Book(book.config, book.allocation_percentage, (lane,))], case.terms)


@pytest.mark.parametrize("seed", range(25))
def test_many_lanes_through_the_account_machine(seed: int) -> None:
    """The long way of whole portfolios."""
    case = random_case(seed)
    assert_same(case.books, case.terms)


def test_a_position_may_be_held_for_a_century() -> None:
    """Seconds of 107 years are more than 32 bits tell: daily bars of an index go back as far."""
    flat = (100.0, 101.0, 99.0, 100.0)
    bars = bars_of_sessions([[flat]] * 4)
    late = np.array([0, 1, 20_000, 39_000]) * 86_400
    bars = replace(bars, timestamp=bars.timestamp + late, closes_at=bars.closes_at + late)
    config = strategy(
        stop_loss={"type": "fix_abs", "value": 50.0}, risk_reward=None, exit_at_session_end=False
    )
    lane = Lane(bars, signals_at(4, long=[0]))
    assert_same([Book(config, 100.0, (lane,))], account())


def test_a_growth_beyond_all_numbers_is_none() -> None:
    """A day that doubles the capital has no growth a year: infinite, it would win every sweep."""
    bars = bars_of_sessions([[(100.0, 100.0, 100.0, 100.0), (100.0, 200.0, 100.0, 200.0)]])
    config = strategy(sizing={"type": "percent_of_equity", "value": 100.0}, stop_loss=None)
    assert_same([Book(config, 100.0, (Lane(bars, signals_at(2, long=[0])),))], account())


@pytest.mark.nightly
@pytest.mark.parametrize("block", range(20))
def test_many_more_random_accounts(block: int) -> None:
    """Both ways, on thousands of lanes."""
    for seed in range(1_000 + 100 * block, 1_100 + 100 * block):
        case = random_case(seed)
        assert_same(case.books, case.terms)
        for book in case.books:
            for lane in book.lanes:
                assert_same([Book(book.config, book.allocation_percentage, (lane,))], case.terms)
