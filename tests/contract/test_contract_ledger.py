"""The figures of a trade as the ledger has them, worked out by hand."""

from typing import Any

import numpy as np
import pytest
from scenario import Account, Run, near, sizing
from scenario_bars import DAY, FIRST_SESSION, HALF_HOUR, OPENS_AT

from infrastructure.core.trade_table import refusal_table, trade_table

OPENING = FIRST_SESSION * DAY + OPENS_AT


def only_row(run: Run) -> dict[str, Any]:
    """The single trade of a run, by column."""
    columns = trade_table(run.books, run.simulation)
    assert {len(column) for column in columns.values()} == {1}
    return {name: column[0] for name, column in columns.items()}


def winner() -> dict[str, Any]:
    """500 shares bought at 100, sold at 104, a cent a share each side; stop 98."""
    account = Account(commission_per_share=0.01).book(
        "100, 100, 100 104 99 103", {0: "long"}, risk_reward=2, instrument_type="etf"
    )
    return only_row(account.run())


FIGURES = [
    ("risk_size", 1000.0),  # |100 - 98| x 500
    ("net_pnl", 1990.0),
    ("risk_reward", 1.99),  # 1,990 / 1,000
    ("perc_return", 1.99),  # of the 100,000 at entry
    ("risk_per_trade", 1.0),  # 1,000 of 100,000
    ("capital_required", 50_000.0),
    ("trade_duration", 30.0),
    ("entry_price", 100.0),
    ("exit_price", 104.0),
    ("stop_price", 98.0),
    ("target_price", 104.0),
    ("commission", 10.0),
    ("slippage", 0.0),
    ("mfe_r", 2.0),
    ("mae_r", 0.0),
    ("signal_timestamp", OPENING),
    ("entry_timestamp", OPENING + HALF_HOUR),
    ("exit_timestamp", OPENING + 2 * HALF_HOUR),
    ("entry_date", FIRST_SESSION),
    ("exit_date", FIRST_SESSION),
]


@pytest.mark.parametrize(("figure", "value"), FIGURES)
def test_figure_of_a_winning_trade(figure: str, value: float) -> None:
    """Each figure by its definition."""
    assert winner()[figure] == near(value)


def test_words_of_a_winning_trade() -> None:
    """Side, kind, reason and marks."""
    row = winner()
    assert (row["symbol"], row["direction"], row["instrument_type"]) == ("AAA", "long", "etf")
    assert (row["exit_reason"], row["size_bound"]) == ("target", "")
    assert (int(row["winning_trade"]), int(row["ambiguous"])) == (1, 0)


def test_loss_is_minus_one_r() -> None:
    """Stopped without costs; a short has the same figures, signed by its money."""
    for side, bar in (("long", "100 101 97 98"), ("short", "100 103 99 102")):
        row = only_row(Account().book(f"100, 100, {bar}", {0: side}).run())
        assert (row["direction"], int(row["winning_trade"])) == (side, 0)
        assert (row["risk_reward"], row["perc_return"]) == (near(-1), near(-1))
        assert row["risk_size"] == near(1000)


def test_nothing_won_is_not_a_winning_trade() -> None:
    """Winning is net P&L above zero."""
    row = only_row(Account().book("100, 100, 100", {0: "long"}).run())
    assert (row["net_pnl"], int(row["winning_trade"])) == (0, 0)


def test_trade_that_ends_in_its_entry_bar_lasts_no_time() -> None:
    """Opening time to opening time of the same bar."""
    row = only_row(Account().book("100, 100 101 97 98, 98", {0: "long"}).run())
    assert row["trade_duration"] == 0


def test_trade_over_night_lasts_by_the_clock_and_has_two_dates() -> None:
    """From 15:00 to the next day's 14:30: 23.5 hours."""
    account = Account().book("100, 100 / 97, 97", {0: "long"}, exit_at_session_end=False)
    row = only_row(account.run())
    assert row["trade_duration"] == 1410
    assert (row["entry_date"], row["exit_date"]) == (FIRST_SESSION, FIRST_SESSION + 1)


def test_percentages_are_of_the_book_not_of_the_account() -> None:
    """A book of 40,000 risks 400 and wins 400: one percent and one R."""
    account = Account().book("100, 100 102 99 101, 101", {0: "long"}, allocation=40, risk_reward=1)
    row = only_row(account.run())
    assert (row["risk_size"], row["net_pnl"]) == (near(400), near(400))
    assert (row["risk_per_trade"], row["perc_return"]) == (near(1), near(1))


def test_r_is_of_the_price_after_slippage() -> None:
    """Bought at 101, stop 99, out at 98.01: 2.99 lost on a risk of 2.00."""
    row = only_row(Account(slippage_bps=100).book("100, 100, 100 101 98 99", {0: "long"}).run())
    assert row["risk_reward"] == near(-1.495)


def test_r_figures_are_empty_without_a_stop() -> None:
    """Never zero; the percent of the book is there all the same."""
    account = Account().book(
        "100, 100, 101", {0: "long"}, stop_loss=None, sizing=sizing("percent_of_equity", 10)
    )
    row = only_row(account.run())
    empty = ("risk_size", "risk_reward", "risk_per_trade", "mae_r", "mfe_r", "stop_price")
    assert all(np.isnan(row[name]) for name in empty)
    assert row["perc_return"] == near(0.1)


def test_refusal_names_symbol_stamp_side_and_reason() -> None:
    """A short while long, on the second bar."""
    run = Account().book("100, 100, 100", {0: "long", 1: "short"}, symbol="QQQ").run()
    columns = refusal_table(run.books, run.simulation)
    row = {name: column.tolist() for name, column in columns.items()}
    assert row["symbol"] == ["QQQ"]
    assert row["signal_timestamp"] == [OPENING + HALF_HOUR]
    assert (row["direction"], row["reason"]) == (["short"], ["position_open"])
