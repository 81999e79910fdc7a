"""The size of a position: the strategy's own, and buying power."""

from typing import Any

import pytest
from scenario import Account, near, sizing, stop

FLAT = "100, 100, 100"


def test_risk_is_book_equity_times_percent_over_the_distance() -> None:
    """1 % of 100,000 over 2.00 a share."""
    trade = Account().book(FLAT, {0: "long"}).run().trade
    assert (trade.quantity, trade.size_bound, trade.book_equity) == (500, "", 100_000)


@pytest.mark.parametrize(
    ("lot_size", "quantity"), [(1, 333), (0.1, 333.3), (0.001, 333.333), (100, 300)]
)
def test_size_is_rounded_down_to_the_lot(lot_size: float, quantity: float) -> None:
    """1,000 over 3.00 a share is 333.33."""
    account = Account(lot_size=lot_size).book(FLAT, {0: "long"}, stop_loss=stop("fix_abs", 3))
    assert account.run().trade.quantity == near(quantity)


def test_rounding_forgives_a_billionth_of_a_lot() -> None:
    """100.2 - 100.1 is a hair above 0.1 in binary: 100 / 0.1 is 1,000 shares all the same."""
    account = Account(risk_per_trade=0.1).book(
        "100.2 100.3 100.1 100.2, 100.2, 100.2", {0: "long"}, stop_loss=stop("candle")
    )
    assert account.run().trade.quantity == 1000


def test_rounding_forgives_no_more_than_that() -> None:
    """A millionth of a lot short of 500 is 499."""
    account = Account(total_capital=99_999.9999).book(FLAT, {0: "long"})
    assert account.run().trade.quantity == 499


def test_risk_is_measured_from_the_price_after_slippage() -> None:
    """Bought at 101 over a candle's low of 98: 3.00 a share, 333 shares."""
    account = Account(slippage_bps=100).book(
        "100 101 98 100, 100, 100", {0: "long"}, stop_loss=stop("candle")
    )
    assert account.run().trade.quantity == 333


def test_size_follows_the_book_as_it_grows() -> None:
    """1,000 won: 1 % of 101,000 over 2.00 is 505."""
    run = (
        Account().book("100, 100 102 99 100, 100, 100", {0: "long", 1: "long"}, risk_reward=1).run()
    )
    assert [(t.quantity, t.book_equity) for t in run.trades] == [(500, 100_000), (505, 101_000)]


def test_size_follows_the_book_as_it_shrinks() -> None:
    """1,000 lost: 1 % of 99,000 over 2.00 is 495."""
    run = Account().book("100, 100 101 98 100, 100, 100", {0: "long", 1: "long"}).run()
    assert [(t.quantity, t.book_equity) for t in run.trades] == [(500, 100_000), (495, 99_000)]


OWN_SIZES = [
    (sizing("percent_of_equity", 50), 100, 500),
    (sizing("percent_of_equity", 50), 300, 166),
    (sizing("fixed_notional", 25_000), 101, 247),
    (sizing("fixed_quantity", 123), 100, 123),
    (sizing("fixed_quantity", 123.9), 100, 123),
]


@pytest.mark.parametrize(("spec", "price", "quantity"), OWN_SIZES)
def test_strategy_may_size_otherwise(spec: dict[str, Any], price: float, quantity: float) -> None:
    """Percent of book equity / P, notional / P, or a number of shares; rounded down."""
    account = Account().book(f"{price}, {price}, {price}", {0: "long"}, sizing=spec)
    assert account.run().trade.quantity == quantity


def test_percent_of_equity_is_of_the_book() -> None:
    """Half of the 40,000 allocated."""
    account = Account().book(
        FLAT, {0: "long"}, allocation=40, sizing=sizing("percent_of_equity", 50)
    )
    assert account.run().trade.quantity == 200


def test_own_size_divides_by_the_price_after_slippage() -> None:
    """100,000 / 101."""
    account = Account(slippage_bps=100).book(
        FLAT, {0: "long"}, sizing=sizing("percent_of_equity", 100)
    )
    assert account.run().trade.quantity == 990


NARROW = {"stop_loss": stop("fix_abs", 0.5)}  # 1,000 / 0.50: the risk would buy 2,000 shares


@pytest.mark.parametrize(("leverage", "quantity"), [(1, 1000), (1.5, 1500)])
def test_buying_power_bounds_the_size(leverage: float, quantity: float) -> None:
    """Book equity x leverage / P, and the trade says so."""
    trade = Account(max_leverage=leverage).book(FLAT, {0: "long"}, **NARROW).run().trade
    assert (trade.quantity, trade.size_bound) == (quantity, "buying_power")


