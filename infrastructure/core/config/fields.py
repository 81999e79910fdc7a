"""What the configs share: a frozen strict base, and fields with their rules.

Strict: text is never a number, true is never 1; a whole number serves where a number is asked.
"""

import re
from datetime import date
from keyword import iskeyword
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from infrastructure.errors import ConfigError
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.symbols import check_symbol
from infrastructure.wording import nearest, visible

LARGEST = 1e12
"""No amount is larger: beyond it float64 soon stops telling one cent from the next."""
LONGEST_NAME = 200
MOST_SYMBOLS = 10_000
"""More than every stock of an exchange: a longer list is a mistake."""
_USUAL_INTERVALS = ("1m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "1d")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ConfigModel(BaseModel):
    """Base of all configs: values never change, unknown keys and NaN are refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


def wrong(text: str, hint: str = "") -> PydanticCustomError:
    """A value that breaks its own rule; `text` goes on after the key: 'must be above 0'.

    hint: what to do, such as ' (did you mean "1h"?)'; it follows what was found.
    """
    context = {"clause": text + hint, "text": text, "hint": hint}
    return PydanticCustomError("rule", "{clause}", context)


def conflict(key: str, text: str, *found: object) -> PydanticCustomError:
    """A value that another forbids; `key` is where to look, `found` (if any) what stands there."""
    # In a tuple: pydantic renders a text into its own message, and half a character stops it.
    shown = {"found": (plain(found[0]),)} if found else {}
    context = {"clause": f"{key} {text}".strip(), "key": key, "text": text, "hint": "", **shown}
    return PydanticCustomError("rule", "{clause}", context)


def plain(value: object) -> object:
    """2 for 2.0: a checked number no longer knows whether the file had it with a point.

    Beyond LARGEST it stays as it is: 1e308 has 309 digits.
    """
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST
    return int(value) if whole else value  # type: ignore[call-overload]  # a float then


def not_empty(value: tuple[Any, ...]) -> tuple[Any, ...]:
    """A list needs an entry (a pydantic min_length would count its bad entries as missing)."""
    if not value:
        raise wrong("must hold at least one entry")
    return value


def _text(value: str) -> str:
    """Text that looks like what it is: no control, bidi or zero-width characters."""
    if len(value) > LONGEST_NAME:
        raise wrong(f"must be at most {LONGEST_NAME} characters long, not {len(value)}")
    if not visible(value):
        raise wrong("must not hold control characters or invisible ones")
    if value != value.strip():
        raise wrong("must not begin or end with a space")
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise wrong("must not be empty")
    return _text(value)


def _class_name(value: str) -> str:
    if not value.isidentifier() or iskeyword(value):
        raise wrong("must be the name of a Python class, such as TightCandleStrategy")
    return _text(value)


def _symbol(value: str) -> str:
    try:
        return check_symbol(value)
    except ConfigError:
        text = "must be 1 to 32 of A-Z a-z 0-9 . _ - / = ^ : without two dots in a row"
        raise wrong(text) from None


def _not_too_many(value: Any) -> Any:
    """Before the symbols themselves are judged, which takes its time."""
    if isinstance(value, tuple) and len(value) > MOST_SYMBOLS:
        raise conflict("", f"must name at most {MOST_SYMBOLS:,} symbols; found {len(value):,}")
    return value


def _symbols(value: tuple[str, ...]) -> tuple[str, ...]:
    seen: set[str] = set()
    for symbol in value:
        if symbol in seen:
            raise wrong("must name each symbol once", f" ({symbol} is there again)")
        seen.add(symbol)
    return not_empty(value)


def _interval(value: str) -> str:
    try:
        interval_seconds(value)
    except ConfigError as error:
        hint = "".join(str(error).partition(" (did you mean ")[1:])
        usual = nearest(value, _USUAL_INTERVALS)
        if usual and not hint:
            hint = f' (did you mean "{usual}"?)'
        text = "must be minutes, hours or one day, such as 5m, 30m, 1h, 4h or 1d"
        raise wrong(text, hint) from None
    return value


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    for place, interval in enumerate(value):
        if interval in value[:place]:
            raise wrong("must name each interval once", f" ({interval} is there again)")
    return value


def _loss_limit(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < value <= 100:
        hint = f" (a loss limit is negative: did you mean {-float(value)}?)"
        raise wrong("must be below 0", hint)
    return value


def _iso_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # 2024-02-30
    raise wrong('must be a date such as "2024-01-31"')


def _list_to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _parameters(value: dict[str, Any]) -> dict[str, Any]:
    """Parameters by name; lists become tuples, so that nothing in a config can change."""
    for key, parameter in value.items():
        if not key.isidentifier() or iskeyword(key) or key.startswith("_"):
            raise conflict("", "must name the strategy's fields, such as threshold", key)
        entries = parameter if isinstance(parameter, list | tuple) else (parameter,)
        if not all(_is_scalar(entry) for entry in entries):
            text = "must be a number up to 1e12, plain text, true, false, null or a list of these"
            raise conflict(key, text, parameter)
    return {key: _list_to_tuple(parameter) for key, parameter in value.items()}


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_NAME and visible(value)
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int | float) and abs(value) <= LARGEST  # False for NaN


_NAME_SCHEMA = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_SYMBOL_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 32}
_PARAMETER_SCHEMA = {
    "type": "object",
    "additionalProperties": {"type": ["number", "string", "boolean", "null", "array"]},
}

Name = Annotated[str, AfterValidator(_name), WithJsonSchema(_NAME_SCHEMA)]
Label = Annotated[
    str, AfterValidator(_text), WithJsonSchema({"type": "string", "maxLength": LONGEST_NAME})
]
ClassName = Annotated[str, AfterValidator(_class_name), WithJsonSchema(_NAME_SCHEMA)]
Interval = Annotated[
    str, AfterValidator(_interval), WithJsonSchema({"type": "string", "examples": ["30m", "1d"]})
]
Symbol = Annotated[str, AfterValidator(_symbol), WithJsonSchema(_SYMBOL_SCHEMA)]
Symbols = Annotated[
    tuple[Symbol, ...],
    Field(json_schema_extra={"minItems": 1, "maxItems": MOST_SYMBOLS, "uniqueItems": True}),
    BeforeValidator(_not_too_many),  # pydantic runs the last one first
    BeforeValidator(_list_to_tuple),
    AfterValidator(_symbols),
]
Intervals = Annotated[
    tuple[Interval, ...],
    Field(json_schema_extra={"uniqueItems": True}),
    BeforeValidator(_list_to_tuple),
    AfterValidator(_each_once),
]
Parameters = Annotated[
    dict[str, Any], AfterValidator(_parameters), WithJsonSchema(_PARAMETER_SCHEMA)
]
IsoDate = Annotated[date, BeforeValidator(_iso_date)]
FromList = BeforeValidator(_list_to_tuple)
"""Beside a tuple: a JSON list is welcome."""

Positive = Annotated[float, Field(gt=0, le=LARGEST)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Percent = Annotated[float, Field(gt=0, le=100)]
PercentOrZero = Annotated[float, Field(ge=0, le=100)]
LossLimit = Annotated[float, Field(ge=-100, lt=0), BeforeValidator(_loss_limit)]
BasisPoints = Annotated[float, Field(ge=0, lt=10_000)]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]
