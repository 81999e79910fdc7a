"""Where and when a signal is filled: next_open, close, and levels that wait."""

import pytest
from scenario import Account, at_level, near, stop

WIDE = stop("fix_abs", 5)


def test_next_open_fills_at_the_open_of_the_next_bar() -> None:
    """The signal of bar 0 buys at bar 1's open, whatever bar 0 closed at."""
    trade = Account().book("100, 101 103 100 102, 102", {0: "long"}).run().trade
    assert (trade.signal_bar, trade.entry_bar, trade.entry_price) == (0, 1, 101)
    assert trade.direction == 1


def test_next_open_sells_short_at_the_open_of_the_next_bar() -> None:
    """The mirror: a short is opened at bar 1's open."""
    trade = Account().book("100, 99 100 98 98, 98", {0: "short"}).run().trade
    assert (trade.entry_bar, trade.entry_price, trade.direction) == (1, 99, -1)


def test_next_open_is_the_next_bar_the_symbol_has() -> None:
    """A half hour without a bar is passed over, not filled at a stale price."""
    trade = Account().book("100, -, 101, 101", {0: "long"}).run().trade
    assert (trade.entry_bar, trade.entry_price) == (1, 101)


def test_close_entry_fills_at_the_signal_bars_own_close() -> None:
    """A market-on-close order is filled on the bar that gave the signal."""
    trade = Account().book("99 101 98 100, 101, 102", {0: "long"}, entry=at_level("close"))
    made = trade.run().trade
    assert (made.signal_bar, made.entry_bar, made.entry_price) == (0, 0, 100)
    assert (made.exit_bar, made.exit_price) == (2, 102)


def test_close_entry_is_blind_to_the_range_of_its_own_bar() -> None:
    """The signal bar's low of 95 lies before the entry at its close: no stop there."""
    account = Account().book("100 101 95 100, 100, 101", {0: "long"}, entry=at_level("close"))
    trade = account.run().trade
    assert (trade.stop_price, trade.exit_bar, trade.exit_reason) == (98, 2, "session_end")


def test_close_entry_has_its_stop_live_on_the_next_bar() -> None:
    """The bar after a close entry meets the stop, range and all."""
    account = Account().book("100, 99 100 97 98, 98", {0: "long"}, entry=at_level("close"))
    trade = account.run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (1, 98, "stop")


LEVEL_FILLS = [
    ("stop", "long@102", "100 102 99 101", 102.0),  # touched
    ("stop", "long@102", "100 104 99 101", 102.0),  # passed through
    ("stop", "long@102", "103 104 102 103", 103.0),  # open already past: worse
    ("stop", "long@102", "102 103 101 102", 102.0),  # open on it
    ("stop", "short@98", "100 101 98 99", 98.0),
    ("stop", "short@98", "97 98 96 97", 97.0),
    ("limit", "long@98", "100 101 98 99", 98.0),
    ("limit", "long@98", "97 98 96 97", 97.0),  # open already past: better
    ("limit", "short@102", "100 102 99 100", 102.0),
    ("limit", "short@102", "103 104 102 103", 103.0),
]


@pytest.mark.parametrize(("kind", "signal", "bar", "price"), LEVEL_FILLS)
def test_level_fills_at_the_level_or_at_an_open_past_it(
    kind: str, signal: str, bar: str, price: float
) -> None:
    """A touch counts; an open past the level fills there, worse for a stop, better for a limit."""
    account = Account().book(
        f"100, {bar}, {bar}", {0: signal}, entry=at_level(kind), stop_loss=WIDE
    )
    trade = account.run().trade
    assert (trade.entry_bar, trade.entry_price) == (1, price)


NOT_REACHED = [
    ("stop", "long@102", "100 101.99 99 101"),
    ("stop", "short@98", "100 101 98.01 99"),
    ("limit", "long@98", "100 101 98.01 99"),
    ("limit", "short@102", "100 101.99 99 100"),
]


@pytest.mark.parametrize(("kind", "signal", "bar"), NOT_REACHED)
def test_level_a_cent_away_is_not_reached(kind: str, signal: str, bar: str) -> None:
    """An order valid for one bar expires with it, though the next bar would have filled it."""
    bars = f"100, {bar}, 100 103 97 100, 100"
    account = Account().book(bars, {0: signal}, entry=at_level(kind), stop_loss=WIDE)
    assert account.run().refusal == "expired"


def test_level_is_valid_for_expiry_bars() -> None:
    """With expiry_bars 2 the second bar after the signal still fills."""
    bars = "100, 100 101 99 100, 100 103 99 101, 101"
    account = Account().book(bars, {0: "long@102"}, entry=at_level("stop", 2), stop_loss=WIDE)
    trade = account.run().trade
    assert (trade.signal_bar, trade.entry_bar, trade.entry_price) == (0, 2, 102)


def test_level_is_not_valid_for_one_bar_more() -> None:
    """With expiry_bars 2 the third bar after the signal comes too late."""
    bars = "100, 100 101 99 100, 100 101 99 100, 100 103 99 101, 101"
    account = Account().book(bars, {0: "long@102"}, entry=at_level("stop", 2), stop_loss=WIDE)
    assert account.run().refusal == "expired"


def test_expiry_counts_bars_that_exist() -> None:
    """A half hour without a bar does not age an order."""
    bars = "100, 100 101 99 100, -, 100 103 99 101, 101"
    account = Account().book(bars, {0: "long@102"}, entry=at_level("stop", 2), stop_loss=WIDE)
    assert account.run().trade.entry_bar == 2


