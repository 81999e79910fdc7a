"""What made a run: enough to run it again, and to say why it comes out another one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from time import perf_counter
from typing import Any

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.core.execution.plan import Book, Lane
from infrastructure.market_data.bars import Bars
from infrastructure.strategy_management.audited_code import AuditedCode
from infrastructure.strategy_management.digests import content_hash
from infrastructure.strategy_management.environment import environment_row
from infrastructure.strategy_management.kairos_code import kairos_digest, kairos_files
from infrastructure.strategy_management.result_columns import digest_of, result_columns


@dataclass(frozen=True)
class RunStart:
    """When a run began, and the name it has until it gets a number.

    seed: of what chance decided in it; None: of nothing. key: 12 hexadecimal digits, drawn by
    chance. executed: UTC.
    """

    seed: int | None = None
    key: str = field(default_factory=lambda: token_hex(6))
    executed: datetime = field(default_factory=lambda: datetime.now(UTC))
    _clock: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """Since it began, whatever becomes of the wall clock."""
        return perf_counter() - self._clock


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a run's row of `run_evidence` is made of.

    row: its columns but for run_id and environment_id. environment: a row of `environments`.
    snapshots: the files of each state of code that the run names, by its digest.
    """

    row: Mapping[str, Any]
    environment: Mapping[str, Any]
    snapshots: Mapping[str, Mapping[str, str]]


def evidence_of(
    began: RunStart,
    portfolio: PortfolioConfig,
    strategies: Sequence[StrategyConfig],
    code: Sequence[AuditedCode],
    results: Mapping[str, Any],
) -> Evidence:
    """The evidence of a run that has just been simulated; results: by the names of RESULTS."""
    digests = {
        f"{what}_digest": digest_of(result_columns(what, columns))
        for what, columns in results.items()
    }
    return Evidence(
        row={
            "run_key": began.key,
            "configs_digest": configs_digest(
                portfolio.model_dump(mode="json"),
                [each.model_dump(mode="json") for each in strategies],
            ),
            "kairos_code": kairos_digest(),
            "seed": began.seed,
            "seconds": began.seconds,
            **digests,
        },
        environment=environment_row(),
        snapshots={
            kairos_digest(): kairos_files(),
            **{each.code_digest: each.files for each in code},
        },
    )


def configs_digest(portfolio: Mapping[str, Any], strategies: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the canonical JSON of a run's configs."""
    return content_hash({"portfolio": portfolio, "strategies": list(strategies)})


def series_rows(books: Sequence[Book]) -> list[dict[str, Any]]:
    """Rows of `run_series` but for the run: every series that each book read."""
    return [
        {
            "position": position,
            "symbol": bars.symbol,
            "interval": bars.interval,
            "role": role,
            "fingerprint": bars.fingerprint,
            "n_bars": len(bars),
            "bars_start": int(bars.timestamp[0]),
            "bars_end": int(bars.timestamp[-1]),
        }
        for position, book in enumerate(books, start=1)
        for lane in book.lanes
        for role, bars in bars_read(lane)
        if len(bars)
    ]


def bars_read(lane: Lane) -> Iterator[tuple[str, Bars]]:
    """The bars that were traded, those looked at, and those that decided what came first.

    Those known before the first of them too. Each with its role in `run_series`.
    """
    yield "traded", lane.bars
    for each in lane.bars.coarser.values():
        yield "context", each
    if lane.detail is not None:
        yield "detail", lane.detail
    if lane.warm_up is not None:
        yield "warm_up", lane.warm_up
