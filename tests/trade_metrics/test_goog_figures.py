"""Figures of a published backtest: GOOG daily of the package `backtesting`, averages of 10 and 30.

The trades are made here by a loop of their own, so that only the figures are on trial.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from infrastructure.trade_metrics.trade_metrics import TradeMetrics
from infrastructure.trade_metrics.trade_statistics import bars_in_market

DAY = 86_400


@dataclass
class Played:
    """Trades as (entry row, exit row, signed shares, entry price, exit price), equity per row."""

    trades: list[tuple[int, int, int, float, float]] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)


def goog() -> tuple[list[date], list[float], list[float]]:
    """Dates, opens and closes; the test is skipped where the package is not installed."""
    spec = find_spec("backtesting")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the package backtesting is not installed")
    with (Path(spec.submodule_search_locations[0]) / "test" / "GOOG.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    days = [date.fromisoformat(row[0]) for row in rows]
    return days, [float(row[1]) for row in rows], [float(row[4]) for row in rows]


def play(opens: list[float], closes: list[float]) -> Played:
    """Strict crosses order at the next open, all of the cash in whole shares, reversing.

    What is open at the end is sold at the open of the last row, as the published figures have it.
    """
    last = len(closes) - 1
    fast, slow = (
        [sum(closes[max(0, row - n + 1) : row + 1]) / n for row in range(last + 1)]
        for n in (10, 30)
    )
    played, cash, held, price, since, order = Played(), 10_000.0, 0, 0.0, 0, 0
    for row in range(last + 1):
        if held and (order or row == last):
            played.trades.append((since, row, held, price, opens[row]))
            cash, held = cash + held * opens[row], 0
        if order:
            held, price, since = order * int(cash // opens[row]), opens[row], row
            cash, order = cash - held * price, 0
        played.equity.append(cash + held * closes[row])
        if row >= 30:
            before, now = fast[row - 1] - slow[row - 1], fast[row] - slow[row]
            order = 1 if before < 0 < now else -1 if before > 0 > now else 0
    return played


def test_published_figures_of_goog() -> None:
    """Equity, trades, win rate, drawdown, best, worst, SQN on profits and exposure as published."""
    days, opens, closes = goog()
    played = play(opens, closes)
    entry, exit_, shares, paid, got = zip(*played.trades, strict=True)
    profits = [n * (b - a) for n, a, b in zip(shares, paid, got, strict=True)]
    percents = [
        100 * (b / a - 1) * (1 if n > 0 else -1) for n, a, b in zip(shares, paid, got, strict=True)
    ]
    numbers = [(day - date(1970, 1, 1)).days for day in days]
    found = TradeMetrics.from_columns(
        net_pnl=profits,
        r=profits,  # the published SQN is on profits
        entry_time=[DAY * numbers[row] for row in entry],
        exit_time=[DAY * numbers[row] for row in exit_],
        commission=[0.0] * len(profits),
        slippage=[0.0] * len(profits),
        ambiguous=[False] * len(profits),
        timeline=[DAY * number for number in numbers],
        session=numbers,
        equity=played.equity,
        starting_capital=10_000.0,
        sessions_per_year=252.0,
        bars_in_market=bars_in_market(entry, exit_),
    )
    assert found.final_equity == pytest.approx(51_422.98999999996)
    assert found.trades == 66
    assert found.win_rate_pct == pytest.approx(46.96969696969697)
    assert found.max_drawdown_pct == pytest.approx(47.98012705007589)
    assert max(percents) == pytest.approx(53.59595229490424)
    assert min(percents) == pytest.approx(-18.39887353835481)
    assert found.sqn == pytest.approx(1.0766187356697705)
    assert found.exposure_pct == pytest.approx(96.74115456238361)
    assert found.worst_trade == pytest.approx(min(profits))
