"""A backtest in a few lines of plain text, for a strategy that runs alone."""

from math import isnan

from infrastructure.core.backtest import Backtest
from infrastructure.risk_management.terms import CostTerms


def summary(backtest: Backtest, title: str) -> str:
    """The figures a trader asks for first, the refusals, and the same-bar interval."""
    metrics = backtest.metrics
    first, last = backtest.simulation.row_session[[0, -1]].astype("datetime64[D]")
    lines = [
        f"{title}: {first} to {last}" + ("   SYNTHETIC BARS" if backtest.synthetic else ""),
        f"  net profit      {_number(metrics.net_profit)}  ({_number(metrics.net_profit_pct)} %)",
        f"  max drawdown    {_number(metrics.max_drawdown_pct)} %",
        f"  worst day       {_number(metrics.worst_day_pct)} %"
        f"  (limit {_number(-abs(backtest.terms.risk.max_daily_risk))} %)",
        f"  Sharpe          {_number(metrics.sharpe)}",
        f"  trades          {metrics.trades}  (won {_number(metrics.win_rate_pct)} %)",
        f"  expectancy      {_number(metrics.expectancy_r)} R   SQN {_number(metrics.sqn)}",
    ]
    lines.append(f"  costs           {_costs(backtest.terms.costs)}")
    refused = backtest.refusal_counts()
    if refused:
        reasons = ", ".join(f"{reason} {count}" for reason, count in refused.items())
        lines.append(f"  refused         {sum(refused.values())}  ({reasons})")
    if backtest.both_ways:
        nets = (_number(run.metrics.net_profit) for run in backtest.both_ways.values())
        low, high = nets
        lines.append(
            f"  ambiguous bars  {metrics.ambiguous_trades}: net profit {low} if stops came first, "
            f"{high} if targets did"
        )
    return "\n".join(lines)


def _costs(costs: CostTerms) -> str:
    """What the run paid for a fill; a run without costs says so."""
    given = {
        "a share": costs.commission_per_share,
        "an order at least": costs.commission_minimum,
        "bps commission": costs.commission_bps,
        "bps slippage": costs.slippage_bps,
    }
    paid = [f"{value:g} {unit}" for unit, value in given.items() if value]
    return ", ".join(paid) or "none (RiskManager(costs=Costs(...)) or a portfolio sets them)"


def _number(value: float) -> str:
    return "-" if isnan(value) else f"{value:,.2f}"
