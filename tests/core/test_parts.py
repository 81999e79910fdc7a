"""One account through parts of time, by hand: what an order and a position take along."""

from typing import Any

import numpy as np
import pytest

from infrastructure.core.backtest import BOTH_WAYS, run_backtest, run_in_parts
from infrastructure.core.config import StrategyConfig
from infrastructure.core.execution.parts import join_parts
from infrastructure.core.execution.plan import AccountTerms, Book, Lane, Parts
from infrastructure.core.execution.records import EXIT_REASONS, REFUSAL_REASONS
from infrastructure.core.execution.simulate import simulate, simulate_in_parts
from infrastructure.core.signals import Signals
from infrastructure.errors import ConfigError, DataError, StrategyError
from infrastructure.market_data.bars import Bars
from infrastructure.risk_management.risk_manager import RiskManager
from tests.sample_bars import bars_of, flat

TERMS = AccountTerms(100_000.0, RiskManager(1.0, -100.0, max_leverage=100.0))


def config(**changed: Any) -> StrategyConfig:
    """Stops 2.00 away, no target, nothing closed at the session's end."""
    data = {
        "strategy_name": "Made",
        "class_name": "Any",
        "symbols": ["X"],
        "interval": "30m",
        "stop_loss": {"type": "fix_abs", "value": 2.0},
        "exit_at_session_end": False,
    }
    return StrategyConfig.model_validate(data | changed)


def book(bars: Bars, long: tuple[int, ...] = (), levels: float = np.nan, **changed: Any) -> Book:
    """All capital in one lane with long signals on some rows."""
    rows = np.isin(np.arange(len(bars)), long)
    signals = Signals(long=rows, long_level=np.full(len(bars), levels))
    return Book(config(**changed), 100.0, (Lane(bars, signals),))


def halves(bars: Bars, at: int) -> tuple[Bars, Bars]:
    """The bars before a row and those from it on."""
    return bars.rows(0, at), bars.rows(at, len(bars))


def test_a_signal_of_the_last_bar_fills_in_the_next_part_under_its_own_rules() -> None:
    """Its stop is 2.00 away and has no target, though the next part's are others."""
    before, after = halves(flat(100, 100, 100, 100, a_session=2), 2)
    other = {"stop_loss": {"type": "fix_abs", "value": 5.0}, "risk_reward": 1.0}
    found = simulate_in_parts([[book(before, (1,))], [book(after, **other)]], TERMS)
    (trade,) = found.trades
    assert (trade["signal_bar"], trade["entry_bar"], trade["stop_price"]) == (1, 2, 98.0)
    assert np.isnan(trade["target_price"])
    assert EXIT_REASONS[trade["exit_reason"]] == "end_of_data"


@pytest.mark.parametrize("flat_at_end", [False, True])
def test_a_waiting_order_ends_with_its_session_only_by_its_own_rules(flat_at_end: bool) -> None:
    """The part that it falls into has the other rule; that one does not ask."""
    before, after = halves(flat(*[100] * 6, a_session=2), 2)
    own, other = {"exit_at_session_end": flat_at_end}, {"exit_at_session_end": not flat_at_end}
    found = simulate_in_parts([[book(before, (1,), **own)], [book(after, **other)]], TERMS)
    assert found.trades["signal_bar"].tolist() == [1] * (not flat_at_end)
    refused = [REFUSAL_REASONS[reason] for reason in found.refusals["reason"]]
    assert refused == ["session_end"] * flat_at_end


def test_a_position_keeps_its_stop_its_target_and_its_overnight_rule() -> None:
    """The next part closes at every session's end and stops closer; the old position does not."""
    rows = [(100.0,) * 4] * 4 + [(100.0, 101.0, 98.5, 100.0)] * 2 + [(100.0, 104.0, 100.0, 103.0)]
    before, after = halves(bars_of(rows, a_session=2), 2)
    own = {"risk_reward": 2.0}
    tight = {"stop_loss": {"type": "fix_abs", "value": 1.0}, "exit_at_session_end": True}
    found = simulate_in_parts([[book(before, (0,), **own)], [book(after, **tight)]], TERMS)
    (trade,) = found.trades
    assert (trade["entry_bar"], trade["exit_bar"], trade["exit_price"]) == (1, 6, 104.0)
    assert EXIT_REASONS[trade["exit_reason"]] == "target"


def test_a_level_waits_on_into_the_next_part_until_a_newer_signal() -> None:
    """It fills at its level; or the next part's signal at the close replaces it, `expired`."""
    rows = [(100.0,) * 4] * 3 + [(100.0, 103.0, 100.0, 102.0)] * 2
    before, after = halves(bars_of(rows), 2)
    waiting = book(before, (1,), 101.0, entry={"type": "stop", "expiry_bars": 9})
    found = simulate_in_parts([[waiting], [book(after, entry={"type": "close"})]], TERMS)
    assert [(t["entry_bar"], t["entry_price"]) for t in found.trades] == [(3, 101.0)]
    newer = book(after, (0,), entry={"type": "close"})
    found = simulate_in_parts([[waiting], [newer]], TERMS)
    assert [(t["signal_bar"], t["entry_price"]) for t in found.trades] == [(2, 100.0)]
    assert [(r["signal_bar"], REFUSAL_REASONS[r["reason"]]) for r in found.refusals] == [
        (1, "expired")
    ]


