"""TradeMetrics: every figure of a backtest, from its trades and its equity path."""

from dataclasses import dataclass
from datetime import date
from math import isfinite

from numpy.typing import ArrayLike

from infrastructure.trade_metrics.equity_figures import EquityFigures, equity_figures
from infrastructure.trade_metrics.trade_figures import TradeFigures, trade_figures


@dataclass(frozen=True)
class TradeMetrics(TradeFigures, EquityFigures):
    """The figures of one book or account. `EquityFigures` and `TradeFigures` define each of them.

    A name ending in `_pct` is percent. A figure that is not defined (no trades, no variance, no
    stop) is NaN, never zero or infinite; `as_dict` gives None for it.
    """

    @classmethod
    def from_columns(
        cls,
        *,
        net_pnl: ArrayLike,
        r: ArrayLike,
        entry_time: ArrayLike,
        exit_time: ArrayLike,
        commission: ArrayLike,
        slippage: ArrayLike,
        ambiguous: ArrayLike,
        timeline: ArrayLike,
        session: ArrayLike,
        equity: ArrayLike,
        starting_capital: float,
        sessions_per_year: float,
        bars_in_market: int,
        started_at: int | None = None,
        risk_free_pct: float = 0.0,
    ) -> "TradeMetrics":
        """Compute every figure.

        Of each closed trade, shape (n_trades,), none is fine:
        net_pnl: money after costs. r: realised R, NaN where there was no stop.
        entry_time, exit_time: opening times of the entry and exit bars, seconds UTC.
        commission, slippage: money, both sides. ambiguous: true where one bar held stop and target.

        Of each row of the run's timeline, shape (n_rows,), at least one:
        timeline: closing stamps, seconds UTC, increasing. session: the row's session, days since
        1970, never falling. equity: money at that close. Fastest as contiguous columns.

        starting_capital: money before the first row, above zero.
        sessions_per_year: of the calendar (252 for XNYS). bars_in_market: rows with an open
        position (`trade_statistics.bars_in_market`). started_at: opening of the first bar, seconds
        UTC, where calendar time begins; by default the first row's stamp.
        risk_free_pct: percent a year, for sharpe and sortino.

        Raises DataError where a column is NaN (r excepted), has another length or is out of order;
        ConfigError where starting_capital or sessions_per_year is not above zero.
        """
        of_trades = trade_figures(
            net_pnl=net_pnl, r=r, entry_time=entry_time, exit_time=exit_time,
            commission=commission, slippage=slippage, ambiguous=ambiguous,
        )  # fmt: skip
        of_equity = equity_figures(
            timeline=timeline, session=session, equity=equity, starting_capital=starting_capital,
            sessions_per_year=sessions_per_year, bars_in_market=bars_in_market,
            started_at=started_at, risk_free_pct=risk_free_pct,
        )  # fmt: skip
        return cls(**vars(of_equity), **vars(of_trades))

    def as_dict(self) -> dict[str, float | str | None]:
        """Every figure by name, safe for JSON: NaN is None, the worst day an ISO date."""
        return {name: _plain(value) for name, value in vars(self).items()}


def _plain(value: float | date) -> float | str | None:
    if isinstance(value, date):
        return value.isoformat()
    return value if isfinite(value) else None
