"""`kairos data plot`: stored bars as a chart, with what the checks found."""

import re
from datetime import date
from pathlib import Path

from infrastructure.cli.opening import opened_database
from infrastructure.cli.stored_series import chosen_series


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
    from infrastructure.market_data.findings.finding import finding_lines
    from infrastructure.market_data.store.checked_series import check_series
    from infrastructure.market_data.store.reading import read_bars

    with opened_database(db) as database:
        series = chosen_series(database, symbol, interval)
        bars = read_bars(
            database, series.symbol, series.interval, calendar=series.calendar,
            session="extended", start=start, end=end, adjust=adjust,
        )  # fmt: skip
        findings = check_series(database, series)
    figure = visualize_findings(bars, findings)
    label = "  SYNTHETIC bars" if bars.synthetic else ""
    print(f"{series.symbol} {series.interval}: {len(bars):,} bars{label}")
    print(*finding_lines(findings), sep="\n", end="\n" if findings else "")
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", f"{bars.symbol}_{bars.interval}_bars")
    for ending in (".html", ".png"):
        print(save_figure(figure, output / f"{name}{ending}"))