def test_order_cut_short_by_the_end_of_the_data() -> None:
    """An order with two bars still to live when the data end is refused end_of_data."""
    account = Account().book(
        "100, 100 101 99 100",
        {0: "long@102"},
        entry=at_level("stop", 3),
        stop_loss=WIDE,
        exit_at_session_end=False,
    )
    assert account.run().refusal == "end_of_data"


def test_order_that_lived_all_its_bars_expired() -> None:
    """An order whose only bar is the last of the data had its chance: expired."""
    account = Account().book(
        "100, 100 101 99 100",
        {0: "long@102"},
        entry=at_level("stop"),
        stop_loss=WIDE,
        exit_at_session_end=False,
    )
    assert account.run().refusal == "expired"


def test_newer_signal_replaces_a_waiting_order() -> None:
    """One order waits per symbol: the older is refused expired, the newer fills."""
    account = Account().book(
        "100, 100 101 99 100, 100 105 99 101, 101",
        {0: "long@104", 1: "long@102"},
        entry=at_level("stop", 5),
        stop_loss=WIDE,
    )
    run = account.run()
    assert run.reasons == [(0, "expired")]
    assert [(t.signal_bar, t.entry_bar, t.entry_price) for t in run.trades] == [(1, 2, 102)]


def test_newer_signal_of_the_other_side_replaces_it_too() -> None:
    """A short signal takes the place of a waiting long."""
    account = Account().book(
        "100, 100 101 99 100, 100 104 98 99, 99",
        {0: "long@104", 1: "short@98"},
        entry=at_level("stop", 5),
        stop_loss=stop("fix_abs", 7),
    )
    run = account.run()
    assert run.reasons == [(0, "expired")]
    assert [(t.direction, t.entry_bar, t.entry_price) for t in run.trades] == [(-1, 2, 98)]


@pytest.mark.parametrize("kind", ["stop", "limit"])
@pytest.mark.parametrize("signal", ["long", "long@0", "long@-1", "short", "short@0"])
def test_level_that_is_no_price_is_expired(kind: str, signal: str) -> None:
    """A level missing (NaN), zero or below is one that is never reached, wherever the price is."""
    account = Account().book("100, 100, 100", {0: signal}, entry=at_level(kind))
    assert account.run().refusal == "expired"


def test_waiting_order_dies_with_its_session() -> None:
    """With exit_at_session_end the first bar of the next session refuses it session_end."""
    account = Account().book(
        "100, 100 101 99 100 / 100 103 99 101, 101",
        {0: "long@102"},
        entry=at_level("stop", 5),
        stop_loss=WIDE,
    )
    assert account.run().refusal == "session_end"


def test_waiting_order_lives_on_where_positions_may_be_carried() -> None:
    """Without exit_at_session_end the next session's bar fills it."""
    account = Account().book(
        "100, 100 101 99 100 / 100 103 99 101, 101",
        {0: "long@102"},
        entry=at_level("stop", 5),
        stop_loss=WIDE,
        exit_at_session_end=False,
    )
    assert account.run().trade.entry_bar == 2


def test_level_entry_meets_its_own_stop_in_its_bar() -> None:
    """Bought at 102 with the stop at 97: a low of 96 in that bar stops it there."""
    account = Account().book(
        "100, 100 102 96 97, 97", {0: "long@102"}, entry=at_level("stop"), stop_loss=WIDE
    )
    trade = account.run().trade
    assert (trade.entry_bar, trade.entry_price, trade.exit_bar, trade.exit_price) == (1, 102, 1, 97)
    assert trade.exit_reason == "stop"


def test_level_entry_meets_its_own_target_in_its_bar() -> None:
    """Bought at a better open of 97, risking 2: the target 99 is met before the close of 100."""
    account = Account().book(
        "100, 97 100 97 100, 100", {0: "long@98"}, entry=at_level("limit"), risk_reward=1
    )
    trade = account.run().trade
    assert (trade.entry_price, trade.target_price, trade.exit_price) == (97, 99, 99)
    assert (trade.exit_bar, trade.exit_reason) == (1, "target")


def test_level_entry_with_both_in_its_bar_is_ambiguous() -> None:
    """Stop 97 and target 104.5 in the entry bar: stop first, and marked."""
    account = Account().book(
        "100, 100 105 96 100, 100",
        {0: "long@102"},
        entry=at_level("stop"),
        stop_loss=WIDE,
        risk_reward=0.5,
    )
    trade = account.run().trade
    assert trade.target_price == near(104.5)
    assert (trade.exit_price, trade.exit_reason, trade.ambiguous) == (97, "stop", "undecided")


def test_level_signal_on_a_sessions_last_bar_is_refused() -> None:
    """The only bar the order could fill in belongs to the next session."""
    account = Account().book(
        "100, 100 / 100 103 99 101, 101", {1: "long@102"}, entry=at_level("stop"), stop_loss=WIDE
    )
    assert account.run().refusal == "session_end"


def test_level_signal_on_the_last_bar_of_all_is_refused() -> None:
    """No later bar, so nothing that could reach the level."""
    account = Account().book(
        "100, 100", {1: "long@102"}, entry=at_level("stop"), exit_at_session_end=False
    )
    assert account.run().refusal == "end_of_data"


def test_long_and_short_levels_on_one_bar_are_contradictory() -> None:
    """A bracket of two entries is not a signal."""
    run = Account().book("100, 100, 100", {0: "long@102 short@98"}, entry=at_level("stop")).run()
    assert run.trades == []
    assert {reason for _, reason in run.reasons} == {"contradictory"}
