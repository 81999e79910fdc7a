"""When the day's limit refuses: too little left, entries without a stop, a day that is over."""

import pytest
from scenario import Account, near, sizing, stop

FLAT = "100, 100, 100"
HALF = {"allocation": 50}


@pytest.mark.parametrize(
    ("minimum", "outcome"), [(0.5, "traded"), (0.51, "daily_limit"), (0.0, "traded")]
)
def test_less_than_the_minimum_risk_is_refused(minimum: float, outcome: str) -> None:
    """The day leaves 250 shares, half a percent of the book: enough for 0.5, not for 0.51."""
    run = Account(max_daily_risk=-0.5, min_risk_per_trade=minimum).book(FLAT, {0: "long"}).run()
    if outcome == "traded":
        assert run.trade.quantity == 250
    else:
        assert run.refusal == "daily_limit"


@pytest.mark.parametrize("percent", [0.5, 0.7, 0.9, 1.1, 1.8])
def test_exactly_the_minimum_risk_is_not_less(percent: float) -> None:
    """The day leaves exactly what is asked, also where the percent is no binary fraction."""
    account = Account(risk_per_trade=5, max_daily_risk=-percent, min_risk_per_trade=percent)
    trade = account.book(FLAT, {0: "long"}).run().trade
    assert trade.quantity == round(500 * percent)


def test_minimum_risk_is_of_what_whole_lots_leave() -> None:
    """501 of room is 250 whole shares, which risk 500: below 0.501 % of the book."""
    account = Account(max_daily_risk=-0.501, min_risk_per_trade=0.501).book(FLAT, {0: "long"})
    assert account.run().refusal == "daily_limit"


def test_minimum_risk_is_of_the_book() -> None:
    """250 risked is 0.625 % of the book's 40,000, though 0.25 % of the account."""
    account = Account(max_daily_risk=-0.25, min_risk_per_trade=0.5).book(
        FLAT, {0: "long"}, allocation=40
    )
    assert account.run().trade.quantity == 125


def test_minimum_risk_is_not_asked_of_a_trade_the_day_does_not_cut() -> None:
    """The strategy wants 100 shares, 0.2 % of the book; the day would leave 150."""
    account = Account(max_daily_risk=-0.3, min_risk_per_trade=0.5).book(
        FLAT, {0: "long"}, sizing=sizing("fixed_quantity", 100)
    )
    assert account.run().trade.quantity == 100


def test_minimum_risk_is_not_asked_of_buying_power() -> None:
    """1,000 shares bought for all of the equity risk 0.5 %, below the 0.9 asked of the day."""
    account = Account(max_leverage=1, min_risk_per_trade=0.9).book(
        FLAT, {0: "long"}, stop_loss=stop("fix_abs", 0.5)
    )
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (1000, "buying_power")


def no_stop(quantity: float) -> dict[str, object]:
    """A strategy without a stop that trades `quantity`."""
    return {"stop_loss": None, "sizing": sizing("fixed_quantity", quantity)}


def test_position_without_a_stop_counts_at_its_last_close() -> None:
    """100 shares down 5.00: 500 of 1,000 left, 250 shares."""
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100 100 95 95, 95", {0: "long"}, **no_stop(100), **HALF)
        .book(FLAT, {1: "long"}, sizing=sizing("fixed_quantity", 400), **HALF)
        .run()
    )
    assert [t.quantity for t in run.trades] == [100, 250]


def test_position_without_a_stop_counts_nothing_just_after_its_entry() -> None:
    """Before its first close it stands at its entry price: all 1,000 are left."""
    run = (
        Account(max_daily_risk=-1)
        .book("90, 100, 100", {0: "long"}, **no_stop(100), **HALF)
        .book(FLAT, {0: "long"}, sizing=sizing("fixed_quantity", 600), **HALF)
        .run()
    )
    assert [t.quantity for t in run.trades] == [100, 500]


LOSER = "100, 100 101 98 98, 98"  # stopped in bar 1, 2.00 a share


@pytest.mark.parametrize(("lost_shares", "outcome"), [(500, "refused"), (499, "traded")])
def test_entry_without_a_stop_is_refused_once_the_day_stands_at_the_limit(
    lost_shares: float, outcome: str
) -> None:
    """1,000 of 1,000 lost: refused; 998 lost: all of it is bought."""
    run = (
        Account(max_daily_risk=-1)
        .book(LOSER, {0: "long"}, sizing=sizing("fixed_quantity", lost_shares), **HALF)
        .book(FLAT, {1: "long"}, **no_stop(300), **HALF)
        .run()
    )
    if outcome == "refused":
        assert run.reasons == [(1, "daily_limit")]
    else:
        assert [(t.quantity, t.size_bound) for t in run.trades] == [(lost_shares, ""), (300, "")]


def test_open_position_without_a_stop_can_fill_the_day() -> None:
    """100 shares down 10.00 at the last close are the whole 1,000: the next entry is refused."""
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100 100 90 90, 95", {0: "long"}, **no_stop(100), **HALF)
        .book(FLAT, {1: "long"}, **no_stop(300), **HALF)
        .run()
    )
    assert run.reasons == [(1, "daily_limit")]


def test_session_loses_no_more_than_the_limit() -> None:
    """Three stops in a row without a gap, with costs: the day ends within 2 % of 100,000."""
    run = (
        Account(max_daily_risk=-2, slippage_bps=10, commission_per_share=0.01)
        .book(
            "100, 100 101 97 100, 100 101 97 100, 100 101 97 100, 100",
            {0: "long", 1: "long", 2: "long"},
        )
        .run()
    )
    assert sum(trade.net_pnl for trade in run.trades) >= -2000
    assert run.account[-1] >= 98_000
    assert run.account[-1] == near(100_000 + sum(trade.net_pnl for trade in run.trades))


def test_gap_beyond_the_limit_ends_the_day() -> None:
    """5,000 lost where 1,000 was the limit: no room, and none less than none."""
    run = Account(max_daily_risk=-1).book("100, 100, 90, 90, 90", {0: "long", 2: "long"}).run()
    assert run.reasons == [(2, "daily_limit")]
    assert run.trades[0].net_pnl == near(-5000)
