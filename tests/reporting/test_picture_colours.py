"""Gain and loss are told apart by every kind of colour vision."""

import numpy as np
import pytest
from numpy.typing import NDArray

from infrastructure.core.sweeping.figures import FIGURES as SWEPT
from infrastructure.reporting.research_pictures.colours import colours_of
from infrastructure.reporting.research_pictures.look import GAIN, LOSS
from infrastructure.reporting.research_pictures.measures import FIGURES, measure_of
from infrastructure.research.sweeps.constraints import LOWER_IS_BETTER

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def lab(colour: str, vision: str) -> NDArray[np.float64]:
    """CIE L*a*b* of a colour as it is seen."""
    coded = np.array([int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    share = TO_XYZ @ np.clip(VISIONS[vision] @ linear, 0.0, 1.0) / WHITE
    root = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16.0 / 116.0)
    light = 116.0 * root[1] - 16.0
    return np.array([light, 500.0 * (root[0] - root[1]), 200.0 * (root[1] - root[2])])


@pytest.mark.parametrize("vision", VISIONS)
def test_gain_and_loss_are_two_colours(vision: str) -> None:
    """Some 2.3 is a difference just seen; these are twenty times that, and the scale's ends too."""
    scale = colours_of(np.array([-1.0, 1.0]), measure_of("sqn")).scale
    pairs = [(GAIN, LOSS), (scale[0][1], scale[-1][1])]
    for one, other in pairs:
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 40.0


@pytest.mark.parametrize("vision", VISIONS)
def test_the_further_from_the_middle_the_darker(vision: str) -> None:
    """Strength is read without any colour."""
    scale = colours_of(np.array([-1.0, 1.0]), measure_of("sqn")).scale
    light = [lab(colour, vision)[0] for _, colour in scale]
    middle = len(light) // 2
    assert np.all(np.diff(light[: middle + 1]) > 3.0)
    assert np.all(np.diff(light[middle:]) < -3.0)


def test_one_sided_figures_have_one_hue() -> None:
    """All gains from pale to teal, all losses and all drawdowns darkening to orange."""
    whole = colours_of(np.array([-1.0, 1.0]), measure_of("sqn")).scale
    gains = colours_of(np.array([1.0, 2.0]), measure_of("sqn"))
    losses = colours_of(np.array([-2.0, -1.0]), measure_of("sqn"))
    drawdowns = colours_of(np.array([5.0, 9.0]), measure_of("max_drawdown_pct"))
    assert (gains.low, gains.high, gains.scale[-1][1]) == (1.0, 2.0, whole[-1][1])
    assert losses.scale[0][1] == whole[0][1]
    assert drawdowns.scale[-1][1] == whole[0][1]


def test_one_value_alone_has_a_colour() -> None:
    """A scale from itself to itself would have none."""
    alone = colours_of(np.array([2.0, np.nan]), measure_of("sqn"))
    assert alone.low < 2.0 < alone.high


def test_every_figure_has_a_name_and_units_are_told() -> None:
    """A figure that ends in _pct is percent, whether the table knows it or not."""
    for name in FIGURES:
        measure = measure_of(name)
        assert measure.name[0].isupper()
        assert "%" in measure.unit or not name.endswith("_pct")
    assert measure_of("max_drawdown_pct").axis == "Max drawdown, %"
    assert measure_of("my_own_pct").axis == "My own, %"
    assert measure_of("net_profit").say(-1204.5) == "-1,204.50"
    assert measure_of("sqn").say(float("nan")) == "undefined"


def test_pictures_and_sweeps_agree_on_what_is_better() -> None:
    """A smaller drawdown is the better one in the colours, too."""
    swept = {name for name in SWEPT if measure_of(name).lower_is_better}
    assert swept == LOWER_IS_BETTER
