"""The charts: what is drawn, what is said, and what ends up on disk."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infrastructure.errors import ConfigError, DataError, StorageError
from infrastructure.indicators.tight_candle import TightCandle
from infrastructure.indicators.visualize_tight_candles import (
    save_figure,
    visualize_one_signal,
    visualize_tight_candles,
)
from infrastructure.market_data.bars import Bars
from tests.sample_bars import bars_of

HAMMER, STAR, PLAIN = (10.0, 10.2, 9.0, 10.05), (10.0, 11.0, 9.8, 10.05), (10.0, 10.4, 9.8, 10.3)
BARS = bars_of([PLAIN, HAMMER, PLAIN, PLAIN, STAR, PLAIN], a_session=3)
TRADES = np.array(
    [(2, 3, 10.0, 10.3, 30.0), (5, 5, 10.0, 10.3, -30.0)],
    dtype=[
        ("entry_bar", "i8"),
        ("exit_bar", "i8"),
        ("entry_price", "f8"),
        ("exit_price", "f8"),
        ("net_pnl", "f8"),
    ],
)
PNG_HEADER = b"\x89PNG\r\n\x1a\n"


def chart(bars: Bars = BARS, **options: Any) -> Any:
    """The chart of the indicator's own signals."""
    return visualize_tight_candles(bars, *TightCandle().generate(bars), **options)


def traces(figure: Any) -> dict[str, Any]:
    """Every trace but the candles, by its name in the legend."""
    return {trace.name: trace for trace in figure.data if trace.type != "candlestick"}


def test_signals_stand_at_their_bars() -> None:
    """A triangle below the low of each long, above the high of each short."""
    drawn = traces(chart())
    longs, shorts = drawn["long signal"], drawn["short signal"]
    assert (longs.x.tolist(), shorts.x.tolist()) == ([1], [4])
    assert longs.y[0] < 9.0 < 11.0 < shorts.y[0]


def test_trades_run_from_entry_to_exit() -> None:
    """Winners and losers are lines between their two fills."""
    drawn = traces(chart(trades=TRADES))
    assert drawn["winner"].x[:2].tolist() == [2, 3]
    assert drawn["winner"].y[:2].tolist() == [10.0, 10.3]
    assert drawn["loser"].x[:2].tolist() == [5, 5]


def test_closed_hours_take_no_room() -> None:
    """Bars are numbered one by one; the labels are times, the lines between are session breaks."""
    axis = chart().layout.xaxis
    assert chart().data[0].x.tolist() == [0, 1, 2, 3, 4, 5]
    assert axis.labelalias["3"] == "3 Jan 2024<br>14:30"
    assert list(axis.minor.tickvals) == [-0.5, 2.5]


def test_times_are_the_exchanges_own() -> None:
    """A bar of 14:30 UTC opens at 09:30 in New York in winter."""
    axis = chart(replace(BARS, calendar="XNYS")).layout.xaxis
    assert axis.labelalias["0"] == "2 Jan 2024<br>09:30"


def test_hover_tells_the_measures() -> None:
    """Stamp, prices, body as a share of the range, both wicks."""
    assert chart().data[0].hovertext[1] == (
        "Tue 2 Jan 2024 15:00<br>O 10.00  H 10.20  L 9.00  C 10.05<br>"
        "body 4.2% of range, wicks 0.15 above, 1.00 below"
    )


def test_small_prices_keep_their_pips() -> None:
    """A euro in dollars is not rounded to cents."""
    euro = bars_of([(1.1012, 1.1020, 1.1005, 1.1013)])
    assert "O 1.1012  H 1.1020" in chart(euro).data[0].hovertext[0]
    assert chart(euro).layout.yaxis.tickformat == ".4f"


def test_demo_bars_are_labelled() -> None:
    """What is drawn from made-up bars says so, in both charts."""
    demo = replace(BARS, source="demo")
    assert "SYNTHETIC" in chart(demo).layout.title.text
    assert "SYNTHETIC" in visualize_one_signal(demo, 1).layout.title.text
    assert "SYNTHETIC" not in chart().layout.title.text


def test_the_last_bars_are_in_view_first() -> None:
    """Older bars are there, outside the first view, and a button shows all."""
    figure = chart(view_bars=2)
    assert figure.layout.xaxis.range == (3.4, 5.6)
    assert len(figure.data[0].x) == len(BARS)
    assert [button.label for button in figure.layout.updatemenus[0].buttons] == [
        "last 2 bars",
        "all bars",
    ]


def test_one_signal_in_its_context() -> None:
    """The bars around it, its side, its stop and its target, all within the picture."""
    figure = visualize_one_signal(BARS, 4, before=2, after=20, stop=11.5, target=7.5)
    drawn = traces(figure)
    assert figure.data[0].x.tolist() == [2, 3, 4, 5]
    assert set(drawn) == {"short signal", "stop 11.50", "target 7.50"}
    low, high = figure.layout.yaxis.range
    assert low < 7.5
    assert high > 11.5


@pytest.mark.parametrize("row", [-1, 6])
def test_a_row_outside_the_bars_is_named(row: int) -> None:
    """A signal must be one of the bars."""
    with pytest.raises(ConfigError, match=f"expected 0 to 5, a row of the bars; found {row}"):
        visualize_one_signal(BARS, row)


def test_nothing_to_draw_is_an_error() -> None:
    """No bars, or signals of another series, are said, not drawn."""
    with pytest.raises(DataError, match="X 30m: there are no bars to draw"):
        chart(bars_of([]))
    with pytest.raises(DataError, match="short: expected one row a bar, 6; found 1"):
        visualize_tight_candles(BARS, np.zeros(6, bool), np.zeros(1, bool))


def test_no_button_uploads_a_chart(tmp_path: Path) -> None:
    """plotly.js 4 shows one unless it is told not to."""
    page = save_figure(chart(), tmp_path / "one.html").read_text(encoding="utf-8")
    assert '"showSendToCloud": false' in page


def test_html_stands_alone_and_escapes_the_symbol(tmp_path: Path) -> None:
    """One file with its own plotly.js, and no symbol can bring a tag of its own."""
    nasty = replace(BARS, symbol="</script><b>&Q")
    path = save_figure(chart(nasty), tmp_path / "charts" / "one.html")
    page = path.read_text(encoding="utf-8")
    assert not re.search(r"<(script|link)[^>]+(src|href)=", page)
    assert "</script><b>&Q" not in page
    assert "<title>&lt;/script&gt;&lt;b&gt;&amp;Q 30m · tight candles</title>" in page


@pytest.mark.parametrize("symbol", ["QQQ", "A$B$C", "<b>_^{"])
def test_png_needs_no_browser(tmp_path: Path, symbol: str) -> None:
    """Both charts are written as pictures, whatever the symbol spells."""
    bars = replace(BARS, symbol=symbol)
    for number, figure in enumerate(
        (chart(bars, trades=TRADES), visualize_one_signal(bars, 1, stop=9))
    ):
        path = save_figure(figure, tmp_path / f"{number}.PNG")
        assert path.read_bytes().startswith(PNG_HEADER)


def test_other_endings_and_places_are_refused(tmp_path: Path) -> None:
    """An ending we cannot draw, and a place we cannot write to, are one clear line."""
    with pytest.raises(ConfigError, match=r"one.pdf: .* must end in .html or .png; found '.pdf'"):
        save_figure(chart(), tmp_path / "one.pdf")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="the chart cannot be written there"):
        save_figure(chart(), tmp_path / "file" / "one.html")
