"""The ledger: a run with 100,000 trades into SQLite and PostgreSQL, beside pandas.to_sql."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import create_engine, select
from sqlalchemy.engine import URL

from infrastructure.core.config import StrategyConfig
from infrastructure.database.base import EXIT_REASONS, REFUSAL_REASONS
from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import algo_trades, equity, orders, refused_signals
from infrastructure.strategy_management.ledger_record import AllocationRecord, RunRecord
from infrastructure.strategy_management.strategy_creation import StrategyCreation

N_TRADES, N_REFUSED, N_SESSIONS = 100_000, 50_000, 5_000
N_ROWS = 3 * N_TRADES + N_REFUSED + N_SESSIONS
"""Trades, two orders each, refusals and marks."""

_FIRST, _DAY = 1_262_304_000, 86_400

Row = tuple[str, str, float, str]
Measured = Callable[..., list[float]]


def ledger_rows(measured: Measured) -> Iterator[Row]:
    """Rows a second, on SQLite and where a server is installed on PostgreSQL."""
    record = run_record()
    with TemporaryDirectory() as folder:
        file = URL.create("sqlite", database=str(Path(folder) / "ledger.db"))
        yield from _rows(measured, file, record, "SQLite", 100_000)
        server = _server()
        if server is not None:
            try:
                yield from _rows(measured, server.new_address(), record, "PostgreSQL", 50_000)
            finally:
                server.stop()


def _rows(
    measured: Measured, address: URL, record: RunRecord, name: str, goal: int
) -> Iterator[Row]:
    database = open_database(address)
    check_equality(database, record)
    ledger, frame = StrategyCreation(database), pd.DataFrame(record.trades)
    ours, peer = measured(
        [lambda: ledger.save_run(record), lambda: pandas_to_sql(frame, address)], repeats=(5, 5)
    )
    job = f"a run of {N_TRADES:,} trades, {N_ROWS:,} rows, into {name}"
    yield job, "Kairos", ours, f"{N_ROWS / ours:,.0f} rows a second; goal {goal:,}"
    rate, quicker = N_TRADES / peer, (N_ROWS / ours) / (N_TRADES / peer)
    text = f"{rate:,.0f} rows a second; Kairos {quicker:.1f} x"
    yield f"its trades alone, into {name}", "pandas.to_sql, nothing checked", peer, text
    database.close()


def run_record() -> RunRecord:
    """A run as a simulation gives it: columns of numbers, and of words."""
    random = np.random.default_rng(11)
    trades = _trades(random)
    figures = {"trades": N_TRADES}
    run: dict[str, Any] = {
        "portfolio_name": "bench", "portfolio_json": {}, "kairos_version": "0", "figures": figures,
        "vectorbt_version": "0", "bars_fingerprint": "f" * 64, "fill_policy": "stop_first",
        "synthetic": True, "trades": N_TRADES, "refused": N_REFUSED,
    }  # fmt: skip
    strategy = StrategyConfig(
        strategy_name="bench", class_name="TightCandleStrategy", symbols=("QQQ",), interval="1m"
    )
    return RunRecord(
        run=run,
        allocations=[AllocationRecord(strategy, 100.0, {})],
        trades=trades,
        orders=_orders(trades),
        refusals={
            "position": np.ones(N_REFUSED, np.int64),
            "symbol": trades["symbol"][:N_REFUSED],
            "signal_timestamp": trades["signal_timestamp"][:N_REFUSED],
            "direction": trades["direction"][:N_REFUSED],
            "reason": random.choice(REFUSAL_REASONS, N_REFUSED),
        },
        equity={
            "book": np.zeros(N_SESSIONS, np.int64),
            "session": _FIRST // _DAY + np.arange(N_SESSIONS),
            "equity": 1e5 + random.normal(0, 1e3, N_SESSIONS).cumsum(),
        },
    )


def _trades(random: np.random.Generator) -> dict[str, Any]:
    entry = np.sort(_FIRST + 60 * random.integers(0, 1_440 * N_SESSIONS, N_TRADES))
    exit_ = entry + 60 * random.integers(0, 300, N_TRADES)
    price, pnl = random.uniform(50, 500, N_TRADES), random.normal(0, 50, N_TRADES)
    risk = random.uniform(10, 100, N_TRADES)
    return {
        "position": np.ones(N_TRADES, np.int64),
        "symbol": random.choice([f"SYM{n}" for n in range(20)], N_TRADES),
        "direction": random.choice(["long", "short"], N_TRADES),
        "instrument_type": np.full(N_TRADES, "etf"),
        "signal_timestamp": entry - 60,
        "entry_date": entry // _DAY, "entry_timestamp": entry,
        "exit_date": exit_ // _DAY, "exit_timestamp": exit_,
        "entry_price": price, "exit_price": price + pnl / 100,
        "stop_price": np.where(random.random(N_TRADES) < 0.1, np.nan, price - 1),
        "target_price": price + 2, "quantity": np.full(N_TRADES, 100.0),
        "capital_required": 100 * price, "trade_duration": (exit_ - entry) / 60.0,
        "winning_trade": pnl > 0, "net_pnl": pnl, "commission": np.full(N_TRADES, 1.0),
        "slippage": np.full(N_TRADES, 0.5), "risk_size": risk, "risk_reward": pnl / risk,
        "risk_per_trade": risk / 1e3, "perc_return": pnl / 1e3,
        "mae_r": random.uniform(0, 1, N_TRADES), "mfe_r": random.uniform(0, 3, N_TRADES),
        "exit_reason": random.choice(EXIT_REASONS, N_TRADES),
        "ambiguous": random.random(N_TRADES) < 0.05, "size_bound": np.full(N_TRADES, ""),
    }  # fmt: skip


def _orders(trades: dict[str, Any]) -> dict[str, Any]:
    two = {"symbol": "symbol", "quantity": "quantity"}
    return {
        "number": np.arange(1, 2 * N_TRADES + 1),
        "position": np.ones(2 * N_TRADES, np.int64),
        **{name: np.repeat(trades[column], 2) for name, column in two.items()},
        "side": np.tile(["buy", "sell"], N_TRADES),
        "bar_timestamp": np.repeat(trades["entry_timestamp"], 2),
        "price": np.repeat(trades["entry_price"], 2),
        "commission": np.full(2 * N_TRADES, 0.5),
    }


def check_equality(database: Database, record: RunRecord) -> None:
    """Stop where what is read back is not what was written, to the last bit."""
    run_id = StrategyCreation(database).save_run(record)
    written = (
        (algo_trades, record.trades, "trade_id"),
        (orders, record.orders, "number"),
        (refused_signals, record.refusals, "refusal_id"),
        (equity, record.equity, "session"),
    )
    for table, columns, key in written:
        assert isinstance(columns, dict)
        wanted = select(*(table.c[name] for name in columns)).where(table.c.run_id == run_id)
        with database.read() as connection:
            found = connection.execute(wanted.order_by(table.c[key])).all()
        for name, column in zip(columns, zip(*found, strict=True), strict=True):
            if not _same(name, columns[name], column):
                raise SystemExit(f"not equal, nothing timed: {table.name}.{name}")


def _same(name: str, written: Any, found: tuple[Any, ...]) -> bool:
    """Moments come back as datetimes, sessions as dates, NaN as None."""
    if name.endswith("_timestamp"):
        return [int(each.timestamp()) for each in found] == written.tolist()
    if name.endswith("_date") or name == "session":
        return [each.toordinal() - 719_163 for each in found] == written.tolist()
    if written.dtype.kind == "f":
        return np.array_equal(np.array(found, np.float64), written, equal_nan=True)
    return [*found] == written.tolist()


def pandas_to_sql(frame: pd.DataFrame, address: URL) -> None:
    """The trades as pandas stores them: no type, key, check or index, and the file anew."""
    if address.get_backend_name() == "sqlite":
        path = Path(f"{address.database}.pandas")
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            frame.to_sql("trades", connection, index=False)
        return
    engine = create_engine(address)
    frame.to_sql("trades", engine, index=False, if_exists="replace")
    engine.dispose()


def _server() -> Any:
    """The tests' private server; None where PostgreSQL is not installed."""
    from tests.database.private_server import PrivateServer, find_program

    return PrivateServer() if find_program("initdb") else None
