"""What the day has used: realised, open at their stops, carried from the session before."""

from scenario import Account, at_level, sizing, stop

FLAT = "100, 100, 100"
HALF = {"allocation": 50}
CARRY = {"exit_at_session_end": False}


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


def test_reversal_has_the_room_that_its_closing_leaves() -> None:
    """500 lost on closing the long: 500 of 1,000 for the short, 250 shares."""
    run = (
        Account(max_daily_risk=-1)
        .book("100, 100, 99, 99", {0: "long", 1: "short"}, on_opposite_signal="reverse")
        .run()
    )
    assert [(t.quantity, t.size_bound) for t in run.trades] == [(500, ""), (250, "daily_limit")]


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


def test_carried_position_without_a_stop_counts_at_the_last_close_before() -> None:
    """Bought at 101 on a close of 100, which slips to 99: 100 of 999 gone, 300 shares at 2.99."""
    run = (
        Account(max_daily_risk=-1, slippage_bps=100)
        .book(
            "99, 100 / 100, 100",
            {1: "long"},
            entry=at_level("close"),
            stop_loss=None,
            sizing=sizing("fixed_quantity", 100),
            **HALF,
            **CARRY,
        )
        .book(
            "100, 100 / 100, 100",
            {1: "long"},
            sizing=sizing("fixed_quantity", 5000),
            **HALF,
            **CARRY,
        )
        .run()
    )
    assert [t.quantity for t in run.trades] == [100, 300]
