"""The values of a condition, and what comparing a column with one means in SQL."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, and_, literal, or_

from infrastructure.database.columns import Flag, Real, UtcDateTime
from infrastructure.ledger.asking.columns import Kind, column_called, kind_of
from infrastructure.ledger.asking.where_words import OPTION, Word, refused

Comparison = Callable[[Any, Any], Any]

COMPARISONS: dict[str, Comparison] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""What a comparison becomes where its sides change places."""

_LENGTH_OF_DATE = len("2024-01-31")


@dataclass(frozen=True)
class Value:
    """A column, or what was written; `day`: a date without a time, which is a whole day."""

    word: Word
    kind: Kind
    sql: Any
    is_column: bool = False
    day: datetime | None = None


def value_of(word: Word) -> Value:
    """What a word stands for. Raises ConfigError where it is no value."""
    if word.says("true", "false"):
        return Value(word, "flag", literal(word.text.lower() == "true", Flag()))
    if word.kind == "name":
        column = column_called(word.text, f"{OPTION}: at character {word.place}")
        return Value(word, kind_of(column), column, is_column=True)
    if word.kind == "number":
        return _number(word)
    if word.kind == "moment":
        return _moment(word, word.text)
    if word.kind == "text":
        quote = word.text[0]
        return Value(word, "text", literal(word.text[1:-1].replace(quote * 2, quote), Text()))
    raise refused(word.place, "a column, a number, a date or a quoted text", word.text)


def _number(word: Word) -> Value:
    value = float(word.text)
    if not isfinite(value):
        raise refused(word.place, "a number below 1e308", word.text)
    return Value(word, "number", literal(value, Real))


def _moment(word: Word, text: str) -> Value:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        moment + timedelta(days=1)  # the end of the day is a moment too
    except (ValueError, OverflowError):
        raise refused(word.place, "a date such as 2024-01-31", word.text) from None
    day = moment if len(text) == _LENGTH_OF_DATE else None
    return Value(word, "moment", literal(moment, UtcDateTime()), day=day)


def compared(left: Value, sign: str, right: Value) -> ColumnElement[bool]:
    """The comparison in SQL, all that was written as bound parameters. Raises ConfigError."""
    if not left.is_column and not right.is_column:
        raise refused(left.word.place, "a column on one side of the comparison", left.word.text)
    if not left.is_column:
        left, right, sign = right, left, TURNED.get(sign, sign)
    if left.kind == "moment" and right.kind == "text" and not right.is_column:
        right = _moment(right.word, right.word.text[1:-1])
    if left.kind == "flag" and sign not in ("=", "==", "!=", "<>"):
        raise refused(left.word.place, f"= or != after {left.word.text}", sign)
    if left.kind != right.kind:
        examples = {"number": "number", "text": "quoted text", "flag": "true or false"}
        wanted = examples.get(left.kind, "date such as 2024-01-31")
        said = "true or false" if left.kind == "flag" else f"a {wanted}"
        raise refused(right.word.place, f"{said} beside {left.word.text}", right.word.text)
    if right.day is not None:
        return _compared_with_day(left.sql, sign, right.day)
    made: ColumnElement[bool] = COMPARISONS[sign](left.sql, right.sql)
    return made


def _compared_with_day(column: Column[Any], sign: str, day: datetime) -> ColumnElement[bool]:
    """The day is its 24 hours in UTC: `=` any moment of it, `>` after it, `<=` up to its end."""
    next_day = day + timedelta(days=1)
    inside = and_(column >= day, column < next_day)
    outside = or_(column < day, column >= next_day)
    by_sign = {
        "=": inside,
        "==": inside,
        "!=": outside,
        "<>": outside,
        "<": column < day,
        "<=": column < next_day,
        ">": column >= next_day,
        ">=": column >= day,
    }
    return by_sign[sign]
