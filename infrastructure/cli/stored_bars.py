"""`kairos data list|show|export|remove`: what is stored."""

from collections.abc import Container, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cli.opening import opened_database
from infrastructure.cli.stored_series import chosen_series, meant_series

if TYPE_CHECKING:
    from infrastructure.market_data.bars import Bars
    from infrastructure.market_data.store.series import StoredSeries


def print_series(db: str | None) -> None:
    """A line for every symbol and interval. Raises KairosError."""
    from infrastructure.market_data.store.series import stored_series

    with opened_database(db) as database:
        series = stored_series(database)
        name = database.name
    if not series:
        print(f"{name} has no bars; import some with: kairos data import FILE --symbol SYMBOL")
        return
    head = ("symbol", "interval", "from", "to", "bars", "sessions", "gaps", "adjusted", "source")
    print(*_aligned([head, *map(_row, series)], numbers=range(4, 6)), sep="\n")


def _aligned(rows: Sequence[Sequence[str]], numbers: Container[int]) -> Iterator[str]:
    """Rows as lines; cells stand below each other, those of `numbers` to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _row(series: "StoredSeries") -> tuple[str, ...]:
    from infrastructure.market_data.columns import utc_text

    count = series.count
    gaps = [f"{count.missing_sessions:,} sessions"] if count.missing_sessions else []
    gaps += [f"{count.missing_bars:,} bars"] if count.missing_bars else []
    source = "SYNTHETIC" if series.synthetic else series.sources
    return (
        series.symbol,
        series.interval,
        utc_text(count.first_bar)[:10],
        utc_text(count.last_bar)[:10],
        f"{count.n_bars:,}",
        f"{count.sessions:,} {series.calendar}",
        ", ".join(gaps) or "none",
        series.adjusted,
        source,
    )


def print_last(db: str | None, symbol: str, interval: str | None, last: int, adjust: str) -> None:
    """The last bars of a series. Raises KairosError."""
    from infrastructure.market_data.bar_lines import bar_lines

    bars = _bars(db, symbol, interval, None, None, adjust)
    made_up = "  SYNTHETIC" if bars.synthetic else f"  from {bars.source}"
    shown = bars.rows(max(0, len(bars) - last), len(bars))
    print(f"{bars.symbol} {bars.interval}: the last {len(shown):,} of {len(bars):,} bars{made_up}")
    print(*bar_lines(shown), sep="\n")


def export_series(
    db: str | None,
    symbol: str,
    interval: str | None,
    start: date | None,
    end: date | None,
    adjust: str,
    output: Path,
) -> None:
    """Write a series to a file. Raises KairosError."""
    from infrastructure.market_data.store.exporting import export_bars

    bars = _bars(db, symbol, interval, start, end, adjust)
    export_bars(bars, output)
    label = "SYNTHETIC bars" if bars.synthetic else "bars"
    print(f"{bars.symbol} {bars.interval}: wrote {len(bars):,} {label} to {output}")


def remove_series(db: str | None, symbol: str, interval: str | None) -> None:
    """Remove a series. Raises KairosError."""
    from infrastructure.market_data.store.history import Change
    from infrastructure.market_data.store.writing import remove_bars

    with opened_database(db) as database:
        series = chosen_series(database, symbol, interval)
        change = Change("remove", "kairos data remove", {"sources": series.sources})
        removed = remove_bars(database, series.symbol, series.interval, None, change)
        print(f"{series}: removed {removed:,} bars from {database.name}")


def _bars(
    db: str | None,
    symbol: str,
    interval: str | None,
    start: date | None,
    end: date | None,
    adjust: str,
) -> "Bars":
    """All stored bars, those outside the sessions too."""
    from infrastructure.market_data.store.reading import read_bars

    with opened_database(db) as database:
        interval, calendar = meant_series(database, symbol, interval)
        how = (calendar, "extended", start, end, adjust)
        return read_bars(database, symbol, interval, *how)
