"""A recorded sweep as a landscape."""

import numpy as np
from verdict_setup import hill

from infrastructure.research.judging.neighbourhood import Neighbourhood, SweptAxis


def test_values_come_back_as_they_were_swept() -> None:
    """Numbers from the numbers kept, words and linked keys from the number of their choice."""
    axes = (
        SweptAxis.of({"keys": ["risk_reward"], "values": [[1.0], [2.0]]}),
        SweptAxis.of({"keys": ["entry.type"], "values": [["close"], ["next_open"]]}),
        SweptAxis.of({"keys": ["fast", "slow"], "values": [[5, 20], [10, 50]]}),
        SweptAxis.of({"keys": ["stop_loss.value"], "low": 0.1, "high": 0.9}),
    )
    kept = np.array([[2.0, 1.0, 0.0, 0.123], [1.0, 0.0, 1.0, 0.456]])
    numbers, values = np.array([3, 8]), np.array([1.5, np.nan])
    around = Neighbourhood(4, 8, axes, numbers, kept, values, 1, "sqn")
    assert around.frame.columns.tolist() == [
        "trial", "risk_reward", "entry.type", "fast", "slow", "stop_loss.value", "sqn",
    ]  # fmt: skip
    assert around.frame.iloc[0].tolist() == [3, 2.0, "next_open", 5, 20, 0.123, 1.5]
    assert around.best.tolist()[:-1] == [8, 1.0, "close", 10, 50, 0.456]


def test_a_grid_is_told_from_a_cloud() -> None:
    """Steps between the values there are; of random trials, tenths of the range."""
    grid = hill(1.0, 2.0, 3.0, row=0, kept=np.array([[0.1], [0.5], [7.0]]))
    assert grid.positions[:, 0].tolist() == [0.0, 1.0, 2.0]
    cloud = hill(1.0, 2.0, 3.0, row=0, kept=np.array([[1.0], [2.0], [6.0]]), on_grid=False)
    assert cloud.positions[:, 0].tolist() == [0.0, 2.0, 10.0]
