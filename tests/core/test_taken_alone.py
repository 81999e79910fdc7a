"""Signals taken alone: the ordinary machine, without limits and without other signals."""

from dataclasses import replace
from math import inf, isnan, nan
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from referee_cases import random_case
from referee_setup import Ohlc, account, bars_of_sessions, one_book, signals_at
from twin import referee

from infrastructure.core.execution.alone_signals import TakenAlone, taken_alone
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.records import EXIT_REASONS, REFUSAL_REASONS, TRADE_DTYPE
from infrastructure.core.execution.simulate import Simulation, simulate
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import AFTER_CLOSE, Bars

SEEDS = 60
OF_THE_RUN = ("lane", "book", "entry_row", "exit_row")
"""Where a trade stands in its run: another place when it is taken alone."""
OF_THE_SIZE = ("quantity", "net_pnl", "commission", "slippage", "size_bound")
"""What another size changes."""
PRICES = [name for name in TRADE_DTYPE.names or () if name not in OF_THE_RUN + OF_THE_SIZE]


def lanes_of(books: list[Book]) -> list[tuple[int, Book, int]]:
    """(lane of the run, book, lane of the book) of every lane."""
    pairs = [(book, number) for book in books for number in range(len(book.lanes))]
    return [(lane, book, number) for lane, (book, number) in enumerate(pairs)]


def alone(book: Book, number: int, terms: AccountTerms, chosen: NDArray[Any]) -> TakenAlone:
    """The signals of some trades or refusals, with the equity that the trades were sized by."""
    is_trade = "book_equity" in (chosen.dtype.names or ())
    equity = chosen["book_equity"] if is_trade else np.full(len(chosen), 10_000.0)
    return taken_alone(book, number, chosen["signal_bar"], chosen["direction"], terms, equity)


def columns(trades: NDArray[Any], names: list[str]) -> list[list[float]]:
    """The fields of records as plain lists, to the last bit; NaN is infinity, to be equal."""
    return [np.nan_to_num(trades[name], nan=inf).tolist() for name in names]


@pytest.mark.parametrize("first", range(0, SEEDS, 20))
def test_a_trade_of_a_run_taken_alone_is_the_same_trade(first: int) -> None:
    """Random books: entry, exit, prices, reason and excursions; money where nothing cut the size.

    Nothing of the rest of the run is left: no other signal, no other book, no limit.
    """
    compared = uncut = 0
    for seed in range(first, first + 20):
        case = random_case(seed)
        simulation = simulate(case.books, case.terms)
        for lane, book, number in lanes_of(case.books):
            trades = simulation.trades[simulation.trades["lane"] == lane]
            found = alone(book, number, case.terms, trades)
            assert found.taken.all(), seed
            assert columns(found.trades, PRICES) == columns(trades, PRICES), seed
            whole = trades["size_bound"] == 0
            money = columns(found.trades[whole], list(OF_THE_SIZE))
            assert money == columns(trades[whole], list(OF_THE_SIZE)), seed
            assert (found.trades["quantity"] >= trades["quantity"]).all(), seed
            compared += len(trades)
            uncut += int(whole.sum())
    assert compared > 200
    assert uncut > 100


@pytest.mark.parametrize("first", range(0, SEEDS, 20))
def test_a_refused_signal_taken_alone_is_what_the_referee_makes_of_it(first: int) -> None:
    """The plain-Python engine on a book with that one signal and no limits: the same trade."""
    trades = refusals = 0
    for seed in range(first, first + 20):
        case = random_case(seed)
        simulation = simulate(case.books, case.terms)
        for lane, book, number in lanes_of(case.books):
            refused = simulation.refusals[simulation.refusals["lane"] == lane][::7]
            found = alone(book, number, case.terms, refused)
            for n, refusal in enumerate(refused):
                expected = of_the_referee(book, number, case.terms, refusal)
                assert outcome(found, n) == pytest.approx(expected, rel=1e-9, abs=1e-9), seed
                trades += len(expected) > 1
                refusals += len(expected) == 1
    assert trades > 60
    assert refusals > 20


