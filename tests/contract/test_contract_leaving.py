"""Exit signals, reversals, the session's end and the end of the data."""

import pytest
from scenario import Account, stop

CARRY = {"exit_at_session_end": False}


def test_exit_signal_fills_at_the_next_open() -> None:
    """Decided at bar 2's close, out at bar 3's open."""
    account = Account().book("100, 100, 101, 103 104 102 104, 104", {0: "long", 2: "exit_long"})
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (3, 103, "exit_signal")


@pytest.mark.parametrize("opens", [90, 120])
def test_exit_signal_comes_before_that_bars_stop_and_target(opens: float) -> None:
    """The bar opens beyond the stop of 98 or the target of 102: same price, its own reason."""
    bars = f"100, 100, {opens}, {opens}"
    account = Account().book(bars, {0: "long", 1: "exit_long"}, risk_reward=1)
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, opens, "exit_signal")


def test_exit_signal_is_for_its_own_side() -> None:
    """exit_short leaves a long alone, exit_long a short."""
    for side, other in (("long", "exit_short"), ("short", "exit_long")):
        trade = Account().book("100, 100, 100, 101", {0: side, 1: other}).run().trade
        assert trade.exit_reason == "session_end"


def test_exit_signal_without_a_position_is_nothing() -> None:
    """Neither a trade nor a refusal."""
    run = Account().book("100, 100, 100", {0: "exit_long", 1: "exit_short"}).run()
    assert (run.trades, run.refusals) == ([], [])


def test_exit_signal_before_the_entry_does_not_act() -> None:
    """On the signal's own bar nothing is held yet."""
    trade = Account().book("100, 100, 101, 101", {0: "long exit_long"}).run().trade
    assert (trade.exit_bar, trade.exit_reason) == (3, "session_end")


def test_exit_signal_of_the_sessions_last_bar_waits_for_the_next_session() -> None:
    """Carried overnight, it leaves at the next session's open."""
    account = Account().book("100, 100 / 105, 106", {0: "long", 1: "exit_long"}, **CARRY)
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 105, "exit_signal")


def test_exit_signal_of_the_last_bar_finds_the_position_closed() -> None:
    """No later bar: the data's end closes it at the last close."""
    account = Account().book("100, 100, 101 103 101 102", {0: "long", 2: "exit_long"}, **CARRY)
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 102, "end_of_data")


def test_exit_signal_and_the_opposite_entry_on_one_bar() -> None:
    """Without reverse the entry is refused position_open; the exit stands."""
    run = Account().book("100, 100, 101, 101", {0: "long", 1: "exit_long short"}).run()
    assert run.reasons == [(1, "position_open")]
    assert [(t.exit_bar, t.exit_reason) for t in run.trades] == [(2, "exit_signal")]


def test_opposite_signal_is_ignored_by_default() -> None:
    """The long stays; the short is refused position_open."""
    run = Account().book("100, 100, 101, 101", {0: "long", 1: "short"}).run()
    assert run.reasons == [(1, "position_open")]
    assert [(t.direction, t.exit_reason) for t in run.trades] == [(1, "session_end")]


def test_reverse_closes_and_turns_at_the_same_open() -> None:
    """Out of the long at 103 and short at 103, its stop 2.00 above."""
    run = (
        Account()
        .book("100, 100, 101, 103, 102", {0: "long", 2: "short"}, on_opposite_signal="reverse")
        .run()
    )
    old, new = run.trades
    assert (old.exit_bar, old.exit_price, old.exit_reason) == (3, 103, "reverse")
    assert (new.direction, new.signal_bar, new.entry_bar, new.entry_price) == (-1, 2, 3, 103)
    assert (new.stop_price, new.exit_price) == (105, 102)
    assert run.refusals == []


def test_reverse_turns_a_short_too() -> None:
    """The mirror: bought back at 97 and long from there."""
    run = (
        Account()
        .book("100, 100, 99, 97, 98", {0: "short", 2: "long"}, on_opposite_signal="reverse")
        .run()
    )
    assert [(t.direction, t.entry_price, t.exit_price) for t in run.trades] == [
        (-1, 100, 97), (1, 97, 98),
    ]  # fmt: skip


