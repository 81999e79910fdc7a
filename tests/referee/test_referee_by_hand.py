"""The referee itself is held to figures worked out by hand or published elsewhere."""

import pytest
from referee_setup import Ohlc, account, bars_of_sessions, one_book, signals_at
from twin import referee
from twin_records import RefereeResult
from twin_rules import decide_size, size_for_room, wilder_atr

from infrastructure.core.config import CostsConfig

START: Ohlc = (5000, 5010, 4990, 5000)
CALM: Ohlc = (5000, 5025, 4975, 4987)
OVERNIGHT = {"exit_at_session_end": False}


def play(
    bars: list[Ohlc],
    stop_percent: float,
    target_percent: float | None,
    signals: dict[str, list[int]] | None = None,
) -> RefereeResult:
    """A long signal on bar 0 over `bars` from 1, without costs."""
    made = bars_of_sessions([[START, *bars]])
    return referee(
        one_book(
            made,
            signals_at(len(made), **(signals or {"long": [0]})),
            stop_loss={"type": "fix_perc", "value": stop_percent},
            risk_reward=None if target_percent is None else target_percent / stop_percent,
            **OVERNIGHT,
        ),
        account(1_000_000),
    )


@pytest.mark.parametrize(
    ("bars", "stop", "target", "exit_bar", "reason", "percent", "ambiguous"),
    [
        ([CALM, (4987, 5012, 4600, 4600)], 1, None, 2, "stop", -1, "no"),
        ([CALM, (4987, 5750, 4850, 5750)], 2, 6, 2, "stop", -2, "undecided"),
        ([CALM, (4987, 5300, 4850, 5050)], 2, 5, 2, "stop", -2, "undecided"),
        ([CALM, (4987, 5300, 4950, 5050)], 2, 3, 2, "target", 3, "no"),
        (
            [(5000, 5025, 4980, 4987), (4987, 5025, 4975, 4987), (4975, 6000, 4975, 6000)],
            *(1, 3, 3, "target", 3, "no"),
        ),
        ([(5000, 5100, 4950, 5100)], 10, 1, 1, "target", 1, "no"),
        ([(5000, 5100, 4600, 5100)], 5, 10, 1, "stop", -5, "no"),
    ],
)
def test_published_bars_end_as_published(
    bars: list[Ohlc],
    stop: float,
    target: float | None,
    exit_bar: int,
    reason: str,
    percent: float,
    ambiguous: str,
) -> None:
    """The hand-made bars of the reference table give their published exits."""
    (trade,) = play(bars, stop, target).trades
    assert (trade.entry_bar, trade.entry_price, trade.exit_bar) == (1, 5000, exit_bar)
    assert (trade.exit_reason, trade.ambiguous) == (reason, ambiguous)
    assert trade.net_pnl / (trade.quantity * 50) == pytest.approx(percent)


def test_a_second_signal_enters_after_the_first_exit() -> None:
    """+1 % inside bar 1, then the signal of its close enters at bar 2 and is stopped there."""
    found = play([(5000, 5100, 4900, 5100), (5100, 5251, 4650, 5100)], 5, 1, {"long": [0, 1]})
    first, second = found.trades
    assert (first.exit_reason, first.exit_bar, first.exit_price) == ("target", 1, 5050)
    assert (second.entry_bar, second.entry_price) == (2, 5100)
    assert (second.exit_reason, second.exit_bar, second.ambiguous) == ("stop", 2, "undecided")


def test_an_exit_signal_fills_before_the_bar_s_stop() -> None:
    """The next open, 5010, not the stop that the same bar touches later."""
    calm: Ohlc = (4987, 5020, 4970, 5000)
    bars = [CALM, calm, calm, (5010, 5010, 4855, 4995)]
    (trade,) = play(bars, 1, None, {"long": [0], "exit_long": [3]}).trades
    assert (trade.exit_reason, trade.exit_bar, trade.exit_price) == ("exit_signal", 4, 5010)


def test_contradictory_signals_are_both_refused() -> None:
    """A long and a short signal on one bar give no trade and two refusals."""
    found = play([CALM], 1, None, {"long": [0], "short": [0]})
    assert not found.trades
    assert [(r.direction, r.reason) for r in found.refusals] == [
        (1, "contradictory"),
        (-1, "contradictory"),
    ]


@pytest.mark.parametrize(
    ("bar", "price", "reason"),
    [
        ((90, 95, 89, 92), 90, "stop"),
        ((102, 103, 98, 99), 100, "stop"),
        ((115, 116, 108, 109), 115, "target"),
    ],
)
def test_the_open_comes_first(bar: Ohlc, price: float, reason: str) -> None:
    """Bought at 105 with the stop at 100 and the target at 110: an open past either fills there."""
    bars = bars_of_sessions([[(105, 106, 104, 105), (105, 106, 104, 105), bar]])
    books = one_book(
        bars,
        signals_at(3, long=[0]),
        stop_loss={"type": "fix_abs", "value": 5},
        risk_reward=1,
        **OVERNIGHT,
    )
    (trade,) = referee(books, account()).trades
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, price, reason)
    assert trade.ambiguous == "no"


