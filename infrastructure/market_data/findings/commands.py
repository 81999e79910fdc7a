"""The commands that findings name: always with the symbol and interval they are about."""

from collections.abc import Iterable
from shlex import quote

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.sessions.session_calendar import day_text


def remove(symbol: str, interval: str, kind: str) -> str:
    """Take the bars of one kind of finding out of the store."""
    return f"kairos data mend {quote(symbol)} --interval {interval} --remove {kind}"


def download(symbol: str, interval: str, sessions: NDArray[np.int64]) -> str:
    """Fetch the sessions (days since 1970, at least one) from the first to the last again."""
    start, end = day_text(sessions.min()), day_text(sessions.max())
    return f"kairos data download {quote(symbol)} --interval {interval} --start {start} --end {end}"


def adjust(symbol: str, splits: Iterable[tuple[int, float]]) -> str:
    """Enter splits: (session, days since 1970; new shares for an old one)."""
    given = " ".join(f"--split {day_text(day)}:{ratio:.12g}" for day, ratio in splits)
    return f"kairos data adjust {quote(symbol)} {given}"


def import_again(symbol: str, interval: str, file: str, option: str) -> str:
    """Import a file with one more option."""
    return (
        f"kairos data import {quote(file)} --symbol {quote(symbol)} --interval {interval} {option}"
    )
