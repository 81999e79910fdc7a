import numpy as np
import pytest
from bar_rows import rows_at, utc
from planted import clean, found, moved, scaled, with_bars

from infrastructure.errors import ConfigError
from infrastructure.market_data.calendars import get_calendar
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.file_rows import file_findings
from infrastructure.market_data.findings.finding import Finding, finding_lines
from infrastructure.market_data.findings.mending import MENDABLE, stamps_to_remove
from infrastructure.market_data.findings.moments import bar_text
from infrastructure.market_data.findings.vendors import compare_vendors
from infrastructure.market_data.judging import judged

MOMENTS = ("2024-01-02 14:30", "2024-01-02 15:00", "2024-01-02 15:30")


def of_file(columns: BarColumns) -> dict[str, Finding]:
    """Findings of rows as a file has them, by kind."""
    nothing = np.zeros(len(columns), dtype=np.bool_)
    verdict = judged(columns, nothing, nothing)
    findings = file_findings("QQQ", "30m", "my bars.csv", columns, verdict)
    return {finding.kind: finding for finding in findings}


def test_sound_rows_in_order_give_nothing() -> None:
    """A file without a fault."""
    assert of_file(rows_at(*MOMENTS)) == {}


def test_equal_duplicates_are_a_note() -> None:
    """The second says the same: dropped."""
    rows = rows_at(*MOMENTS).take(np.array([0, 1, 1, 2]))
    findings = of_file(rows)
    assert list(findings) == ["duplicates"]
    assert (findings["duplicates"].severity, findings["duplicates"].count) == ("note", 1)
    assert findings["duplicates"].stamps.tolist() == [utc(MOMENTS[1])]
    assert findings["duplicates"].mend == ""


def test_differing_duplicates_are_an_error_with_a_choice() -> None:
    """Both rows are counted, their time once."""
    findings = of_file(rows_at(MOMENTS[0], MOMENTS[1], MOMENTS[1], MOMENTS[2]))
    assert list(findings) == ["conflicts"]
    assert (findings["conflicts"].severity, findings["conflicts"].count) == ("error", 2)
    assert findings["conflicts"].stamps.tolist() == [utc(MOMENTS[1])]
    assert findings["conflicts"].mend == (
        "kairos data import 'my bars.csv' --symbol QQQ --interval 30m --keep last"
    )


def test_unsorted_rows_are_a_note() -> None:
    """They are sorted."""
    findings = of_file(rows_at(MOMENTS[0], MOMENTS[2], MOMENTS[1]))
    assert list(findings) == ["unsorted"]
    assert findings["unsorted"].stamps.tolist() == [utc(MOMENTS[1])]


def test_unfit_rows_are_errors() -> None:
    """With what is wrong, the first row and its time."""
    rows = rows_at(*MOMENTS)
    rows.high[1] = rows.low[1] - 1
    finding = of_file(rows)["unfit"]
    assert (finding.severity, finding.count) == ("error", 1)
    assert finding.worst == "1 row with high below low; the first is row 2, 2024-01-02 15:00 UTC"
    assert finding.mend.endswith("--drop-bad")


def test_vendors_that_agree_give_nothing() -> None:
    """The same bars; and bars without a time in common."""
    bars = clean()
    assert compare_vendors("QQQ", "30m", bars, bars, ("A", "B")) is None
    assert (
        compare_vendors("QQQ", "30m", bars.take(slice(50)), bars.take(slice(50, 99)), ("A", "B"))
        is None
    )


def test_vendors_with_other_volumes_alone_are_a_note() -> None:
    """The same prices; a tenth of the volume."""
    finding = compare_vendors(
        "QQQ", "30m", clean(), scaled(clean(), slice(None), volume=10), ("A", "B")
    )
    assert finding is not None
    assert (finding.severity, finding.count) == ("note", len(clean()))
    assert "volumes of A are 0.1 times those of B" in finding.worst