def test_an_opposite_signal_that_may_not_turn_closes_what_an_earlier_part_carried() -> None:
    """At the session's end the new rules refuse its entry; the old position leaves all the same."""
    before, after = halves(flat(*[100] * 6, a_session=2), 2)
    rows = np.array([False, True, False, False])
    for entry, leaves in (("close", 3), ("next_open", 4)):
        keys = {"entry": {"type": entry}, "exit_at_session_end": True}
        turning = config(**keys, on_opposite_signal="reverse")
        lane = Lane(after, Signals(short=rows))
        found = simulate_in_parts([[book(before, (0,))], [Book(turning, 100.0, (lane,))]], TERMS)
        (trade,), (refusal,) = found.trades, found.refusals
        assert (trade["exit_bar"], EXIT_REASONS[trade["exit_reason"]]) == (leaves, "reverse")
        assert REFUSAL_REASONS[refusal["reason"]] == "session_end"


def test_atr_knows_the_warm_up_and_each_part_its_own_period() -> None:
    """The stop of the first bar's signal is there, and equals that of the run from the start."""
    rows = [(100.0, 101.0 + n % 3, 99.0 - n % 2, 100.0) for n in range(12)]
    bars = bars_of(rows)
    stop = {"stop_loss": {"type": "atr", "value": 1.0, "period": 3}}
    whole = simulate([book(bars, (6,), **stop)], TERMS)
    before, after = halves(bars, 6)
    cold = book(after, (0,), **stop)
    warm = Book(cold.config, 100.0, (Lane(after, cold.lanes[0].signals, None, before),))
    assert REFUSAL_REASONS[simulate([cold], TERMS).refusals["reason"][0]] == "no_stop"
    (trade,) = simulate([warm], TERMS).trades
    assert trade["stop_price"] == whole.trades["stop_price"][0]
    other = book(before, (3,), stop_loss={"type": "atr", "value": 1.0, "period": 2})
    joined = simulate_in_parts([[other], [warm]], TERMS)
    assert joined.trades["signal_bar"].tolist() == [3]  # still held at 6
    assert (
        joined.trades["stop_price"][0]
        == simulate(
            [book(bars, (3,), stop_loss={"type": "atr", "value": 1.0, "period": 2})], TERMS
        ).trades["stop_price"][0]
    )


def test_a_symbol_without_bars_in_a_part_goes_on_in_the_next() -> None:
    """Its position is marked at its last close, and its rules are those of the bars' own part."""
    bars, other = flat(100, 100, 100, 100, 100), flat(50, 50, 50, 50, 50)
    two = [book(bars.rows(0, 2), (0,)), book(other.rows(0, 1))]
    none = [book(bars.rows(2, 2)), book(other.rows(1, 2))]
    last = [book(bars.rows(2, 5), (1,)), book(other.rows(2, 5), (0,))]
    for part in (two, none, last):
        part[:] = [Book(each.config, 50.0, each.lanes) for each in part]
    found = simulate_in_parts([two, none, last], TERMS)
    assert found.trades["lane"].tolist() == [0, 1]
    assert [REFUSAL_REASONS[r] for r in found.refusals["reason"]] == ["position_open"]
    assert [len(each.lanes[0].bars) for each in join_parts([two, none, last])] == [5, 5]


def doubtful() -> Parts:
    """A limit entry that meets its target in its own bar; then a part that enters at the open."""
    rows = [(100.0,) * 4] * 2 + [(100.0, 102.0, 96.0, 100.0)] + [(100.0,) * 4] * 3
    before, after = halves(bars_of(rows), 4)
    at_level = {"entry": {"type": "limit"}, "risk_reward": 1.0}
    return [[book(before, (1,), 99.0, **at_level)], [book(after, (0,))]]


def test_a_run_in_parts_is_told_both_ways_and_knows_doubtful_targets() -> None:
    """Under each policy the parts are run again; the entry's own part says what it was."""
    found = run_in_parts(doubtful(), TERMS)
    assert tuple(found.both_ways) == BOTH_WAYS
    first, second = (found.both_ways[policy].simulation.trades for policy in BOTH_WAYS)
    assert EXIT_REASONS[first["exit_reason"][0]] == "stop"
    assert EXIT_REASONS[second["exit_reason"][0]] == "target"
    assert found.doubtful_targets() == 0
    assert found.both_ways["target_first"].doubtful_targets() == 1
    assert found.accounting_difference <= 0.01
    assert len(found.trades["net_pnl"]) == found.metrics.trades == 2


def test_one_part_is_the_ordinary_run() -> None:
    """The same books, trades and figures."""
    books = doubtful()[0]
    found, usual = run_in_parts([books], TERMS), run_backtest(books, TERMS)
    assert found.metrics.as_dict() == usual.metrics.as_dict()
    assert usual.metrics.trades == 1
    assert join_parts([books]) == tuple(books)


def test_parts_that_do_not_belong_together_are_told_in_one_line() -> None:
    """Other symbols or shares, the wrong order, none, and signals that do not fit."""
    before, after = halves(flat(100, 100, 100, 100), 2)
    with pytest.raises(ConfigError, match="part 2: symbols, interval, calendar and shares must be"):
        simulate_in_parts([[book(before)], [Book(config(), 50.0, book(after).lanes)]], TERMS)
    with pytest.raises(DataError, match="X 30m: a part must begin when the one before has ended"):
        simulate_in_parts([[book(after)], [book(before)]], TERMS)
    with pytest.raises(ConfigError, match="parts: expected at least one; found none"):
        simulate_in_parts([], TERMS)
    unfit = Book(config(), 100.0, (Lane(after, Signals(long=[True])),))
    with pytest.raises(StrategyError, match="long has 1 rows for 2 bars"):
        simulate_in_parts([[book(before)], [unfit]], TERMS)
