"""In what a run that is simulated again is no longer the one that was stored, in words."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from math import isclose
from typing import Any

from infrastructure.core.backtest import Backtest
from infrastructure.strategy_management.ledger_rows import bars_fingerprint

_HEADLINE = ("net_profit", "trades", "expectancy_r", "sqn", "sharpe", "max_drawdown_pct")
"""Figures by which a run is told from another."""
_SAME = 1e-9


def other_bars(stored_fingerprint: str, backtest: Backtest) -> Iterator[str]:
    """A sentence where the bars are not the ones of that fingerprint."""
    lanes = [lane for book in backtest.books for lane in book.lanes]
    if bars_fingerprint(lanes) != stored_fingerprint:
        yield "the bars are no longer the ones it ran on"


def other_version(stored_version: str) -> Iterator[str]:
    """A sentence where another Kairos stored the run."""
    now = version("kairos")
    if now != stored_version:
        yield f"it ran with Kairos {stored_version}, this is {now}"


def other_figures(stored: Mapping[str, Any], backtest: Backtest) -> Iterator[str]:
    """A sentence for each headline figure that is another one; stored: by names of TradeMetrics."""
    figures = backtest.metrics.as_dict()
    for name in _HEADLINE:
        then, now = stored.get(name), figures[name]
        if not _is_same(then, now):
            yield f"{name} was {_shown(then)}, now it is {_shown(now)}"


def _is_same(then: Any, now: Any) -> bool:
    if then is None or now is None:
        return then is now
    return isclose(then, now, rel_tol=_SAME, abs_tol=_SAME)


def _shown(figure: Any) -> str:
    return "undefined" if figure is None else f"{figure:,.10g}"
