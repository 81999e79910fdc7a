"""The strategies of stored runs, each run's in the order of its portfolio."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from infrastructure.database.models import algo_strategies, backtest_strategy_allocations


def run_strategies(*columns: Any) -> Select[Any]:
    """A row for each strategy of each run: these columns of its allocation and of itself."""
    allocated = backtest_strategy_allocations
    return (
        select(*columns)
        .join_from(allocated, algo_strategies)
        .order_by(allocated.c.run_id, allocated.c.position)
    )


def stored_configs(connection: Connection, run_ids: Sequence[int]) -> Mapping[int, list[Any]]:
    """The JSON of each run's strategies, by the run's number; of an unknown one, none."""
    run_id = backtest_strategy_allocations.c.run_id
    wanted = run_strategies(run_id, algo_strategies.c.config).where(run_id.in_(run_ids))
    configs: dict[int, list[Any]] = defaultdict(list)
    for number, config in connection.execute(wanted):
        configs[number].append(config)
    return configs
