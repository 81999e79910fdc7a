"""The views say what the tables, the calendars and the metrics say."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from infrastructure.database.engine import Database
from infrastructure.database.models import metadata, trading_sessions
from infrastructure.database.view_tables import (
    VIEWS,
    v_daily,
    v_refusals,
    v_strategy_summary,
    v_trades,
)
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.exchange_library import exchange_timezone
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.trade_metrics.trade_figures import trade_figures
from tests.database.ledger_samples import refusal, rows, run_record, strategy, trade

CALENDARS = ("XNYS", "CMES", "XASX", "XLON", "XHKG", "24/7", "24/5")


def save(database: Database, **changes: Any) -> int:
    """A stored run with these fields of its record instead."""
    record = run_record()
    return StrategyCreation(database).save_run(type(record)(**(vars(record) | changes)))


def view(database: Database, name: str) -> list[dict[str, Any]]:
    """Every row of a view, in no promised order."""
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(VIEWS[name])).mappings()]


def moments(name: str) -> np.ndarray[Any, Any]:
    """Stamps of a year of a calendar: around each midnight, opening and close, and at random."""
    calendar = get_calendar(name)
    rows = slice(*np.searchsorted(calendar.session, [19_540, 19_720]))  # July to December 2023
    edges = [calendar.opens_at[rows], calendar.closes_at[rows] - 1]
    edges += [calendar.date_start[rows], calendar.date_end[rows] - 1, calendar.date_end[rows]]
    between = np.random.default_rng(3).integers(calendar.opens_at[rows][0], edges[1][-1], 150)
    stamps = np.unique(np.concatenate([each[::11] for each in edges] + [between]))
    # A clock that changes between a day off and the next session is not looked at.
    return stamps[calendar.date_start[calendar.rows_of(stamps)] - stamps < 12 * 3600]


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_there_is_a_text_of_each_view_for_each_database(name: str) -> None:
    """As many as have typed columns."""
    from infrastructure.database.views import LEDGER_VIEWS

    assert [text.split()[2] for text in LEDGER_VIEWS[name]] == list(VIEWS)


def test_typed_columns_are_the_columns_of_the_views(database: Database) -> None:
    """By name and in order; a view is no table that migrations would look for."""
    with database.read() as connection:
        for name, typed in VIEWS.items():
            assert name not in metadata.tables
            found = connection.exec_driver_sql(f"SELECT * FROM {name} LIMIT 0")
            assert list(found.keys()) == [column.name for column in typed.c]


def test_a_refused_signal_has_the_session_hour_and_weekday_of_its_exchange(
    database: Database,
) -> None:
    """As the calendar gives them, and the exchange's own clock.

    Evenings of futures before their date, half days, days outside the sessions, whole days.
    """
    configs = [strategy(f"s{n}", calendar=name) for n, name in enumerate(CALENDARS)]
    stamps = {name: moments(name) for name in CALENDARS}
    for name in CALENDARS:
        get_calendar(name, database)
    refusals = [
        refusal(position, signal_timestamp=int(stamp))
        for position, name in enumerate(CALENDARS, 1)
        for stamp in stamps[name]
    ]
    save(database, **vars(run_record(0, configs)) | {"refusals": refusals})
    found = view(database, "v_refusals")
    assert len(found) == len(refusals) > 1_000
    for name in CALENDARS:
        of_calendar = [row for row in found if row["calendar"] == name]
        sessions = get_calendar(name).session_of(stamps[name]).astype("datetime64[D]").tolist()
        by_stamp = dict(zip(stamps[name].tolist(), sessions, strict=True))
        zone = ZoneInfo("UTC" if name.startswith("24/") else exchange_timezone(name))
        for row in of_calendar:
            stamp = int(row["signal_timestamp"].timestamp())
            session = by_stamp[stamp]
            assert row["session"] == session
            assert row["weekday"] == session.isoweekday()
            assert (row["year"], row["month"]) == (session.year, session.month)
            assert row["hour"] == datetime.fromtimestamp(stamp, zone).hour, (name, stamp)


def at(day: str, hour: int, minute: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00+00:00")


ENTRIES = [
    ("XNYS", "2024-03-08", at("2024-03-08", 14, 30), 9, 5),  # the Friday before the clock changes
    ("XNYS", "2024-03-11", at("2024-03-11", 13, 30), 9, 1),  # and the Monday after it
    ("XNYS", "2024-11-29", at("2024-11-29", 17, 30), 12, 5),  # the half day after Thanksgiving
    ("CMES", "2024-03-11", at("2024-03-10", 22, 15), 17, 1),  # the evening before, clock changed
    ("CMES", "2024-03-12", at("2024-03-12", 5), 0, 2),
    ("SUNDAYS", "2023-10-29", at("2023-10-29", 8), 10, 7),  # a Sunday of 25 hours
    ("24/7", "2024-03-10", at("2024-03-10", 23, 59), 23, 7),
    ("24/5", "2024-03-11", at("2024-03-11", 0), 0, 1),
]


def test_a_trade_has_the_hour_and_weekday_of_its_entry_at_the_exchange(
    database: Database,
) -> None:
    """The weekday is that of the session: a future's Sunday evening is Monday's."""
    calendars = list(dict.fromkeys(name for name, *_ in ENTRIES))
    for name in calendars:
        if name == "SUNDAYS":
            _store_a_sunday(database)
        else:
            get_calendar(name, database)
    trades = [
        trade(
            calendars.index(name) + 1,
            signal_timestamp=entry,
            entry_timestamp=entry,
            exit_timestamp=entry,
            entry_date=date.fromisoformat(session),
            exit_date=date.fromisoformat(session),
        )
        for name, session, entry, _, _ in ENTRIES
    ]
    configs = [strategy(f"s{n}", calendar=name) for n, name in enumerate(calendars)]
    save(database, **vars(run_record(0, configs)) | {"trades": trades})
    found = sorted(view(database, "v_trades"), key=lambda row: row["trade_id"])
    told = [
        (row["calendar"], str(row["session"]), row["entry_timestamp"], row["hour"], row["weekday"])
        for row in found
    ]
    assert told == ENTRIES
    assert {(row["year"], row["month"]) for row in found} == {(2023, 10), (2024, 3), (2024, 11)}


def _store_a_sunday(database: Database) -> None:
    """A session in Tel Aviv on the day when the clock went back, at 2 in the morning."""
    row = {
        "calendar": "SUNDAYS",
        "session": 19_659,
        "opens_at": int(at("2023-10-29", 7, 45).timestamp()),
        "closes_at": int(at("2023-10-29", 13, 50).timestamp()),
        "date_start": int(at("2023-10-28", 21).timestamp()),
        "date_end": int(at("2023-10-29", 22).timestamp()),
        "library_version": "by hand",
    }
    with database.write() as connection:
        connection.execute(insert(trading_sessions).values(row))


def test_a_session_that_is_not_stored_has_no_hour(database: Database) -> None:
    """NULL, never a guess; weekday and date are there, for they need no calendar."""
    save(database, trades=[trade()], refusals=[refusal()])
    (traded,), (refused,) = view(database, "v_trades"), view(database, "v_refusals")
    assert (traded["hour"], traded["weekday"], traded["session"]) == (None, 2, date(2024, 1, 2))
    assert (refused["hour"], refused["weekday"], refused["session"]) == (None, None, None)


def test_a_trade_is_named_and_not_changed(database: Database) -> None:
    """Every value of algo_trades stands in v_trades, risk_reward as `r`; names stand beside it."""
    save(database, trades=[trade(), trade(stop_price=None, risk_reward=None, winning_trade=False)])
    first, second = sorted(view(database, "v_trades"), key=lambda row: row["trade_id"])
    renamed = {"risk_reward": "r", "entry_date": "session"}
    assert {name: first[renamed.get(name, name)] for name in trade()} == trade()
    assert (second["r"], second["stop_price"], second["winning_trade"]) == (None, None, False)
    assert first["strategy_name"] == "tight"
    assert first["portfolio_name"] == "single_qqq"
    assert (first["run_id"], first["synthetic"], first["interval"]) == (1, False, "30m")


def random_trades(count: int, position: int) -> list[dict[str, Any]]:
    """Trades with wins, losses, zeros, some without a stop."""
    random = np.random.default_rng(position)
    return [
        trade(
            position,
            net_pnl=float(pnl),
            risk_reward=None if place % 5 == 0 else float(pnl) / 7,
            commission=float(abs(pnl)) / 9,
            slippage=0.25,
            ambiguous=bool(place % 3 == 0),
            exit_timestamp=at("2024-01-02", 15, place % 60),
            trade_duration=float(place % 60),
        )
        for place, pnl in enumerate(random.choice([-3.5, 0.0, 1.25, 40.0], count))
    ]


def test_the_summary_agrees_with_the_metrics(database: Database) -> None:
    """Where a column has the name of a figure of TradeMetrics it has its value.

    What does not exist there is NULL here: no trades, no losses, no stops.
    """
    by_book = {1: random_trades(40, 1), 2: [], 3: [trade(3)], 4: [trade(4, risk_reward=None)] * 2}
    configs = [strategy(f"s{n}") for n in by_book]
    trades = [row for book in by_book.values() for row in book]
    refusals = [refusal(2), refusal(2), refusal(1)]
    save(database, **vars(run_record(0, configs)) | {"trades": trades, "refusals": refusals})
    found = {row["position"]: row for row in view(database, "v_strategy_summary")}
    assert {book: row["refused"] for book, row in found.items()} == {1: 1, 2: 2, 3: 0, 4: 0}
    for book, of_book in by_book.items():
        figures = trade_figures(
            net_pnl=[row["net_pnl"] for row in of_book],
            r=[np.nan if row["risk_reward"] is None else row["risk_reward"] for row in of_book],
            entry_time=[int(row["entry_timestamp"].timestamp()) for row in of_book],
            exit_time=[int(row["exit_timestamp"].timestamp()) for row in of_book],
            commission=[row["commission"] for row in of_book],
            slippage=[row["slippage"] for row in of_book],
            ambiguous=[row["ambiguous"] for row in of_book],
        )
        shared = vars(figures).keys() & found[book].keys()
        assert len(shared) >= 12
        for name in shared:
            expected, value = getattr(figures, name), found[book][name]
            if np.isnan(expected):
                assert value is None, name
            else:
                assert value == pytest.approx(expected, rel=1e-12), name


def test_a_day_is_the_change_of_equity(database: Database) -> None:
    """From the session before, or the starting capital; of the account and of each book."""
    marks = [
        (0, 19_724, 110.0), (0, 19_725, 99.0), (0, 19_730, 0.0), (0, 19_731, 5.0),
        (1, 19_724, 55.0), (1, 19_725, 50.0),
    ]  # fmt: skip
    equity = [dict(zip(("book", "session", "equity"), mark, strict=True)) for mark in marks]
    record = run_record(0, figures={"starting_capital": 100.0})
    (allocation,) = record.allocations
    share = type(allocation)(allocation.strategy, 50.0, {"starting_capital": 50.0})
    changes = {"equity": equity, "allocations": [share]}
    save(database, **vars(record) | changes)
    save(database, equity=equity[:1])
    found = sorted(view(database, "v_daily"), key=lambda row: (row["run_id"], row["book"]))
    days = [(row["book"], row["pnl"], row["return_pct"], row["strategy_name"]) for row in found]
    expected = [
        (0, 10.0, 10.0, None), (0, -11.0, -10.0, None), (0, -99.0, -100.0, None),
        (0, 5.0, None, None), (1, 5.0, 10.0, "tight"), (1, -5.0, -500 / 55, "tight"),
        (0, None, None, None),  # a run that does not tell its starting capital
    ]  # fmt: skip
    for day, wanted in zip(days, expected, strict=True):
        assert day[:1] + day[3:] == wanted[:1] + wanted[3:]
        assert [round(each or 0.0, 9) for each in day[1:3]] == [
            round(each or 0.0, 9) for each in wanted[1:3]
        ]
        assert [each is None for each in day] == [each is None for each in wanted]
    assert [row["weekday"] for row in found[:4]] == [2, 3, 1, 2]


@pytest.mark.parametrize("name", list(VIEWS))
def test_the_rows_of_one_run_are_found_without_reading_the_others(
    file_database: Database, name: str
) -> None:
    """Every table of the view is searched by a key, none is read from its first row on."""
    save(file_database)
    plan = rows(file_database, f"EXPLAIN QUERY PLAN SELECT * FROM {name} WHERE run_id = 1")
    steps = [step for *_, step in plan]
    assert [step for step in steps if step.startswith("SCAN") and name not in step] == []
    assert any(step.startswith("SEARCH") for step in steps)


def test_views_are_read_with_their_types(database: Database) -> None:
    """Moments are aware, dates are dates, flags are true or false, on both databases."""
    save(database)
    with database.read() as connection:
        row = connection.execute(select(v_trades).limit(1)).mappings().one()
        daily = connection.execute(select(v_daily).limit(1)).mappings().one()
        refused = connection.execute(select(v_refusals).limit(1)).mappings().one()
        count = connection.execute(select(func.sum(v_strategy_summary.c.trades))).scalar()
    assert row["entry_timestamp"] == datetime(2024, 1, 2, 15, tzinfo=UTC)
    assert row["winning_trade"] is True
    assert (daily["session"], daily["synthetic"]) == (date(2024, 1, 2), False)
    assert refused["execution_date"].tzinfo is UTC
    assert count == 2
