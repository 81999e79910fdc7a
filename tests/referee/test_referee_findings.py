"""Small portfolios on which referee and kernel, or the rules and their promise, once parted."""

import numpy as np
from referee_compare import differences, kernel_trades
from referee_setup import Ohlc, account, bars_of_sessions, signals_at, strategy
from twin import referee

from infrastructure.core.execution.plan import Book, Lane
from infrastructure.core.execution.simulate import simulate

FLAT: Ohlc = (100, 100, 100, 100)
NO_STOP = {"stop_loss": None, "sizing": {"type": "fixed_quantity", "value": 500}}


def test_a_position_carried_over_counts_at_its_last_close() -> None:
    """Bought at a session's last close without a stop, it adds only its costs to the next day.

    500 bought at 100.02 (2 bps) and marked at 100.00 overnight: sold at once it loses 500 x 0.02 =
    10.00 more, so the room of the next day's first entry is 99,990 x 1 % - 10 = 989.90, of which
    a share plans to lose 2.00 + 0.0196: 490 shares.
    """
    bars = bars_of_sessions([[FLAT, FLAT], [FLAT, FLAT]])
    held = strategy(entry={"type": "close"}, exit_at_session_end=False, **NO_STOP)
    bought = strategy(
        stop_loss={"type": "fix_abs", "value": 2},
        sizing={"type": "fixed_quantity", "value": 900},
        exit_at_session_end=False,
    )
    books = [
        Book(held, 50.0, (Lane(bars, signals_at(4, long=[1])),)),
        Book(bought, 50.0, (Lane(bars, signals_at(4, long=[1])),)),
    ]
    terms = account(risk={"max_daily_risk": -1.0}, costs={"slippage_bps": 2})
    found = referee(books, terms)
    assert [trade.quantity for trade in found.trades] == [500, 490]
    assert not differences(simulate(books, terms), found, terms.total_capital)


def test_slippage_larger_than_the_stop_does_not_break_the_day() -> None:
    """Bought at the close 100.00, filled at 100.20, stop 100.10: the market is through it already.

    Nothing gaps, and yet the fill at the next open, 100.00 less slippage, is worse than planned.
    At an open the same entry is refused, `stop_crossed`.
    """
    bars = bars_of_sessions([[FLAT, FLAT, FLAT]])
    config = strategy(
        entry={"type": "close"},
        stop_loss={"type": "fix_abs", "value": 0.1},
        sizing={"type": "fixed_quantity", "value": 1_000_000},
    )
    books = [Book(config, 100.0, (Lane(bars, signals_at(3, long=[0])),))]
    terms = account(risk={"max_daily_risk": -1.0}, costs={"slippage_bps": 20})
    assert float(np.min(simulate(books, terms).account_equity)) >= 99_000


def test_a_close_entry_turns_at_the_close() -> None:
    """An opposite signal closes and turns a `close` strategy at the signal bar's close."""
    rising: Ohlc = (100, 102, 99, 101)
    bars = bars_of_sessions([[FLAT, rising, rising, FLAT]])
    config = strategy(
        entry={"type": "close"},
        stop_loss={"type": "fix_abs", "value": 5},
        on_opposite_signal="reverse",
        exit_at_session_end=False,
    )
    books = [Book(config, 100.0, (Lane(bars, signals_at(4, long=[0], short=[1])),))]
    found = simulate(books, account())
    assert not differences(found, referee(books, account()), 100_000)
    long, short = kernel_trades(found)
    assert (long["exit_bar"], long["exit_price"], long["exit_reason"]) == (1, 101, "reverse")
    assert (short["entry_bar"], short["entry_price"]) == (1, 101)
