"""Books: each strategy's money apart, the account their sum, orders in the portfolio's order."""

import pytest
from scenario import Account, near, near_all, sizing

FLAT = "100, 100, 100"
CARRY = {"exit_at_session_end": False}


def test_books_start_with_their_allocation_and_the_rest_is_idle() -> None:
    """40 and 30 % of 100,000; 30,000 stay cash."""
    run = Account().book(FLAT, {}, allocation=40).book(FLAT, {}, allocation=30).run()
    assert list(run.simulation.book_start) == [40_000, 30_000]
    assert run.simulation.idle_cash == 30_000
    assert run.account == [100_000] * 3


def test_each_book_risks_its_own_equity() -> None:
    """1 % of 40,000 and of 30,000 over 2.00 a share."""
    run = (
        Account()
        .book(FLAT, {0: "long"}, allocation=40)
        .book(FLAT, {0: "long"}, allocation=30)
        .run()
    )
    assert [(t.quantity, t.book_equity) for t in run.trades] == [(200, 40_000), (150, 30_000)]


def test_profit_stays_in_its_book() -> None:
    """The first wins 2.00 on 200 shares; the second sizes from its own 30,000 as before."""
    run = (
        Account()
        .book("100, 100 103 99 102, 102", {0: "long"}, allocation=40, risk_reward=1)
        .book("100, 100, 100", {1: "long"}, allocation=30)
        .run()
    )
    assert run.equity(0) == near_all([40_000, 40_400, 40_400])
    assert run.equity(1) == near_all([30_000, 30_000, 30_000])
    assert [t.quantity for t in run.trades] == [200, 150]
    assert run.account == near_all([100_000, 100_400, 100_400])


def test_equity_is_marked_at_the_last_closes() -> None:
    """500 shares from 100: closes 101, 103, 102."""
    run = Account().book("100, 100 101 99 101, 103, 102", {0: "long"}).run()
    assert run.equity() == near_all([100_000, 100_500, 101_500, 101_000])


def test_equity_of_a_short_is_marked_too() -> None:
    """500 shares sold at 100: closes 99, 101."""
    run = Account().book("100, 100 101 99 99, 101", {0: "short"}).run()
    assert run.equity() == near_all([100_000, 100_500, 99_500])


def test_equity_pays_commission_when_it_falls_due() -> None:
    """A cent a share on 500: 5 at the entry, 5 more at the exit."""
    run = Account(commission_per_share=0.01).book("100, 100, 100, 100", {0: "long"}).run()
    assert run.equity() == near_all([100_000, 99_995, 99_995, 99_990])


def test_symbols_share_one_timeline() -> None:
    """The second symbol has no bar in two half hours: the rows are there all the same."""
    run = (
        Account()
        .book("100, 100, 100, 100", {}, allocation=50)
        .book("-, 200, -, 210 212 209 212", {0: "long"}, allocation=50)
        .run()
    )
    assert run.equity(1) == near_all([50_000, 50_000, 50_000, 50_500])  # 250 x 2.00
    assert len(run.simulation.timeline) == 4


def test_missing_bar_is_marked_at_the_last_close() -> None:
    """250 shares from 200: 201 in the second half hour and, without a bar, in the third."""
    run = (
        Account()
        .book("100, 100, 100, 100", {}, allocation=50)
        .book("200, 200 201 199 201, -, 203", {0: "long"}, allocation=50)
        .run()
    )
    assert run.equity(1) == near_all([50_000, 50_250, 50_250, 50_750])


def test_books_and_idle_cash_are_the_account_at_every_row() -> None:
    """Two books with costs, one losing and one winning, and 20,000 idle."""
    run = (
        Account(slippage_bps=7, commission_per_share=0.013, commission_minimum=1)
        .book("100, 100 103 99 102, 101, 99", {0: "long"}, allocation=50)
        .book("50, 50 51 49 49.5, 48.7, 49.1", {0: "short"}, allocation=30)
        .run()
    )
    sums = [a + b + 20_000 for a, b in zip(run.equity(0), run.equity(1), strict=True)]
    assert run.account == near_all(sums)
    assert run.account[-1] == near(100_000 + sum(t.net_pnl for t in run.trades))


