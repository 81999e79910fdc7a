"""The stop level of each type, measured from the fill price after slippage."""

from typing import Any

import pytest
from scenario import Account, at_level, near, stop

SIGNAL_BAR = "100 101 98 100"
TABLE = [
    {"min_price": 0, "max_price": 50, "delta_abs": 0.5},
    {"min_price": 50, "max_price": 100, "delta_perc": 1},
    {"min_price": 100, "max_price": None, "delta_abs": 4},
]

LEVELS = [
    (stop("candle"), 98.0, 101.0),
    (stop("candle", 0), 98.0, 101.0),
    (stop("candle", 0.5), 97.5, 101.5),
    (stop("fix_abs", 3), 97.0, 103.0),
    (stop("fix_perc", 0.5), 99.5, 100.5),
    (stop("variable", price_ranges=TABLE), 96.0, 104.0),
]


@pytest.mark.parametrize(("spec", "long", "short"), LEVELS)
def test_stop_level_of_each_type(spec: dict[str, Any], long: float, short: float) -> None:
    """Filled at 100 after a signal bar with low 98 and high 101; the short is the mirror."""
    for side, level in (("long", long), ("short", short)):
        account = Account().book(f"{SIGNAL_BAR}, 100, 100", {0: side}, stop_loss=spec)
        assert account.run().trade.stop_price == near(level)


def test_candle_stop_is_of_the_signal_bar_not_of_the_entry_bar() -> None:
    """The order waits two bars; the stop stays under the bar that gave the signal."""
    account = Account().book(
        f"{SIGNAL_BAR}, 100 101 99 100, 100 102 99 101, 101",
        {0: "long@102"},
        entry=at_level("stop", 3),
        stop_loss=stop("candle"),
    )
    trade = account.run().trade
    assert (trade.entry_bar, trade.stop_price) == (2, 98)


@pytest.mark.parametrize(
    ("price", "level"), [(49.99, 49.49), (50, 49.5), (99.99, 98.9901), (100, 96), (1000, 996)]
)
def test_variable_stop_takes_the_row_that_holds_the_price(price: float, level: float) -> None:
    """min_price <= P < max_price; the last row is open-ended; delta in money or in percent."""
    account = Account().book(
        f"{price}, {price}, {price}", {0: "long"}, stop_loss=stop("variable", price_ranges=TABLE)
    )
    assert account.run().trade.stop_price == near(level)


@pytest.mark.parametrize("price", [49, 200, 500])
def test_variable_stop_without_a_row_is_refused(price: float) -> None:
    """No row holds the price (its upper end is not in it): no_stop."""
    table = [{"min_price": 50, "max_price": 200, "delta_abs": 1}]
    account = Account().book(
        f"{price}, {price}, {price}", {0: "long"}, stop_loss=stop("variable", price_ranges=table)
    )
    assert account.run().refusal == "no_stop"


# True ranges 4, 3 (from the close before: 103 - 100), 4: ATR(2) is 3.5 on bar 1, 3.75 on bar 2.
ATR_BARS = "100 102 98 100, 102 103 101 102, 102 104 100 102, 102, 102"


@pytest.mark.parametrize(
    ("bar", "side", "level"),
    [(1, "long", 95.0), (1, "short", 109.0), (2, "long", 94.5), (2, "short", 109.5)],
)
def test_atr_stop_is_wilders_of_bars_up_to_the_signal(bar: int, side: str, level: float) -> None:
    """2 x ATR(2): the mean of two true ranges, then smoothed as Wilder does."""
    account = Account().book(ATR_BARS, {bar: side}, stop_loss=stop("atr", 2, period=2))
    assert account.run().trade.stop_price == near(level)


def test_atr_stop_before_its_warm_up_is_refused() -> None:
    """One bar has no ATR(2): no_stop."""
    account = Account().book(ATR_BARS, {0: "long"}, stop_loss=stop("atr", 2, period=2))
    assert account.run().refusal == "no_stop"


def test_atr_period_is_14_unless_given() -> None:
    """Bars of range 2: no ATR on the 13th, 2.00 on the 14th."""
    bars = ", ".join(["100 101 99 100"] * 16)
    early = Account().book(bars, {12: "long"}, stop_loss=stop("atr", 1.5)).run()
    ready = Account().book(bars, {13: "long"}, stop_loss=stop("atr", 1.5)).run()
    assert early.refusal == "no_stop"
    assert ready.trade.stop_price == near(97)


SLIPPED = [  # 1 % slippage: bought at 101, sold short at 99
    (stop("fix_abs", 2), 99.0, 101.0),
    (stop("fix_perc", 2), 98.98, 100.98),
    (stop("candle"), 98.0, 101.0),  # the signal bar does not slip
]


@pytest.mark.parametrize(("spec", "long", "short"), SLIPPED)
def test_stop_is_measured_from_the_price_after_slippage(
    spec: dict[str, Any], long: float, short: float
) -> None:
    """The fill price is 101 or 99 where the bar opened at 100."""
    for side, level in (("long", long), ("short", short)):
        account = Account(slippage_bps=100).book(
            f"{SIGNAL_BAR}, 100, 100", {0: side}, stop_loss=spec
        )
        assert account.run().trade.stop_price == near(level)


