"""Refusals: each reason, and which of two that apply is given."""

from typing import Any

import pytest
from scenario import Account, at_level, sizing, stop

FLAT = "100, 100, 100"
HALF = {"allocation": 50}
UNCOVERED = stop("variable", price_ranges=[{"min_price": 500, "max_price": None, "delta_abs": 1}])
CANDLE = stop("candle")

ONE_SIGNAL: list[tuple[str, str, dict[int, str], dict[str, Any], dict[str, Any]]] = [
    ("end_of_data", "100, 100", {1: "long"}, {"exit_at_session_end": False}, {}),
    ("session_end", "100, 100 / 100, 100", {1: "long"}, {}, {}),
    ("session_end", "100, 100 / 100", {1: "long"}, {"entry": at_level("close")}, {}),
    ("end_of_data", "100, 100 / 100", {2: "long"},
     {"entry": at_level("close"), "exit_at_session_end": False}, {}),
    ("expired", FLAT, {0: "long@102"}, {"entry": at_level("stop")}, {}),
    ("no_stop", FLAT, {0: "long"}, {"stop_loss": UNCOVERED}, {}),
    ("stop_crossed", "100 101 98 100, 97, 97", {0: "long"}, {"stop_loss": CANDLE}, {}),
    ("daily_limit", FLAT, {0: "long"}, {}, {"max_daily_risk": -0.001}),
    ("buying_power", "200000, 200000, 200000", {0: "long"},
     {"stop_loss": stop("fix_abs", 10)}, {"max_leverage": 1}),
    ("risk_budget", FLAT, {0: "long"}, {}, {"risk_per_trade": 0.001}),
    ("risk_budget", FLAT, {0: "long"}, {"sizing": sizing("fixed_quantity", 0.5)}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "bars", "signals", "config", "terms"), ONE_SIGNAL)
def test_reason_of_a_lone_refusal(
    reason: str,
    bars: str,
    signals: dict[int, str],
    config: dict[str, Any],
    terms: dict[str, Any],
) -> None:
    """One signal, one cause, one stored refusal."""
    assert Account(**terms).book(bars, signals, **config).run().refusal == reason


def test_long_and_short_on_one_bar_are_both_refused() -> None:
    """Two signals, two refusals, no trade."""
    run = Account().book(FLAT, {0: "long short"}).run()
    assert run.trades == []
    assert sorted((r.direction, r.reason) for r in run.refusals) == [
        (-1, "contradictory"), (1, "contradictory"),
    ]  # fmt: skip


def test_refusal_names_its_signal() -> None:
    """Book, symbol, bar and side of the signal that was refused."""
    run = (
        Account()
        .book(FLAT, {}, **HALF)
        .book("100, 100, 100, 100", {0: "short", 1: "short"}, **HALF)
        .run()
    )
    (refusal,) = run.refusals
    assert refusal == (1, -1, "position_open", 1, "BBB")


def test_signal_while_the_position_is_held_is_refused() -> None:
    """position_open, on every bar it is held."""
    run = Account().book("100, 100, 100, 100", {0: "long", 1: "long", 2: "short"}).run()
    assert run.reasons == [(1, "position_open"), (2, "position_open")]


def test_contradictory_comes_before_position_open() -> None:
    """While held, both sides at once are contradictory."""
    run = Account().book("100, 100, 100", {0: "long", 1: "long short"}).run()
    assert {reason for _, reason in run.reasons} == {"contradictory"}


def test_contradictory_comes_before_end_of_data() -> None:
    """On the very last bar too."""
    run = Account().book("100, 100", {1: "long short"}).run()
    assert {reason for _, reason in run.reasons} == {"contradictory"}


def test_position_open_comes_before_session_end() -> None:
    """A carried position on the session's last bar: held is what matters."""
    run = (
        Account()
        .book("100, 100 / 100, 100", {0: "long", 1: "short"}, exit_at_session_end=False)
        .run()
    )
    assert run.reasons == [(1, "position_open")]


def test_position_left_at_the_sessions_end_is_not_open_at_that_close() -> None:
    """The session's last bar closes the position, then its signal has no session to fill in."""
    run = Account().book("100, 100 / 100, 100", {0: "long", 1: "long"}).run()
    assert run.reasons == [(1, "session_end")]


@pytest.mark.parametrize("entry", ["next_open", "close"])
def test_end_of_data_comes_before_session_end(entry: str) -> None:
    """The data's last bar is its session's last too: no later bar comes first."""
    assert Account().book("100, 100", {1: "long"}, entry=at_level(entry)).run().refusal == (
        "end_of_data"
    )


