"""`kairos data plot`: stored bars as a chart, with what the checks found."""

import re
from datetime import date
from pathlib import Path

from infrastructure.cli.stored_series import chosen_series, opened_database


def plot_series(
    db: str | None,
    symbol: str,
    interval: str | None,
    start: date | None,
    end: date | None,
    adjust: str,
    output: Path,
) -> None:
    """Draw a series as HTML and PNG; print where. Raises KairosError."""
    from infrastructure.indicators.visualize_findings import visualize_findings
    from infrastructure.indicators.visualize_tight_candles import save_figure
    from infrastructure.market_data.calendars import get_calendar
    from infrastructure.market_data.columns import BarColumns
    from infrastructure.market_data.findings.checking import check_bars
    from infrastructure.market_data.findings.finding import finding_lines
    from infrastructure.market_data.store import read_bars

    with opened_database(db) as database:
        series = chosen_series(database, symbol, interval)
        bars = read_bars(
            database, series.symbol, series.interval, calendar=series.calendar,
            session="extended", start=start, end=end,
        )  # fmt: skip
        calendar = get_calendar(series.calendar, database)
    columns = BarColumns(*(getattr(bars, name) for name in BarColumns.__dataclass_fields__))
    findings = check_bars(series.symbol, series.interval, calendar, columns)
    figure = visualize_findings(bars, findings)
    label = "  SYNTHETIC bars" if bars.synthetic else ""
    print(f"{series.symbol} {series.interval}: {len(bars):,} bars{label}")
    print(*finding_lines(findings), sep="\n", end="\n" if findings else "")
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", f"{bars.symbol}_{bars.interval}_bars")
    for ending in (".html", ".png"):
        print(save_figure(figure, output / f"{name}{ending}"))