def of_the_referee(
    book: Book, number: int, terms: AccountTerms, refusal: Any, equity: float = 10_000.0
) -> dict[str, Any]:
    """What becomes of a signal whose book has no other one."""
    risk = SimpleNamespace(
        risk_per_trade=terms.risk.risk_per_trade,
        max_daily_risk=-1e18,
        min_risk_per_trade=0.0,
        max_leverage=1e18,
        max_open_positions=None,
    )
    unlimited = replace(terms, total_capital=equity, risk=risk)
    lane = book.lanes[number]
    bar, direction = int(refusal["signal_bar"]), int(refusal["direction"])
    reverses = book.config.on_opposite_signal == "reverse"
    signals = only(lane.signals, len(lane.bars), bar, direction, reverses)
    only_book = replace(book, allocation_percentage=100.0, lanes=(replace(lane, signals=signals),))
    run = referee([only_book], unlimited)
    for trade in run.trades:
        if trade.signal_bar == bar and trade.direction == direction:
            numbers = {
                name: nan if getattr(trade, name) is None else getattr(trade, name)
                for name in (*PRICES, *OF_THE_SIZE)
                if name not in ("exit_reason", "ambiguous", "size_bound")
            }
            return {k: inf if isnan(v) else v for k, v in numbers.items()} | {
                "exit_reason": EXIT_REASONS.index(trade.exit_reason)
            }
    (reason,) = [each.reason for each in run.refusals if each.signal_bar == bar]
    return {"reason": REFUSAL_REASONS.index(reason)}


def only(signals: Signals, n_bars: int, bar: int, direction: int, reverses: bool) -> Signals:
    """One entry, the exits, and the later opposite entries where they reverse."""
    entries = {1: np.zeros(n_bars, np.bool_), -1: np.zeros(n_bars, np.bool_)}
    entries[direction][bar] = True
    if reverses and signals.long is not None and signals.short is not None:
        opposite = signals.short if direction > 0 else signals.long
        both = signals.long & signals.short
        entries[-direction][bar + 1 :] = (opposite & ~both)[bar + 1 :]
    return replace(signals, long=entries[1], short=entries[-1])


def outcome(found: TakenAlone, n: int) -> dict[str, Any]:
    """The n-th signal's trade, or why it is none."""
    if not found.taken[n]:
        return {"reason": int(found.refused[n])}
    names = [*PRICES, *OF_THE_SIZE]
    numbers = {name: found.trades[name][n].item() for name in names}
    return {
        name: inf if isnan(value) else value
        for name, value in numbers.items()
        if name not in ("ambiguous", "size_bound")
    }


def test_what_becomes_of_a_signal_hangs_on_no_other_one() -> None:
    """All at once, one by one, and backwards: the same records."""
    compared = 0
    for seed in range(12):
        case = random_case(seed)
        refusals = simulate(case.books, case.terms).refusals
        for lane, book, number in lanes_of(case.books):
            asked = refusals[refusals["lane"] == lane][:40]
            together = alone(book, number, case.terms, asked)
            backwards = alone(book, number, case.terms, asked[::-1])
            assert together.trades.tobytes() == backwards.trades[::-1].tobytes()
            assert together.refused.tolist() == backwards.refused[::-1].tolist()
            for n in range(len(asked)):
                single = alone(book, number, case.terms, asked[n : n + 1])
                assert single.trades.tobytes() == together.trades[n : n + 1].tobytes()
            compared += len(asked)
    assert compared > 200


# --- By hand -------------------------------------------------------------------------------------

FLAT: Ohlc = (100.0, 100.5, 99.5, 100.0)
STOP_2: dict[str, Any] = {"stop_loss": {"type": "fix_abs", "value": 2.0}}