def held_and(bars: str, signals: dict[int, str], **config: Any) -> list[str]:
    """Reasons given to a second book while the first holds the only place there is."""
    first = {"exit_at_session_end": False, **HALF}
    run = (
        Account(max_open_positions=1)
        .book("100, 100 / 100, 100", {0: "long"}, **first)
        .book(bars, signals, **HALF, **config)
        .run()
    )
    assert [trade.book for trade in run.trades] == [0]
    return [refusal.reason for refusal in run.refusals]


def test_session_end_comes_before_max_open_positions() -> None:
    """The fill would fall into the next session, where there would be no place either."""
    assert held_and("100, 100 / 100, 100", {1: "long"}) == ["session_end"]


def test_expired_comes_before_max_open_positions() -> None:
    """A level never reached asks for no place."""
    assert held_and("100 / 100, 100", {1: "long@102"}, entry=at_level("stop")) == ["expired"]


def test_max_open_positions_comes_before_no_stop() -> None:
    """No place, and no row for the price."""
    bars = "100, 100 / 100, 100"
    assert held_and(bars, {2: "long"}, stop_loss=UNCOVERED) == ["max_open_positions"]


def test_max_open_positions_comes_before_stop_crossed() -> None:
    """No place, and an open through the candle's low."""
    bars = "100, 100 / 100 101 98 100, 97"
    assert held_and(bars, {2: "long"}, stop_loss=CANDLE) == ["max_open_positions"]


@pytest.mark.parametrize(
    ("stop_loss", "reason"), [(UNCOVERED, "no_stop"), (CANDLE, "stop_crossed")]
)
def test_stop_refusals_come_before_the_days_limit(stop_loss: dict[str, Any], reason: str) -> None:
    """The first trade lost the whole day's 500; the second has no valid stop either."""
    run = (
        Account(max_daily_risk=-0.5)
        .book("100, 100 101 98 98, 98", {0: "long"}, **HALF)
        .book("100, 100 101 98 100, 97", {1: "long"}, stop_loss=stop_loss, **HALF)
        .run()
    )
    assert run.reasons == [(1, reason)]


DEAR = "200000, 200000, 200000"
UNDER_ONE_LOT = [
    # of 100,000: day room / 10, buying power 0.5, risk / 10
    ("daily_limit", {"max_daily_risk": -0.001, "risk_per_trade": 0.001}),
    ("daily_limit", {"max_daily_risk": -0.001, "risk_per_trade": 1}),
    ("buying_power", {"max_daily_risk": -5, "risk_per_trade": 0.001}),
    ("buying_power", {"max_daily_risk": -5, "risk_per_trade": 1}),
    ("risk_budget", {"max_daily_risk": -5, "risk_per_trade": 0.001, "max_leverage": 100}),
    ("daily_limit", {"max_daily_risk": -0.001, "risk_per_trade": 0.001, "max_leverage": 100}),
]


@pytest.mark.parametrize(("reason", "terms"), UNDER_ONE_LOT)
def test_under_one_lot_names_the_first_bound_under_it(reason: str, terms: dict[str, Any]) -> None:
    """daily_limit, then buying_power, then risk_budget."""
    account = Account(**{"max_leverage": 1, **terms})
    assert account.book(DEAR, {0: "long"}, stop_loss=stop("fix_abs", 10)).run().refusal == reason


def test_too_little_left_by_the_day_comes_before_buying_power() -> None:
    """The day leaves 1 lot worth 0.01 % where 0.5 % is asked; the equity buys none: the day."""
    account = Account(max_leverage=1, max_daily_risk=-0.01, min_risk_per_trade=0.5)
    run = account.book(DEAR, {0: "long"}, stop_loss=stop("fix_abs", 10)).run()
    assert run.refusal == "daily_limit"


def test_every_signal_ends_as_a_trade_or_a_refusal() -> None:
    """Eight signals: three trades and five refusals."""
    run = (
        Account()
        .book(
            "100, 100 101 97 98, 98, 98, 98 / 98, 98 99 95 96, 96, 96",
            {
                0: "long",  # traded, stopped in bar 1
                1: "short",  # traded, to the session's end
                2: "long",  # position_open
                4: "short",  # session_end
                5: "long",  # traded, stopped in bar 6
                7: "short long",  # contradictory, both
                8: "long",  # end_of_data
            },
        )
        .run()
    )
    assert [t.signal_bar for t in run.trades] == [0, 1, 5]
    assert run.reasons == [
        (2, "position_open"),
        (4, "session_end"),
        (7, "contradictory"),
        (7, "contradictory"),
        (8, "end_of_data"),
    ]
