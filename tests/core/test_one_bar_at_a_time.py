"""The door to paper and live trading: the machine takes bars as they come."""

import numpy as np
import pytest

from infrastructure.core.config import StrategyConfig
from infrastructure.core.execution.machine import run_nb
from infrastructure.core.execution.market_columns import market_columns
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.execution.simulate import open_account, simulate
from infrastructure.core.signals import Signals
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.risk_management.costs import Costs
from infrastructure.risk_management.risk_manager import RiskManager


def config(entry: str) -> StrategyConfig:
    """A strategy that carries positions overnight and reverses where it may."""
    return StrategyConfig.model_validate(
        {
            "strategy_name": entry,
            "class_name": "Any",
            "symbols": ["QQQ"],
            "interval": "30m",
            "entry": {"type": entry, "expiry_bars": 3},
            "stop_loss": {"type": "fix_perc", "value": 0.4},
            "risk_reward": 1.5,
            "exit_at_session_end": entry == "stop",
            "on_opposite_signal": "ignore" if entry == "stop" else "reverse",
        }
    )


@pytest.mark.parametrize("share", [0.2, 0.03])
@pytest.mark.parametrize("entries", [("next_open", "stop"), ("next_open",), ("stop",)])
def test_bars_one_at_a_time_end_in_the_same_account(entries: tuple[str], share: float) -> None:
    """Adding one bar a call gives every trade, refusal, order and mark of the whole run."""
    bars = make_demo_bars("QQQ", "30m").head(400)
    random = np.random.default_rng(int(100 * share))
    signals = Signals(
        long=random.random(400) < share,
        short=random.random(400) < share,
        exit_long=random.random(400) < 0.1,
        long_level=bars.close * 1.001,
        short_level=bars.close * 0.999,
    )
    books = [Book(config(entry), 30.0, (Lane(bars, signals),)) for entry in entries]
    costs = Costs(0.005, 1.0, 0.5, 1.0)
    terms = AccountTerms(100_000.0, RiskManager(0.5, -1.0, max_leverage=4.0), costs)
    whole = simulate(books, terms)

    market = market_columns(books, terms)
    account = open_account(books, terms, market)
    for known in range(1, len(bars) + 1):
        so_far = market._replace(n_bars=np.full(len(books), known))
        run_nb(account, so_far, int(bars.closes_at[known - 1]), known == len(bars))

    day = account.day[0]
    assert len(whole.trades) > 3
    assert account.trades[: day["n_trades"]].tolist() == whole.trades.tolist()
    assert account.refusals[: day["n_refusals"]].tolist() == whole.refusals.tolist()
    assert account.orders[: day["n_orders"]].tolist() == whole.orders.tolist()
    assert np.array_equal(account.book_equity, whole.book_equity)