def test_reverse_before_that_bars_stop() -> None:
    """The fill bar opens through the long's stop: the reversal at that open is what happens."""
    run = (
        Account()
        .book("100, 100, 100, 95, 94", {0: "long", 2: "short"}, on_opposite_signal="reverse")
        .run()
    )
    assert [(t.exit_price, t.exit_reason) for t in run.trades] == [
        (95, "reverse"), (94, "session_end"),
    ]  # fmt: skip


def test_reverse_whose_new_side_is_refused_still_closes_the_old() -> None:
    """The short's candle stop of 101 is below the open of 102: crossed, and the long is out."""
    run = (
        Account()
        .book(
            "100 101 98 100, 100, 100 101 99 100, 102, 102",
            {0: "long", 2: "short"},
            on_opposite_signal="reverse",
            stop_loss=stop("candle"),
        )
        .run()
    )
    assert run.reasons == [(2, "stop_crossed")]
    assert [(t.exit_bar, t.exit_price, t.exit_reason) for t in run.trades] == [(3, 102, "reverse")]


def test_reverse_does_not_add_to_the_same_side() -> None:
    """A second long while long is refused position_open."""
    run = (
        Account()
        .book("100, 100, 101, 101", {0: "long", 1: "long"}, on_opposite_signal="reverse")
        .run()
    )
    assert run.reasons == [(1, "position_open")]
    assert len(run.trades) == 1


def test_reverse_after_a_stop_in_the_same_bar_is_a_plain_entry() -> None:
    """Stopped in bar 2, whose close says short: nothing is left to reverse."""
    run = (
        Account()
        .book(
            "100, 100, 100 100 97 97, 97, 96",
            {0: "long", 2: "short"},
            on_opposite_signal="reverse",
        )
        .run()
    )
    assert [(t.direction, t.exit_reason) for t in run.trades] == [(1, "stop"), (-1, "session_end")]


def test_contradiction_does_not_reverse() -> None:
    """Both sides at once say nothing: the long stays."""
    run = (
        Account()
        .book("100, 100, 101, 101", {0: "long", 1: "long short"}, on_opposite_signal="reverse")
        .run()
    )
    assert {reason for _, reason in run.reasons} == {"contradictory"}
    assert [t.exit_reason for t in run.trades] == ["session_end"]


def test_session_end_fills_at_the_close_of_the_last_bar() -> None:
    """Not at the next session's open."""
    trade = Account().book("100, 100, 101 103 100 102 / 110", {0: "long"}).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 102, "session_end")


def test_entry_at_the_last_bars_open_leaves_at_its_close() -> None:
    """The last bar of a session can be entered and is left the same half hour."""
    trade = Account().book("100, 100 101 99 101 / 110", {0: "long"}).run().trade
    assert (trade.entry_bar, trade.exit_bar, trade.exit_price) == (1, 1, 101)
    assert trade.exit_reason == "session_end"


def test_carried_position_is_left_open_overnight() -> None:
    """Without exit_at_session_end the stop of 98 works in the next session, gap and all."""
    trade = Account().book("100, 100 / 97, 97", {0: "long"}, **CARRY).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, 97, "stop")


def test_end_of_data_fills_at_the_last_close() -> None:
    """What is carried to the end is closed there."""
    trade = Account().book("100, 100 / 101, 101 103 100 102", {0: "long"}, **CARRY).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (3, 102, "end_of_data")


def test_last_bar_of_all_is_a_session_end_where_sessions_end() -> None:
    """With exit_at_session_end the session's end comes first."""
    trade = Account().book("100, 100, 102", {0: "long"}).run().trade
    assert trade.exit_reason == "session_end"


def test_each_symbol_ends_with_its_own_data() -> None:
    """One symbol's data stop a bar earlier: closed there, the other one bar later."""
    run = (
        Account()
        .book("100, 100, 101", {0: "long"}, symbol="SHORTER", **CARRY)
        .also("100, 100, 101, 103", {0: "long"}, symbol="LONGER")
        .run()
    )
    assert [(t.exit_bar, t.exit_price) for t in run.of("SHORTER")] == [(2, 101)]
    assert [(t.exit_bar, t.exit_price) for t in run.of("LONGER")] == [(3, 103)]