def test_buying_power_that_just_suffices_is_no_bound() -> None:
    """Twice the equity buys exactly the 2,000 shares of the risk."""
    trade = Account(max_leverage=2).book(FLAT, {0: "long"}, **NARROW).run().trade
    assert (trade.quantity, trade.size_bound) == (2000, "")


def test_buying_power_divides_by_the_price_after_slippage() -> None:
    """100,000 / 101."""
    account = Account(max_leverage=1, slippage_bps=100).book(
        FLAT, {0: "long"}, stop_loss=stop("fix_abs", 2), sizing=sizing("fixed_quantity", 5000)
    )
    assert account.run().trade.quantity == 990


def test_buying_power_leaves_commissions_out() -> None:
    """100,000 buys 1,000 shares at 100, though 1,000 of commission comes on top."""
    account = Account(max_leverage=1, commission_bps=100).book(
        FLAT, {0: "long"}, sizing=sizing("fixed_quantity", 5000)
    )
    assert account.run().trade.quantity == 1000


@pytest.mark.parametrize(("side", "quantity"), [("long", 400), ("short", 280)])
def test_buying_power_is_less_what_the_book_holds_at_last_closes(
    side: str, quantity: float
) -> None:
    """600 shares at a last close of 110 are 66,000 of an equity of 106,000 (short: 94,000)."""
    run = (
        Account(max_leverage=1)
        .book(
            "100, 100 110 100 110, 110",
            {0: side},
            symbol="HELD",
            sizing=sizing("fixed_quantity", 600),
            stop_loss=stop("fix_abs", 20),
        )
        .also("100, 100, 100", {1: "long"}, symbol="NEXT")
        .run()
    )
    (second,) = run.of("NEXT")
    assert (second.quantity, second.size_bound) == (quantity, "buying_power")


def test_buying_power_at_one_open_counts_the_first_entry_at_its_last_close() -> None:
    """600 bought at 102 with a last close of 100: equity 98,800 less 60,000, over 100."""
    run = (
        Account(max_leverage=1)
        .book(
            "100, 102, 102",
            {0: "long"},
            symbol="FIRST",
            sizing=sizing("fixed_quantity", 600),
            stop_loss=stop("fix_abs", 20),
        )
        .also("100, 100, 100", {0: "long"}, symbol="SECOND")
        .run()
    )
    assert [t.quantity for t in run.of("SECOND")] == [388]


def test_buying_power_of_books_is_apart() -> None:
    """What one book holds takes nothing from the other's 50,000."""
    whole = sizing("fixed_quantity", 5000)
    run = (
        Account(max_leverage=1)
        .book(FLAT, {0: "long"}, allocation=50, sizing=whole)
        .book(FLAT, {0: "long"}, allocation=50, sizing=whole)
        .run()
    )
    assert [t.quantity for t in run.trades] == [500, 500]


def test_buying_power_bounds_a_strategy_without_a_stop() -> None:
    """Bounds 2 and 3 hold for all."""
    account = Account(max_leverage=1).book(
        FLAT, {0: "long"}, stop_loss=None, sizing=sizing("fixed_quantity", 5000)
    )
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (1000, "buying_power")


def test_smallest_bound_wins_and_names_itself() -> None:
    """Own size 2,000, day room 1,500 (750 / 0.50), buying power 1,000: the last."""
    account = Account(max_leverage=1, max_daily_risk=-0.75).book(FLAT, {0: "long"}, **NARROW)
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (1000, "buying_power")


def test_day_room_wins_where_it_is_smallest() -> None:
    """Own size 2,000, day room 500 (250 / 0.50), buying power 1,000: the day."""
    account = Account(max_leverage=1, max_daily_risk=-0.25).book(FLAT, {0: "long"}, **NARROW)
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (500, "daily_limit")


def test_rounding_of_buying_power_forgives_too() -> None:
    """0.7 / 0.1 is a hair under 7 in binary."""
    account = Account(total_capital=0.7, max_leverage=1).book(
        "0.1, 0.1, 0.1",
        {0: "long"},
        stop_loss=stop("fix_abs", 0.05),
        sizing=sizing("fixed_quantity", 100),
    )
    assert account.run().trade.quantity == 7


def test_bounds_are_compared_in_whole_lots() -> None:
    """Risk buys 500.7 shares and the equity 500.45: 500 either way, nothing was cut."""
    account = Account(total_capital=100_140.0, max_leverage=1)
    trade = account.book("200.1, 200.1, 200.1", {0: "long"}).run().trade
    assert (trade.quantity, trade.size_bound) == (500, "")
