"""Column types that mean the same on SQLite and PostgreSQL.

Migrations use them too: a type that has been released is added to, never changed.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    REAL,
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    SmallInteger,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit whole number; the only spelling under which SQLite makes it the row's own number."""

Real: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")
"""A 64-bit float (REAL is 32 bits on PostgreSQL)."""


class Figure(TypeDecorator[float]):
    """A 64-bit float that may not exist: NaN is stored as NULL on every database."""

    impl = Double
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return REAL() if dialect.name == "sqlite" else Double()

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if dialect.name == "sqlite":
            return None  # SQLite itself stores NaN as NULL
        return lambda value: None if value is None or value != value else float(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, whole seconds: text 'YYYY-MM-DD HH:MM:SS' on SQLite, else timestamptz.

    Takes aware datetimes or seconds since 1970 UTC; gives aware datetimes. A naive datetime raises
    ValueError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else DateTime(timezone=True)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return _moment_text if dialect.name == "sqlite" else _moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        moment: datetime = value
        return moment.astimezone(UTC)


def _moment(value: datetime | int | None) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    if value.tzinfo is None:
        raise ValueError(f"a moment needs its time zone; found the naive {value!r}")
    return value.astimezone(UTC).replace(microsecond=0)


def seconds_utc(value: datetime | int) -> int:
    """Seconds since 1970 of an aware datetime. A naive one raises ValueError."""
    moment = _moment(value)
    assert moment is not None
    return int(moment.timestamp())


@lru_cache(maxsize=1 << 16)  # the trades of a run share their bars' stamps
def _moment_text(value: datetime | int | None) -> str | None:
    moment = _moment(value)
    return None if moment is None else str(moment)[:19]  # the rest is +00:00


class ExchangeDate(TypeDecorator[date]):
    """A session's date at its exchange: text 'YYYY-MM-DD' on SQLite, else DATE.

    Takes dates or days since 1970; gives dates. A datetime raises ValueError.
    """

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else Date()

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return _day_text if dialect.name == "sqlite" else _day

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


_DAY_0 = date(1970, 1, 1).toordinal()


def _day(value: date | int | None) -> date | None:
    if isinstance(value, int):
        return date.fromordinal(_DAY_0 + value)
    if isinstance(value, datetime):
        raise ValueError(f"a date without a time is needed; found {value!r}")
    return value


def day_number(value: date | int) -> int:
    """Days since 1970 of a date. A datetime raises ValueError."""
    day = _day(value)
    assert day is not None
    return day.toordinal() - _DAY_0


@lru_cache(maxsize=1 << 14)
def _day_text(value: date | int | None) -> str | None:
    day = _day(value)
    return None if day is None else day.isoformat()


class Flag(TypeDecorator[bool]):
    """True or False, stored as 1 or 0."""

    impl = SmallInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Integer() if dialect.name == "sqlite" else SmallInteger()

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if dialect.name == "sqlite":
            return None  # its driver writes True as 1
        return lambda value: None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


def json_text(value: Any) -> str:
    """A document as it is stored; NaN and infinity raise ValueError."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


class Json(TypeDecorator[Any]):
    """A JSON document: text on SQLite, json on PostgreSQL; NaN and infinity raise ValueError."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else JSON(none_as_null=True)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = json_text(value)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if value is not None and dialect.name == "sqlite" else value


def written_texts(kind: TypeEngine[Any], column: Any) -> list[str] | None:
    """What SQLite stores of whole numbers (a NumPy array) that are moments or days, all at once.

    None where the column is of another kind: then its own processor is asked, value by value.
    """
    if not isinstance(kind, UtcDateTime | ExchangeDate) or not hasattr(column, "dtype"):
        return None
    if column.dtype.kind != "i":
        return None
    import numpy as np

    is_moment = isinstance(kind, UtcDateTime)
    texts = np.datetime_as_string(column.astype("M8[s]" if is_moment else "M8[D]"))
    if is_moment and len(texts):
        texts.view("U1").reshape(len(texts), -1)[:, 10] = " "
    written: list[str] = texts.tolist()
    return written


def required(name: str, kind: Any) -> Column[Any]:
    """A column that is never NULL (and so, on SQLite, never NaN)."""
    return Column(name, kind, nullable=False)


def key(name: str) -> Column[Any]:
    """A whole number that is the primary key, or its first part."""
    return Column(name, Whole, primary_key=True)
