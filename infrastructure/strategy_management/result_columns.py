"""What came of a run as columns of one form, whether just simulated or read from the ledger.

Whole numbers, flags, moments (seconds since 1970 UTC) and dates (days since 1970) are int64; other
numbers float64, NaN where there is none; text is text. So two runs are compared to the last bit,
and a digest of one tells whether a row of it was ever changed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Column, Double, Table, select
from sqlalchemy.engine import Connection

from infrastructure.database.columns import (
    ExchangeDate,
    Figure,
    Flag,
    UtcDateTime,
    day_number,
    seconds_utc,
)
from infrastructure.database.models import algo_trades, equity, orders, refused_signals

RESULTS: Mapping[str, Table] = {
    "orders": orders,
    "trades": algo_trades,
    "refusals": refused_signals,
    "equity": equity,
}
"""The tables that hold what came of a run, by what their rows are."""

_OF_THE_LEDGER = frozenset({"run_id", "trade_id", "refusal_id", "strategy_id", "account_id"})
"""Columns that the ledger gives a row: the same run may have others."""

Columns = dict[str, NDArray[Any]]


def result_columns(what: str, given: Mapping[str, Any]) -> Columns:
    """Columns of `what`, one of RESULTS, in the one form; `given` as a RunRecord has them."""
    names = [each.name for each in _columns(what) if each.name in given]
    return {name: _in_form(RESULTS[what].c[name], given[name]) for name in names}


def stored_columns(connection: Connection, what: str, run_id: int) -> Columns:
    """The same of a run of the ledger, in the order in which it was stored."""
    table, wanted = RESULTS[what], _columns(what)
    rows = select(*wanted).where(table.c.run_id == run_id).order_by(*table.primary_key)
    found = connection.execute(rows).all()
    values = list(zip(*found, strict=True)) if found else [()] * len(wanted)
    return {
        column.name: _in_form(column, value) for column, value in zip(wanted, values, strict=True)
    }


def digest_of(columns: Columns) -> str:
    """SHA-256 over columns in the one form; no rows have the digest of nothing."""
    digest = sha256()
    for name in sorted(columns):
        column = columns[name]
        if len(column) == 0:
            continue
        digest.update(f"{name} {len(column)}\n".encode())
        is_text = column.dtype.kind == "U"
        digest.update("\0".join(column).encode() if is_text else column.tobytes())
    return digest.hexdigest()


def _columns(what: str) -> list[Column[Any]]:
    return [each for each in RESULTS[what].columns if each.name not in _OF_THE_LEDGER]


def _in_form(column: Column[Any], values: Any) -> NDArray[Any]:
    if isinstance(column.type, Double | Figure):
        numbers = np.array(values, np.float64) + 0.0  # -0.0 is 0.0, which SQLite makes of it
        numbers[np.isnan(numbers)] = np.nan  # of all NaN the one
        return numbers
    if isinstance(column.type, BigInteger | Flag | UtcDateTime | ExchangeDate):
        return _whole(values)
    plain = values if isinstance(values, np.ndarray) else ["" if v is None else v for v in values]
    return np.asarray(plain, np.str_)


def _whole(values: Any) -> NDArray[np.int64]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iub":
        return values.astype(np.int64)
    return np.fromiter(map(_number, values), np.int64, len(values))


def _number(value: Any) -> int:
    if isinstance(value, datetime):
        return seconds_utc(value)
    return day_number(value) if isinstance(value, date) else int(value)
