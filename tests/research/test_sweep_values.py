"""What an axis's text or list means: exact decimals, whole spans, JSON, each value once."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.values import MOST_VALUES, Span, given_axis, parse_axis


def values(text: str) -> list[Any]:
    """The values of one key, as the command line would have them."""
    keys, rows = parse_axis(f"key={text}")
    assert keys == ("key",)
    assert not isinstance(rows, Span)
    return [value for (value,) in rows]


def test_a_range_holds_both_ends_in_exact_decimals() -> None:
    """0.02:0.3:0.01 has 29 values, each the float nearest to its decimal, the last one 0.3."""
    found = values("0.02:0.3:0.01")
    assert found == [each / 100 for each in range(2, 31)]
    assert repr(found[5]) == "0.07"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1:0:-0.25", [1.0, 0.75, 0.5, 0.25, 0.0]),
        ("-1:1:0.5", [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ("0:1:0.3", [0.0, 0.3, 0.6, 0.9]),
        ("5:20:5", [5, 10, 15, 20]),
        ("20:5:-5", [20, 15, 10, 5]),
        ("3:3:1", [3]),
        ("0:1:5", [0]),
        ("1e1:3e1:1e1", [10, 20, 30]),
        (" 1 : 2 : 0.5 ", [1.0, 1.5, 2.0]),
        ("1,2.5,null,true", [1, 2.5, None, True]),
        ("next_open,close", ["next_open", "close"]),
        ('["QQQ"],["SPY","QQQ"]', [["QQQ"], ["SPY", "QQQ"]]),
        ('null,{"type":"atr","value":2}', [None, {"type": "atr", "value": 2}]),
        ('"a:b",2', ["a:b", 2]),
    ],
)
def test_texts_mean_these_values(text: str, expected: list[Any]) -> None:
    """Numbers keep their type: whole ranges stay whole, JSON is JSON, other words are words."""
    found = values(text)
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


@given(st.decimals(-1000, 1000, places=3), st.integers(0, 300), st.decimals("0.001", 10, places=3))
def test_every_step_of_a_range_is_the_nearest_float(
    start: Decimal, steps: int, step: Decimal
) -> None:
    """However long: no error adds up."""
    found = values(f"{start}:{start + steps * step}:{step}")
    assert found == [float(start + number * step) for number in range(steps + 1)]


def test_a_span_is_both_its_ends() -> None:
    """Without a step it is every number between."""
    assert parse_axis("key=0.02:0.3") == (("key",), Span(0.02, 0.3))
    assert given_axis("key", Span(1, 2)) == (("key",), Span(1.0, 2.0))


def test_linked_keys_move_together() -> None:
    """Lists and ranges may be linked; a notebook gives tuples."""
    expected = (("fast", "slow"), ((5, 20), (10, 30), (15, 40)))
    assert parse_axis("fast + slow=5:15:5/20,30,40") == expected
    assert given_axis(("fast", "slow"), [(5, 20), (10, 30), (15, 40)]) == expected
    assert given_axis("fast+slow", np.array([[5, 20], [10, 30], [15, 40]])) == expected


def test_a_notebook_s_numbers_become_python_s() -> None:
    """NumPy's scalars, alone and in tuples, are what JSON would have had."""
    _, rows = given_axis("key", np.arange(3))
    _, linked = given_axis("a+b", [(np.int64(1), np.float64(0.5)), (np.int32(2), 1.0)])
    assert rows == ((0,), (1,), (2,))
    assert linked == ((1, 0.5), (2, 1.0))
    assert {type(each) for row in (*rows, *linked) for each in row} == {int, float}


TWICE = ["1,1", "1,1.0", "0,-0.0", "null,null", "[1],[1.0]", '{"a":1,"b":2},{"b":2,"a":1.0}', "a,a"]


@pytest.mark.parametrize("text", TWICE)
def test_a_value_that_is_there_twice_is_refused(text: str) -> None:
    """One is 1.0, minus zero is zero: the configuration would be tried twice."""
    with pytest.raises(ConfigError, match="is there twice"):
        values(text)


def test_values_that_only_look_alike_are_two() -> None:
    """true is not 1, and 1 is not "1"."""
    assert values('1,true,"1",null') == [1, True, "1", None]


BAD = [
    ("key", "expected KEY=VALUES"),
    ("key=", "expected KEY=VALUES"),
    ("=1", "expected KEY=VALUES"),
    ("key=,", "the grid is empty"),
    ("key=0:1:0", "the step must not be 0"),
    ("key=1:0:0.1", "the grid is empty: steps of 0.1 do not lead from 1 to 0"),
    ("key=0:1:-1", "the grid is empty"),
    ("key=2:1", "a span must rise; found 2 to 1"),
    ("key=1:1", "a span must rise"),
    ("key=0:x:1", 'expected numbers start:stop:step; found "x"'),
    ("key=0:nan:1", "expected numbers"),
    ("key=::", "expected numbers"),
    ("key=1:2:3:4", "expected start:stop:step"),
    ("key=NaN", "must be finite numbers; found NaN"),
    ("key=1e999", "must be finite numbers; found Infinity"),
    ("key=1e13", "must be at most 1,000,000,000,000"),
    ("key=1" + "0" * 400, "must be at most 1,000,000,000,000"),
    ("key=0:1e999999999:1", "must be at most 1,000,000,000,000"),
    ("key=0:1:1e-999999999", "more than 1,000,000,000,000 values"),
    (f"key=0:{MOST_VALUES}:1", "100,001 values; expected at most 100,000"),
    ("a+b=1,2/1", "linked keys need a list each"),
    ("a+b=1,2", "linked keys need a list each"),
    ("a+b=0:1/1:2", "linked keys need a list each"),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_what_means_nothing_is_one_line(text: str, said: str) -> None:
    """With what was found and what to write; as long numbers are not repeated."""
    with pytest.raises(ConfigError) as caught:
        parse_axis(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("--param ")


def test_the_most_values_are_taken() -> None:
    """The limit is the last that is allowed."""
    assert len(values(f"1:{MOST_VALUES}:1")) == MOST_VALUES


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("key", 3),
        ("key", None),
        ("key", {"a": 1}),
        ("key", []),
        ("key", [float("nan")]),
        ("key", Span(2.0, 1.0)),
        ("key", Span(0.0, float("inf"))),
        ("a+b", [1, 2]),
        ("a+b", Span(0.0, 1.0)),
        (3, [1]),
        (("a", 3), [(1, 2)]),
        ((), [1]),
    ],
)
def test_what_a_notebook_gives_wrongly_is_one_line(key: Any, given: Any) -> None:
    """A ConfigError, not a traceback out of the middle of a sweep."""
    with pytest.raises(ConfigError) as caught:
        given_axis(key, given)
    assert "\n" not in str(caught.value)


def test_brackets_without_end_are_words() -> None:
    """JSON that is nested too deeply to read is refused by the key's type, later."""
    assert len(values("[" * 50_000)) == 1
