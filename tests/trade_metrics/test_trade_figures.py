"""Laws of the figures of closed trades."""

import statistics
from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.trade_statistics import (
    bars_in_market,
    kelly_fraction,
    longest_losing_streak,
    profit_factor,
    sqn,
)
from tests.trade_metrics.figures_setup import metrics, trades

PROFITS = st.lists(st.integers(-300, 300).map(float), max_size=30)
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=12)


def plain_mean(values: list[float]) -> float:
    """Mean, NaN of nothing."""
    return statistics.fmean(values) if values else nan


def plain_streak(profits: list[float]) -> int:
    """Longest run of losses, counted one by one."""
    longest = run = 0
    for profit in profits:
        run = run + 1 if profit < 0 else 0
        longest = max(longest, run)
    return longest


@given(PROFITS)
def test_figures_equal_their_plain_twins(profits: list[float]) -> None:
    """Every figure of net profits equals the same sentence written in plain Python."""
    found = metrics(trades(profits))
    wins, losses = [p for p in profits if p > 0], [p for p in profits if p < 0]
    win, loss = plain_mean(wins), plain_mean(losses)
    rate = len(wins) / len(profits) if profits else nan
    expected = {
        "trades": len(profits),
        "win_rate_pct": 100 * rate,
        "profit_factor": sum(wins) / -sum(losses) if losses else nan,
        "expectancy": plain_mean(profits),
        "expectancy_ratio": plain_mean(profits) / -loss,
        "avg_win": win,
        "avg_loss": loss,
        "payoff_ratio": win / -loss,
        "best_trade": max(profits, default=nan),
        "worst_trade": min(profits, default=nan),
        "kelly_pct": 100 * (rate - (1 - rate) / (win / -loss)),
        "longest_losing_streak": plain_streak(profits),
    }
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-9, nan_ok=True), name


@given(st.lists(st.one_of(st.integers(-40, 40).map(lambda r: r / 10), st.just(nan)), max_size=30))
def test_r_figures_count_only_trades_with_a_stop(r: list[float]) -> None:
    """A trade without a stop is left out of the R figures, its profit stays in the others."""
    found = metrics(trades([1.0] * len(r), r=r))
    known = [each for each in r if not isnan(each)]
    assert found.trades == len(r)
    assert found.expectancy_r == pytest.approx(plain_mean(known), abs=1e-9, nan_ok=True)
    if len(set(known)) < 2:
        assert isnan(found.sqn)
    else:
        plain = sqrt(len(known)) * statistics.fmean(known) / statistics.stdev(known)
        assert found.sqn == pytest.approx(plain, abs=1e-9)


def test_no_trades_no_figures() -> None:
    """Without trades counts and sums are zero, everything else is undefined, and JSON has null."""
    found = metrics(trades([]))
    zero = ("trades", "total_commission", "total_slippage", "longest_losing_streak")
    assert all(getattr(found, name) == 0 for name in (*zero, "ambiguous_trades"))
    undefined = (
        *("win_rate_pct", "profit_factor", "expectancy", "expectancy_r", "expectancy_ratio"),
        *("sqn", "avg_win", "avg_loss", "payoff_ratio", "best_trade", "worst_trade"),
        *("kelly_pct", "avg_trade_minutes", "sharpe", "sortino", "calmar"),
    )
    assert all(isnan(getattr(found, name)) for name in undefined)
    assert all(found.as_dict()[name] is None for name in undefined)


def test_wins_alone_have_no_profit_factor() -> None:
    """Nothing lost: undefined rather than infinite."""
    found = metrics(trades([10.0, 20.0]))
    undefined = (found.profit_factor, found.payoff_ratio, found.avg_loss, found.kelly_pct)
    assert all(isnan(figure) for figure in (*undefined, found.expectancy_ratio))
    assert found.win_rate_pct == 100.0


def test_losses_alone_have_a_profit_factor_of_zero() -> None:
    """Nothing won of something lost is zero, which is defined."""
    found = metrics(trades([-10.0, -20.0]))
    assert (found.profit_factor, found.win_rate_pct) == (0.0, 0.0)
    assert isnan(found.payoff_ratio)


def test_a_zero_trade_is_neither_won_nor_lost() -> None:
    """It counts as a trade, ends a losing streak, and enters no average but the expectancy."""
    found = metrics(trades([-1.0, 0.0, -1.0, 4.0]))
    assert (found.win_rate_pct, found.avg_loss, found.longest_losing_streak) == (25.0, -1.0, 1)
    assert found.expectancy == 0.5


def test_streaks_run_in_the_order_of_exits() -> None:
    """Trades of several symbols are realised when they close, whatever order they came in."""
    found = metrics(trades([-1.0, 5.0, -1.0], exit_time=[100, 300, 200]))
    assert found.longest_losing_streak == 2


def test_durations_costs_and_ambiguity_are_summed() -> None:
    """Minutes between the openings of entry and exit bar, money of both sides, flags."""
    found = metrics(
        trades(
            [1.0, 2.0],
            entry_time=[0, 1800],
            exit_time=[1800, 7200],
            commission=[1.25, 0.75],
            slippage=[0.5, 0.0],
            ambiguous=[1, 0],
        )
    )
    assert found.avg_trade_minutes == 60.0
    assert (found.total_commission, found.total_slippage) == (2.0, 0.5)
    assert found.ambiguous_trades == 1


@given(SPANS)
def test_bars_in_market_are_counted_once(spans: list[tuple[int, int]]) -> None:
    """Overlapping trades share their rows: the union of the spans, as a set would have it."""
    rows = {row for entry, length in spans for row in range(entry, entry + length + 1)}
    entries, exits = [e for e, _ in spans], [e + length for e, length in spans]
    assert bars_in_market(entries, exits) == len(rows)


def test_a_trade_that_ends_before_it_begins_is_refused() -> None:
    """The message names the trade and both rows."""
    with pytest.raises(DataError, match="found 2 after 3 in trade 1"):
        bars_in_market([1, 3], [1, 2])


def test_nan_profit_is_refused() -> None:
    """NaN compares False and would count as neither win nor loss: refused with its row."""
    with pytest.raises(DataError, match="net_pnl must hold finite numbers; found nan in row 1"):
        profit_factor([1.0, nan])
    with pytest.raises(DataError, match="net_pnl must hold finite numbers; found inf in row 0"):
        longest_losing_streak([np.inf])


def test_trades_need_columns_of_one_length() -> None:
    """The message gives every column's length."""
    with pytest.raises(DataError, match=r"found lengths net_pnl 2, r 1, entry_time 2"):
        metrics(trades([1.0, 2.0], r=[1.0]))


def test_kelly_of_impossible_odds() -> None:
    """A probability outside 0 to 1 is refused; a payoff of nothing is undefined."""
    with pytest.raises(ConfigError, match=r"win_probability must be from 0 to 1; found 1.5"):
        kelly_fraction(1.5, 1.0)
    assert isnan(kelly_fraction(0.5, 0.0))
    assert isnan(kelly_fraction(nan, 1.0))
    assert kelly_fraction(0.4, 1.0) == pytest.approx(-0.2)


def test_equal_r_has_no_quality_number() -> None:
    """Without spread, or with one trade, there is no SQN."""
    assert isnan(sqn([0.1 + 0.2, 0.3]))
    assert isnan(sqn([1.0]))