def run_alone(
    bars: Bars, signals: Signals, bar: int, direction: int = 1, later: bool = False, **keys: Any
) -> TakenAlone:
    """One signal of a book with 100,000 and a stop 2.00 away: 500 shares."""
    (book,) = one_book(bars, signals, **(STOP_2 | keys))
    return taken_alone(book, 0, [bar], [direction], account(), [100_000.0], later)


def reason(found: TakenAlone) -> str:
    """Why the only signal did not become a trade."""
    return REFUSAL_REASONS[found.refused[0]]


def test_limits_do_not_bind() -> None:
    """A day's limit of next to nothing, no leverage and a cap of one: 500 shares all the same."""
    bars = bars_of_sessions([[FLAT, FLAT, (100.0, 100.5, 97.0, 97.5), FLAT]])
    (book,) = one_book(bars, signals_at(4, long=[0]), **STOP_2)
    limits = {"max_daily_risk": -0.001, "max_leverage": 0.01, "max_open_positions": 1}
    found = taken_alone(book, 0, [0], [1], account(risk=limits), [100_000.0])
    (trade,) = found.trades
    assert (trade["quantity"], trade["exit_price"], trade["net_pnl"]) == (500.0, 98.0, -1_000.0)
    assert found.taken.tolist() == [True]


def test_the_size_follows_the_equity_given() -> None:
    """Half the equity, half the shares; nothing left, no trade."""
    bars = bars_of_sessions([[FLAT] * 4])
    (book,) = one_book(bars, signals_at(4, long=[0, 1]), **STOP_2)
    found = taken_alone(book, 0, [0, 0, 0], [1, 1, 1], account(), [100_000.0, 50_000.0, 0.0])
    assert found.trades["quantity"].tolist() == [500.0, 250.0, 0.0]
    assert found.taken.tolist() == [True, True, False]


def test_a_signal_of_the_session_s_last_bar_is_taken_in_the_next_session() -> None:
    """At the open of its first bar, out at the close of its last; the stop is the signal bar's."""
    tuesday: list[Ohlc] = [(101.0, 102.0, 100.0, 101.5), (101.5, 103.0, 101.0, 102.5)]
    bars = bars_of_sessions([[FLAT, FLAT], tuesday, [FLAT, FLAT]])
    for entry in ("next_open", "close"):
        candle = {"type": "candle", "value": 0.5}
        keys = {"entry": {"type": entry}, "stop_loss": candle}
        signals = signals_at(6, long=[1])
        assert reason(run_alone(bars, signals, 1, **keys)) == "session_end"
        (trade,) = run_alone(bars, signals, 1, later=True, **keys).trades
        assert (trade["signal_bar"], trade["entry_bar"], trade["exit_bar"]) == (1, 2, 3)
        assert (trade["entry_price"], trade["stop_price"]) == (101.0, 99.0)
        assert (trade["exit_price"], trade["exit_reason"]) == (102.5, 2)


def test_bars_after_the_close_are_not_the_next_session() -> None:
    """In extended hours the order passes over them."""
    bars = bars_of_sessions([[FLAT, FLAT, FLAT], [(101.0, 102.0, 100.0, 101.0), FLAT]])
    phase = bars.phase.copy()
    phase[:3] = (0, 1, AFTER_CLOSE)
    bars = replace(bars, phase=phase)
    signals = signals_at(5, long=[1, 2])
    for bar in (1, 2):
        (trade,) = run_alone(bars, signals, bar, later=True).trades
        assert (trade["entry_bar"], trade["entry_price"]) == (3, 101.0)


