"""VectorBT accounts for the same orders: its Rust kernels, its Portfolio and the books agree."""

import warnings

import numpy as np
import pytest
from scenario import Account, Run, sizing, stop
from scenario_bars import make_bars

from infrastructure.core.execution.accounting import (
    check_accounting,
    lane_closes,
    vectorbt_book_values,
)
from infrastructure.errors import AccountingError

CENT = 0.01


def costly() -> Account:
    """An account with every kind of cost."""
    return Account(
        slippage_bps=7, commission_per_share=0.013, commission_minimum=1, commission_bps=0.5
    )


def two_books_and_a_second_symbol() -> Run:
    """A loser, a short and a symbol with missing bars; 20,000 idle."""
    return (
        costly()
        .book("100, 100 103 99 102, 101, 99 / 99, 99 102 98 101", {0: "long", 4: "long"},
              allocation=50)
        .book("50, 50 51 49 49.5, 48.7, 49.1 / 48, 47", {0: "short"}, allocation=30,
              exit_at_session_end=False)
        .also("-, 20, -, 20 21 19.5 20.5 / 20, 21", {0: "long", 2: "short"}, symbol="CCC")
        .run()
    )  # fmt: skip


def several_orders_in_one_bar() -> Run:
    """Bought and sold in one bar, again at the next open, and turned."""
    return (
        costly()
        .book(
            "100, 100 102 97 99, 99 103 99 101, 102, 99 101 97 98, 98",
            {0: "long", 1: "long", 2: "short", 3: "long"},
            on_opposite_signal="reverse",
            risk_reward=2,
        )
        .run()
    )


def borrowed_money() -> Run:
    """Ten times the equity: the cash is below zero."""
    return (
        Account(max_leverage=10)
        .book(
            "100, 100 101 99 101, 102, 101",
            {0: "long"},
            sizing=sizing("fixed_quantity", 9000),
            stop_loss=stop("fix_abs", 5),
        )
        .run()
    )


def long_and_short_bars() -> Run:
    """Half hours and ten minutes on one timeline."""
    short_bars = make_bars("100, 100, 101, 102, 101, 103, 104, 103, 102", "BBB", 600)
    return (
        costly()
        .book("100, 100 103 99 102, 101", {0: "long"}, allocation=50)
        .book(short_bars, {3: "long", 5: "long"}, allocation=50)
        .run()
    )


def nothing_traded() -> Run:
    """No signal at all."""
    return Account().book("100, 101, 102", {}, allocation=60).run()


RUNS = [
    two_books_and_a_second_symbol,
    several_orders_in_one_bar,
    borrowed_money,
    long_and_short_bars,
    nothing_traded,
]


@pytest.mark.parametrize("make", RUNS, ids=[make.__name__ for make in RUNS])
def test_rust_kernels_agree_with_the_books(make: object) -> None:
    """Every book at every row, to a cent; as does the check that each run makes."""
    assert callable(make)
    run: Run = make()
    closes = lane_closes(run.books, run.simulation.timeline)
    values = vectorbt_book_values(run.books, run.simulation, closes)
    np.testing.assert_allclose(values, run.simulation.book_equity, rtol=0, atol=CENT)
    assert check_accounting(run.books, run.simulation) < CENT


def test_two_cents_in_one_order_stop_the_run() -> None:
    """Orders that do not add up to the books are found at their row."""
    run = borrowed_money()
    run.simulation.orders["fees"][0] += 0.02
    with pytest.raises(AccountingError, match="VectorBT"):
        check_accounting(run.books, run.simulation)


@pytest.mark.parametrize("make", RUNS[:4], ids=[make.__name__ for make in RUNS[:4]])
def test_vectorbt_portfolio_agrees_with_the_books(make: object) -> None:
    """Value and cash of a real vbt.Portfolio, and its trades' P&L."""
    assert callable(make)
    run: Run = make()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # vectorbt's own, at import
        from infrastructure.core.vbt_portfolio import vectorbt_portfolio

        portfolio = vectorbt_portfolio(run.books, run.simulation, 252.0)
        values = portfolio.value().to_numpy().reshape(len(run.simulation.timeline), -1)
        cash = portfolio.cash().to_numpy().reshape(values.shape)
        pnl = float(portfolio.trades.records["pnl"].sum())
    np.testing.assert_allclose(values, run.simulation.book_equity, rtol=0, atol=CENT)
    np.testing.assert_allclose(cash, cash_by_hand(run), rtol=0, atol=CENT)
    assert pnl == pytest.approx(sum(trade.net_pnl for trade in run.trades), abs=CENT)


def cash_by_hand(run: Run) -> np.ndarray:
    """(n_rows, n_books) starting cash and what each order paid or got, in plain Python."""
    simulation = run.simulation
    cash = np.tile(simulation.book_start, (len(simulation.timeline), 1))
    for order in simulation.orders:
        book = next(t["book"] for t in simulation.trades if t["lane"] == order["col"])
        sign = -1 if order["side"] == 0 else 1
        cash[order["idx"] :, book] += sign * order["size"] * order["price"] - order["fees"]
    return cash
