"""One recorded trial as a portfolio again: to run it, or to write its configs down."""

import json
import re
from pathlib import Path
from typing import Any

from infrastructure.core.config import StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.research.replay import stored_cells, stored_plan
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from infrastructure.strategy_management.trial_ledger import TrialLedger


def recorded_trial(database: Database, sweep_id: int, trial: int) -> LoadedPortfolio:
    """The portfolio that a trial of a sweep was, its dates included.

    Raises StorageError for an unknown sweep or trial, DataError where the bars are no longer those
    that it was tried on.
    """
    ledger = TrialLedger(database)
    record = ledger.sweep(sweep_id)
    name = f"sweep {sweep_id}"
    plan = stored_plan(database, record, name)
    built = plan.evaluator.build(stored_cells(ledger, record, plan.space, [trial])[0])
    return LoadedPortfolio(built.portfolio, built.configs, Path(f"{name}, trial {trial}"))


def write_configs(portfolio: LoadedPortfolio, folder: Path) -> list[Path]:
    """Write a trial's configs under `folder`, as `kairos run` reads them; the files.

    Files that are there already are not written over: raises ConfigError.
    """
    names = [_file_name(each, place) for place, each in enumerate(portfolio.strategies, start=1)]
    own: dict[str, Any] = portfolio.config.model_dump(mode="json")
    for share, name in zip(own["strategies"], names, strict=True):
        share["strategy"] = name
    whole = _plain_name(portfolio.config.portfolio_name)
    files = {folder / "portfolios" / f"{whole}.json": own}
    for name, config in zip(names, portfolio.strategies, strict=True):
        files[folder / "strategies" / f"{name}.json"] = config.model_dump(mode="json")
    there = [path for path in files if path.exists()]
    if there:
        raise ConfigError(f"--write: {there[0]} is there already; choose another folder")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return list(files)


def _file_name(config: StrategyConfig, place: int) -> str:
    return f"{_plain_name(config.strategy_name)}_{place}"


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "trial"
