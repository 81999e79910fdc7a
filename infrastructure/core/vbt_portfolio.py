"""A real `vbt.Portfolio` of a simulation: the only module that loads the package vectorbt."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from infrastructure.core.execution.accounting import lane_closes
from infrastructure.core.execution.plan import Book
from infrastructure.core.execution.simulate import Simulation

if TYPE_CHECKING:
    import vectorbt as vbt


def vectorbt_portfolio(
    books: Sequence[Book], simulation: Simulation, sessions_per_year: float
) -> "vbt.Portfolio":
    """VectorBT's portfolio over the same orders, one column a lane, grouped by book.

    Its index is the timeline: the moments at which bars were complete. Annualised figures use
    `sessions_per_year`: a year counts as many bars as that many sessions of this run have. VectorBT
    knows one such setting for the whole process, so the last portfolio made decides.
    """
    import pandas as pd
    import vectorbt as vbt

    closes = lane_closes(books, simulation.timeline)
    labels = [
        (f"{number}. {book.config.strategy_name}", lane.bars.symbol)
        for number, book in enumerate(books, 1)
        for lane in book.lanes
    ]
    columns = pd.MultiIndex.from_tuples(labels, names=["book", "symbol"])
    index = pd.to_datetime(simulation.timeline, unit="s", utc=True).rename("complete_at")
    interval = _typical_step(simulation)
    wrapper = vbt.ArrayWrapper(index=index, columns=columns, ndim=2, freq=interval, group_by="book")
    orders: Any = simulation.orders[np.lexsort((simulation.orders["id"], simulation.orders["col"]))]
    portfolio = vbt.Portfolio(
        wrapper=wrapper,
        close=pd.DataFrame(closes, index=index, columns=columns),
        order_records=orders,
        log_records=np.empty(0, vbt.portfolio.enums.log_dt),
        init_cash=simulation.book_start,
        cash_sharing=True,
    )
    bars_a_session = len(simulation.timeline) / len(np.unique(simulation.row_session))
    vbt.settings.returns["year_freq"] = interval * bars_a_session * sessions_per_year
    return portfolio


def _typical_step(simulation: Simulation) -> Any:
    """The commonest time between two rows, as VectorBT's bar frequency."""
    import pandas as pd

    steps, counts = np.unique(np.diff(simulation.timeline), return_counts=True)
    seconds = int(steps[np.argmax(counts)]) if len(steps) else 1
    return pd.Timedelta(seconds=seconds)
