"""A sweep that is ready to run: checked, its bars read, its trials numbered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from infrastructure.database.engine import Database
from infrastructure.research.sweeps.checking import check_space, first_values, structures
from infrastructure.research.sweeps.configs import build_configs, spelt_out
from infrastructure.research.sweeps.constraints import (
    Constraint,
    Objective,
    parse_constraint,
    parse_objective,
)
from infrastructure.research.sweeps.evaluator import Evaluator, make_group
from infrastructure.research.sweeps.samplers import checked_sampler, checked_seed
from infrastructure.research.sweeps.series import Period, SweepSeries, read_series
from infrastructure.research.sweeps.space import Space, make_space
from infrastructure.strategy_management.stop_table import check_stop_table
from infrastructure.strategy_management.strategy_code import code_digest
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from infrastructure.strategy_management.strategy_registry import strategy_class
from infrastructure.strategy_management.sweep_record import SweepRecord
from infrastructure.strategy_management.sweep_record import SweepSeries as SeriesRecord


@dataclass(frozen=True)
class SweepTerms:
    """What is asked of a sweep beside its space.

    constraints: such as "trades>=30". objective: a figure of TradeMetrics. sampler: of SAMPLERS.
    n_trials: how many a sampler draws. purpose: "sweep" or "walk_forward". folds: parts of the
    bars on which tpe prunes.
    """

    constraints: tuple[Constraint, ...]
    objective: Objective
    sampler: str = "grid"
    n_trials: int | None = None
    seed: int = 0
    purpose: str = "sweep"
    folds: int = 4

    @classmethod
    def of(
        cls,
        constraints: Sequence[str] = (),
        objective: str = "sqn",
        *,
        sampler: str = "grid",
        seed: int = 0,
        **others: Any,
    ) -> "SweepTerms":
        """From the texts of a command line. Raises ConfigError."""
        return cls(
            tuple(map(parse_constraint, constraints)),
            parse_objective(objective),
            checked_sampler(sampler),
            seed=checked_seed(seed),
            **others,
        )


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """Portfolio, space and bars of a sweep."""

    portfolio: LoadedPortfolio
    space: Space
    terms: SweepTerms
    series: SweepSeries
    warm_up: int = 0

    @property
    def evaluator(self) -> Evaluator:
        """What trades its configurations."""
        return Evaluator(self.portfolio, self.space, self.series)

    @property
    def synthetic(self) -> bool:
        """Whether any bar was made up."""
        return any(bars.synthetic for bars in self.series.traded())


def make_plan(
    database: Database,
    portfolio: LoadedPortfolio,
    parameters: Mapping[Any, Any] | Sequence[str],
    terms: SweepTerms,
    period: Period,
) -> SweepPlan:
    """Check all that can be checked, and read the bars. Raises ConfigError, DataError."""
    dates = {"start": period.start, "end": period.end}
    config = portfolio.config.model_copy(update=dates)  # as it runs, and as the ledger keeps it
    whole = spelt_out(LoadedPortfolio(config, portfolio.strategies, portfolio.path))
    space = make_space(whole, parameters)
    check_space(whole, space)
    series = read_bars_of(database, whole, space, period)
    _check_stop_tables(whole, space, series)
    return SweepPlan(whole, space, terms, series, period.warm_up)


def _check_stop_tables(portfolio: LoadedPortfolio, space: Space, series: SweepSeries) -> None:
    """Refuse the same holes in the tables of `variable` stops that a run refuses."""
    for fixed in structures(space):
        built = build_configs(portfolio, [*first_values(space), *fixed])
        if any(config.stop_loss and config.stop_loss.price_ranges for config in built.configs):
            for book in make_group(built, series).books:
                check_stop_table(book.silent())


def read_bars_of(
    database: Database, portfolio: LoadedPortfolio, space: Space, period: Period
) -> SweepSeries:
    """Every series that any configuration of the space trades."""
    others = first_values(space)
    built = [build_configs(portfolio, [*others, *fixed]) for fixed in structures(space)]
    return read_series(
        database,
        [config for each in built for config in each.configs],
        [each.portfolio.calendar_of(each.configs) for each in built],
        period,
        with_detail=any(each.portfolio.fill_policy == "detail" for each in built),
    )


def sweep_record(plan: SweepPlan, n_trials: int) -> SweepRecord:
    """The sweep as the ledger keeps it; its hash covers all that its trials depend on."""
    portfolio, terms = plan.portfolio, plan.terms
    traded = plan.series.traded()
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for bars in traded:
        first, last = int(bars.timestamp[0]), int(bars.timestamp[-1])
        held = spans.get((bars.symbol, bars.interval), (first, last))
        spans[bars.symbol, bars.interval] = (min(held[0], first), max(held[1], last))
    fingerprints = [each.bars.fingerprint for each in plan.series.seen.values()]
    fingerprints += [bars.fingerprint for bars in plan.series.detail.values() if bars is not None]
    record: dict[str, Any] = {
        "purpose": terms.purpose,
        "portfolio_name": portfolio.config.portfolio_name,
        "portfolio_json": portfolio.config.model_dump(mode="json"),
        "strategies_json": [each.model_dump(mode="json") for each in portfolio.strategies],
        "axes": [axis.as_json() for axis in plan.space.axes],
        "constraints": [str(each) for each in terms.constraints],
        "objective": terms.objective.figure,
        "sampler": terms.sampler,
        "seed": None if terms.sampler == "grid" else terms.seed,
        "n_trials": n_trials,
        "kairos_version": version("kairos"),
        "code_digest": _code_of(portfolio),
        "bars_fingerprint": sha256("".join(fingerprints).encode()).hexdigest(),
        "fill_policy": portfolio.config.fill_policy,
        "synthetic": plan.synthetic,
        "warm_up": plan.warm_up,
    }
    folds = terms.folds if terms.sampler == "tpe" else None
    first_bars = [int(bars.timestamp[0]) for bars in traded]  # two periods are two plans
    text = json.dumps([record, first_bars, folds], sort_keys=True, default=str)
    series = [SeriesRecord(*name, *span) for name, span in sorted(spans.items())]
    return SweepRecord(plan_hash=sha256(text.encode()).hexdigest(), series=series, **record)


def _code_of(portfolio: LoadedPortfolio) -> str:
    """One digest of the code of every strategy."""
    digests = [code_digest(strategy_class(each.class_name)) for each in portfolio.strategies]
    return sha256("".join(digests).encode()).hexdigest()
