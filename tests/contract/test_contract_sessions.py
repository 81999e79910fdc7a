"""Sessions: their last bar, half days, gaps in the data, extended hours, the account's day."""

from scenario import Account, at_level, near, sizing, stop
from scenario_bars import make_bars

CARRY = {"exit_at_session_end": False}
EXTENDED = {"session": "extended"}


def test_every_session_closes_its_own_position() -> None:
    """Two sessions, a trade in each, both left at their last close."""
    run = Account().book("100, 100, 101 / 110, 110, 112", {0: "long", 3: "long"}).run()
    assert [(t.exit_bar, t.exit_price, t.exit_reason) for t in run.trades] == [
        (2, 101, "session_end"), (5, 112, "session_end"),
    ]  # fmt: skip


def test_half_day_ends_where_its_bars_end() -> None:
    """A session of three bars between sessions of five."""
    full = "100, 100, 100, 100, 100"
    run = Account().book(f"{full} / 100, 100, 103 / {full}", {5: "long"}).run()
    assert (run.trade.exit_bar, run.trade.exit_price) == (7, 103)


def test_last_bar_is_the_last_one_present() -> None:
    """The session's closing half hours are missing: its end is the last bar there is."""
    trade = Account().book("100, 100, 102, -, - / 110, 110", {0: "long"}).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 102, "session_end")


def test_gap_in_the_data_holds_the_position() -> None:
    """Three missing half hours: the next bar's open meets the stop of 98 first."""
    trade = Account().book("100, 100, -, -, -, 97, 97", {0: "long"}).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 97, "stop")


def test_signal_of_a_sessions_last_bar_is_refused() -> None:
    """Its fill would fall into the next session."""
    run = Account().book("100, 100 / 100, 100", {1: "long"}).run()
    assert run.refusal == "session_end"


def test_signal_of_a_sessions_last_bar_fills_next_day_where_carried() -> None:
    """Without exit_at_session_end the next session's open fills it."""
    trade = Account().book("100, 100 / 105, 106", {1: "long"}, **CARRY).run().trade
    assert (trade.entry_bar, trade.entry_price) == (2, 105)


def test_close_entry_on_a_sessions_last_bar_is_carried_where_allowed() -> None:
    """Bought at the close of 100, held into the next session."""
    account = Account().book("99, 100 / 101, 103", {1: "long"}, entry=at_level("close"), **CARRY)
    trade = account.run().trade
    assert (trade.entry_bar, trade.entry_price, trade.exit_bar) == (1, 100, 3)


def test_position_ends_at_the_calendars_close_in_extended_hours() -> None:
    """The last bar before the close, not the last bar of the evening."""
    account = Account().book("100, 100, 101, +105, +106 / 100", {0: "long"}, **EXTENDED)
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 101, "session_end")


def test_signals_after_the_close_are_refused() -> None:
    """From the last regular bar on, every fill would lie after the close."""
    account = Account().book(
        "100, 100, 101, +105, +106 / 100, 100", {2: "long", 3: "long", 4: "short"}, **EXTENDED
    )
    assert account.run().reasons == [(2, "session_end"), (3, "session_end"), (4, "session_end")]


def test_waiting_order_dies_at_the_calendars_close() -> None:
    """The first bar after the close would fill it, but refuses it."""
    account = Account().book(
        "100, 100 101 99 100, +100 103 99 101 / 101",
        {0: "long@102"},
        entry=at_level("stop", 5),
        stop_loss=stop("fix_abs", 5),
        **EXTENDED,
    )
    assert account.run().refusal == "session_end"


def test_carried_position_is_stopped_after_the_close() -> None:
    """Without exit_at_session_end the evening's bars count like others."""
    account = Account().book("100, 100, +101 101 97 98, +98 / 98", {0: "long"}, **EXTENDED, **CARRY)
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 98, "stop")


