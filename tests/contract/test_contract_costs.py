"""Slippage on market and stop fills, none on targets and limits; commission each side."""

from typing import Any

import pytest
from scenario import Account, at_level, near, stop

ENTRIES = [  # slippage of 1 %
    ("next_open", "long", "100", 101.0),
    ("next_open", "short", "100", 99.0),
    ("close", "long", "100", 101.0),
    ("close", "short", "100", 99.0),
    ("stop", "long@102", "100 102 99 101", 103.02),
    ("stop", "long@102", "104 104 103 104", 105.04),
    ("stop", "short@98", "100 101 98 99", 97.02),
    ("limit", "long@98", "100 101 98 99", 98.0),
    ("limit", "long@98", "97 98 96 97", 97.0),
    ("limit", "short@102", "100 102 99 101", 102.0),
]


@pytest.mark.parametrize(("kind", "signal", "bar", "price"), ENTRIES)
def test_slippage_of_entries(kind: str, signal: str, bar: str, price: float) -> None:
    """Market and stop entries pay it; a limit fills at its price or a better open."""
    account = Account(slippage_bps=100).book(
        f"100, {bar}, {bar}",
        {0: signal},
        entry=at_level(kind),
        stop_loss=stop("fix_abs", 10),
    )
    assert account.run().trade.entry_price == near(price)


# Long from 101 with the stop at 99 and the target at 105; short from 99, stop 101, target 95.
EXITS: list[tuple[str, str, dict[int, str], dict[str, Any], float]] = [
    ("stop", "100 101 98 100, 100", {0: "long"}, {}, 98.01),
    ("stop", "95, 95", {0: "long"}, {}, 94.05),  # gap
    ("stop", "100 102 99 100, 100", {0: "short"}, {}, 102.01),
    ("target", "100 105 100 104, 104", {0: "long"}, {"risk_reward": 2}, 105.0),
    ("target", "106, 106", {0: "long"}, {"risk_reward": 2}, 106.0),  # gap
    ("target", "100 100 95 96, 96", {0: "short"}, {"risk_reward": 2}, 95.0),
    ("session_end", "100", {0: "long"}, {}, 99.0),
    ("session_end", "100", {0: "short"}, {}, 101.0),
    ("exit_signal", "102, 102", {0: "long", 1: "exit_long"}, {}, 100.98),
    ("end_of_data", "100", {0: "long"}, {"exit_at_session_end": False}, 99.0),
]


@pytest.mark.parametrize(("reason", "bars", "signals", "config", "price"), EXITS)
def test_slippage_of_exits(
    reason: str, bars: str, signals: dict[int, str], config: dict[str, Any], price: float
) -> None:
    """Every market and stop exit pays it; a target fills at its price or a better open."""
    account = Account(slippage_bps=100).book(f"100, 100, {bars}", signals, **config)
    trade = account.run().trade
    assert (trade.exit_reason, trade.exit_price) == (reason, near(price))


def test_slippage_of_a_reversal_is_paid_twice() -> None:
    """Out of the long at 99 and short at 99, where the bar opened at 100."""
    run = (
        Account(slippage_bps=100)
        .book("100, 100, 100, 100", {0: "long", 1: "short"}, on_opposite_signal="reverse")
        .run()
    )
    assert run.trades[0].exit_price == near(99)
    assert run.trades[1].entry_price == near(99)


def test_slippage_money_of_a_trade_is_of_both_sides() -> None:
    """500 shares: 1.00 at the entry, 0.99 at the stop."""
    trade = Account(slippage_bps=100).book("100, 100, 100 101 98 99", {0: "long"}).run().trade
    assert (trade.quantity, trade.slippage) == (500, near(995))


def test_slippage_money_of_a_target_is_of_the_entry_alone() -> None:
    """500 shares: 1.00 at the entry, nothing at the target."""
    account = Account(slippage_bps=100).book(
        "100, 100, 100 106 100 104", {0: "long"}, risk_reward=2
    )
    assert account.run().trade.slippage == near(500)


def test_slippage_may_differ_on_exits() -> None:
    """A spread paid at entries only."""
    account = Account(slippage_bps=100, exit_slippage_bps=0.0)
    trade = account.book("100, 100, 100", {0: "long"}).run().trade
    assert (trade.entry_price, trade.exit_price) == (near(101), near(100))


COMMISSIONS = [  # 500 shares, in at 100 and out at 98
    ({"commission_per_share": 0.01}, 10.0),
    ({"commission_per_share": 0.01, "commission_minimum": 20}, 40.0),
    ({"commission_per_share": 0.01, "commission_minimum": 4}, 10.0),
    ({"commission_minimum": 3}, 6.0),
    ({"commission_bps": 10}, 99.0),
    ({"commission_per_share": 0.01, "commission_minimum": 20, "commission_bps": 10}, 139.0),
    ({}, 0.0),
]


@pytest.mark.parametrize(("costs", "commission"), COMMISSIONS)
def test_commission_of_each_side(costs: dict[str, float], commission: float) -> None:
    """max(per share x quantity, minimum) + bps of notional, in and out; P&L is net of it."""
    trade = Account(**costs).book("100, 100, 100 101 97 98", {0: "long"}).run().trade
    assert trade.commission == near(commission)
    assert trade.net_pnl == near(-1000 - commission)


def test_net_pnl_of_a_short_with_costs() -> None:
    """500 sold at 99, bought back at 98.98 (98 slipped): 10 gained, 10 paid in commission."""
    account = Account(slippage_bps=100, commission_per_share=0.01)
    trade = account.book("100, 100, 98", {0: "short"}).run().trade
    assert (trade.entry_price, trade.exit_price) == (near(99), near(98.98))
    assert trade.net_pnl == near(0)
