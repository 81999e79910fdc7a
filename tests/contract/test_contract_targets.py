"""The target: risk_reward times the distance to the stop."""

from math import isnan

import pytest
from scenario import Account, near, stop


@pytest.mark.parametrize(
    ("side", "risk_reward", "target"),
    [("long", 2, 104), ("long", 0.5, 101), ("short", 2, 96), ("short", 0.5, 99)],
)
def test_target_is_risk_reward_times_the_risk(side: str, risk_reward: float, target: float) -> None:
    """Filled at 100 with the stop 2.00 away."""
    account = Account().book("100, 100, 100", {0: side}, risk_reward=risk_reward)
    assert account.run().trade.target_price == near(target)


def test_no_target_where_risk_reward_is_null() -> None:
    """A trade without a target runs to its stop or its session's end."""
    trade = Account().book("100, 100 150 99 150, 150", {0: "long"}).run().trade
    assert isnan(trade.target_price)
    assert (trade.exit_reason, trade.exit_price) == ("session_end", 150)


def test_target_is_measured_from_the_price_after_slippage() -> None:
    """Bought at 101 with the stop at 99: twice 2.00 above 101."""
    account = Account(slippage_bps=100).book("100, 100, 100", {0: "long"}, risk_reward=2)
    assert account.run().trade.target_price == near(105)


def test_target_follows_the_distance_to_a_candle_stop() -> None:
    """Opened at 101 over a low of 98: the risk is 3.00, the target 104."""
    account = Account().book(
        "100 101 98 100, 101, 101", {0: "long"}, stop_loss=stop("candle"), risk_reward=1
    )
    assert account.run().trade.target_price == near(104)


@pytest.mark.parametrize(("side", "bar"), [("long", "100 104 99 100"), ("short", "100 101 96 100")])
def test_touch_of_the_target_counts(side: str, bar: str) -> None:
    """A high (short: a low) on the target fills it."""
    trade = Account().book(f"100, 100, {bar}, 100", {0: side}, risk_reward=2).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (
        2, 104 if side == "long" else 96, "target",
    )  # fmt: skip


def test_target_a_cent_away_is_not_filled() -> None:
    """A high of 103.99 does not reach 104."""
    account = Account().book("100, 100, 100 103.99 99 100, 101", {0: "long"}, risk_reward=2)
    assert account.run().trade.exit_reason == "session_end"