def test_carrying_strategy_enters_after_the_close() -> None:
    """A signal of the evening fills at the evening's next open."""
    account = Account().book("100, +101, +102 / 103", {1: "long"}, **EXTENDED, **CARRY)
    assert account.run().trade.entry_price == 102


def test_evening_belongs_to_its_session() -> None:
    """What the evening lost is out of that day's room, not of the next day's."""
    run = (
        Account(max_daily_risk=-1)
        .book(
            "100, 100, +100 100 97 98, +98, +98 / 98, 98, 98",
            {0: "long", 2: "long", 5: "long"},
            **EXTENDED,
            **CARRY,
        )
        .run()
    )
    assert run.reasons == [(2, "daily_limit")]
    assert [t.quantity for t in run.trades] == [500, 495]


# Friday, Saturday and Monday of something that trades round the clock.
WEEKEND = make_bars("- / - / - / 100 / 100 101 97 98 / - / 98, 98", calendar="24/7")


def test_account_without_a_calendar_takes_each_bars_own_day() -> None:
    """Saturday's loss is Saturday's: Monday has room."""
    run = Account(max_daily_risk=-1).book(WEEKEND, {0: "long", 1: "long"}, **CARRY).run()
    assert [t.entry_bar for t in run.trades] == [1, 2]


def test_weekend_bars_count_to_monday_on_a_new_york_account() -> None:
    """Saturday's loss of the whole limit leaves Monday nothing."""
    from infrastructure.market_data.sessions.calendars import get_calendar

    account = Account(max_daily_risk=-1, calendar=get_calendar("XNYS"))
    run = account.book(WEEKEND, {0: "long", 1: "long"}, **CARRY).run()
    assert run.reasons == [(1, "daily_limit")]
    assert [t.entry_bar for t in run.trades] == [1]


def test_day_starts_at_the_last_closes_of_the_session_before() -> None:
    """100 shares carried from 100 to 110, opening at 120: 1 % of 101,000, not of 102,000."""
    run = (
        Account(max_daily_risk=-1)
        .book(
            "100, 100 110 100 110 / 120, 120, 120",
            {0: "long"},
            allocation=50,
            stop_loss=None,
            sizing=sizing("fixed_quantity", 100),
            **CARRY,
        )
        .book(
            "100, 100 / 100, 100, 100",
            {2: "long"},
            allocation=50,
            sizing=sizing("fixed_quantity", 5000),
        )
        .run()
    )
    # Room: 1,010 and the 1,000 that the open position stands above the session before.
    assert [t.quantity for t in run.trades] == [100, 1005]
    assert run.account[1] == near(101_000)


# A half hour and ten minutes on one account: the long bar from 15:00 holds three short ones.
LONG_BARS = "100, 100 101 97 98, 98"  # bought at 15:00, stopped somewhere before 15:30
SHORT_BARS = make_bars("100, 100, 100, 100, 100, 100, 100, 100, 100", "BBB", 600)


def test_long_bar_is_known_only_when_it_is_complete() -> None:
    """At 15:10 the position still stands; at 15:30 its place is free."""
    run = (
        Account(max_open_positions=1)
        .book(LONG_BARS, {0: "long"}, allocation=50)
        .book(SHORT_BARS, {3: "long", 5: "long"}, allocation=50)
        .run()
    )
    assert run.reasons == [(3, "max_open_positions")]
    assert [(t.symbol, t.entry_bar) for t in run.trades] == [("AAA", 1), ("BBB", 6)]


def test_long_bars_count_at_their_stop_until_complete() -> None:
    """At 15:10 the 400 shares count 800 of the day's 1,000 though their bar may have stopped."""
    run = (
        Account(max_daily_risk=-1)
        .book(LONG_BARS, {0: "long"}, allocation=50, sizing=sizing("fixed_quantity", 400))
        .book(SHORT_BARS, {3: "long"}, allocation=50, sizing=sizing("fixed_quantity", 400))
        .run()
    )
    assert [t.quantity for t in run.of("BBB")] == [100]
