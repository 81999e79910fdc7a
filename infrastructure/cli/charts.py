"""`kairos chart`: tight candles drawn as an HTML page and as a PNG picture."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infrastructure.cli.opening import opened_database
from infrastructure.errors import ConfigError

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from infrastructure.core.config import StrategyConfig
    from infrastructure.indicators.tight_candle import TightCandleSignals
    from infrastructure.market_data.bars import Bars

_INDICATOR = "TightCandle"


@dataclass(frozen=True)
class ChartOptions:
    """What the command line may say; None leaves it to the config, or to the defaults."""

    config: str | None
    interval: str | None
    signal: int | None
    start: date | None
    end: date | None
    output: Path
    db: str | None


def draw_chart(symbol: str, options: ChartOptions) -> None:
    """Draw all bars with their signals, or one signal; print where. Raises KairosError."""
    from infrastructure.indicators.tight_candle import TightCandle
    from infrastructure.indicators.visualize_tight_candles import save_figure

    config = _config(options.config)
    bars = _bars(symbol, options, config)
    thresholds = config.indicator.parameters if config else {}
    found = TightCandle(**thresholds).generate(bars)
    name, figure = _figure(bars, found, options.signal)
    label = "  SYNTHETIC bars" if bars.synthetic else ""
    signals = f"{int(found.long.sum()):,} long and {int(found.short.sum()):,} short signals"
    print(f"{symbol} {bars.interval}: {len(bars):,} bars, {signals}{label}")
    for ending in (".html", ".png"):
        print(save_figure(figure, options.output / f"{name}{ending}"))


def _config(path_or_name: str | None) -> "StrategyConfig | None":
    from infrastructure.strategy_management.strategy_loader import StrategyLoader

    if path_or_name is None:
        return None
    config = StrategyLoader().load_strategy(path_or_name)
    if config.indicator.name != _INDICATOR:
        raise ConfigError(
            f'{path_or_name}: indicator.name must be "{_INDICATOR}" for this chart; '
            f'found "{config.indicator.name}"'
        )
    return config


def _bars(symbol: str, options: ChartOptions, config: "StrategyConfig | None") -> "Bars":
    from infrastructure.market_data.store.reading import read_bars

    terms: dict[str, Any] = {"start": options.start, "end": options.end}
    if config is not None:
        terms |= {"calendar": config.calendar, "session": config.session}
    interval = options.interval or (config.interval if config else "30m")
    with opened_database(options.db) as database:
        return read_bars(database, symbol, interval, **terms)


def _figure(bars: "Bars", found: "TightCandleSignals", signal: int | None) -> "tuple[str, Figure]":
    """The file's name without its ending, and the figure."""
    import numpy as np

    from infrastructure.indicators.visualize_tight_candles import (
        visualize_one_signal,
        visualize_tight_candles,
    )

    name = re.sub(r"[^A-Za-z0-9.-]+", "_", f"{bars.symbol}_{bars.interval}")
    if signal is None:
        return f"{name}_tight_candles", visualize_tight_candles(bars, found.long, found.short)
    rows = np.flatnonzero(found.long | found.short)
    if not (1 <= signal <= len(rows) or -len(rows) <= signal <= -1):
        raise ConfigError(
            f"--signal: expected 1 to {len(rows)} (or -1 for the last) of the {len(rows)} signals; "
            f"found {signal}"
        )
    number = signal if signal > 0 else len(rows) + signal + 1
    return f"{name}_signal_{number}", visualize_one_signal(bars, int(rows[number - 1]))
