"""Ledgers with something in every part of them, and older ones."""

from pathlib import Path

import numpy as np
from alembic import command
from sqlalchemy import text
from sqlalchemy.engine import URL, Engine, create_engine

from infrastructure.database.engine import Database
from infrastructure.database.migrations.runner import alembic_config
from infrastructure.database.sqlite import WRITING, take_over_transactions
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.writing import write_bars
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_samples import run_record
from tests.database.sweep_samples import sweep_record, trial_columns

OLD_BAR = "INSERT INTO market_bars VALUES ('QQQ', '1d', 86400, 1, 2, 1, 2, 9, 'old.csv')"


def filled(database: Database) -> Database:
    """Two runs of 4 trades, 2 refusals and 3 marks each; a sweep of 10 trials; 5 bars."""
    for _ in range(2):
        StrategyCreation(database).save_run(run_record(4))
    trials = TrialLedger(database)
    sweep_id = trials.begin(sweep_record(n_trials=10)).sweep_id
    trials.save(sweep_id, trial_columns(range(10)))
    trials.finish(sweep_id)
    prices = np.full(5, 1.5)
    columns = BarColumns(1_704_205_800 + 60 * np.arange(5), *[prices] * 5)
    write_bars(database, "QQQ", "1m", columns, "x", calendar="24/7")
    return database


def older(url: URL, revision: str) -> Engine:
    """A new database as an older Kairos made it, with a bar in it."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        take_over_transactions(engine)
    with engine.connect() as connection:
        connection.execution_options(**{WRITING: True})
        with connection.begin():
            command.upgrade(alembic_config(connection), revision)
            connection.execute(text(OLD_BAR))
    return engine


def old_file(path: Path, revision: str = "0003") -> Path:
    """The same in a file, closed."""
    older(URL.create("sqlite", database=str(path)), revision).dispose()
    return path
