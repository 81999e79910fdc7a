"""Axes find their keys; a grid is numbered; samplers draw what their seed says and nothing else."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trials_setup import Desk, strategy_json

from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.samplers import MOST_TRIALS, make_points
from infrastructure.research.sweeps.space import MOST_AXES, Space, make_space
from infrastructure.research.sweeps.values import Span

NOWHERE = Path("no.db")
TIGHT = Desk({"tight": strategy_json("tight_candle_qqq")}, NOWHERE)
CROSS = Desk({"cross": strategy_json("moving_average_cross_qqq")}, NOWHERE)
BOTH = Desk(TIGHT.strategies | CROSS.strategies, NOWHERE)


def space_of(desk: Desk, parameters: Any) -> Space:
    """The space of a desk's portfolio, every parameter spelt out as a sweep does it."""
    from infrastructure.research.sweeps.configs import spelt_out

    return make_space(spelt_out(desk.loaded), parameters)


def test_the_grid_is_numbered_with_the_last_axis_fastest() -> None:
    """Keys that build the books anew change seldomest, then parameters, terms, numbers."""
    space = space_of(
        TIGHT,
        [
            "risk_reward=1,2",
            "portfolio:lot_size=1,10",
            "tightness_threshold=0.1,0.2,0.3",
            "entry.type=next_open,close",
        ],
    )
    names = ["entry.type", "tightness_threshold", "portfolio:lot_size", "risk_reward"]
    assert [axis.name for axis in space.axes] == names
    assert space.size == 24
    columns = space.columns(space.grid(0, 24))
    rows = list(zip(*(columns[name] for name in names), strict=True))
    assert rows == [*product(["next_open", "close"], [0.1, 0.2, 0.3], [1, 10], [1, 2])]
    assert np.array_equal(space.grid(7, 19), space.grid(0, 24)[7:19])


@given(st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=4, unique=True), min_size=1,
                max_size=4))  # fmt: skip
def test_what_is_stored_tells_the_cells_again(lists: list[list[int]]) -> None:
    """In whatever order the values stand; words and lists are stored by their number."""
    keys = ["tightness_threshold", "wick_ratio_threshold", "stop_loss.value", "portfolio:lot_size"]
    parameters: dict[str, Any] = dict(zip(keys, lists, strict=False))
    space = space_of(TIGHT, parameters | {"symbols": [["A"], ["B", "A"]]})
    cells = space.grid(0, space.size or 0)
    stored = space.stored_values(cells)
    assert np.array_equal(space.cells_of(stored), cells)
    place = [axis.name for axis in space.axes].index("tightness_threshold")
    assert stored[:, place].tolist() == space.columns(cells)["tightness_threshold"]


def test_a_span_of_whole_numbers_is_their_list_where_the_key_takes_no_other() -> None:
    """Parameters that are int, a stop's period, a cap: a grid may take them; a float stays one."""
    space = space_of(
        CROSS,
        {
            "slow": "20:23",
            "stop_loss.period": Span(1.0, 3.0),
            "entry.expiry_bars": "1:2",
            "portfolio:risk.max_open_positions": "1:4",
        },
    )
    assert space.size == 4 * 3 * 2 * 4
    values = space.columns(space.grid(0, 96))
    assert {name: set(column) for name, column in values.items()} == {
        "slow": {20, 21, 22, 23},
        "stop_loss.period": {1, 2, 3},
        "entry.expiry_bars": {1, 2},
        "portfolio:risk.max_open_positions": {1, 2, 3, 4},
    }
    assert {type(each) for column in values.values() for each in column} == {int}
    assert space_of(CROSS, {"stop_loss.value": "1:3"}).size is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slow=20:23.5", "--param slow: takes whole numbers; expected a span of them such as 5:20"),
        ("slow=1:1000000", "--param slow: 1,000,000 values; expected at most 100,000"),
        ("entry.type=1:2", "--param entry.type: cannot take any number of a span"),
        ("symbols=1:2", "--param symbols: cannot take any number of a span"),
        ("stop_loss=1:2", "--param stop_loss: cannot take any number of a span"),
        ("cross:slow=1", "--param cross:slow: no strategy cross in the portfolio; there are tight"),
        ("tigt:risk_reward=1", '(did you mean "tight"?)'),
        ("risk_rewad=1", "risk_rewad is no key of the strategy's config (did you mean \"risk_"),
        ("tightness=1", '(did you mean "indicator.parameters.tightness_threshold"?)'),
        ("value=1", "value is no key of the strategy's config"),
        ("stop_loss.valu=1", '(did you mean "stop_loss.value"?)'),
        ("portfolio:risk.max_daly_risk=1", '(did you mean "risk.max_daily_risk"?)'),
        ("portfolio:total_capital=1", "total_capital is no key that can be swept; known are risk."),
        ("strategy_name=a", "strategy_name changes no trade"),
        ("indicator.name=a", "indicator.name changes no trade"),
    ],
)
def test_a_key_that_is_none_is_one_line(text: str, said: str) -> None:
    """It names what was meant, or what there is."""
    desk = CROSS if "slow" in text and ":slow" not in text else TIGHT
    with pytest.raises(ConfigError) as caught:
        space_of(desk, [text])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


