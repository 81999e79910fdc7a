"""Books changed in ways whose effect on a run is known beforehand."""

from dataclasses import replace
from typing import Any

import numpy as np
from referee_cases import Case

from infrastructure.core.config import CostsConfig, StrategyConfig
from infrastructure.core.execution.plan import Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import Bars


def known_by(case: Case, moment: int) -> tuple[list[Book], int]:
    """The books with the bars complete at `moment`, and the first moment a lane is cut at.

    A lane keeps one bar at least. A lane that is whole all the same is not cut.
    """
    lanes = [lane for book in case.books for lane in book.lanes]
    moment = max([moment, *(int(lane.bars.closes_at[0]) for lane in lanes)])
    cuts = []
    for lane in lanes:
        k = _known(lane, moment)
        if k < len(lane.bars):
            cuts.append(int(lane.bars.closes_at[k - 1]))
    books = [
        replace(book, lanes=tuple(_cut(lane, _known(lane, moment)) for lane in book.lanes))
        for book in case.books
    ]
    return books, min(cuts, default=moment)


def _known(lane: Lane, moment: int) -> int:
    return int(np.searchsorted(lane.bars.closes_at, moment, side="right"))


def _cut(lane: Lane, k: int) -> Lane:
    signals = {
        name: None if column is None else column[:k] for name, column in vars(lane.signals).items()
    }
    return replace(lane, bars=lane.bars.head(k), signals=Signals(**signals))


def in_cheaper_money(case: Case, factor: float) -> Case:
    """The same portfolio with every amount of money `factor` times as large, shares the same."""
    costs = case.terms.costs
    terms = replace(
        case.terms,
        total_capital=case.terms.total_capital * factor,
        costs=CostsConfig(
            commission_per_share=costs.commission_per_share * factor,
            commission_minimum=costs.commission_minimum * factor,
            commission_bps=costs.commission_bps,
            slippage_bps=costs.slippage_bps,
        ),
    )
    books = [
        replace(
            book,
            config=_config_times(book.config, factor),
            lanes=tuple(_lane_times(lane, factor) for lane in book.lanes),
        )
        for book in case.books
    ]
    return replace(case, books=books, terms=terms)


def _config_times(config: StrategyConfig, factor: float) -> StrategyConfig:
    changed: dict[str, Any] = {}
    stop_loss, sizing = config.stop_loss, config.sizing
    if stop_loss is not None and stop_loss.type in ("candle", "fix_abs"):
        changed["stop_loss"] = stop_loss.model_copy(
            update={"value": (stop_loss.value or 0.0) * factor}
        )
    elif stop_loss is not None and stop_loss.type == "variable":
        rows = tuple(
            row.model_copy(
                update={
                    name: getattr(row, name) * factor
                    for name in ("min_price", "max_price", "delta_abs")
                    if getattr(row, name) is not None
                }
            )
            for row in stop_loss.price_ranges
        )
        changed["stop_loss"] = stop_loss.model_copy(update={"price_ranges": rows})
    if sizing.type == "fixed_notional" and sizing.value is not None:
        changed["sizing"] = sizing.model_copy(update={"value": sizing.value * factor})
    return config.model_copy(update=changed)


def _lane_times(lane: Lane, factor: float) -> Lane:
    signals = lane.signals
    levels = {
        name: None if getattr(signals, name) is None else getattr(signals, name) * factor
        for name in ("long_level", "short_level")
    }
    return Lane(
        _bars_times(lane.bars, factor),
        replace(signals, **levels),
        None if lane.detail is None else _bars_times(lane.detail, factor),
    )


def _bars_times(bars: Bars, factor: float) -> Bars:
    prices = {name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")}
    return replace(bars, **prices)
