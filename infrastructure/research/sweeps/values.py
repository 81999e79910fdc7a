"""The values that an axis takes, as a command line or a notebook writes them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, Overflow, localcontext
from typing import Any

from infrastructure.core.config.fields import LARGEST
from infrastructure.errors import ConfigError
from infrastructure.wording import printable, show

MOST_VALUES = 100_000
"""Values of one axis: more are a continuous range, which a sampler takes points of."""

_TOO_LARGE = f"must be at most {LARGEST:,.0f}"


@dataclass(frozen=True)
class Span:
    """Every number from low to high: for samplers."""

    low: float
    high: float

    def whole_numbers(self, where: str) -> tuple[tuple[int], ...]:
        """Those in it, both ends included, as the choices of an axis. Raises ConfigError."""
        low, high = self.low, self.high
        if low != int(low) or high != int(high):
            raise ConfigError(
                f"{where}: takes whole numbers; expected a span of them such as 5:20; found "
                f"{low:g}:{high:g}"
            )
        _check_count(Decimal(high) - Decimal(low), where)
        return tuple((number,) for number in range(int(low), int(high) + 1))


def parse_axis(text: str) -> tuple[tuple[str, ...], "tuple[tuple[Any, ...], ...] | Span"]:
    """`key=values` as (keys, values); `a+b=1,2/10,20` moves two keys together.

    Values are a list (1,2,5), a range with both ends (0.02:0.3:0.01), a span for samplers
    (0.02:0.3), or JSON. Raises ConfigError.
    """
    left, equals, right = text.partition("=")
    where = f"--param {printable(text)}"
    if not equals or not left.strip() or not right.strip():
        raise ConfigError(
            f"{where}: expected KEY=VALUES such as stop_loss.value=0:1:0.1 or risk_reward=1,2,3"
        )
    keys = tuple(key.strip() for key in left.split("+"))
    columns = right.split("/") if len(keys) > 1 else [right]
    return keys, _linked(keys, [parse_values(column, where) for column in columns], where)


def given_axis(
    name: str | tuple[str, ...], given: Any
) -> tuple[tuple[str, ...], "tuple[tuple[Any, ...], ...] | Span"]:
    """The same of a notebook's mapping: values as text, a Span, or any sequence of them."""
    keys = _names(name)
    where = f"parameter {'+'.join(keys)}"
    if isinstance(given, str):
        columns = given.split("/") if len(keys) > 1 else [given]
        return keys, _linked(keys, [parse_values(column, where) for column in columns], where)
    if isinstance(given, Span):
        low, high = (_number(str(end), where) for end in (given.low, given.high))
        return keys, _linked(keys, [_span([low, high], where)], where)
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise ConfigError(f"{where}: expected a list of values, or text such as 0:1:0.1")
    rows = [_plain(value) for value in given]
    if len(keys) > 1:
        for row in rows:
            if not isinstance(row, list | tuple) or len(row) != len(keys):
                raise ConfigError(f"{where}: expected tuples of {len(keys)} values; found {row!r}")
        return keys, _checked(tuple(tuple(row) for row in rows), where)
    return keys, _checked(tuple((row,) for row in rows), where)


def _names(given: Any) -> tuple[str, ...]:
    """The keys that a mapping's key names: "a", "a+b" or ("a", "b")."""
    names = tuple(given.split("+")) if isinstance(given, str) else given
    if not isinstance(names, tuple) or not names or not all(isinstance(n, str) for n in names):
        raise ConfigError(
            f'parameter {given!r}: expected a key such as "stop_loss.value", or a tuple of keys '
            "that move together"
        )
    return tuple(name.strip() for name in names)


def parse_values(text: str, where: str) -> "list[Any] | Span":
    """One key's values: JSON side by side, else a range or a span, else words."""
    text = text.strip()
    try:
        listed: list[Any] = json.loads(f"[{text}]")
    except (ValueError, RecursionError):
        pass
    else:
        return listed
    parts = text.split(":")
    if len(parts) == 1 or text.startswith(("[", "{", '"')):
        return [_word(part.strip()) for part in text.split(",") if part.strip()]
    if len(parts) > 3:
        raise ConfigError(
            f"{where}: expected start:stop:step, or start:stop for samplers; found {show(text)}"
        )
    numbers = [_number(part, where) for part in parts]
    return _span(numbers, where) if len(parts) == 2 else _range(numbers, where)


