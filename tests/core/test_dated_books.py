"""A book between dates: its rows are those of the run that began long before."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.config import StrategyConfig
from infrastructure.core.dated_books import book_between
from infrastructure.core.execution.market_columns import market_columns
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.simulate import simulate, simulate_in_parts
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database, open_database
from infrastructure.indicators.moving_average import simple_moving_average
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.risk_management.risk_manager import RiskManager

FIRST, LAST = date(2024, 5, 1), date(2024, 7, 12)
START, END = date(2024, 6, 17), date(2024, 6, 28)
TERMS = AccountTerms(100_000.0, RiskManager(0.5, -2.0, max_leverage=4.0))
COLUMNS = ("long", "short", "exit_long", "exit_short")


class Trend(VectorBTStrategy):
    """Above its average while the days rise; counts the bars that it is shown."""

    average: int = 40

    def generate_signals(self, bars: Bars) -> Signals:
        """Nothing before `average` bars, and before three days have closed."""
        SHOWN.append((str(bars.session[-1].astype("datetime64[D]")), len(bars)))
        days = bars.context("1d")
        rising = days.close > days.align(simple_moving_average(days.bars.close, 3))
        above = bars.close > simple_moving_average(bars.close, self.average)
        crossed = np.concatenate(([False], above[1:] & ~above[:-1]))
        return Signals(long=crossed & rising, exit_long=~above, short=crossed & ~rising)


SHOWN: list[tuple[str, int]] = []


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Half hours of QQQ, five minutes beside them, and hours of a coin round the clock."""
    opened = open_database(tmp_path_factory.mktemp("dated") / "kairos.db")
    for interval in ("30m", "5m"):
        make_demo_bars("QQQ", interval, start=FIRST, end=LAST, database=opened)
    make_demo_bars("BTC", "1h", "24/7", start=FIRST, end=LAST, database=opened)
    yield opened
    opened.close()


def strategy(**changed: Any) -> Trend:
    """Stops in ATR, days beside the bars."""
    data = {
        "strategy_name": "Trend",
        "class_name": "Trend",
        "symbols": ["QQQ"],
        "interval": "30m",
        "context_intervals": ["1d"],
        "stop_loss": {"type": "atr", "value": 1.5, "period": 14},
        "risk_reward": 2.0,
        "exit_at_session_end": False,
    }
    return Trend(StrategyConfig.model_validate(data | changed))


def atr_of(book: Book) -> Any:
    """The ATR that the account machine reads."""
    return market_columns([book], TERMS).atr


def test_signals_and_atr_are_those_of_the_long_run(database: Database) -> None:
    """Row for row, to the last bit; and the days known at each close are the same."""
    reader = BarsReader(database)
    whole = strategy().book(100.0, reader)
    part = book_between(strategy(), 100.0, reader, START, END)
    (long_run,), (lane,) = whole.lanes, part.lanes
    first = int(np.searchsorted(long_run.bars.timestamp, lane.bars.timestamp[0]))
    rows = slice(first, first + len(lane.bars))
    assert len(lane.bars) == 13 * 9  # nine sessions: 19 June is none
    for name in COLUMNS:
        ours, theirs = getattr(lane.signals, name), getattr(long_run.signals, name)
        assert (ours is None and theirs is None) or np.array_equal(ours, theirs[rows])
    assert lane.signals.long.any()
    assert np.array_equal(atr_of(part), atr_of(whole)[rows])
    assert np.array_equal(lane.bars.context("1d").close, long_run.bars.context("1d").close[rows])


def test_nothing_is_traded_before_the_start_and_nothing_after_the_end_is_seen(
    database: Database,
) -> None:
    """All trades lie inside, and the strategy was shown no later bar."""
    SHOWN.clear()
    part = book_between(strategy(), 100.0, BarsReader(database), START, END)
    assert [day for day, _ in SHOWN] == [str(END)]
    found = simulate([part], TERMS)
    days = part.lanes[0].bars.session
    assert str(days[found.trades["entry_bar"].min()].astype("datetime64[D]")) >= str(START)
    assert found.row_session[[0, -1]].astype("datetime64[D]").astype(str).tolist() == [
        str(START),
        str(END),
    ]


def test_a_warm_up_may_be_short_or_none(database: Database) -> None:
    """Then so many bars are shown before the start; averages of more are not there."""
    for n_bars in (0, 5, 10_000):
        SHOWN.clear()
        part = book_between(strategy(), 100.0, BarsReader(database), START, END, n_bars)
        (lane,) = part.lanes
        shown = SHOWN[0][1] - len(lane.bars)
        assert shown == (min(n_bars, 13 * 32))  # 1 May to 14 June
        assert (0 if lane.warm_up is None else len(lane.warm_up)) == shown
        assert np.isnan(atr_of(part)[:13]).sum() == max(0, 13 - n_bars)


def test_parts_between_dates_are_the_run_in_one_piece(database: Database) -> None:
    """Three books end to end, at the account's own sessions; a coin trades on the weekends too."""
    calendar = get_calendar("XNYS", database)
    reader = BarsReader(database, START, LAST)
    coin = strategy(symbols=["BTC"], interval="1h", calendar="24/7", exit_at_session_end=True)
    terms = AccountTerms(100_000.0, TERMS.risk, calendar=calendar)
    cuts = [
        (START, date(2024, 6, 28)),
        (date(2024, 7, 1), date(2024, 7, 3)),
        (date(2024, 7, 5), LAST),
    ]
    parts = [
        [
            book_between(each, 50.0, reader, *dates, calendar=calendar, detail=True)
            for each in (strategy(), coin)
        ]
        for dates in cuts
    ]
    saturday = np.datetime64("2024-06-29").astype(np.int64)
    assert parts[1][1].lanes[0].bars.session[0] == saturday
    cut = simulate_in_parts(parts, terms)
    whole = simulate([each.book(50.0, reader, detail=True) for each in (strategy(), coin)], terms)
    assert len(whole.trades) > 20
    assert cut.trades.tobytes() == whole.trades.tobytes()
    assert cut.book_equity.tobytes() == whole.book_equity.tobytes()


def test_finer_bars_are_those_inside_and_a_symbol_may_have_none(database: Database) -> None:
    """Detail covers the traded bars only; before a symbol's first bar its lane is empty."""
    reader = BarsReader(database)
    part = book_between(strategy(), 100.0, reader, START, END, detail=True)
    (lane,) = part.lanes
    assert lane.detail is not None
    assert len(lane.detail) == 6 * len(lane.bars)
    early = book_between(strategy(), 100.0, reader, date(2020, 1, 2), date(2020, 3, 2), detail=True)
    assert (len(early.lanes[0].bars), early.lanes[0].warm_up) == (0, None)
