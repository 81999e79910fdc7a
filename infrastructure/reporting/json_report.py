"""A finished run as one JSON object, for other programs."""

from typing import Any

from infrastructure.reporting.json_text import json_text
from infrastructure.reporting.parts import demo_series, series_of
from infrastructure.strategy_management.ledger_rows import backtest_figures, book_figures
from infrastructure.strategy_management.run_result import RunResult


def as_json(result: RunResult, indent: int | None = 2) -> str:
    """`{run_id, portfolio, strategies}`; a figure that is not defined is null.

    portfolio: what ran, then every figure of the account by its name in TradeMetrics, refusals by
    reason, and under `both_ways` the figures under each fill policy (empty where no trade was
    ambiguous). strategies: the same of each, in the portfolio's order.
    `audit` tells of each strategy's code, as it was in this run: passed, failed or not_audited.
    `without_detail` names the series for which `fill_policy: detail` found no finer bars.
    `synthetic` is true where any bar was made up. indent: None writes one line.
    """
    report = {
        "run_id": result.run_id,
        "portfolio": _portfolio(result),
        "strategies": [_strategy(result, book) for book in range(len(result.strategies))],
    }
    return json_text(report, indent)


def _portfolio(result: RunResult) -> dict[str, Any]:
    portfolio, backtest = result.portfolio, result.backtest
    first, last = backtest.simulation.row_session[[0, -1]].astype("datetime64[D]")
    return {
        "portfolio_name": portfolio.portfolio_name,
        "account_id": portfolio.account_id,
        "execution_date": result.execution_date.isoformat(),
        "stored_in": result.stored_in,
        "synthetic": backtest.synthetic,
        "synthetic_series": [" ".join(series) for series in demo_series(result)],
        "first_session": str(first),
        "last_session": str(last),
        "bars": sum(len(bars) for bars in series_of(result)),
        "fill_policy": portfolio.fill_policy,
        "without_detail": backtest.without_detail(),
        "max_daily_risk": portfolio.risk.max_daily_risk,
        **backtest_figures(backtest),
    }


def _strategy(result: RunResult, book: int) -> dict[str, Any]:
    config, lanes = result.strategies[book], result.backtest.books[book].lanes
    return {
        "strategy_id": result.strategy_ids[book],
        "strategy_name": config.strategy_name,
        "class_name": config.class_name,
        "version": config.version,
        "variant": config.variant,
        "symbols": list(config.symbols),
        "interval": config.interval,
        "context_intervals": list(config.context_intervals),
        "allocation_percentage": result.backtest.books[book].allocation_percentage,
        "synthetic": any(lane.bars.synthetic for lane in lanes),
        "bars": sum(len(lane.bars) for lane in lanes),
        **(result.code[book].as_dict() if result.code else {}),
        **book_figures(result.backtest, book),
    }
