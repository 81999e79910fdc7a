"""What the day's limit leaves: bound 2 of the size, and the refusals it causes."""

import pytest
from scenario import Account, near, sizing, stop

FLAT = "100, 100, 100"
HALF = {"allocation": 50}
CARRY = {"exit_at_session_end": False}


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
    account = Account(
        max_daily_risk=-0.009, commission_per_share=0.01, commission_minimum=5
    ).book(FLAT, {0: "long"})
    assert account.run().refusal == "daily_limit"


def test_realised_loss_takes_from_the_room() -> None:
    """1,500 less the 1,000 lost in bar 1 is 500: 250 shares, where the risk says 495."""
    run = (
        Account(max_daily_risk=-1.5)
        .book("100, 100 101 97 98, 98, 98", {0: "long", 1: "long"})
        .run()
    )
    assert [(t.quantity, t.size_bound) for t in run.trades] == [(500, ""), (250, "daily_limit")]


def test_realised_loss_counts_its_costs() -> None:
    """Lost 800 and 200 of commission on 400 shares: 500 of 1,500 left, 2.50 a share, 200."""
    run = (
        Account(max_daily_risk=-1.5, commission_per_share=0.25)
        .book(
            "100, 100 101 97 98, 98, 98",
            {0: "long", 1: "long"},
            sizing=sizing("fixed_quantity", 400),
        )
        .run()
    )
    assert [t.quantity for t in run.trades] == [400, 200]


def test_realised_profit_adds_to_the_room() -> None:
    """1,000 and the 1,000 won in bar 1: 2,000 shares with a stop 1.00 away."""
    run = (
        Account(max_daily_risk=-1)
        .book(
            "100, 100 101 99.5 101, 101, 101",
            {0: "long", 1: "long"},
            sizing=sizing("fixed_quantity", 2000),
            stop_loss=stop("fix_abs", 1),
            risk_reward=1,
        )
        .run()
    )
    assert [(t.quantity, t.size_bound) for t in run.trades] == [(1000, "daily_limit"), (2000, "")]


def test_open_position_of_another_book_counts_at_its_stop() -> None:
    """400 shares that would lose 800 leave 200 of 1,000; that they stand at 103 changes nothing."""
    four_hundred = sizing("fixed_quantity", 400)
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100 103 99 103, 103", {0: "long"}, sizing=four_hundred, **HALF)
        .book(FLAT, {1: "long"}, sizing=four_hundred, **HALF)
        .run()
    )
    assert [t.quantity for t in run.trades] == [400, 100]
    assert run.trades[1].size_bound == "daily_limit"


def test_worst_case_includes_slippage_and_both_commissions() -> None:
    """100 shares: 299 to the slipped stop and 100 of commissions leave 101 of 500: 25 at 3.99."""
    run = (
        Account(max_daily_risk=-0.5, slippage_bps=100, commission_per_share=0.5)
        .book(FLAT, {0: "long"}, sizing=sizing("fixed_quantity", 100), **HALF)
        .book(FLAT, {0: "long"}, sizing=sizing("fixed_quantity", 400), **HALF)
        .run()
    )
    assert [t.quantity for t in run.trades] == [100, 25]


def test_profit_of_one_book_is_room_for_another() -> None:
    """800 won by the first book: 1,800 for the second, 900 shares."""
    run = (
        Account(max_daily_risk=-1)
        .book(
            "100, 100 103 99 102, 102",
            {0: "long"},
            sizing=sizing("fixed_quantity", 400),
            risk_reward=1,
            **HALF,
        )
        .book(FLAT, {1: "long"}, sizing=sizing("fixed_quantity", 5000), **HALF)
        .run()
    )
    assert [t.quantity for t in run.trades] == [400, 900]


CARRIED = "100, 100 110 100 110 / 110, 110, 110"  # 100 shares, stop 90; session 2 from bar 2


def test_carried_position_is_measured_from_the_last_close_before() -> None:
    """Day start 101,000, room 2,020; the carried 100 shares would lose 2,000 from 110 to 90."""
    run = (
        Account(max_daily_risk=-2)
        .book(
            CARRIED,
            {0: "long"},
            sizing=sizing("fixed_quantity", 100),
            stop_loss=stop("fix_abs", 10),
            **HALF,
            **CARRY,
        )
        .book(
            "100, 100 / 100, 100, 100",
            {2: "long"},
            sizing=sizing("fixed_quantity", 400),
            stop_loss=stop("fix_abs", 1),
            **HALF,
        )
        .run()
    )
    assert [t.quantity for t in run.trades] == [100, 20]


