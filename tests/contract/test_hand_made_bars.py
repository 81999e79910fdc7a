"""The published table of hand-made bars: long, signal on bar 0, entry at bar 1's open, no costs."""

from typing import Any, NamedTuple

import pytest
from scenario import Account, near, stop


class Row(NamedTuple):
    """Bars from 1 on, levels in percent, and each trade as (exit bar, reason, percent, mark)."""

    name: str
    bars: str
    stop: float
    target: float | None
    trades: list[tuple[int, str, float, str]]
    signals: dict[int, str] = {0: "long"}  # noqa: RUF012 - never changed


A = "5000 5025 4975 4987"
TABLE = [
    Row("stop", f"{A}, 4987 5012 4600 4600", 1, None, [(2, "stop", -1, "no")]),
    Row("both, far target", f"{A}, 4987 5750 4850 5750", 2, 6, [(2, "stop", -2, "undecided")]),
    Row("both", f"{A}, 4987 5300 4850 5050", 2, 5, [(2, "stop", -2, "undecided")]),
    Row("target", f"{A}, 4987 5300 4950 5050", 2, 3, [(2, "target", 3, "no")]),
    Row(
        "target in bar 3",
        f"5000 5025 4980 4987, {A.replace('5000', '4987', 1)}, 4975 6000 4975 6000",
        1, 3, [(3, "target", 3, "no")],
    ),
    Row("target in the entry bar", "5000 5100 4950 5100", 10, 1, [(1, "target", 1, "no")]),
    Row("stop in the entry bar", "5000 5100 4600 5100", 5, 10, [(1, "stop", -5, "no")]),
    Row(
        "again at the close",
        "5000 5100 4900 5100, 5100 5251 4650 5100",
        5, 1, [(1, "target", 1, "no"), (2, "stop", -5, "undecided")],
        {0: "long", 1: "long"},
    ),
    Row(
        "exit signal before the stop",
        f"5000 5025 4980 4987, {A.replace('5000', '4987', 1)}, 4987 5025 4975 4995,"
        " 5010 5010 4855 4995",
        1, None, [(4, "exit_signal", 0.2, "no")],
        {0: "long", 3: "exit_long"},
    ),
    Row("contradiction", A, 1, None, [], {0: "long short"}),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_published_bars(row: Row) -> None:
    """Each row ends in the trades it lists, and in no others."""
    risk_reward = None if row.target is None else row.target / row.stop
    run = (
        Account()
        .book(
            f"5000, {row.bars}, 5000, 5000",
            row.signals,
            stop_loss=stop("fix_perc", row.stop),
            risk_reward=risk_reward,
        )
        .run()
    )
    made = [
        (t.exit_bar, t.exit_reason, near(100 * (t.exit_price / t.entry_price - 1)), t.ambiguous)
        for t in run.trades
    ]
    assert made == row.trades
    if not row.trades:
        assert {reason for _, reason in run.reasons} == {"contradictory"}


HELD: list[tuple[str, dict[str, Any], float, str]] = [
    ("105, 90 95 89 94", {"stop_loss": stop("fix_abs", 5)}, 90, "stop"),
    ("105, 102 103 98 99", {"stop_loss": stop("fix_abs", 5)}, 100, "stop"),
    ("100, 115 116 114 115", {"stop_loss": stop("fix_abs", 5), "risk_reward": 2}, 115, "target"),
]


@pytest.mark.parametrize(("bars", "config", "price", "reason"), HELD)
def test_published_gaps(bars: str, config: dict[str, Any], price: float, reason: str) -> None:
    """Held long: stop 100 with opens at 90 and 102, target 110 with an open at 115."""
    trade = Account().book(f"100, {bars}, 100", {0: "long"}, **config).run().trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (2, price, reason)
