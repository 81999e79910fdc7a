"""RiskManager: the account's risk policy, and its rules for a single order outside a backtest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from infrastructure.errors import ConfigError
from infrastructure.risk_management.costs import Costs
from infrastructure.risk_management.day import day_room_nb, stopped_out_nb
from infrastructure.risk_management.entry import judge_entry_nb
from infrastructure.risk_management.sizing import (
    ACCEPTED,
    SIZE_BOUNDS,
    SIZING_TYPES,
    VERDICTS,
)
from infrastructure.risk_management.terms import CostTerms, terms_record

_SIDES = {"long": 1, "short": -1}


@dataclass(frozen=True)
class OpenPosition:
    """A position as the day sees it.

    measured_from: its entry price if entered today, else the last close of the session before.
    stop: its stop now; None counts the position at `last_close`.
    commission_today: money paid for it today (its entry's commission, if entered today).
    """

    direction: str
    quantity: float
    measured_from: float
    stop: float | None
    last_close: float = nan
    commission_today: float = 0.0

    def __post_init__(self) -> None:
        if self.direction not in _SIDES:
            raise ConfigError(
                f'OpenPosition: direction must be "long" or "short"; found {self.direction!r}'
            )
        for name in ("quantity", "measured_from", "commission_today"):
            _number(f"OpenPosition: {name}", getattr(self, name))
        level = self.last_close if self.stop is None else self.stop
        _number("OpenPosition: stop (or last_close, without one)", level)


@dataclass(frozen=True)
class TradeDecision:
    """The answer to "may I?": truthy where the trade is allowed.

    quantity: units to trade, 0.0 where refused. reason: why not, '' where allowed.
    size_bound: what cut the size below the one asked for, '' where nothing did.
    """

    quantity: float
    reason: str = ""
    size_bound: str = ""

    def __bool__(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class RiskManager:
    """What an account may risk. Percents are percents; the daily limit is negative.

    risk_per_trade: percent of book equity lost at the stop. max_daily_risk: percent of the day's
    starting equity. min_risk_per_trade: a trade cut by the day's room must still risk so much,
    percent of book equity. max_leverage: notional in multiples of book equity.
    db_path: the ledger that `realised_on` reads; None: KAIROS_DB, else kairos.db.

    >>> manager = RiskManager(risk_per_trade=0.5, max_daily_risk=-2.0, max_leverage=4)
    >>> manager.position_size(equity=100_000, price=400.0, stop=398.0)
    250.0
    >>> manager.room_left_today(day_start_equity=100_000, realised=-1_500)
    500.0
    >>> manager.validate_trade(100_000, price=400.0, stop=401.0).reason
    'stop_crossed'
    """

    risk_per_trade: float
    max_daily_risk: float
    min_risk_per_trade: float = 0.0
    max_leverage: float = 1.0
    max_open_positions: int | None = None
    lot_size: float = 1.0
    costs: CostTerms = field(default_factory=Costs)
    db_path: str | Path | None = None

    def __post_init__(self) -> None:
        limits = ("risk_per_trade", "max_daily_risk", "min_risk_per_trade", "max_leverage")
        for name in (*limits, "lot_size"):
            _number(f"RiskManager: {name}", getattr(self, name))
        cap = self.max_open_positions
        for name, fits, expected in (
            ("risk_per_trade", 0 < self.risk_per_trade <= 100, "above 0 and at most 100 percent"),
            ("max_daily_risk", -100 <= self.max_daily_risk < 0, "a negative percent such as -2.0"),
            ("min_risk_per_trade", 0 <= self.min_risk_per_trade <= 100, "from 0 to 100 percent"),
            ("max_leverage", self.max_leverage > 0, "above 0"),
            ("lot_size", self.lot_size > 0, "above 0"),
            ("max_open_positions", cap is None or (type(cap) is int and cap >= 1), "1 or more"),
            ("costs", hasattr(self.costs, "slippage_bps"), "Costs(...)"),
        ):
            if not fits:
                raise ConfigError(
                    f"RiskManager: {name} must be {expected}; found {getattr(self, name)!r}"
                )

    def position_size(
        self,
        equity: float,
        price: float,
        stop: float,
        *,
        held_notional: float = 0.0,
        day_start_equity: float | None = None,
        realised: float = 0.0,
        open_positions: Sequence[OpenPosition] = (),
    ) -> float:
        """Units to trade at `price` with this stop; 0.0 where the trade is refused.

        equity: of the book, money. held_notional: what the book holds at last closes, money.
        day_start_equity: of the account, by default `equity`. realised: today's net P&L, money.
        """
        return self.validate_trade(
            equity,
            price,
            stop,
            held_notional=held_notional,
            day_start_equity=day_start_equity,
            realised=realised,
            open_positions=open_positions,
        ).quantity

    def room_left_today(
        self,
        day_start_equity: float,
        realised: float = 0.0,
        open_positions: Sequence[OpenPosition] = (),
    ) -> float:
        """Money that may still be lost today if every open position is stopped out; 0.0: none."""
        _number("day_start_equity", day_start_equity)
        worst_case = float(self._worst_case(realised, open_positions))
        room: float = day_room_nb(self._terms(), float(day_start_equity), worst_case)
        return max(room, 0.0)

    def validate_trade(
        self,
        equity: float,
        price: float,
        stop: float | None,
        direction: str = "long",
        *,
        sizing: str = "risk",
        value: float = 0.0,
        held_notional: float = 0.0,
        day_start_equity: float | None = None,
        realised: float = 0.0,
        open_positions: Sequence[OpenPosition] = (),
    ) -> TradeDecision:
        """Whether a trade filled at `price` is allowed, and how large: the backtest's own rules.

        sizing, value: as in a strategy's config; without a stop, sizing must not be `risk`.
        Reasons: max_open_positions, stop_crossed, daily_limit, buying_power, risk_budget.
        Raises ConfigError for an unknown direction or sizing, or a price that is no price.
        """
        side = self._checked(direction, sizing, price, stop)
        start = equity if day_start_equity is None else day_start_equity
        for name, amount in (
            ("equity", equity),
            ("value", value),
            ("held_notional", held_notional),
            ("day_start_equity", start),
        ):
            _number(name, amount)
        level = nan if stop is None else float(stop)
        quantity, verdict, cut = judge_entry_nb(
            self._terms(),
            len(open_positions),
            stop is not None,
            SIZING_TYPES.index(sizing),
            float(value),
            float(equity),
            float(held_notional),
            float(start),
            float(self._worst_case(realised, open_positions)),
            side,
            float(price),
            nan,
            level,
        )
        if verdict != ACCEPTED:
            return TradeDecision(0.0, VERDICTS[verdict])
        return TradeDecision(quantity, size_bound=SIZE_BOUNDS[cut])

    def realised_on(self, day: date, run_id: int) -> float:
        """Net P&L of the trades of a run in the ledger that closed on an exchange date, money."""
        from infrastructure.database.engine import open_database
        from infrastructure.database.queries import realised_on

        database = open_database(self.db_path)
        try:
            return realised_on(database, run_id, day)
        finally:
            database.close()

    def _checked(self, direction: str, sizing: str, price: float, stop: float | None) -> int:
        if direction not in _SIDES:
            raise ConfigError(f'direction must be "long" or "short"; found {direction!r}')
        if sizing not in SIZING_TYPES:
            raise ConfigError(f"sizing must be one of {', '.join(SIZING_TYPES)}; found {sizing!r}")
        if stop is None and sizing == "risk":
            raise ConfigError("sizing by risk is measured to the stop; found no stop")
        _number("price", price)
        _number("stop", 0.0 if stop is None else stop)
        if price <= 0:
            raise ConfigError(f"price must be above 0; found {price!r}")
        return _SIDES[direction]

    def _terms(self) -> Any:
        return terms_record(self, self.costs, self.lot_size)[0]

    def _worst_case(self, realised: float, open_positions: Sequence[OpenPosition]) -> float:
        _number("realised", realised)
        terms = self._terms()
        return realised + sum(
            stopped_out_nb(
                terms,
                _SIDES[position.direction],
                float(position.quantity),
                float(position.last_close if position.stop is None else position.stop),
                float(position.measured_from),
                float(position.commission_today),
            )
            for position in open_positions
        )


def _number(name: str, value: Any) -> None:
    """Refuse what is no finite number: NaN would pass every limit, since it compares False."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not isfinite(value):
        raise ConfigError(f"{name} must be a finite number; found {value!r}")