def test_carried_position_has_paid_its_entry_commission() -> None:
    """Day start 100,995, room 2,019.90, worst case 2,000 and 5 out: 14.90 / 1.10 is 13."""
    run = (
        Account(max_daily_risk=-2, commission_per_share=0.05)
        .book(
            CARRIED,
            {0: "long"},
            sizing=sizing("fixed_quantity", 100),
            stop_loss=stop("fix_abs", 10),
            **HALF,
            **CARRY,
        )
        .book(
            "100, 100 / 100, 100, 100",
            {2: "long"},
            sizing=sizing("fixed_quantity", 400),
            stop_loss=stop("fix_abs", 1),
            **HALF,
        )
        .run()
    )
    assert [t.quantity for t in run.trades] == [100, 13]


def test_realised_part_of_a_carried_position_is_todays_part() -> None:
    """Carried at 110 and left at 105: 500 lost today, not 500 won since the entry at 100."""
    run = (
        Account(max_daily_risk=-1)
        .book(
            "100, 100 110 100 110 / 105, 105, 105, 105",
            {0: "long", 2: "exit_long"},
            sizing=sizing("fixed_quantity", 100),
            stop_loss=stop("fix_abs", 2),
            **HALF,
            **CARRY,
        )
        .book(
            "100, 100 / 100, 100, 100, 100",
            {4: "long"},
            sizing=sizing("fixed_quantity", 5000),
            **HALF,
        )
        .run()
    )
    # Day start 101,000, limit 1,010, out at 105 in bar 3: 510 left over 2.00.
    assert [t.quantity for t in run.trades] == [100, 255]


def test_new_session_starts_with_new_room() -> None:
    """1,000 lost fills the day; the next session has 1 % of 99,000: 495 shares."""
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100 101 97 98, 98, 98 / 98, 98, 98", {0: "long", 1: "long", 4: "long"})
        .run()
    )
    assert run.reasons == [(1, "daily_limit")]
    assert [(t.quantity, t.size_bound) for t in run.trades] == [(500, ""), (495, "")]


def test_room_is_of_the_whole_account() -> None:
    """A book of 40,000 has the room of the 100,000: 800 / 2.00, not 320 / 2.00."""
    account = Account(max_daily_risk=-0.8).book(
        FLAT, {0: "long"}, allocation=40, sizing=sizing("fixed_quantity", 1000)
    )
    assert account.run().trade.quantity == 400


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


def test_rounding_of_the_days_room_forgives_too() -> None:
    """100 of room over 100.2 - 100.1, a hair above 0.1 in binary: 1,000 shares."""
    account = Account(risk_per_trade=1, max_daily_risk=-0.1).book(
        "100.2 100.3 100.1 100.2, 100.2, 100.2", {0: "long"}, stop_loss=stop("candle")
    )
    trade = account.run().trade
    assert (trade.quantity, trade.size_bound) == (1000, "daily_limit")


def test_reversal_has_the_room_that_its_closing_leaves() -> None:
    """500 lost on closing the long: 500 of 1,000 for the short, 250 shares."""
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100, 99, 99", {0: "long", 1: "short"}, on_opposite_signal="reverse")
        .run()
    )
    assert [(t.quantity, t.size_bound) for t in run.trades] == [(500, ""), (250, "daily_limit")]


def test_gap_beyond_the_limit_ends_the_day() -> None:
    """5,000 lost where 1,000 was the limit: no room, and none less than none."""
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100, 90, 90, 90", {0: "long", 2: "long"})
        .run()
    )
    assert run.reasons == [(2, "daily_limit")]
    assert run.trades[0].net_pnl == near(-5000)


def test_stopped_position_counts_once() -> None:
    """What was open at its stop is realised at its stop: the room is the same before and after."""
    two_books = [
        Account(max_daily_risk=-1)
        .book(bars, {0: "long"}, sizing=sizing("fixed_quantity", 300), **HALF)
        .book("100, 100, 100, 100", {1: "long"}, sizing=sizing("fixed_quantity", 500), **HALF)
        .run()
        for bars in ("100, 100, 100, 100", "100, 100 101 98 98, 98, 98")
    ]
    assert [[t.quantity for t in run.trades] for run in two_books] == [[300, 200], [300, 200]]
