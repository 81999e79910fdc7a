"""RiskManager: the backtest's rules for a single order."""

import doctest
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import infrastructure.risk_management.risk_manager as module
from infrastructure.core.config import StrategyConfig
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.execution.simulate import simulate
from infrastructure.core.signals import Signals
from infrastructure.errors import ConfigError
from infrastructure.market_data.bars import Bars
from infrastructure.risk_management.costs import Costs
from infrastructure.risk_management.risk_manager import OpenPosition, RiskManager

DAY = 86_400


def one_session(rows: list[tuple[float, float, float, float]]) -> Bars:
    """Half-hour bars of one session."""
    prices = np.array(rows, float)
    stamps = 20_000 * DAY + 52_200 + 1_800 * np.arange(len(rows))
    phase = np.zeros(len(rows), np.uint8)
    phase[-1] = 1
    return Bars(
        symbol="X",
        interval="30m",
        calendar="XNYS",
        timestamp=stamps,
        **dict(zip(("open", "high", "low", "close"), prices.T.copy(), strict=True)),
        volume=np.ones(len(rows)),
        session=np.full(len(rows), 20_000),
        closes_at=stamps + 1_800,
        phase=phase,
    )


def test_the_examples_in_its_docstring_hold() -> None:
    """A notebook's three lines give what the docstring says."""
    assert doctest.testmod(module).failed == 0


def test_it_is_built_as_the_issue_writes_it(tmp_path: Path) -> None:
    """The documented constructor call works as written."""
    manager = RiskManager(db_path=tmp_path / "k.db", risk_per_trade=0.5, max_daily_risk=-2.0)
    assert manager.position_size(equity=100_000, price=100.0, stop=98.0) == 250.0


@pytest.mark.parametrize(
    ("price", "stop", "reason"),
    [(100.0, 100.0, "stop_crossed"), (100.0, 101.0, "stop_crossed"), (100.0, 0.0, "stop_crossed")],
)
def test_a_stop_on_the_wrong_side_is_refused(price: float, stop: float, reason: str) -> None:
    """A long's stop must lie below its fill."""
    decision = RiskManager(0.5, -2.0).validate_trade(100_000, price, stop)
    assert not decision
    assert (decision.quantity, decision.reason) == (0.0, reason)


def test_each_bound_can_decide() -> None:
    """Risk 500 / 2 = 250; buying power 100,000 / 1,000 = 100; room 100 / 2 = 50."""
    manager = RiskManager(0.5, -2.0)
    assert manager.validate_trade(100_000, 100.0, 98.0).quantity == 250
    by_power = manager.validate_trade(100_000, 1_000.0, 998.0)
    assert (by_power.quantity, by_power.size_bound) == (100, "buying_power")
    by_room = manager.validate_trade(100_000, 100.0, 98.0, realised=-1_900.0)
    assert (by_room.quantity, by_room.size_bound) == (50, "daily_limit")


def test_a_day_at_its_limit_refuses() -> None:
    """2,000 lost of 2,000: no room, not even without a stop."""
    manager = RiskManager(0.5, -2.0)
    assert manager.room_left_today(100_000, realised=-2_000.0) == 0.0
    assert manager.validate_trade(100_000, 100.0, 98.0, realised=-2_000.0).reason == "daily_limit"
    without_stop = manager.validate_trade(
        100_000, 100.0, None, sizing="fixed_quantity", value=10, realised=-2_000.0
    )
    assert without_stop.reason == "daily_limit"


def test_open_positions_use_the_room_up_to_their_stops() -> None:
    """Short 100 from 50 with a stop at 53 may lose 300; costs 1 out and 1 already paid: 302."""
    manager = RiskManager(0.5, -2.0, costs=Costs(commission_minimum=1.0))
    position = OpenPosition("short", 100, 50.0, 53.0, commission_today=1.0)
    assert manager.room_left_today(100_000, 0.0, [position]) == pytest.approx(2_000 - 302)


def test_a_cap_on_positions_comes_first() -> None:
    """With one position allowed and one open, the answer is max_open_positions."""
    manager = RiskManager(0.5, -2.0, max_open_positions=1)
    held = [OpenPosition("long", 1, 10.0, 9.0)]
    assert manager.validate_trade(1_000, 10.0, 11.0, open_positions=held).reason == (
        "max_open_positions"
    )


