"""Stale bars, bars without range and bars without volume; each bar is reported once."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import download, remove
from infrastructure.market_data.findings.finding import NOTE, WARNING, Finding
from infrastructure.market_data.findings.quiet_bars import (
    flat_rows,
    has_volume,
    repeating_rows,
    runs_of,
    untraded_rows,
)
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.intervals import DAY
from infrastructure.wording import counted

LONG_RUN = 3
"""Bars in a row that make a run: two alike are chance, three a feed that stands still."""

THIN = 0.05
"""Where more than this share of bars has no range (or no volume), runs of them are the market's
nature, or the vendor's: a note says so, and nothing would mend it."""


HARDLY_BARS = 0.5
"""Where more than this share has none, candles, stops and targets mean nothing: a warning."""


def quiet_runs(series: BarSeries) -> list[Finding]:
    """All findings of this page."""
    repeats = repeating_rows(series)
    stale = repeats[runs_of(repeats).of_at_least(LONG_RUN - 1)]
    flat = flat_rows(series)
    flat = flat[~(np.isin(flat, stale) | np.isin(flat + 1, stale))]
    findings = _stale(series, stale) + _runs_and_rest(series, flat, "zero_range", "high = low")
    if has_volume(series):
        untraded = untraded_rows(series)
        return findings + _runs_and_rest(
            series, untraded, "zero_volume", "no volume, though prices move"
        )
    told = "no bar has a volume: splits and units of volume cannot be judged by it"
    no_stamps = np.empty(0, dtype=np.int64)
    return [*findings, Finding("no_volume", NOTE, len(series.columns), told, "", no_stamps)]


def _stale(series: BarSeries, rows: NDArray[np.intp]) -> list[Finding]:
    """Bars that repeat the one before in all they say; the first of a run is not counted."""
    if not len(rows):
        return []
    runs = runs_of(rows)
    first, length = runs.longest()
    worst = (
        f"{counted(len(runs.begins), 'run')} of the same bar{_tails(series, runs.last_rows())}; "
    )
    worst += f"the longest repeats the bar {series.text(series.columns.timestamp[first - 1])} "
    worst += counted(length, "time")
    mend = remove(series.symbol, series.interval, "stale")
    return [Finding("stale", WARNING, len(rows), worst, mend, series.stamps(rows))]


def _tails(series: BarSeries, last_rows: NDArray[np.intp]) -> str:
    """How many runs go on to the end of their session; of daily bars, to the end of the data."""
    ends = series.end[-1:] if series.step == DAY else series.end
    tails = int(np.isin(last_rows + 1, ends).sum())
    if not tails:
        return ""
    return ", to the end of the data" if series.step == DAY else f", {tails:,} to a session's end"


def _runs_and_rest(
    series: BarSeries, rows: NDArray[np.intp], kind: str, what: str
) -> list[Finding]:
    """A warning for long runs, and a note for the bars that stand alone."""
    if not len(rows):
        return []
    runs = runs_of(rows)
    first, length = runs.longest()
    longest = f"bars with {what}, the longest run is {counted(length, 'bar')} from "
    longest += series.row_text(first)
    share = len(rows) / series.counts.sum()
    if share > THIN:
        return [_frequent(series, rows, kind, share, longest)]
    long = runs.of_at_least(LONG_RUN)
    findings = []
    if long.any():
        stamps = series.stamps(rows[long])
        mend = _mend(series, kind, stamps)
        findings.append(Finding(kind, WARNING, len(stamps), longest, mend, stamps))
    if not long.all():
        alone = series.stamps(rows[~long])
        worst = f"bars with {what}, the first {series.text(alone[0])}"
        findings.append(Finding(f"single_{kind}", NOTE, len(alone), worst, "", alone))
    return findings


def _frequent(
    series: BarSeries, rows: NDArray[np.intp], kind: str, share: float, longest: str
) -> Finding:
    """So many that runs say nothing: a thin market, or a vendor that knows closes only."""
    severity = WARNING if share > HARDLY_BARS else NOTE
    worst = f"{longest}; {share:.0%} of all: few trade this market, or its vendor tells too little"
    return Finding(f"frequent_{kind}", severity, len(rows), worst, "", series.stamps(rows))


def _mend(series: BarSeries, kind: str, stamps: NDArray[np.int64]) -> str:
    """Bars without range say nothing and can go; prices without volume are worth fetching again."""
    if kind == "zero_range":
        return remove(series.symbol, series.interval, kind)
    return download(series.symbol, series.interval, series.calendar.session_of(stamps[[0, -1]]))
