"""Targets that a bar cannot place after their entry are counted, not hidden."""

from scenario import Account, at_level

from infrastructure.core.backtest import run_backtest
from infrastructure.core.execution.plan import AccountTerms
from infrastructure.risk_management.risk_manager import RiskManager

FALL_TO_THE_LIMIT = "100, 105 105 99.9 100, 100"


def test_a_target_in_the_bar_of_a_limit_entry_is_doubtful() -> None:
    """The bar opens at 105, falls to the limit at 100 and closes there: 104 came before the fill.

    The contract counts the touch; the backtest counts the doubt.
    """
    run = (
        Account()
        .book(FALL_TO_THE_LIMIT, {0: "long@100"}, entry=at_level("limit"), risk_reward=2)
        .run()
    )
    assert (run.trade.exit_reason, run.trade.exit_price) == ("target", 104)
    terms = AccountTerms(100_000.0, RiskManager(1.0, -100.0, max_leverage=100.0))
    assert run_backtest(run.books, terms).doubtful_targets() == 1