@pytest.mark.parametrize(("side", "level"), [("long", 98.0), ("short", 104.0)])
def test_variable_row_is_chosen_by_the_price_after_slippage(side: str, level: float) -> None:
    """The open of 100 lies in the first row; 101 in the second, 99 in the first."""
    table = [
        {"min_price": 0, "max_price": 100.5, "delta_abs": 5},
        {"min_price": 100.5, "max_price": None, "delta_abs": 3},
    ]
    account = Account(slippage_bps=100).book(
        "100, 100, 100", {0: side}, stop_loss=stop("variable", price_ranges=table)
    )
    assert account.run().trade.stop_price == near(level)


@pytest.mark.parametrize(
    ("side", "opens"), [("long", 97), ("long", 98), ("short", 102), ("short", 101)]
)
def test_open_at_or_through_the_stop_is_refused(side: str, opens: float) -> None:
    """The fill bar opens beyond, or on, the signal bar's end: stop_crossed."""
    account = Account().book(f"{SIGNAL_BAR}, {opens}, {opens}", {0: side}, stop_loss=stop("candle"))
    assert account.run().refusal == "stop_crossed"


def test_open_on_the_stop_is_refused_though_slippage_fills_beyond_it() -> None:
    """Filled at 98.98 over a stop at 98: the open of 98 has already reached it."""
    account = Account(slippage_bps=100).book(
        f"{SIGNAL_BAR}, 98, 98", {0: "long"}, stop_loss=stop("candle")
    )
    assert account.run().refusal == "stop_crossed"


def test_stop_at_or_below_zero_is_refused() -> None:
    """100 - 150 is no price: stop_crossed."""
    account = Account().book("100, 100, 100", {0: "long"}, stop_loss=stop("fix_abs", 150))
    assert account.run().refusal == "stop_crossed"


def test_close_entry_is_not_asked_for_its_open() -> None:
    """Bought at the close of 100 of a bar that opened on its low: the open is past."""
    account = Account().book(
        "98 101 98 100, 100, 100", {0: "long"}, entry=at_level("close"), stop_loss=stop("candle")
    )
    trade = account.run().trade
    assert (trade.entry_price, trade.stop_price) == (100, 98)


def test_close_entry_on_its_low_is_refused() -> None:
    """The stop would be the fill price itself: stop_crossed."""
    account = Account().book(
        "100 101 98 98, 99, 99", {0: "long"}, entry=at_level("close"), stop_loss=stop("candle")
    )
    assert account.run().refusal == "stop_crossed"


def test_close_entry_on_its_low_is_refused_though_slippage_fills_beyond_it() -> None:
    """Filled at 98.98 over a stop at 98: the close of 98 has already reached it."""
    account = Account(slippage_bps=100).book(
        "100 101 98 98, 99, 99", {0: "long"}, entry=at_level("close"), stop_loss=stop("candle")
    )
    assert account.run().refusal == "stop_crossed"


def test_limit_filled_at_an_open_below_the_stop_is_refused() -> None:
    """A limit at 99 opens at 97, under the candle's low of 98: stop_crossed."""
    account = Account().book(
        f"{SIGNAL_BAR}, 97 99 96 98, 98",
        {0: "long@99"},
        entry=at_level("limit"),
        stop_loss=stop("candle"),
    )
    assert account.run().refusal == "stop_crossed"


def test_stop_entry_whose_bar_opened_under_the_stop_is_refused() -> None:
    """Bought at 102 with the stop at 101, in a bar that opened at 100: stop_crossed."""
    account = Account().book(
        "100, 100 103 100 103, 103",
        {0: "long@102"},
        entry=at_level("stop"),
        stop_loss=stop("fix_abs", 1),
    )
    assert account.run().refusal == "stop_crossed"


def test_atr_stop_of_a_waiting_order_is_of_its_signal_bar() -> None:
    """Signalled on bar 1 (ATR 3.5), filled two bars later (ATR 3.75 by then)."""
    account = Account().book(
        "100 102 98 100, 102 103 101 102, 102 104 100 102, 102 105 101 104, 104",
        {1: "long@105"},
        entry=at_level("stop", 2),
        stop_loss=stop("atr", 2, period=2),
    )
    trade = account.run().trade
    assert (trade.entry_bar, trade.stop_price) == (3, near(98))


def test_atr_reaches_over_the_night() -> None:
    """Opening 3.00 above the close before, the first bar of a session has a range of 4.00."""
    account = Account().book(
        "100 102 98 100, 100 101 99 100 / 103 104 103 103, 103, 103",
        {2: "long"},
        stop_loss=stop("atr", 1, period=2),
    )
    # True ranges 4, 2, 4: ATR 3.00 on bar 1, then (3.00 + 4.00) / 2.
    assert account.run().trade.stop_price == near(99.5)
