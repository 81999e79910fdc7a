"""Stops and targets: gaps, the entry bar, and bars that hold both."""

import pytest
from scenario import Account, at_level, stop

HELD = "100, 100"  # signal on bar 0, bought at bar 1's open of 100; stop 98, target 102

LATER_BARS = [
    ("long", "100 101 98 99", 98.0, "stop"),  # a touch counts
    ("long", "100 101 96 97", 98.0, "stop"),
    ("long", "98 99 97 98", 98.0, "stop"),  # opens on the stop
    ("long", "95 99 94 98", 95.0, "stop"),  # gap through the stop
    ("long", "102 103 101 102", 102.0, "target"),  # opens on the target
    ("long", "105 106 104 105", 105.0, "target"),  # gap past the target
    ("long", "95 103 94 100", 95.0, "stop"),  # the open comes first, then nothing else counts
    ("long", "105 106 97 100", 105.0, "target"),
    ("short", "100 102 99 101", 102.0, "stop"),
    ("short", "104 105 97 98", 104.0, "stop"),
    ("short", "100 101 98 99", 98.0, "target"),
    ("short", "95 103 94 96", 95.0, "target"),
]


@pytest.mark.parametrize(("side", "bar", "price", "reason"), LATER_BARS)
def test_later_bar_is_read_open_first_then_its_range(
    side: str, bar: str, price: float, reason: str
) -> None:
    """At or through a level at the open fills at the open; else the range fills at the level."""
    trade = Account().book(f"{HELD}, {bar}, 100", {0: side}, risk_reward=1).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, price, reason)
    assert trade.ambiguous == "no"


ENTRY_BARS = [
    ("long", "100 101 97 99", 98.0, "stop"),
    ("long", "100 103 99 101", 102.0, "target"),
    ("short", "100 103 99 101", 102.0, "stop"),
    ("short", "100 101 97 99", 98.0, "target"),
]


@pytest.mark.parametrize(("side", "bar", "price", "reason"), ENTRY_BARS)
def test_stop_and_target_are_live_in_the_entry_bar(
    side: str, bar: str, price: float, reason: str
) -> None:
    """A position bought at the open can be gone before that bar is over."""
    trade = Account().book(f"100, {bar}, 100", {0: side}, risk_reward=1).run().trade
    assert (trade.entry_bar, trade.exit_bar) == (1, 1)
    assert (trade.exit_price, trade.exit_reason) == (price, reason)


BOTH = "100, 100, 100 103 97 100, 100"
DETAIL_START = "100, 100, 100, 100, 100, 100, "  # ten-minute bars of the first two half hours
TARGET_FIRST = DETAIL_START + "100 103 100 101, 101 101 97 98, 98 100 98 100"
STOP_FIRST = DETAIL_START + "100 100 97 98, 98 103 98 101, 101 101 100 100"
BOTH_IN_ONE = DETAIL_START + "100 103 97 100, 100, 100"
NONE_THERE = "100, 100, 100"

POLICIES = [
    ("stop_first", None, 98.0, "undecided"),
    ("target_first", None, 102.0, "undecided"),
    ("stop_first", TARGET_FIRST, 98.0, "undecided"),
    ("detail", TARGET_FIRST, 102.0, "decided_by_detail"),
    ("detail", STOP_FIRST, 98.0, "decided_by_detail"),
    ("detail", BOTH_IN_ONE, 98.0, "undecided"),
    ("detail", NONE_THERE, 98.0, "undecided"),
    ("detail", None, 98.0, "undecided"),
]


@pytest.mark.parametrize(("policy", "detail", "price", "mark"), POLICIES)
def test_bar_with_both_is_decided_by_the_fill_policy(
    policy: str, detail: str | None, price: float, mark: str
) -> None:
    """The bar cannot tell: the policy decides, finer bars where it says so, else the stop."""
    account = Account(fill_policy=policy)
    trade = account.book(BOTH, {0: "long"}, risk_reward=1, detail=detail).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.ambiguous) == (2, price, mark)
    assert trade.exit_reason == ("target" if price == 102 else "stop")


def test_short_with_both_takes_its_own_stop_first() -> None:
    """For a short the stop is above: 102, and marked."""
    trade = Account().book(BOTH, {0: "short"}, risk_reward=1).run().trade
    assert (trade.exit_price, trade.exit_reason, trade.ambiguous) == (102, "stop", "undecided")


def test_entry_bar_with_both_is_ambiguous_too() -> None:
    """The same rule from the entry bar on."""
    trade = Account().book("100, 100 103 97 100, 100", {0: "long"}, risk_reward=1).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.ambiguous) == (1, 98, "undecided")


def test_detail_of_a_level_entry_starts_where_the_level_was_reached() -> None:
    """The fine bar that fell to 96 came before the entry at 102: only the target counts."""
    account = Account(fill_policy="detail").book(
        "100, 100 106 96 103, 103",
        {0: "long@102"},
        entry=at_level("stop"),
        stop_loss=stop("fix_abs", 5),
        risk_reward=0.6,
        detail="100, 100, 100, 100 100 96 98, 98 106 98 104, 104 104 103 103",
    )
    trade = account.run().trade
    assert (trade.entry_bar, trade.exit_bar, trade.exit_price) == (1, 1, 105)
    assert trade.ambiguous == "decided_by_detail"


def test_stop_comes_before_the_close_of_the_sessions_last_bar() -> None:
    """A last bar that touches the stop leaves nothing for its close."""
    trade = Account().book("100, 100, 100 101 97 101", {0: "long"}).run().trade
    assert (trade.exit_price, trade.exit_reason) == (98, "stop")


def test_position_closed_inside_a_bar_may_be_followed_by_its_signal() -> None:
    """Stopped in bar 1, whose close signals again: bought at bar 2's open."""
    run = Account().book("100, 100 101 97 99, 99, 99", {0: "long", 1: "long"}).run()
    assert [(t.entry_bar, t.exit_bar) for t in run.trades] == [(1, 1), (2, 3)]
    assert run.refusals == []
