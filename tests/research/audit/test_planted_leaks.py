"""Every planted look ahead is caught, at its first bar and in its column."""

import numpy as np
import planted_leaks as leaks
import pytest
from audit_setup import audited, checks, found_by, subject

from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.findings import Finding

CAUGHT: dict[type[VectorBTStrategy], set[str]] = {
    leaks.NextClose: {"long"},
    leaks.CentredWindow: {"long"},
    leaks.ZScore: {"long", "short"},
    leaks.Quantile: {"short"},
    leaks.BackFill: {"long", "long_level"},
    leaks.MonthMean: {"long", "exit_long"},
    leaks.Detrended: {"long"},
    leaks.LabelRight: {"long", "short"},
    leaks.TodaysDay: {"long", "short"},
    leaks.TodaysContext: {"long"},
    leaks.NextOpen: {"long"},
    leaks.TargetAsFeature: {"long"},
    leaks.SortedByTimeDescending: {"long"},
    leaks.SortedByPrice: {"long"},
}
"""The columns in which each of them decides."""

CONTEXT = {leaks.TodaysContext: ["1d"]}
ON_DAYS = [leaks.NextClose, leaks.ZScore, leaks.Quantile, leaks.MonthMean, leaks.NextOpen]


@pytest.mark.parametrize("kind", CAUGHT)
def test_every_planted_leak_is_caught(kind: type[VectorBTStrategy], half_year: Bars) -> None:
    """Truncations and other futures both name every column that looks ahead, and no other."""
    keys = {"context_intervals": CONTEXT.get(kind, [])}
    result = audited(kind, half_year, **keys)
    assert not result.passed
    named = found_by(result)
    assert named["truncation"] == named["futures"] == CAUGHT[kind]
    for finding in result.findings:
        if finding.check == "truncation":
            assert_it_differs_there(finding, kind, half_year, **keys)


def assert_it_differs_there(
    finding: Finding, kind: type[VectorBTStrategy], bars: Bars, **keys: list[str]
) -> None:
    """Some beginning of the bars that holds the row gives another value there."""
    row = finding.place.row
    asked = kind(symbols=[bars.symbol], interval=bars.interval, **keys)
    whole = getattr(asked.signals(bars), finding.column)[row]
    shortest = max(row + 1, 20)  # the fewest that all of them can work on
    shorter = (
        getattr(asked.signals(bars.head(n_bars)), finding.column)[row]
        for n_bars in range(shortest, len(bars))
    )
    assert any(not np.array_equal(each, whole, equal_nan=True) for each in shorter)
    assert finding.place.timestamp == bars.timestamp[row]
    assert finding.place.session == bars.session[row]


@pytest.mark.parametrize("kind", ON_DAYS)
def test_leaks_are_caught_on_daily_bars(kind: type[VectorBTStrategy], some_years: Bars) -> None:
    """Where every bar is a session of its own, too."""
    named = found_by(audited(kind, some_years))
    assert named["truncation"] == CAUGHT[kind]


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("kind", [leaks.NextClose, leaks.Quantile, leaks.NextOpen])
def test_no_luck_is_needed(kind: type[VectorBTStrategy], seed: int, half_year: Bars) -> None:
    """The rarest traces are found wherever the places happen to fall."""
    assert "truncation" in found_by(audited(kind, half_year, seed))


def test_a_context_bar_of_today_is_told_from_other_leaks(half_year: Bars) -> None:
    """Other unfinished daily bars, on the same bars: only who reads them is named by `context`."""
    asked = {"context_intervals": ["1d"]}
    assert found_by(audited(leaks.TodaysContext, half_year, **asked))["context"] == {"long"}
    other = checks(audited(leaks.TodaysDay, half_year, **asked))
    assert other["context"].passed and other["context"].compared >= 8


def test_the_last_row_alone_would_miss_a_quantile(half_year: Bars) -> None:
    """Why whole beginnings are compared: at the last row of most of them nothing is to be seen."""
    asked = subject(leaks.Quantile, half_year)
    n_seen = 0
    for n_bars in range(800, len(half_year), 50):
        part = asked.signals_on(half_year.head(n_bars))["short"]
        n_seen += part[-1] != asked.whole["short"][n_bars - 1]
    assert n_seen == 0


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (leaks.NextClose, "It looks at least 1 bar ahead."),
        (leaks.NextOpen, "It looks at least 1 bar ahead."),
        (leaks.TodaysDay, "ahead, never out of the session."),
        (leaks.MonthMean, "ahead, never out of the calendar month."),
        (leaks.ZScore, "ahead, as a figure of the whole sample does"),
    ],
)
def test_a_finding_tells_how_far_it_looks(
    kind: type[VectorBTStrategy], told: str, half_year: Bars
) -> None:
    """In words: bars, the session, the month, or the whole sample."""
    words = [each.words for each in audited(kind, half_year).findings if each.check == "truncation"]
    assert all(told in each for each in words)
    assert all("on the bars as they are" in each and "truncations" in each for each in words)
