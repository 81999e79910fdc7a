"""A strategy's config: what `backtest_config/strategies/*.json` may say.

Units stand in the field descriptions; they are the ones an editor shows from the JSON Schema.
Building any of these models raises pydantic.ValidationError; `errors.parse` turns it into a
ConfigError of one line.
"""

from operator import not_
from typing import Literal, Self

from pydantic import Field, model_validator

from infrastructure.core.config.fields import (
    ClassName,
    ConfigModel,
    Interval,
    Intervals,
    Label,
    Name,
    Parameters,
    Positive,
    Symbols,
    conflict,
)
from infrastructure.core.config.trade_rules import EntryConfig, SizingConfig, StopLossConfig
from infrastructure.market_data.intervals import interval_seconds


class IndicatorConfig(ConfigModel):
    """Which indicator gives the signals, and with what parameters."""

    name: Label = Field(default="", description="Name of the indicator, such as TightCandle.")
    parameters: Parameters = Field(
        default={}, description="Values for the strategy's typed fields, by their names."
    )


class StrategyConfig(ConfigModel):
    """One strategy: its class, its market, and the rules of its trades."""

    strategy_name: Name = Field(description="The strategy's name in reports and the ledger.")
    class_name: ClassName = Field(
        description="Name of the strategy's class in strategies/, such as TightCandleStrategy."
    )
    version: Name = Field(default="1.0", description="The strategy's version, as text.")
    variant: Label = Field(default="", description="Tells strategies of one name apart.")
    symbols: Symbols = Field(description='What to trade, such as ["QQQ"].')
    interval: Interval = Field(description="Length of a bar, such as 30m, 1h or 1d.")
    context_intervals: Intervals = Field(
        default=(),
        description='Coarser bars that the strategy looks at, such as ["1d"]: at each close, those '
        "that have closed by then.",
        exclude_if=not_,  # a strategy without any stays the one it was before the key came
    )
    calendar: Name = Field(
        default="XNYS", description="The exchange calendar of the symbols, such as XNYS or 24/7."
    )
    indicator: IndicatorConfig = Field(
        default=IndicatorConfig(), description="What gives the signals, and its parameters."
    )
    entry: EntryConfig = Field(
        default=EntryConfig(), description="When and at what price a signal is filled."
    )
    stop_loss: StopLossConfig | None = Field(
        default=StopLossConfig(),
        description="null: no stop; then no target, and not sized by risk.",
    )
    risk_reward: Positive | None = Field(
        default=None,
        description="Target distance in multiples of the stop's distance; null: no target.",
    )
    sizing: SizingConfig = Field(
        default=SizingConfig(), description="How many shares an entry asks for."
    )
    exit_at_session_end: bool = Field(
        default=True, description="Close what is open at the close of the session's last bar."
    )
    on_opposite_signal: Literal["ignore", "reverse"] = Field(
        default="ignore",
        description="What a signal does to a position on the other side. reverse: close it and "
        "open the other side.",
    )
    adjust: Literal["none", "split", "all"] = Field(
        default="split",
        description="What prices are adjusted for on reading, by the stored factors: none, split "
        "or all (dividends too).",
        exclude_if="split".__eq__,  # likewise
    )
    session: Literal["regular", "extended"] = Field(
        default="regular", description="extended: bars outside the regular session trade too."
    )
    instrument_type: Literal["stock", "etf", "future", "forex", "crypto"] = Field(
        default="stock", description="Written to every trade."
    )

    @model_validator(mode="after")
    def _context_is_coarser(self) -> Self:
        for place, interval in enumerate(self.context_intervals):
            if interval_seconds(interval) <= interval_seconds(self.interval):
                text = f"must be coarser than interval, {self.interval}"
                raise conflict(f"context_intervals[{place}]", text, interval)
        return self

    @model_validator(mode="after")
    def _rules_fit_together(self) -> Self:
        if self.stop_loss is None and self.sizing.type == "risk":
            text = (
                "must be percent_of_equity, fixed_notional or fixed_quantity where stop_loss is "
                "null: risk is measured to the stop"
            )
            raise conflict("sizing.type", text, self.sizing.type)
        if self.stop_loss is None and self.risk_reward is not None:
            text = "must be null where stop_loss is null: a target is measured by the stop"
            raise conflict("risk_reward", text, self.risk_reward)
        if self.on_opposite_signal == "reverse" and self.entry.type in ("stop", "limit"):
            text = (
                f"must be ignore with a {self.entry.type} entry: inside a bar the order of "
                "leaving and entering at a level is unknown"
            )
            raise conflict("on_opposite_signal", text, self.on_opposite_signal)
        return self
