"""A walk forward of the ledger, traded again by what its folds chose; nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infrastructure.core.backtest import Backtest
from infrastructure.core.config import PortfolioConfig, parse
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.configs import build_configs
from infrastructure.research.sweeps.keys import find_key
from infrastructure.research.walking.testing import Account, Unseen
from infrastructure.strategy_management.run_differences import (
    other_bars,
    other_figures,
    other_version,
)
from infrastructure.strategy_management.stored_run import Rerun, StoredRun, spans_of
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from infrastructure.strategy_management.trial_ledger import TrialLedger


def is_walk_forward(stored: StoredRun) -> bool:
    """Whether the run is the joined tests of a walk forward."""
    return "walk_forward" in stored.figures


def rerun_walk(database: Database, stored: StoredRun, **changes: Any) -> Rerun:
    """Trade the tests again, each with the configuration that its training had chosen.

    changes: keys of the portfolio's config as JSON would say them, such as
        `costs={"slippage_bps": 2.0}`; figures are then not compared with the stored ones.
    Raises ConfigError where the run is no walk forward, and what a run raises.
    """
    if not is_walk_forward(stored):
        raise ConfigError(f"{stored.where}: expected a walk forward; it is a run of one config")
    settings = {**stored.portfolio.model_dump(mode="json"), **changes}
    portfolio = parse(PortfolioConfig, settings, stored.where)
    # Bars before the first test are warm-up, as they were: `start` says where trading begins.
    loaded = LoadedPortfolio(portfolio, stored.strategies, Path(stored.where))
    base = build_configs(loaded, ()).strategies
    warm_up = stored.figures["walk_forward"]["warm_up"]
    account = Account(database, loaded, base, warm_up, spans_of(database, stored.run_id))
    folds = TrialLedger(database).folds(stored.run_id)
    backtest = account.trade(
        [Unseen(fold["test_start"], fold["test_end"], _chosen(loaded, fold)) for fold in folds]
    )
    return Rerun(portfolio, backtest, tuple(_differences(stored, backtest, changes)))


def _chosen(portfolio: LoadedPortfolio, fold: Mapping[str, Any]) -> Sequence[VectorBTStrategy]:
    """The strategies of a fold; none where it chose nothing."""
    if fold["trial"] is None:
        return ()
    where = f"{portfolio.path.name}: fold {fold['fold']}"
    values = [
        (find_key(name, portfolio, where), value) for name, value in fold["parameters"].items()
    ]
    return build_configs(portfolio, values, where).strategies


def _differences(
    stored: StoredRun, backtest: Backtest, changes: Mapping[str, Any]
) -> Iterator[str]:
    yield from other_bars(stored.bars_fingerprint, backtest)
    yield from other_version(stored.kairos_version)
    if not changes:
        yield from other_figures(stored.figures, backtest)
