"""A deleted run is gone with all that belonged to it; that it was tried is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from asking_setup import PORTFOLIO, store
from sqlalchemy import text
from sqlalchemy.engine import Connection

from infrastructure.core.config import PortfolioConfig
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.deleting import delete_runs, what_belongs
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.ledger.asking.marking import add_note, add_tags
from infrastructure.strategy_management.config_identity import config_identity
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_samples import RUN_TABLES, counts, rows, strategy
from tests.database.sweep_samples import DAY, START

BARS = {"bars_start": START, "bars_end": START + DAY}


def tried(database: Database, symbol: str = "QQQ", first: int = 0) -> int:
    """Configurations tried on 30 minutes of a symbol."""
    start = START + first * DAY
    return TrialLedger(database).tried_on([(symbol, "30m")], start, start + DAY)


def test_a_deleted_run_is_gone_and_was_tried_all_the_same(database: Database) -> None:
    """Its number is never given again, and a verdict counts its configuration, once."""
    store(database, **BARS)
    store(database, [strategy(risk_reward=3.0, symbols=("QQQ", "SPY"))], **BARS)
    assert (tried(database), tried(database, "SPY")) == (2, 1)
    delete_runs(database, [2])
    assert [run.run_id for run in list_runs(database).runs] == [1]
    assert (tried(database), tried(database, "SPY"), tried(database, "IWM")) == (2, 1, 0)
    assert tried(database, first=50) == 0
    assert store(database, [strategy("again", risk_reward=3.0)], **BARS) == 3
    delete_runs(database, [1, 3])
    assert tried(database) == 3  # run 3 traded one symbol, run 2 two: another configuration
    assert counts(database) == dict.fromkeys(RUN_TABLES, 0)


def test_what_is_kept_tells_what_was_tried(database: Database) -> None:
    """Portfolio, bars, series, and the identity that a trial of the same would have."""
    configs = [strategy("a"), strategy("b", symbols=("SPY", "IWM"), interval="1h")]
    store(database, configs, **BARS)
    delete_runs(database, [1])
    portfolio = PortfolioConfig.model_validate(PORTFOLIO).model_dump(mode="json")
    store(database, configs, portfolio_json=portfolio)
    delete_runs(database, [2])
    with database.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT run_id, portfolio_name, config_identity FROM deleted_runs ORDER BY run_id"
        ).all()
    assert [row[:2] for row in found] == [(1, "single_qqq"), (2, "single_qqq")]
    identity = config_identity(PortfolioConfig.model_validate(PORTFOLIO), configs)
    assert found[1][2] == identity
    from sqlalchemy import select

    from infrastructure.database.models import deleted_runs

    with database.read() as connection:
        row = connection.execute(select(deleted_runs).limit(1)).mappings().first()
    assert row is not None
    assert sorted(row["series"]) == [["IWM", "1h"], ["QQQ", "30m"], ["SPY", "1h"]]
    assert row["bars_end"] - row["bars_start"] == timedelta(seconds=DAY)


def test_everything_that_belongs_to_a_run_is_counted(database: Database) -> None:
    """Before, to be asked about, and after; what is zero is not told."""
    store(database)
    store(database)
    add_tags(database, [1], ["good"])
    add_note(database, 1, "x")
    expected = {"runs": 1, "trades": 2, "refusals": 1, "equity marks": 3, "tags": 1, "notes": 1}
    assert what_belongs(database, [1, 1]) == expected
    assert what_belongs(database, [1, 2])["trades"] == 4
    assert delete_runs(database, [1, 1]) == expected
    assert rows(database, "SELECT count(*) FROM run_tags") == [(0,)]
    assert rows(database, "SELECT count(*) FROM algo_trades") == [(2,)]


def test_all_go_or_none(database: Database) -> None:
    """A number that is not there stops the deletion of the others; a deleted one is told so."""
    for _ in range(3):
        store(database)
    with pytest.raises(ConfigError, match=r"^run 9: no such run; .* has 1, 2, 3;"):
        delete_runs(database, [1, 9])
    assert counts(database)["backtest_runs"] == 3
    delete_runs(database, [2])
    with pytest.raises(ConfigError, match=r"^run 2: was deleted on \d{4}-\d\d-\d\d; .* has 1, 3;"):
        delete_runs(database, [2])


class Overtaken(Database):
    """A database in which somebody deletes run 1 just before each of our transactions."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as other:
            other.execute(text("DELETE FROM backtest_runs WHERE run_id = 1"))
        with super().write() as connection:
            yield connection


def test_what_another_process_has_deleted_is_not_counted_twice(database: Database) -> None:
    """Two that delete the same runs at once: each tells what it deleted itself."""
    store(database)
    store(database)
    overtaken = Overtaken(database.engine, database.url)
    gone = delete_runs(overtaken, [1, 2])
    assert (gone["runs"], gone["trades"]) == (1, 2)
    assert rows(database, "SELECT run_id FROM deleted_runs") == [(2,)]
    store(database)
    assert delete_runs(database, [3])["runs"] == 1


def test_many_runs_go_at_once(database: Database) -> None:
    """More than one statement holds."""
    for _ in range(3):
        store(database)
    run = "INSERT INTO backtest_runs (execution_date, status, portfolio_name, portfolio_json, "
    run += "kairos_version, vectorbt_version, bars_fingerprint, fill_policy, synthetic, figures) "
    run += "SELECT execution_date, status, portfolio_name, portfolio_json, kairos_version, "
    run += "vectorbt_version, bars_fingerprint, fill_policy, synthetic, figures FROM backtest_runs"
    with database.write() as connection:
        for _ in range(9):
            connection.exec_driver_sql(run)
    numbers = [row[0] for row in rows(database, "SELECT run_id FROM backtest_runs")]
    assert len(numbers) == 3 * 2**9
    assert delete_runs(database, numbers)["runs"] == len(numbers)
    assert rows(database, "SELECT count(*) FROM deleted_runs") == [(len(numbers),)]