def _span(numbers: list[Decimal], where: str) -> Span:
    low, high = numbers
    if not low < high:
        raise ConfigError(f"{where}: a span must rise; found {low} to {high}")
    return Span(float(low), float(high))


def _range(numbers: list[Decimal], where: str) -> list[Any]:
    """Both ends included, in exact decimals: 0.02:0.3:0.01 ends with 0.3."""
    start, stop, step = numbers
    if step == 0:
        raise ConfigError(f"{where}: the step must not be 0 (start:stop:step)")
    with localcontext() as context:
        context.traps[Overflow] = False  # more steps than any number tells
        steps = (stop - start) / step
    if steps < 0:
        raise ConfigError(
            f"{where}: the grid is empty: steps of {step} do not lead from {start} to {stop}"
        )
    _check_count(steps, where)
    count = int(steps) + 1
    whole = all(each == each.to_integral_value() for each in numbers)
    return [int(start + i * step) if whole else float(start + i * step) for i in range(count)]


def _check_count(steps: Decimal, where: str) -> None:
    """Raise ConfigError for more values than one axis may have."""
    if steps < MOST_VALUES:
        return
    many = f"{int(steps) + 1:,}" if steps < LARGEST else "more than 1,000,000,000,000"
    raise ConfigError(
        f"{where}: {many} values; expected at most {MOST_VALUES:,}: take a larger step, or "
        "leave it out and use --sampler random, sobol or tpe"
    )


def _number(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ConfigError(f"{where}: expected numbers start:stop:step; found {show(text.strip())}")
    if not -LARGEST <= number <= LARGEST:  # abs() would round 1e999999999, and fail
        raise ConfigError(f"{where}: {_TOO_LARGE}; found {show(text.strip())}")
    return number


def _word(text: str) -> Any:
    """What is no JSON is a word."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's own, inside lists and tuples too."""
    if isinstance(value, list | tuple):
        return type(value)(_plain(each) for each in value)
    return value.tolist() if hasattr(value, "tolist") else value


def _linked(
    keys: tuple[str, ...], columns: "list[list[Any] | Span]", where: str
) -> "tuple[tuple[Any, ...], ...] | Span":
    if len(keys) == 1 and isinstance(columns[0], Span):
        return columns[0]
    lists = [column for column in columns if isinstance(column, list)]
    lengths = {len(column) for column in lists}
    if len(lists) != len(keys) or len(lengths) != 1:
        raise ConfigError(
            f"{where}: linked keys need a list each, equally long, with / between them, such as "
            "fast+slow=5,10/20,40"
        )
    return _checked(tuple(zip(*lists, strict=True)), where)


def _checked(rows: tuple[tuple[Any, ...], ...], where: str) -> tuple[tuple[Any, ...], ...]:
    if not rows:
        raise ConfigError(f"{where}: the grid is empty; expected at least one value")
    for value in (value for row in rows for value in row):
        if is_number(value) and not abs(value) <= LARGEST:
            problem = _TOO_LARGE if abs(value) < float("inf") else "must be finite numbers"
            raise ConfigError(f"{where}: {problem}; found {show(value)}")
    if len({_sameness(row) for row in rows}) < len(rows):
        raise ConfigError(f"{where}: a value is there twice; every configuration is tried once")
    return rows


def is_number(value: Any) -> bool:
    """Whether it is one that configs take for a number: true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numbers_alone(choices: tuple[tuple[Any, ...], ...] | None) -> bool:
    """Whether each choice of an axis is one number, so that a column of numbers can tell it.

    choices: a tuple of values for each step; None of a span.
    """
    return choices is None or all(len(row) == 1 and is_number(row[0]) for row in choices)


def _sameness(value: Any) -> Any:
    """Equal for values that make the same configuration: 1 and 1.0, but not 1 and true."""
    if is_number(value):
        return float(value) if abs(value) <= LARGEST else str(value)
    if isinstance(value, list | tuple):
        return tuple(map(_sameness, value))
    if isinstance(value, Mapping):
        return frozenset((str(key), _sameness(each)) for key, each in value.items())
    return type(value).__name__, str(value)