def test_it_sizes_like_the_backtest() -> None:
    """The same order gets the same quantity from the account machine."""
    costs = Costs(0.01, 1.0, 0.5, 2.0)
    manager = RiskManager(0.7, -1.0, max_leverage=3.0, lot_size=0.1, costs=costs)
    bars = one_session([(100, 101, 99, 100), (100, 101, 99, 100), (100, 101, 99.5, 100)])
    config = StrategyConfig.model_validate(
        {
            "strategy_name": "s",
            "class_name": "S",
            "symbols": ["X"],
            "interval": "30m",
            "stop_loss": {"type": "fix_abs", "value": 1.7},
        }
    )
    book = Book(config, 100.0, (Lane(bars, Signals(long=[True, False, False])),))
    terms = AccountTerms(50_000.0, manager, costs, lot_size=0.1)
    trade = simulate([book], terms).trades[0]
    price = float(trade["entry_price"])
    asked = manager.position_size(50_000.0, price, price - 1.7)
    assert asked == pytest.approx(float(trade["quantity"]), rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"risk_per_trade": 0.0, "max_daily_risk": -2.0}, "risk_per_trade must be above 0"),
        ({"risk_per_trade": 0.5, "max_daily_risk": 2.0}, "max_daily_risk must be a negative"),
        ({"risk_per_trade": 0.5, "max_daily_risk": float("nan")}, "max_daily_risk must be"),
        ({"risk_per_trade": 0.5, "max_daily_risk": -2.0, "lot_size": 0.0}, "lot_size must be"),
        ({"risk_per_trade": 0.5, "max_daily_risk": -2.0, "max_leverage": float("inf")}, "max_lev"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(settings: dict[str, float], found: str) -> None:
    """One line names the setting and what it should be; NaN never passes for a limit."""
    with pytest.raises(ConfigError, match=found):
        RiskManager(**settings)


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"direction": "up"}, "direction must be"),
        ({"sizing": "guess"}, "sizing must be one of"),
        ({"stop": None}, "measured to the stop"),
        ({"price": float("nan")}, "price must be a finite number"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(order: dict[str, object], found: str) -> None:
    """A wrong word or a NaN is an error, never a size."""
    given = {"equity": 1_000.0, "price": 10.0, "stop": 9.0, **order}
    with pytest.raises(ConfigError, match=found):
        RiskManager(0.5, -2.0).validate_trade(**given)  # type: ignore[arg-type]  # that is the point


def test_it_reads_a_day_of_a_run_from_the_ledger(tmp_path: Path) -> None:
    """A day without trades has realised nothing."""
    manager = RiskManager(0.5, -2.0, db_path=tmp_path / "k.db")
    assert manager.realised_on(date(2024, 1, 2), run_id=1) == 0.0


@pytest.mark.parametrize(
    "account",
    [
        {"equity": float("nan")},
        {"equity": float("inf")},
        {"realised": float("nan")},
        {"held_notional": float("nan")},
        {"day_start_equity": float("nan")},
    ],
)
def test_an_account_that_is_no_number_allows_nothing(account: dict[str, float]) -> None:
    """NaN compares False with every limit, so it is refused before it meets one."""
    with pytest.raises(ConfigError, match="must be a finite number"):
        RiskManager(0.5, -2.0).validate_trade(
            **{"equity": 1e5, "price": 100.0, "stop": 99.0, **account}
        )


def test_costs_that_pay_the_trader_are_refused() -> None:
    """Negative costs and slippage are no costs."""
    with pytest.raises(ConfigError, match="commission_per_share must be from 0"):
        Costs(commission_per_share=-1.0)


def test_a_position_must_say_where_it_stands() -> None:
    """Without a stop it counts at its last close; NaN there would hide the whole position."""
    with pytest.raises(ConfigError, match="last_close"):
        OpenPosition("long", 10, 100.0, None)
    with pytest.raises(ConfigError, match='direction must be "long" or "short"'):
        OpenPosition("buy", 10, 100.0, 99.0)
