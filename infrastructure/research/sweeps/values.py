"""The values that an axis takes, as a command line or a notebook writes them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from infrastructure.errors import ConfigError
from infrastructure.wording import printable, show

MOST_VALUES = 100_000
"""Values of one axis: more are a continuous range, which a sampler takes points of."""


@dataclass(frozen=True)
class Span:
    """Every number from low to high: for samplers."""

    low: float
    high: float


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
    keys = name if isinstance(name, tuple) else tuple(key.strip() for key in name.split("+"))
    where = f"parameter {'+'.join(keys)}"
    if isinstance(given, str):
        columns = given.split("/") if len(keys) > 1 else [given]
        return keys, _linked(keys, [parse_values(column, where) for column in columns], where)
    if isinstance(given, Span):
        return keys, _linked(keys, [given], where)
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise ConfigError(f"{where}: expected a list of values, or text such as 0:1:0.1")
    rows = [_plain(value) for value in given]
    if len(keys) > 1:
        for row in rows:
            if not isinstance(row, list | tuple) or len(row) != len(keys):
                raise ConfigError(f"{where}: expected tuples of {len(keys)} values; found {row!r}")
        return keys, _checked(tuple(tuple(row) for row in rows), where)
    return keys, _checked(tuple((row,) for row in rows), where)


def parse_values(text: str, where: str) -> "list[Any] | Span":
    """One key's values."""
    text = text.strip()
    parts = text.split(":")
    if 2 <= len(parts) <= 3 and not text.startswith(("[", "{", '"')):
        numbers = [_number(part, where) for part in parts]
        if len(numbers) == 2:
            return _span(numbers, where)
        return _range(numbers, where)
    return _list(text)


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
    count = int((stop - start) / step) + 1 if (stop - start) / step >= 0 else 0
    if count > MOST_VALUES:
        raise ConfigError(
            f"{where}: {count:,} values; expected at most {MOST_VALUES:,}: take a larger step, or "
            "leave it out and use --sampler random, sobol or tpe"
        )
    whole = all(each == each.to_integral_value() for each in numbers)
    return [int(start + i * step) if whole else float(start + i * step) for i in range(count)]


def _number(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ConfigError(f"{where}: expected numbers start:stop:step; found {show(text.strip())}")
    return number


def _list(text: str) -> list[Any]:
    """JSON values side by side; what is no JSON is a word."""
    try:
        listed: list[Any] = json.loads(f"[{text}]")
    except ValueError:
        return [_word(part.strip()) for part in text.split(",") if part.strip()]
    return listed


def _word(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    """NumPy's scalars as Python's own."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


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
    for row in rows:
        for value in row:
            if isinstance(value, float) and value - value != 0.0:
                raise ConfigError(f"{where}: must be finite numbers; found {value}")
    if len({json.dumps(row, sort_keys=True, default=str) for row in rows}) < len(rows):
        raise ConfigError(f"{where}: a value is there twice; every configuration is tried once")
    return rows