def test_a_trade_with_costs_to_the_cent() -> None:
    """Bought at 100.10 (10 bps), stop 98.10, sold at 98.0019; 1,000 / 2.00 = 500 shares."""
    bars = bars_of_sessions([[(99, 101, 98, 100), (100, 101, 99, 100), (100, 100, 97, 98)]])
    books = one_book(
        bars, signals_at(3, long=[0]), stop_loss={"type": "fix_abs", "value": 2}, **OVERNIGHT
    )
    costs = {
        "slippage_bps": 10,
        "commission_per_share": 0.01,
        "commission_minimum": 7,
        "commission_bps": 1,
    }
    found = referee(books, account(costs=costs))
    (trade,) = found.trades
    assert trade.quantity == 500 and trade.stop_price == pytest.approx(98.1)
    assert trade.entry_price == pytest.approx(100.1)
    assert trade.exit_price == pytest.approx(98.0019)
    commission = 7 + 0.0001 * 50_050 + 7 + 0.0001 * 49_000.95
    assert trade.commission == pytest.approx(commission)
    assert trade.slippage == pytest.approx(0.1 * 500 + 0.0981 * 500)
    assert trade.net_pnl == pytest.approx((98.0019 - 100.1) * 500 - commission)
    assert found.account_equity[-1] == pytest.approx(100_000 + trade.net_pnl)
    assert trade.mfe == pytest.approx(0.9) and trade.mae == pytest.approx(2.0)


def test_the_day_s_room_cuts_and_then_refuses() -> None:
    """With 1.5 % a day and 1 % a trade the second loser of a day is halved, the third refused."""
    calm: Ohlc = (100, 101, 99, 100)
    falls: Ohlc = (100, 101, 97, 100)
    bars = bars_of_sessions([[calm, falls, falls, falls, calm], [calm, calm, calm]])
    books = one_book(
        bars, signals_at(8, long=[0, 1, 2, 5]), stop_loss={"type": "fix_abs", "value": 2}
    )
    found = referee(books, account(risk={"max_daily_risk": -1.5}))
    assert [trade.quantity for trade in found.trades] == [500, 250, 492]
    assert [trade.size_bound for trade in found.trades] == ["", "daily_limit", ""]
    assert [(r.signal_bar, r.reason) for r in found.refusals] == [(2, "daily_limit")]
    assert [day.start_equity for day in found.days] == [100_000, 98_500]
    assert found.days[0].end_equity == 98_500


def test_a_commission_minimum_bends_the_planned_loss() -> None:
    """Room 100 at 1.00 a share: 7 each way leave 86 shares; at 0.10 a share each way, 83."""
    minimum = CostsConfig(commission_minimum=7.0)
    by_share = CostsConfig(commission_minimum=7.0, commission_per_share=0.1)
    assert size_for_room(100, 100, 99, minimum) == pytest.approx(86)
    assert size_for_room(100, 100, 99, by_share) == pytest.approx(100 / 1.2)


@pytest.mark.parametrize(
    ("own", "room", "power", "expected"),
    [
        (10.0, 20.0, 30.0, (10.0, "")),
        (10.0, 5.0, 30.0, (5.0, "daily_limit")),
        (10.0, 5.0, 5.0, (5.0, "daily_limit")),
        (10.0, 8.0, 5.0, (5.0, "buying_power")),
        (0.9999999999, 5.0, 5.0, (1.0, "")),
        (0.5, 0.5, 0.5, (0.0, "daily_limit")),
        (0.5, 5.0, 0.5, (0.0, "buying_power")),
        (0.5, 5.0, 5.0, (0.0, "risk_budget")),
        (10.0, 2.0, 30.0, (0.0, "daily_limit")),
    ],
)
def test_the_smallest_bound_wins(
    own: float, room: float, power: float, expected: tuple[float, str]
) -> None:
    """Three bounds, 1.00 at risk a share, and a cut trade must still risk 3.00."""
    least = 3.0 if own == 10.0 else 0.0
    assert decide_size(own, room, power, 1.0, 1.0, least) == expected


def test_atr_is_seeded_with_the_mean_of_the_first_ranges() -> None:
    """Ranges 2, 4, 3, then Wilder's (3 x 2 + 6) / 3."""
    high, low, close = [10.0, 12.0, 13.0, 17.0], [8.0, 8.0, 10.0, 11.0], [9.0, 11.0, 12.0, 12.0]
    assert wilder_atr(high, low, close, 3) == [None, None, 3.0, 4.0]
