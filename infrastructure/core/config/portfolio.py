"""A portfolio's config: what `backtest_config/portfolios/*.json` may say.

Every percent is a percent: 0.5 is 0.5 %. Units stand in the field descriptions.
"""

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from infrastructure.core.config.fields import (
    BasisPoints,
    ConfigModel,
    Count,
    FromList,
    IsoDate,
    LossLimit,
    Name,
    NotNegative,
    Percent,
    PercentOrZero,
    Positive,
    conflict,
    not_empty,
)

if TYPE_CHECKING:
    from infrastructure.core.config.strategy import StrategyConfig


class AllocationConfig(ConfigModel):
    """A strategy's share of the account."""

    strategy: Name = Field(
        description="A name, or the path of a .json file from the portfolio's folder. A name "
        "means strategies/<name>.json under the folder above the portfolio's own."
    )
    allocation_percentage: Percent = Field(
        description="The strategy's book, percent of total_capital."
    )


class RiskConfig(ConfigModel):
    """The limits that every strategy of the portfolio shares."""

    risk_per_trade: Percent = Field(
        description="What a trade loses at its stop, percent of book equity. 0.5 is 0.5 %."
    )
    max_daily_risk: LossLimit = Field(
        description="The most that a session may lose, percent of the account's equity at its "
        "start. Negative: -2.0."
    )
    min_risk_per_trade: PercentOrZero = Field(
        default=0.0,
        description="Entries that the day's room cuts below this risk are refused, percent of "
        "book equity.",
    )
    max_leverage: Positive = Field(
        default=1.0, description="Most notional that a book may hold, multiples of its equity."
    )
    max_open_positions: Count | None = Field(
        default=None, description="Most positions open at once in the account; null: no cap."
    )


class CostsConfig(ConfigModel):
    """What a fill costs, each side."""

    commission_per_share: NotNegative = Field(default=0.0, description="Money per share.")
    commission_minimum: NotNegative = Field(
        default=0.0, description="Money per order: what commission_per_share comes to at least."
    )
    commission_bps: BasisPoints = Field(default=0.0, description="Basis points of notional.")
    slippage_bps: BasisPoints = Field(
        default=0.0,
        description="Basis points of price, against the trader, on market and stop fills.",
    )


def _at_most_all(value: tuple[AllocationConfig, ...]) -> tuple[AllocationConfig, ...]:
    total = fsum(each.allocation_percentage for each in not_empty(value))
    if total > 100 + 1e-9:  # 33.3 + 33.3 + 33.4 misses 100 by an ulp
        raise conflict("", "must allocate at most 100 percent in all", total)
    return value


class PortfolioConfig(ConfigModel):
    """One account, the strategies that trade on it, and what they share."""

    portfolio_name: Name = Field(description="The portfolio's name in reports and the ledger.")
    account_id: Name = Field(default="backtest", description="Written to every trade.")
    total_capital: Positive = Field(description="Money that the account starts with.")
    start: IsoDate | None = Field(
        default=None, description="First exchange date to trade; null: from the first bar."
    )
    end: IsoDate | None = Field(
        default=None, description="Last exchange date, whole day included; null: to the last bar."
    )
    strategies: Annotated[tuple[AllocationConfig, ...], FromList, AfterValidator(_at_most_all)] = (
        Field(
            description="The strategies, in the order in which their entries fill.",
            json_schema_extra={"minItems": 1},
        )
    )
    risk: RiskConfig = Field(description="The limits, with risk_per_trade and max_daily_risk.")
    costs: CostsConfig = Field(
        default=CostsConfig(), description="What a fill costs; nothing when absent."
    )
    lot_size: Positive = Field(
        default=1.0, description="Sizes are rounded down to it; a fraction for crypto."
    )
    fill_policy: Literal["stop_first", "target_first", "detail"] = Field(
        default="stop_first",
        description="What happened where one bar holds both stop and target. detail: finer bars "
        "decide where there are any.",
    )
    calendar: Name | None = Field(
        default=None,
        description="Calendar of the account's days; null: its first strategy's.",
    )

    def calendar_of(self, strategies: "Sequence[StrategyConfig]") -> str:
        """Whose sessions are the account's days, where these are its strategies."""
        return self.calendar or strategies[0].calendar

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise conflict("end", f"must not be before start, {self.start}", str(self.end))
        return self
