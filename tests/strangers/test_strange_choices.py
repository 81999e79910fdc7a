"""`generate_many` from strangers: compiled code reads its rows, so each is looked at before."""

from typing import Any, ClassVar

import numpy as np
import pytest

from infrastructure.core.signals import Signals
from infrastructure.core.signals_of_many import Columns, ManySignals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import StrategyError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.synthetic import make_demo_bars

GOOD = {
    "first": np.array([0, 2, 2]),
    "bar": np.array([3, 12], np.int32),
    "side": np.array([1, 2], np.uint8),
}


class Many(VectorBTStrategy):
    """Returns what the test says."""

    length: int = 1
    answer: ClassVar[Any] = None

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals()

    def generate_many(self, bars: Bars, parameters: Columns) -> ManySignals:
        if self.answer is ...:
            raise SystemExit("no")
        return self.answer  # type: ignore[no-any-return]  # that is the point


def answered(answer: Any, monkeypatch: pytest.MonkeyPatch) -> ManySignals | None:
    """What two choices on 13 bars come to."""
    monkeypatch.setattr(Many, "answer", answer)
    strategy = Many(symbols=["QQQ"], interval="30m")
    bars = make_demo_bars("QQQ", "30m").head(13)
    return strategy.many_signals(bars, {"length": np.array([1, 2])})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"bar": np.array([3, 13], np.int32)}, "bar must be a row of the 13 bars, and side 1 or 2"),
        ({"bar": np.array([-1, 3], np.int32)}, "bar must be a row of the 13 bars"),
        ({"bar": np.array([3, 10**9], np.int32)}, "bar must be a row of the 13 bars"),
        ({"bar": np.array([12, 3], np.int32)}, "bar must rise within a choice"),
        ({"bar": np.array([3, 3], np.int32)}, "bar must rise within a choice"),
        ({"bar": np.array([3.0, 12.0])}, "bar must hold whole numbers; found dtype float64"),
        ({"bar": [3, 12]}, "bar must be a column"),
        ({"bar": np.zeros((2, 2), np.int32)}, "bar must be a column"),
        ({"side": np.array([1, 3], np.uint8)}, "side 1 or 2"),
        ({"side": np.array([0, 1], np.uint8)}, "side 1 or 2"),
        ({"side": np.array([1], np.uint8)}, "bar has 2, side 1"),
        ({"first": np.array([0, 2])}, "first must rise from 0 over 3 rows"),
        ({"first": np.array([0, 2, 10**12])}, "first must end with the number of rows"),
        ({"first": np.array([0, 3, 2])}, "first must rise from 0"),
        ({"first": np.array([1, 2, 2])}, "first must rise from 0"),
        ({"first": None}, "first must be a column"),
    ],
)
def test_rows_that_cannot_be_are_one_line(
    changed: dict[str, Any], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strategy, column, what was expected, and where it is written."""
    with pytest.raises(StrategyError) as refusal:
        answered(ManySignals(**{**GOOD, **changed}), monkeypatch)
    line = str(refusal.value)
    assert line.startswith("Many: generate_many ")
    assert fault in line
    assert "(test_strange_choices.py, line " in line


def test_sound_rows_pass_and_none_means_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row at all is sound too; anything else than rows is not."""
    many = ManySignals(**GOOD)
    assert answered(many, monkeypatch) is many
    nothing = {"bar": np.empty(0, np.int32), "side": np.empty(0, np.uint8)}
    assert answered(ManySignals(first=np.zeros(3, np.int64), **nothing), monkeypatch)
    assert answered(None, monkeypatch) is None
    with pytest.raises(StrategyError, match="must return ManySignals or None; found tuple"):
        answered((1, 2), monkeypatch)
    with pytest.raises(StrategyError, match="Many: generate_many raised SystemExit: no"):
        answered(..., monkeypatch)
