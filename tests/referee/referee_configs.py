"""Random strategy configs: every entry, stop, target and size."""

import json
from random import Random
from typing import Any

import numpy as np

from infrastructure.core.config import StrategyConfig
from infrastructure.market_data.bars import Bars


def random_config(
    rng: Random, name: str, symbols: list[str], interval: str, bars: list[Bars], tame: bool
) -> StrategyConfig:
    """A config whose distances fit the bars; tame: with a stop, flat at the session's end."""
    some_open = float(rng.choice(bars[0].open.tolist()))
    spread = float(np.median(bars[0].high - bars[0].low)) or 0.5
    stop_loss = _stop_loss(rng, some_open, spread, nothing=not tame and rng.random() < 0.15)
    kinds = ["percent_of_equity", "fixed_notional", "fixed_quantity"]
    kind = rng.choice(kinds if stop_loss is None else ["risk", "risk", "risk", *kinds])
    values = {
        "percent_of_equity": rng.choice((5.0, 30.0, 100.0)),
        "fixed_notional": rng.choice((1_000.0, 20_000.0)),
        "fixed_quantity": rng.choice((0.3, 10.0, 200.0)),  # 0.3 / 0.1 is below 3
    }
    entry = rng.choice(("next_open", "next_open", "close", "stop", "limit"))
    may_reverse = entry in ("next_open", "close")
    flat = tame or rng.random() < (0.05 if interval == "1d" else 0.5)
    keys = {
        "strategy_name": name,
        "class_name": "Made",
        "symbols": symbols,
        "interval": interval,
        "entry": {"type": entry, "expiry_bars": rng.randint(1, 5)},
        "stop_loss": stop_loss,
        "risk_reward": rng.choice((None, 0.5, 1.0, 2.5)) if stop_loss else None,
        "sizing": {"type": kind, "value": values.get(kind)},
        "exit_at_session_end": flat,
        "on_opposite_signal": "reverse" if may_reverse and rng.random() < 0.5 else "ignore",
        "session": "extended",
    }
    return StrategyConfig.model_validate_json(json.dumps(keys))


def _stop_loss(rng: Random, edge: float, spread: float, nothing: bool) -> dict[str, Any] | None:
    if nothing:
        return None
    kind = rng.choice(("candle", "fix_abs", "fix_perc", "variable", "atr"))
    value = {
        "candle": rng.choice((0.0, 0.0, round(spread / 4, 2))),
        "fix_abs": max(0.125, round(8 * spread * rng.choice((0.5, 1.0, 2.0, 900.0))) / 8),
        "fix_perc": rng.choice((0.2, 1.0, 3.0)),
        "atr": rng.choice((0.5, 1.0, 3.0)),
    }
    if kind != "variable":
        return {"type": kind, "value": value[kind], "period": rng.choice((1, 3, 14))}
    rows: list[dict[str, float | None]] = [
        {"min_price": edge * 0.98, "max_price": edge, "delta_perc": rng.choice((0.3, 1.5))},
        {
            "min_price": edge if rng.random() < 0.5 else edge * 1.005,
            "max_price": edge * 1.03,
            "delta_abs": spread,
        },
    ]
    if rng.random() < 0.5:
        rows.append({"min_price": edge * 1.03, "max_price": None, "delta_perc": 1.0})
    return {"type": "variable", "price_ranges": rows}