SAME = [
    ("stop_loss.value", "stop_loss.value", "swept twice"),
    ("tightness_threshold", "indicator.parameters.tightness_threshold", "swept twice"),
    ("tightness_threshold", "tight:tightness_threshold", "swept twice"),
    ("stop_loss.value", "stop_loss", "stop_loss.value decides it too"),
    ("stop_loss", "tight:stop_loss.type", "stop_loss decides it too"),
    ("sizing.value", "sizing", "sizing.value decides it too"),
]


@pytest.mark.parametrize(("one", "other", "said"), SAME)
def test_two_keys_for_one_thing_are_refused(one: str, other: str, said: str) -> None:
    """The later one would win, and its trials would be tried again and again."""
    for texts in ([f"{one}=1", f"{other}=2"], [f"{one}+{other}=1,2/3,4"]):
        with pytest.raises(ConfigError, match=said):
            space_of(TIGHT, texts)


def test_keys_of_several_strategies_need_their_name() -> None:
    """And a name that the portfolio holds twice means neither."""
    with pytest.raises(ConfigError, match="has 2 strategies; name one, such as tight:risk_reward"):
        space_of(BOTH, ["risk_reward=1,2"])
    space = space_of(BOTH, ["tight:risk_reward=1,2", "cross:risk_reward=1,2,3"])
    assert [axis.targets[0].book for axis in space.axes] == [0, 1]
    twice = {"strategy": "tight", "allocation_percentage": 50}
    doubled = Desk(BOTH.strategies, NOWHERE, {"strategies": [twice, twice]})
    with pytest.raises(ConfigError, match="holds tight more than once"):
        space_of(doubled, ["tight:risk_reward=1,2"])


def test_no_key_and_too_many_are_refused() -> None:
    """The ledger holds the values of twelve axes."""
    numbers = ["tightness_threshold", "wick_ratio_threshold", "stop_loss.value", "risk_reward"]
    terms = ["risk.risk_per_trade", "risk.max_daily_risk", "risk.min_risk_per_trade"]
    terms += ["risk.max_leverage", "costs.commission_bps", "costs.slippage_bps", "lot_size"]
    terms += ["costs.commission_per_share", "costs.commission_minimum"]
    texts = [f"{name}=1,2" for name in [*numbers, *(f"portfolio:{each}" for each in terms)]]
    assert len(space_of(TIGHT, texts[:12]).axes) == MOST_AXES
    with pytest.raises(ConfigError, match="expected at most 12 parameters; found 13"):
        space_of(TIGHT, texts)
    with pytest.raises(ConfigError, match="nothing to sweep"):
        space_of(TIGHT, [])


def test_a_parameter_called_like_a_figure_keeps_its_column() -> None:
    """`trial` and the figures have columns of their own."""
    strategy = strategy_json("tight_candle_qqq")
    strategy["indicator"] = {"parameters": {"trades": 1.0, "sqn": 2.0}}
    desk = Desk({"tight": strategy}, NOWHERE)
    space = make_space(desk.loaded, ["trades=1,2", "sqn=3,4"])  # as if the class had such fields
    names = ["indicator.parameters.trades", "indicator.parameters.sqn"]
    assert [*space.columns(space.grid(0, 4))] == names


SPANS = {"stop_loss.value": "0:1", "risk_reward": "0.5:4", "tightness_threshold": "0.05:0.4"}
MIXED: dict[str, Any] = {
    **SPANS,
    "entry.type": "next_open,close",
    "wick_ratio_threshold": [1, 2, 3],
}
LISTS = {"stop_loss.value": "0:1:0.1", "risk_reward": "1,2,3", "tightness_threshold": "0.1,0.2"}


def drawn(parameters: Any, sampler: str, n_trials: int | None, seed: int = 0) -> np.ndarray:
    """Every point's cells."""
    points = make_points(space_of(TIGHT, parameters), sampler, n_trials, seed)
    return points.cells(0, points.n_trials)