def test_a_level_waits_on_for_what_was_left_of_its_bars() -> None:
    """Three bars, one of them waited on Monday: two are left on Tuesday, and not a third."""
    quiet: list[Ohlc] = [FLAT, FLAT]
    up: Ohlc = (100.0, 103.0, 99.5, 102.0)
    for tuesday, entered in (([up, FLAT, FLAT], 2), ([FLAT, up, FLAT], 3), ([FLAT, FLAT, up], 0)):
        bars = bars_of_sessions([quiet, tuesday])
        signals = signals_at(5, long=[0], long_level={0: 101.0})
        entry = {"entry": {"type": "stop", "expiry_bars": 3}}
        assert reason(run_alone(bars, signals, 0, **entry)) == "session_end"
        found = run_alone(bars, signals, 0, later=True, **entry)
        if entered:
            assert found.trades["entry_bar"].tolist() == [entered]
            assert found.trades["entry_price"].tolist() == [101.0]
        else:
            assert reason(found) == "expired"


def test_a_level_that_is_none_cannot_wait() -> None:
    """NaN, or below zero."""
    bars = bars_of_sessions([[FLAT, FLAT], [FLAT, FLAT]])
    for level in (nan, -1.0):
        signals = signals_at(4, long=[1], long_level={1: level})
        found = run_alone(bars, signals, 1, later=True, entry={"type": "limit"})
        assert reason(found) == "expired"


def test_without_a_later_bar_nothing_can_be_taken() -> None:
    """The last bar of the data, and the last session."""
    bars = bars_of_sessions([[FLAT, FLAT], [FLAT, FLAT]])
    signals = signals_at(4, long=[3])
    assert reason(run_alone(bars, signals, 3)) == "end_of_data"
    assert reason(run_alone(bars, signals, 3, later=True)) == "end_of_data"


def test_both_sides_of_a_contradiction_are_taken() -> None:
    """Each alone: one wins what the other loses."""
    up: Ohlc = (100.0, 101.5, 99.5, 101.0)
    bars = bars_of_sessions([[FLAT, up, FLAT]])
    (book,) = one_book(bars, signals_at(3, long=[0], short=[0]), risk_reward=0.5, **STOP_2)
    found = taken_alone(book, 0, [0, 0], [1, -1], account(), [100_000.0] * 2)
    assert found.trades["direction"].tolist() == [1, -1]
    assert found.trades["exit_reason"].tolist() == [1, 2]
    assert found.taken.all()


def test_a_reversing_strategy_leaves_at_its_opposite_signal() -> None:
    """But not at a contradictory one, and not at one of its own side."""
    bars = bars_of_sessions([[FLAT] * 8])
    signals = signals_at(8, long=[0, 1, 3], short=[3, 5])
    keys = {"on_opposite_signal": "reverse", "exit_at_session_end": False}
    (trade,) = run_alone(bars, signals, 0, **keys).trades
    assert (trade["exit_bar"], trade["exit_reason"]) == (6, EXIT_REASONS.index("reverse"))
    keys["on_opposite_signal"] = "ignore"
    (trade,) = run_alone(bars, signals, 0, **keys).trades
    assert (trade["exit_bar"], trade["exit_reason"]) == (7, EXIT_REASONS.index("end_of_data"))


def test_no_signal_is_no_trade() -> None:
    """Empty in, empty out."""
    (book,) = one_book(bars_of_sessions([[FLAT, FLAT]]), Signals(), **STOP_2)
    found = taken_alone(book, 0, [], [], account(), [])
    assert len(found.trades) == len(found.refused) == 0


def test_the_run_is_left_as_it_was() -> None:
    """Neither the bars nor the signals of the book change."""
    case = random_case(3)
    before: Simulation = simulate(case.books, case.terms)
    for lane, book, number in lanes_of(case.books):
        refused = before.refusals[before.refusals["lane"] == lane]
        taken_alone(
            book, number, refused["signal_bar"], refused["direction"], case.terms,
            np.full(len(refused), 1e4), True,
        )  # fmt: skip
    after = simulate(case.books, case.terms)
    assert after.trades.tobytes() == before.trades.tobytes()
    assert after.refusals.tobytes() == before.refusals.tobytes()
