"""What the day's limit leaves for one trade: room over its planned loss per share."""

import pytest
from scenario import Account, sizing, stop

FLAT = "100, 100, 100"


def test_day_room_bounds_the_size() -> None:
    """Half a percent of 100,000 is 500; over 2.00 a share 250, where the risk says 500."""
    trade = Account(max_daily_risk=-0.5).book(FLAT, {0: "long"}).run().trade
    assert (trade.quantity, trade.size_bound) == (250, "daily_limit")


def test_day_room_that_just_suffices_is_no_bound() -> None:
    """One percent a day and one percent a trade: 500."""
    trade = Account(max_daily_risk=-1).book(FLAT, {0: "long"}).run().trade
    assert (trade.quantity, trade.size_bound) == (500, "")


def test_planned_loss_runs_to_the_stop_after_slippage() -> None:
    """Bought at 101, stop 99 filled at 98.01: 2.99 a share, 1,000 of room, 334 shares."""
    account = Account(max_daily_risk=-1, slippage_bps=100).book(FLAT, {0: "long"})
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (334, "daily_limit")


def test_planned_loss_of_a_short_runs_to_its_stop_after_slippage() -> None:
    """Sold at 99, stop 101 filled at 102.01: 3.01 a share, 332 shares."""
    account = Account(max_daily_risk=-1, slippage_bps=100).book(FLAT, {0: "short"})
    assert account.run().trade.quantity == 332


def test_planned_loss_includes_the_commission_of_both_sides() -> None:
    """2.00 and twice 0.25 a share: 1,000 / 2.50 is 400."""
    account = Account(max_daily_risk=-1, commission_per_share=0.25).book(FLAT, {0: "long"})
    assert account.run().trade.quantity == 400


def test_planned_loss_includes_commission_on_notional() -> None:
    """Stop 10.00 away; 1 % of 100 in, 1 % of 90 out: 2,000 / 11.90 is 168."""
    account = Account(risk_per_trade=10, max_daily_risk=-2, commission_bps=100).book(
        FLAT, {0: "long"}, stop_loss=stop("fix_abs", 10)
    )
    assert account.run().trade.quantity == 168


MINIMUM = [
    (-0.1, 90),  # 90 x 1.00 and twice the minimum of 5.00: exactly the 100 of room
    (-0.51, 500),  # the minimum's last share: 500 and twice 5.00
    (-2.0, 1960),  # past it 1.02 a share: 2,000 / 1.02
]


@pytest.mark.parametrize(("limit", "quantity"), MINIMUM)
def test_planned_loss_includes_the_commission_minimum(limit: float, quantity: float) -> None:
    """A cent a share, at least 5.00 an order; the stop 1.00 away."""
    account = Account(
        risk_per_trade=10, max_daily_risk=limit, commission_per_share=0.01, commission_minimum=5
    ).book(FLAT, {0: "long"}, stop_loss=stop("fix_abs", 1))
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (quantity, "daily_limit")


def test_room_eaten_by_the_commission_minimum_is_refused() -> None:
    """9.00 of room and 10.00 of commissions: no share fits."""
    account = Account(max_daily_risk=-0.009, commission_per_share=0.01, commission_minimum=5).book(
        FLAT, {0: "long"}
    )
    assert account.run().refusal == "daily_limit"


def test_room_is_of_the_whole_account() -> None:
    """A book of 40,000 has the room of the 100,000: 800 / 2.00, not 320 / 2.00."""
    account = Account(max_daily_risk=-0.8).book(
        FLAT, {0: "long"}, allocation=40, sizing=sizing("fixed_quantity", 1000)
    )
    assert account.run().trade.quantity == 400


def test_rounding_of_the_days_room_forgives_too() -> None:
    """100 of room over 100.2 - 100.1, a hair above 0.1 in binary: 1,000 shares."""
    account = Account(risk_per_trade=1, max_daily_risk=-0.1).book(
        "100.2 100.3 100.1 100.2, 100.2, 100.2", {0: "long"}, stop_loss=stop("candle")
    )
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (1000, "daily_limit")
