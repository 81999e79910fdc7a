"""The rules of a trade in a strategy's config: its entry, its stop, its size."""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from infrastructure.core.config.fields import (
    ConfigModel,
    Count,
    FromList,
    NotNegative,
    Positive,
    conflict,
    plain,
)

StopType = Literal["candle", "fix_abs", "fix_perc", "variable", "atr"]
SizingType = Literal["risk", "percent_of_equity", "fixed_notional", "fixed_quantity"]

_STOP_VALUE = {
    "candle": "money per share beyond the signal bar",
    "fix_abs": "money per share",
    "fix_perc": "percent of the entry price",
    "atr": "multiples of the ATR",
}
_SIZING_VALUE = {
    "percent_of_equity": "percent of book equity",
    "fixed_notional": "money",
    "fixed_quantity": "shares",
}


class EntryConfig(ConfigModel):
    """How a signal becomes a position."""

    type: Literal["next_open", "close", "stop", "limit"] = Field(
        default="next_open",
        description="next_open: the next bar's open. close: the signal bar's own close. "
        "stop, limit: a level the strategy gives.",
    )
    expiry_bars: Count = Field(
        default=1,
        description="Bars that a stop or limit level stays valid; other entries do not read it.",
    )


class PriceRange(ConfigModel):
    """One row of a variable stop: the distance for fill prices from min_price to max_price."""

    min_price: NotNegative = Field(description="Lowest fill price of this row, money per share.")
    max_price: Positive | None = Field(
        default=None,
        description="Fill prices stay below it, money per share; null: no upper end.",
    )
    delta_abs: Positive | None = Field(
        default=None, description="Distance of the stop, money per share."
    )
    delta_perc: Annotated[float, Field(gt=0, lt=100)] | None = Field(
        default=None, description="Distance of the stop, percent of the entry price."
    )

    @model_validator(mode="after")
    def _one_distance_above_nothing(self) -> Self:
        if (self.delta_abs is None) == (self.delta_perc is None):
            found = "neither" if self.delta_abs is None else "both"
            raise conflict("", f"must have exactly one of delta_abs and delta_perc, not {found}")
        if self.max_price is not None and self.max_price <= self.min_price:
            text = f"must be above min_price, {plain(self.min_price)}"
            raise conflict("max_price", text, self.max_price)
        return self


def _check_value(type_name: str, value: float | None, unit: str, *, zero: bool = False) -> None:
    """A value must be there, and above zero unless `zero` is allowed."""
    if value is None:
        raise conflict("value", f"is required for {type_name} ({unit}, above 0)")
    if value == 0 and not zero:
        raise conflict("value", f"must be above 0 for {type_name} ({unit})", value)


def _check_rows(rows: tuple[PriceRange, ...]) -> None:
    """Rows must be there, by rising price, each starting where the one before has ended."""
    if not rows:
        raise conflict("price_ranges", "must hold at least one row for variable")
    for position, (row, later) in enumerate(pairwise(rows)):
        if row.max_price is None:
            text = "must be a price: only the last row is open-ended"
            raise conflict(f"price_ranges[{position}].max_price", text, None)
        if later.min_price < row.max_price:
            text = f"must be at least {plain(row.max_price)}, where the row before ends"
            raise conflict(f"price_ranges[{position + 1}].min_price", text, later.min_price)


class StopLossConfig(ConfigModel):
    """Where a position's stop lies, measured from its fill price (candle: from the signal bar)."""

    type: StopType = Field(
        default="candle",
        description="candle: value beyond the signal bar's low or high. fix_abs: value in money. "
        "fix_perc: value in percent of the entry price. variable: by price, from price_ranges. "
        "atr: value times the ATR.",
    )
    value: NotNegative | None = Field(
        default=None,
        description="candle: money per share, 0 when absent. fix_abs: money per share. "
        "fix_perc: percent of the entry price, below 100. atr: multiples of the ATR. "
        "variable: absent.",
    )
    price_ranges: Annotated[tuple[PriceRange, ...], FromList] = Field(
        default=(), description="Rows of a variable stop, by rising price, without overlap."
    )
    period: Count = Field(default=14, description="Bars of the ATR; other stops do not read it.")

    @model_validator(mode="before")
    @classmethod
    def _candle_value(cls, data: Any) -> Any:
        """An absent value of a candle stop is 0, so that both spellings are one strategy."""
        if isinstance(data, dict) and data.get("type", "candle") == "candle":
            return {**data, "value": 0.0} if data.get("value") is None else data
        return data

    @model_validator(mode="after")
    def _value_fits_type(self) -> Self:
        if self.type == "variable":
            if self.value is not None:
                text = "must be absent for variable: price_ranges gives the distances"
                raise conflict("value", text, self.value)
            _check_rows(self.price_ranges)
            return self
        if self.price_ranges:
            text = f"must be absent for {self.type}: only a variable stop reads them"
            raise conflict("price_ranges", text)
        _check_value(self.type, self.value, _STOP_VALUE[self.type], zero=self.type == "candle")
        if self.type == "fix_perc" and self.value is not None and self.value >= 100:
            raise conflict("value", "must be below 100 for fix_perc (percent)", self.value)
        return self


class SizingConfig(ConfigModel):
    """How many shares an entry asks for; the day's room and buying power bound all of them."""

    type: SizingType = Field(
        default="risk",
        description="risk: the portfolio's risk_per_trade over the distance to the stop. "
        "percent_of_equity, fixed_notional, fixed_quantity: what value says.",
    )
    value: Positive | None = Field(
        default=None,
        description="percent_of_equity: percent of book equity. fixed_notional: money. "
        "fixed_quantity: shares. risk: absent.",
    )

    @model_validator(mode="after")
    def _value_fits_type(self) -> Self:
        if self.type != "risk":
            _check_value(self.type, self.value, _SIZING_VALUE[self.type])
        elif self.value is not None:
            text = "must be absent for risk: the portfolio's risk_per_trade decides"
            raise conflict("value", text, self.value)
        return self
