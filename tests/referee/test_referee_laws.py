"""Laws that every simulation keeps, whatever the portfolio."""

from collections import Counter
from math import isclose

import numpy as np
import pytest
from referee_cases import Case, random_case
from referee_compare import Row, kernel_refusals, kernel_trades
from referee_laws import in_cheaper_money, known_by

from infrastructure.core.execution.simulate import Simulation, simulate

LAW_SEEDS, NIGHTLY_SEEDS, BATCH = 100, 10_000, 500
LIMIT_SEEDS = 300


def run(case: Case) -> Simulation:
    """The kernel's run of a case."""
    return simulate(case.books, case.terms)


@pytest.mark.parametrize("seed", range(LAW_SEEDS))
def test_books_and_idle_cash_are_the_account(seed: int) -> None:
    """After every row the books' equities and the idle cash add up to the account's equity."""
    case = random_case(seed)
    found = run(case)
    total = found.book_equity.sum(axis=1) + found.idle_cash
    assert np.allclose(total, found.account_equity, rtol=0, atol=1e-9 * case.terms.total_capital)
    assert isclose(found.book_start.sum() + found.idle_cash, case.terms.total_capital)


@pytest.mark.parametrize("seed", range(LAW_SEEDS))
def test_the_trades_explain_the_last_equity(seed: int) -> None:
    """Everything is closed at the end: capital plus all net P&L is the last equity."""
    case = random_case(seed)
    found = run(case)
    expected = case.terms.total_capital + float(found.trades["net_pnl"].sum())
    assert isclose(float(found.account_equity[-1]), expected, rel_tol=1e-9)


@pytest.mark.parametrize("seed", range(LAW_SEEDS))
def test_each_signal_ends_exactly_once(seed: int) -> None:
    """Every long and every short signal is one trade or one refusal, and nothing else is."""
    case = random_case(seed)
    found = run(case)
    ends = Counter(
        (row["lane"], row["signal_bar"], row["direction"])
        for row in (*kernel_trades(found), *kernel_refusals(found))
    )
    lanes = [lane for book in case.books for lane in book.lanes]
    signals = Counter(
        (number, int(bar), d)
        for number, lane in enumerate(lanes)
        for d, column in ((1, lane.signals.long), (-1, lane.signals.short))
        for bar in np.flatnonzero(column)
    )
    assert ends == signals


def _days_beyond_the_limit(case: Case) -> list[str]:
    """Sessions whose equity falls by more than the limit at any row, of a tame case."""
    found = run(case)
    start, beyond = case.terms.total_capital, []
    for session in np.unique(found.row_session):
        equity = found.account_equity[found.row_session == session]
        room = start * abs(case.terms.risk.max_daily_risk) / 100
        lost = start - float(equity.min())
        if lost > room * (1 + 1e-9) + 1e-6:
            beyond.append(f"random_case({case.seed}, tame=True): {session} lost {lost} of {room}")
        start = float(equity[-1])
    return beyond


def test_no_session_loses_more_than_the_limit() -> None:
    """On gap-free paths, flat overnight and with stops, no mark of a session is past the limit."""
    cases = (random_case(seed, tame=True) for seed in range(LIMIT_SEEDS))
    assert not [line for case in cases for line in _days_beyond_the_limit(case)]


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(LIMIT_SEEDS, NIGHTLY_SEEDS, BATCH))
def test_no_session_loses_more_than_the_limit_all_night(first: int) -> None:
    """The same on 10,000 paths."""
    last = min(first + BATCH, NIGHTLY_SEEDS)
    cases = (random_case(seed, tame=True) for seed in range(first, last))
    assert not [line for case in cases for line in _days_beyond_the_limit(case)]


@pytest.mark.parametrize("seed", range(LAW_SEEDS))
def test_the_past_does_not_know_the_future(seed: int) -> None:
    """A run on the bars known by a moment is the whole run until the first lane runs out of them.

    There the shorter run sells at the end of its data, and the two may part.
    """
    case = random_case(seed)
    whole = run(case)
    moment = int(whole.timeline[len(whole.timeline) * (seed % 5 + 2) // 8])
    books, horizon = known_by(case, moment)
    early = simulate(books, case.terms)
    rows = int(np.searchsorted(whole.timeline, horizon))
    assert early.timeline[:rows].tolist() == whole.timeline[:rows].tolist()
    np.testing.assert_array_equal(early.book_equity[:rows], whole.book_equity[:rows])

    def ended(found: Simulation) -> list[Row]:
        return [row for row in kernel_trades(found) if row["exit_row"] < rows]

    def decided(found: Simulation) -> list[Row]:
        return [row for row in kernel_refusals(found) if _is_decided(case, row, horizon)]

    assert ended(early) == ended(whole)
    assert decided(early) == decided(whole)


def _is_decided(case: Case, refusal: Row, horizon: int) -> bool:
    """Whether the last bar on which the refused signal could have filled ends before `horizon`."""
    config = case.books[refusal["book"]].config
    lanes = [lane for book in case.books for lane in book.lanes]
    closes_at = lanes[refusal["lane"]].bars.closes_at
    last = refusal["signal_bar"] + config.entry.expiry_bars
    return last < len(closes_at) and int(closes_at[last]) < horizon


@pytest.mark.parametrize("seed", range(LAW_SEEDS))
def test_the_unit_of_money_does_not_matter(seed: int) -> None:
    """With every price, cost and amount doubled the shares are the same and the money is double."""
    case = random_case(seed)
    once, twice = run(case), run(in_cheaper_money(case, 2.0))
    assert kernel_refusals(once) == kernel_refusals(twice)
    money = (
        *("entry_price", "exit_price", "stop_price", "target_price", "net_pnl"),
        *("commission", "slippage", "book_equity", "mae", "mfe"),
    )
    for name in once.trades.dtype.names or ():
        factor = 2.0 if name in money else 1
        np.testing.assert_array_equal(once.trades[name] * factor, twice.trades[name], name)
    np.testing.assert_array_equal(once.account_equity * 2, twice.account_equity)