def test_vendors_a_cent_apart_are_a_note() -> None:
    """Counted, and far less than a usual range."""
    ours = clean()
    theirs = scaled(ours, slice(None))
    theirs.high[[3, 5]] += 0.01
    finding = compare_vendors("QQQ", "30m", ours, theirs, ("A", "B"))
    assert finding is not None
    assert (finding.severity, finding.count) == ("note", 2)
    assert finding.stamps.tolist() == ours.timestamp[[3, 5]].tolist()


def test_vendors_far_apart_are_a_warning_with_the_worst() -> None:
    """One low is a tenth off; volumes are ten times ours. Bars that only one has do not count."""
    ours = clean()
    theirs = moved(scaled(ours, slice(None), volume=10), "2024-02-06 16:00", low=0.9)
    finding = compare_vendors("QQQ", "30m", ours.take(slice(20, None)), theirs, ("A", "B"))
    assert finding is not None
    assert (finding.severity, finding.count) == ("warning", 1)
    assert finding.stamps.tolist() == [utc("2024-02-06 16:00")]
    assert f"{len(ours) - 20:,} bars of A and B" in finding.worst
    assert "the worst is 2024-02-06 16:00 UTC: low" in finding.worst
    assert "volumes of A are 0.1 times those of B" in finding.worst


def test_mend_takes_the_chosen_kinds_once() -> None:
    """Stamps of stored bars, ascending; what was not chosen stays."""
    bars = moved(with_bars(clean(), "2024-01-15 15:00"), "2024-02-06 16:00", high=1.2)
    findings = tuple(found(bars).values())
    assert stamps_to_remove(findings, ["spike"]).tolist() == [utc("2024-02-06 16:00")]
    both = stamps_to_remove(findings, ["spike", "outside", "no_session"])
    assert both.tolist() == [utc("2024-01-15 15:00"), utc("2024-02-06 16:00")]
    left = bars.take(~np.isin(bars.timestamp, both))
    assert list(found(left)) == ["missing_bars"]  # the spike's own place


def test_mend_removes_stored_bars_only() -> None:
    """Findings of what is missing, and of splits, are not to be had for removal."""
    assert not {"missing_sessions", "missing_bars", "split", "short_sessions"} & set(MENDABLE)
    with pytest.raises(ConfigError, match="found 'spikes' \\(did you mean \"spike\"\\?\\)"):
        stamps_to_remove((), ["spikes"])
    with pytest.raises(ConfigError, match=r"expected one of spike, .*found 'split'"):
        stamps_to_remove((), ["split"])
    assert stamps_to_remove((), ["spike"]).tolist() == []


def test_lines_name_the_severest_first() -> None:
    """One line each, and the command under it where there is one."""
    none = np.empty(0, dtype=np.int64)
    note = Finding("no_volume", "note", 1_234, "no bar has a volume", "", none)
    error = Finding("spike", "error", 2, "the worst is here", "kairos data mend", none)
    assert finding_lines([note, error]) == [
        "error: spike: 2; the worst is here",
        "  to mend: kairos data mend",
        "note: no volume: 1,234; no bar has a volume",
    ]


@pytest.mark.parametrize(
    ("calendar", "moment", "told"),
    [
        ("XNYS", "2024-01-02 14:30", "2024-01-02 09:30 (14:30 UTC)"),
        ("XNYS", "2024-07-02 13:30", "2024-07-02 09:30 (13:30 UTC)"),
        ("XNYS", "2024-01-03 00:30", "2024-01-02 19:30 (2024-01-03 00:30 UTC)"),
        (
            "XNYS",
            "2024-03-09 15:00",
            "2024-03-09 10:00 (15:00 UTC)",
        ),  # the clock changes next night
        ("XNYS", "2024-03-10 15:00", "2024-03-10 11:00 (15:00 UTC)"),
        ("CMES", "2024-01-07 23:00", "2024-01-07 17:00 (23:00 UTC)"),
        ("24/7", "2024-01-07 23:00", "2024-01-07 23:00 UTC"),
    ],
)
def test_moments_are_told_by_the_exchanges_clock(calendar: str, moment: str, told: str) -> None:
    """And in UTC, with its date where that is another; clocks change on March 10."""
    assert bar_text(get_calendar(calendar), 1_800, utc(moment)) == told
