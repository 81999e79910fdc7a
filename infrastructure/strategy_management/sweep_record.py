"""A sweep as it goes to the ledger, and as it comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Moment = datetime | int
"""An aware datetime, or seconds since 1970 UTC."""


@dataclass(frozen=True)
class SweepSeries:
    """One series of bars that a sweep trades; opening times of its first and last bar."""

    symbol: str
    interval: str
    bars_start: Moment
    bars_end: Moment


@dataclass(frozen=True, eq=False)
class SweepRecord:
    """What a sweep was asked to do; names are those of the columns of `sweeps`.

    plan_hash: of all that its trials depend on; an unfinished sweep of the same one is gone on
    with. purpose: "sweep" or "walk_forward". axes, constraints, portfolio_json, strategies_json:
    JSON. sampler: "grid", "random", "sobol" or "tpe". n_trials: how many are planned.
    series: what its strategies trade, at least one; moments all of one kind. warm_up: how many
    bars before the portfolio's `start` they see.
    """

    plan_hash: str
    purpose: str
    portfolio_name: str
    portfolio_json: Mapping[str, Any]
    strategies_json: Sequence[Mapping[str, Any]]
    axes: Sequence[Mapping[str, Any]]
    constraints: Sequence[str]
    objective: str
    sampler: str
    seed: int | None
    n_trials: int
    kairos_version: str
    code_digest: str
    bars_fingerprint: str
    fill_policy: str
    synthetic: bool
    series: Sequence[SweepSeries]
    warm_up: int = 0
    started_at: Moment = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class SweepHandle:
    """A sweep that trials may be saved to.

    resumed: it was there, unfinished. stored: its trials so far, as ranges (first, last + 1) in
    order.
    """

    sweep_id: int
    resumed: bool
    stored: tuple[tuple[int, int], ...]

    @property
    def trials_done(self) -> int:
        """How many trials are stored already."""
        return sum(end - first for first, end in self.stored)


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredSweep(SweepRecord):
    """A sweep of the ledger; moments are aware datetimes. status: "running" or "completed"."""

    sweep_id: int
    status: str
    finished_at: datetime | None
    trials_done: int
