"""Where to cut a series: places that a look ahead would give away, spread over the data."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import DECISIONS, Columns

_GOLDEN = (5**0.5 - 1) / 2
_MOST_OF_A_KIND = 1024


def cut_places(bars: Bars, whole: Columns, random: np.random.Generator) -> Iterator[int]:
    """How many bars to leave, from 1 to all but one; every place once, the kinds taking turns.

    After a bar with a signal, for each column that has any: what one bar ahead decides shows there
    and nowhere else. Inside a session; at a session's end; at a month's end; anywhere. Each kind
    is spread over the series.
    """
    last = len(bars) - 1
    kinds = [np.flatnonzero(whole[name][:last]) for name in DECISIONS]
    kinds += [inside_sessions(bars), session_ends(bars), _month_ends(bars), np.arange(last)]
    queues = [iter(spread(rows, random)) for rows in kinds if len(rows)]
    taken: set[int] = set()
    while queues:
        for queue in list(queues):
            row = next((row for row in queue if row not in taken), None)
            if row is None:
                queues.remove(queue)
                continue
            taken.add(row)
            yield row + 1


def inside_sessions(bars: Bars) -> NDArray[np.intp]:
    """Rows that another bar of the same session follows."""
    return np.flatnonzero(bars.session[1:] == bars.session[:-1])


def session_ends(bars: Bars) -> NDArray[np.intp]:
    """Last rows of sessions, but for the series' own last."""
    return np.flatnonzero(bars.session[1:] != bars.session[:-1])


def month_of(bars: Bars) -> NDArray[np.int64]:
    """The month of each bar's exchange date, months since 1970."""
    return bars.session.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _month_ends(bars: Bars) -> NDArray[np.intp]:
    return np.flatnonzero(np.diff(month_of(bars)))


def spread(rows: NDArray[np.intp], random: np.random.Generator) -> list[int]:
    """Up to 1,024 of the rows, each once, in an order whose every beginning is spread over all.

    Steps of the golden section (H. Weyl's sequence) from a drawn start.
    """
    steps = (random.random() + _GOLDEN * np.arange(_MOST_OF_A_KIND)) % 1.0
    chosen: list[int] = rows[(steps * len(rows)).astype(np.intp)].tolist()
    return list(dict.fromkeys(chosen))
