"""A trade's own figures: excursions, R, equity at entry, marks."""

from math import isnan

import pytest
from scenario import Account, at_level, near, sizing

WALK = "100, 100 101 99 100, 100 103 98.5 102, 102 102 97 98, 98"

EXCURSIONS = [
    # stopped at 98 in bar 3, whose low of 97 came after: 2.00 against, 3.00 for in bar 2
    (WALK, {0: "long"}, None, 2.0, 3.0),
    # the close of the session's last bar: its whole range counts
    ("100, 100 104 99 101", {0: "long"}, None, 1.0, 4.0),
    # left at bar 2's open of 105: that bar's range does not count
    ("100, 100 101 99 100, 105 110 98.5 100, 100", {0: "long", 1: "exit_long"}, None, 1.0, 5.0),
    # a gap through the stop: 10.00 against
    ("100, 100 101 99 100, 90 95 85 90, 90", {0: "long"}, None, 10.0, 1.0),
    # target 102 in the entry bar: its low of 98.5 does not count
    ("100, 100 103 98.5 101, 101", {0: "long"}, 1.0, 0.0, 2.0),
    # the mirror, stopped at 102 in bar 2
    ("100, 100 101 97 99, 99 104 98 103, 103", {0: "short"}, None, 2.0, 3.0),
]


@pytest.mark.parametrize(("bars", "signals", "risk_reward", "mae", "mfe"), EXCURSIONS)
def test_excursions_are_of_the_time_the_position_was_open(
    bars: str, signals: dict[int, str], risk_reward: float | None, mae: float, mfe: float
) -> None:
    """Whole bars while open; of the exit's bar its open and exit price, unless at its close."""
    trade = Account().book(bars, signals, risk_reward=risk_reward).run().trade
    assert (trade.mae, trade.mfe) == (near(mae), near(mfe))


def test_close_entry_does_not_count_its_own_bar() -> None:
    """The signal bar's range of 90 to 110 lies before the entry at its close."""
    account = Account().book("100 110 90 100, 100 101 99 100", {0: "long"}, entry=at_level("close"))
    trade = account.run().trade
    assert (trade.mae, trade.mfe) == (near(1), near(1))


def test_excursions_are_measured_from_the_entry_price() -> None:
    """Bought at 101 after slippage: a low of 99.5 is 1.50 against, a high of 103 2.00 for."""
    account = Account(slippage_bps=100).book("100, 100 103 99.5 102, 102", {0: "long"})
    trade = account.run().trade
    assert (trade.mae, trade.mfe) == (near(1.5), near(2))


def test_full_stop_without_costs_is_minus_one_r() -> None:
    """Net P&L over |entry - initial stop| x quantity."""
    trade = Account().book("100, 100, 100 101 97 98", {0: "long"}).run().trade
    risk_size = abs(trade.entry_price - trade.stop_price) * trade.quantity
    assert (risk_size, trade.net_pnl) == (1000, near(-1000))


def test_target_of_two_r_without_costs_wins_two_r() -> None:
    """500 shares, 4.00 a share."""
    trade = Account().book("100, 100, 100 104 99 103", {0: "long"}, risk_reward=2).run().trade
    assert trade.net_pnl == near(2000)


def test_trade_without_a_stop_has_none() -> None:
    """No stop, no target: empty, never zero."""
    account = Account().book(
        "100, 100 150 50 101, 101", {0: "long"}, stop_loss=None,
        sizing=sizing("percent_of_equity", 10),
    )  # fmt: skip
    trade = account.run().trade
    assert isnan(trade.stop_price) and isnan(trade.target_price)
    assert (trade.exit_reason, trade.net_pnl) == ("session_end", near(100))


def test_book_equity_is_of_the_entry() -> None:
    """1,000 won by the first trade: the second was entered with 101,000."""
    run = (
        Account().book("100, 100 102 99 100, 100, 100", {0: "long", 1: "long"}, risk_reward=1).run()
    )
    assert [t.book_equity for t in run.trades] == [near(100_000), near(101_000)]


def test_book_equity_of_a_turned_position_is_after_the_closing() -> None:
    """500 shares closed 3.00 higher at the open that turns them: 101,500."""
    run = (
        Account()
        .book("100, 100, 101, 103, 102", {0: "long", 2: "short"}, on_opposite_signal="reverse")
        .run()
    )
    assert [t.book_equity for t in run.trades] == [near(100_000), near(101_500)]
    assert [t.quantity for t in run.trades] == [500, 507]


def test_bars_of_a_trade_are_of_its_signal_entry_and_exit() -> None:
    """Rows in the symbol's own bars."""
    trade = Account().book("100, 100, 100, 100, 100 101 97 98", {2: "long"}).run().trade
    assert (trade.signal_bar, trade.entry_bar, trade.exit_bar) == (2, 3, 4)


def test_orders_are_two_a_trade() -> None:
    """Bought 500 at 100 and sold them at 98, with the fees of each side."""
    run = Account(commission_per_share=0.01).book("100, 100, 100 101 97 98", {0: "long"}).run()
    orders = [
        (o["idx"], o["side"], o["size"], o["price"], o["fees"]) for o in run.simulation.orders
    ]
    assert orders == [(1, 0, 500, 100, near(5)), (2, 1, 500, 98, near(5))]