@pytest.mark.parametrize("first", ["AAA", "BBB"])
def test_entries_at_one_open_go_in_the_portfolios_order(first: str) -> None:
    """1,000 of room: the first takes 800 for 400 shares, the second has 100 left."""
    second = "BBB" if first == "AAA" else "AAA"
    four_hundred = sizing("fixed_quantity", 400)
    run = (
        Account(max_daily_risk=-1)
        .book(FLAT, {0: "long"}, allocation=50, sizing=four_hundred, symbol=first)
        .book(FLAT, {0: "long"}, allocation=50, sizing=four_hundred, symbol=second)
        .run()
    )
    assert [t.quantity for t in run.of(first)] == [400]
    assert [t.quantity for t in run.of(second)] == [100]


def test_symbols_of_a_strategy_go_in_its_order() -> None:
    """The same with one strategy of two symbols, listed against the alphabet."""
    run = (
        Account(max_daily_risk=-1)
        .book(FLAT, {0: "long"}, sizing=sizing("fixed_quantity", 400), symbol="ZZZ")
        .also(FLAT, {0: "long"}, symbol="AAA")
        .run()
    )
    assert [t.quantity for t in run.of("ZZZ")] == [400]
    assert [t.quantity for t in run.of("AAA")] == [100]


def test_strategies_hold_the_same_symbol_each_for_itself() -> None:
    """One long, the other short: two positions, no position_open."""
    run = (
        Account()
        .book("100, 100, 101", {0: "long"}, allocation=50, symbol="SAME")
        .book("100, 100, 101", {0: "short"}, allocation=50, symbol="SAME")
        .run()
    )
    assert [(t.book, t.direction, t.net_pnl) for t in run.trades] == [
        (0, 1, near(250)), (1, -1, near(-250)),
    ]  # fmt: skip


def test_max_open_positions_is_of_the_account() -> None:
    """One position in all: the second book's signal is refused."""
    run = (
        Account(max_open_positions=1)
        .book(FLAT, {0: "long"}, allocation=50)
        .book(FLAT, {0: "long"}, allocation=50)
        .run()
    )
    assert [t.book for t in run.trades] == [0]
    assert [(r.book, r.reason) for r in run.refusals] == [(1, "max_open_positions")]


def test_closed_position_makes_room_for_the_next() -> None:
    """Stopped in bar 1; the second book enters at bar 2's open."""
    run = (
        Account(max_open_positions=1)
        .book("100, 100 101 97 98, 98", {0: "long"}, allocation=50)
        .book(FLAT, {1: "long"}, allocation=50)
        .run()
    )
    assert [t.book for t in run.trades] == [0, 1]
    assert run.refusals == []


def test_entries_at_the_open_come_before_that_bars_stops() -> None:
    """Bar 2 opens through the first book's stop: at that open it still counts as open."""
    run = (
        Account(max_open_positions=1)
        .book("100, 100, 95", {0: "long"}, allocation=50)
        .book(FLAT, {1: "long"}, allocation=50)
        .run()
    )
    assert [(t.book, t.exit_price) for t in run.trades] == [(0, 95)]
    assert [(r.book, r.reason) for r in run.refusals] == [(1, "max_open_positions")]


def test_exit_signals_come_before_entries_at_the_same_open() -> None:
    """The first book leaves at bar 2's open, where the second enters."""
    run = (
        Account(max_open_positions=1)
        .book(FLAT, {0: "long", 1: "exit_long"}, allocation=50)
        .book(FLAT, {1: "long"}, allocation=50)
        .run()
    )
    assert [(t.book, t.exit_reason) for t in run.trades] == [(0, "exit_signal"), (1, "session_end")]


def test_reversal_needs_no_second_place() -> None:
    """One position allowed: the old side is closed before the new one opens."""
    run = (
        Account(max_open_positions=1)
        .book("100, 100, 101, 101", {0: "long", 1: "short"}, on_opposite_signal="reverse")
        .run()
    )
    assert [t.direction for t in run.trades] == [1, -1]


def test_buying_ten_shares_a_day_as_zipline_publishes_it() -> None:
    """Four purchases at the closes of days 2 to 5, each its own book; commission 1.00 each."""
    days = "105.35 / 102.71 / 100.70 / 96.45 / 96.96 / 96.96"
    account = Account(
        total_capital=10_000_000.0, commission_per_share=0.0075, commission_minimum=1.0
    )
    for day in (1, 2, 3, 4):
        account.book(
            days,
            {day: "long"},
            allocation=25,
            symbol="AAPL",
            entry={"type": "close"},
            sizing=sizing("fixed_quantity", 10),
            stop_loss=None,
            **CARRY,
        )
    values = [10_000_000.0, 9_999_999.0, 9_999_977.9, 9_999_891.9, 9_999_906.2]
    assert account.run().account[:5] == near_all(values)