@pytest.mark.parametrize("sampler", ["random", "sobol"])
@pytest.mark.parametrize("parameters", [SPANS, MIXED, LISTS])
def test_a_seed_is_its_trials(sampler: str, parameters: dict[str, Any]) -> None:
    """The same again, others for another seed, and the same whichever part is asked for."""
    once = drawn(parameters, sampler, 37, seed=5)
    assert np.array_equal(once, drawn(parameters, sampler, 37, seed=5))
    assert not np.array_equal(once, drawn(parameters, sampler, 37, seed=6))
    points = make_points(space_of(TIGHT, parameters), sampler, 37, 5)
    assert np.array_equal(points.cells(3, 11), once[3:11])


@pytest.mark.parametrize("sampler", ["random", "sobol"])
def test_points_stay_inside_and_fill_the_space(sampler: str) -> None:
    """Each tenth of a span holds some of 500; each choice of a list is taken."""
    space = space_of(TIGHT, MIXED)
    values = space.columns(make_points(space, sampler, 500, 1).cells(0, 500))
    for name, (low, high) in {"stop_loss.value": (0, 1), "risk_reward": (0.5, 4)}.items():
        column = np.array(values[name])
        assert low <= column.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < column.max() <= high
        assert len(np.unique(np.floor(10 * (column - low) / (high - low)))) == 10
    assert set(values["entry.type"]) == {"next_open", "close"}
    assert set(values["wick_ratio_threshold"]) == {1, 2, 3}


def test_sobol_is_more_even_than_chance() -> None:
    """Of 64 scrambled points each 64th part of each span holds exactly one (a (0, m, 1)-net)."""
    cells = drawn(SPANS, "sobol", 64, seed=3)
    for column, (low, high) in zip(cells.T, [(0.05, 0.4), (0, 1), (0.5, 4)], strict=True):
        assert sorted(np.floor(64 * (column - low) / (high - low)).astype(int)) == [*range(64)]


@pytest.mark.parametrize("sampler", ["random", "sobol"])
def test_no_configuration_of_lists_is_drawn_twice(sampler: str) -> None:
    """66 there are: forty of them are forty, and more than all are all (sobol: at most)."""
    some = drawn(LISTS, sampler, 40)
    assert len({*map(tuple, some)}) == len(some) <= 40
    many = drawn(LISTS, sampler, 5_000)
    assert len({*map(tuple, many)}) == len(many) == 66


def test_a_space_larger_than_any_number_is_drawn_from() -> None:
    """10^24 configurations have no numbers that fit 64 bits."""
    parameters = {
        "tightness_threshold": "0:0.1:0.000001",
        "wick_ratio_threshold": "1:1.1:0.000001",
        "stop_loss.value": "0:0.1:0.000001",
        "risk_reward": "1:1.1:0.000001",
        "portfolio:costs.slippage_bps": "0:0.1:0.000001",
    }
    with pytest.raises(ConfigError, match="expected at most 100,000"):
        space_of(TIGHT, parameters)
    parameters = {name: text.replace("000001", "00001") for name, text in parameters.items()}
    cells = drawn(parameters, "random", 1_000)
    assert len({*map(tuple, cells)}) == 1_000
    assert ((cells >= 0) & (cells <= 10_000)).all()
    assert cells.max(axis=0).min() > 9_000


def test_a_grid_takes_no_span_and_says_how_long_it_would_take() -> None:
    """A million million configurations: how many, about how long, and what to do."""
    with pytest.raises(ConfigError, match="a grid needs steps"):
        drawn(SPANS, "grid", None)
    huge = {
        "tightness_threshold": "0.001:1:0.001",
        "wick_ratio_threshold": "0.01:10:0.01",
        "stop_loss.value": "0.001:1:0.001",
        "risk_reward": "0.01:10:0.01",
    }
    with pytest.raises(ConfigError) as caught:
        drawn(huge, "grid", None)
    assert str(caught.value).startswith("the grid has 1,000,000,000,000 configurations, about ")
    assert "days" in str(caught.value)
    assert "--sampler random, sobol or tpe with --trials N" in str(caught.value)


@pytest.mark.parametrize("n_trials", [0, -1, MOST_TRIALS + 1, 10**30])
def test_so_few_or_many_trials_are_refused(n_trials: int) -> None:
    """And a grid has as many as it has."""
    with pytest.raises(ConfigError, match="--trials: expected 1 to 20,000,000"):
        drawn(SPANS, "random", n_trials)
    with pytest.raises(ConfigError, match="a grid tries every configuration"):
        drawn(LISTS, "grid", 5)
