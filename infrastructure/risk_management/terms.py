"""The terms of an account as one plain record, for the compiled rules."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

TERMS_DTYPE = np.dtype(
    [
        ("risk_per_trade", np.float64),  # percents are percents
        ("max_daily_risk", np.float64),  # as a positive number
        ("min_risk_per_trade", np.float64),
        ("max_leverage", np.float64),
        ("max_open_positions", np.int64),  # 0: no cap
        ("lot_size", np.float64),
        ("commission_per_share", np.float64),
        ("commission_minimum", np.float64),
        ("commission_bps", np.float64),
        ("entry_slippage_bps", np.float64),
        ("exit_slippage_bps", np.float64),
        ("fill_policy", np.int64),  # index of core.execution.fills.FILL_POLICIES
    ],
    align=True,
)


class RiskLimits(Protocol):
    """Whatever names the limits: a portfolio's `risk` config, or a RiskManager."""

    @property
    def risk_per_trade(self) -> float: ...
    @property
    def max_daily_risk(self) -> float: ...
    @property
    def min_risk_per_trade(self) -> float: ...
    @property
    def max_leverage(self) -> float: ...
    @property
    def max_open_positions(self) -> int | None: ...


class CostTerms(Protocol):
    """Whatever names the costs of a fill: a portfolio's `costs` config, or `costs.Costs`."""

    @property
    def commission_per_share(self) -> float: ...
    @property
    def commission_minimum(self) -> float: ...
    @property
    def commission_bps(self) -> float: ...
    @property
    def slippage_bps(self) -> float: ...


def terms_record(
    risk: RiskLimits,
    costs: CostTerms,
    lot_size: float,
    fill_policy: int = 0,
    exit_slippage_bps: float | None = None,
) -> NDArray[Any]:
    """One record of TERMS_DTYPE, shape (1,).

    lot_size: units. fill_policy: index of FILL_POLICIES; nothing but the account machine reads it.
    exit_slippage_bps: of exits where it differs from the costs' own; None: the same.
    """
    record = np.zeros(1, TERMS_DTYPE)
    record["risk_per_trade"] = risk.risk_per_trade
    record["max_daily_risk"] = abs(risk.max_daily_risk)
    record["min_risk_per_trade"] = risk.min_risk_per_trade
    record["max_leverage"] = risk.max_leverage
    record["max_open_positions"] = risk.max_open_positions or 0
    record["lot_size"] = lot_size
    record["commission_per_share"] = costs.commission_per_share
    record["commission_minimum"] = costs.commission_minimum
    record["commission_bps"] = costs.commission_bps
    record["entry_slippage_bps"] = costs.slippage_bps
    exits = costs.slippage_bps if exit_slippage_bps is None else exit_slippage_bps
    record["exit_slippage_bps"] = exits
    record["fill_policy"] = fill_policy
    return record
