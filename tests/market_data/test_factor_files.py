"""Files of splits and dividends: each form, and each way to be wrong, in one line."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bar_rows import WriteFile

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.factors.adjusting import Factors, adjusted
from infrastructure.market_data.factors.files import Closes, read_factors
from infrastructure.market_data.factors.sources import factors_from_adj_close
from infrastructure.market_data.sessions.session_calendar import day_number, day_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the collected data is not here")

LEAN = ("20140606,0.9,0.142857", "20200828,0.95,0.25", "20201105,0.95,1", "20501231,1,1")
WITH_NAMES = "date,price_factor,split_factor,reference_price"


def events(factors: Factors) -> list[tuple[str, float, float]]:
    """(last session on the old scale, split, dividend), rounded."""
    return [
        (day_text(until), round(split, 9), round(dividend, 9))
        for until, split, dividend in zip(
            factors.until, factors.split, factors.dividend, strict=True
        )
    ]


def lean_events() -> list[tuple[str, float, float]]:
    """What LEAN says: the split of 2014 is 0.142857 / 0.25, and a dividend came with it."""
    return [
        ("2014-06-06", round(4 / 7, 9), round(0.9 / 0.95, 9)),
        ("2020-08-28", 0.25, 1.0),
        ("2020-11-05", 1.0, 0.95),
    ]


def test_lean_factors_are_taken_apart(write_file: WriteFile) -> None:
    """Cumulative factors to events, without names as LEAN has them, or with names."""
    assert events(read_factors(write_file(*LEAN), "AAPL")) == lean_events()
    named = [f"{row[:4]}-{row[4:6]}-{row[6:]},99.5" for row in LEAN]
    assert events(read_factors(write_file(WITH_NAMES, *named), "AAPL")) == lean_events()


@pytest.mark.parametrize("ratio", ["4:1", "4/1", "4", "4.0", " 4 : 1 "])
@pytest.mark.parametrize("name", ["date,ratio", "Date,Split", "Date,Stock Splits"])
def test_a_split_counts_until_the_session_before(
    write_file: WriteFile, name: str, ratio: str
) -> None:
    """The date is the first on the new scale: Monday's split is on Friday's bar."""
    read = read_factors(write_file(name, f"2020-08-31,{ratio}"), "AAPL")
    assert events(read) == [("2020-08-28", 0.25, 1.0)]


def test_a_reverse_split_raises_prices(write_file: WriteFile) -> None:
    """One share for eight, in both spellings; rows may come in any order."""
    read = read_factors(write_file("date,ratio", "2021-08-02,1:8", "2009-05-05,0.125"), "GE")
    assert events(read) == [("2009-05-04", 8.0, 1.0), ("2021-07-30", 8.0, 1.0)]


def test_googs_first_close_is_the_published_one(write_file: WriteFile) -> None:
    """Three splits between 100.34 of 2004-08-19 and Yahoo's 2.499133 of that day."""
    rows = ("2014-03-27,2002:1000", "2015-04-27,1.0027455", "2022-07-18,20:1")
    factors = read_factors(write_file("Date,Stock Splits", *rows), "GOOG")
    price = np.array([100.34])
    bar = BarColumns(np.array([0]), price, price, price, price, price)
    first = np.array([day_number(date(2004, 8, 19))])
    assert round(float(adjusted(bar, first, factors, "split").close[0]), 6) == 2.499133


CLOSES = Closes(np.array([day_number(date(2024, 2, day)) for day in (7, 8, 9)]), np.full(3, 50.0))


def test_dividends_are_measured_by_the_close_before(write_file: WriteFile) -> None:
    """50 cents of 50 dollars; days without one are Yahoo's zeros; the first has no close."""
    file = write_file("Date,Dividends", "2024-02-06,0.4", "2024-02-08,0.0", "2024-02-09,0.5")
    assert events(read_factors(file, "X", closes=CLOSES)) == [("2024-02-08", 1.0, 0.99)]


def test_splits_and_dividends_of_one_day_are_one_event(write_file: WriteFile) -> None:
    """Yahoo's actions: both columns, with times and offsets in the date."""
    rows = ("2024-02-08 00:00:00-05:00,0.0,0.0", "2024-02-09 00:00:00-05:00,0.5,2.0")
    file = write_file("Date,Dividends,Stock Splits", *rows)
    assert events(read_factors(file, "X", closes=CLOSES)) == [("2024-02-08", 0.5, 0.99)]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["date,ratio", "2020-08-31,4:0"], r"line 2: ratio must be a ratio such as .*found '4:0'"),
        (["date,ratio", "2020-08-31,-4"], "line 2: ratio must be"),
        (["date,ratio", "", "2020-08-31,four"], "line 3: ratio must be .*found 'four'"),
        (["date,ratio", "2020-08-31,nan"], "line 2: ratio must be"),
        (["date,ratio", "31/08/2020,4"], "line 2: date must be a date such as .*'31/08/2020'"),
        (["date,ratio", "2020-02-30,4"], "line 2: date must be a date"),
        (["date,ratio", "2020-08-31"], "line 2: expected 2 cells, date, ratio; found 1"),
        (["date,ratio", "2020-08-31,4", "2020-08-31,4"], "line 3: .* once; line 2 has it too"),
        ([WITH_NAMES, "2020-08-31,0,1,1"], "line 2: price_factor must be a number above 0"),
        ([WITH_NAMES, "2020-08-31,1,inf,1"], "line 2: split_factor must be .*found 'inf'"),
        (["20200831,1,x"], "line 1: split_factor must be a number above 0; found 'x'"),
        (["Date,Dividends", "2024-02-09,-1"], "line 2: dividends must be an amount of money"),
        (["date,open,close", "2024-02-09,1,2"], "expected a first line such as date,price_factor"),
        (["2020-08-31,4"], "expected a first line such as"),
        (["Date,Dividends", "2024-02-09,0.5"], "import the daily bars of X first"),
        (["date,ratio\n\x00\x01"], "line 2: expected 2 cells|is no CSV text"),
        ([""], "is empty"),
    ],
)
def test_a_bad_file_is_one_line(write_file: WriteFile, lines: list[str], found: str) -> None:
    """The file, the line, what was expected and what was found."""
    with pytest.raises(DataError, match=found) as error:
        read_factors(write_file(*lines, name="f.csv"), "X")
    assert "f.csv: " in str(error.value) and "\n" not in str(error.value)


def test_files_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    """Missing, a folder, bytes, a quote that never ends; and a symbol that is none."""
    (tmp_path / "bytes.csv").write_bytes(bytes(range(128, 256)))
    (tmp_path / "quote.csv").write_text('date,ratio\n"2020-08-31,4')
    with pytest.raises(DataError, match="no such file"):
        read_factors(tmp_path / "none.csv", "X")
    with pytest.raises(DataError, match="cannot be read"):
        read_factors(tmp_path, "X")
    for name in ("bytes.csv", "quote.csv"):
        with pytest.raises(DataError, match="is no CSV text"):
            read_factors(tmp_path / name, "X")
    with pytest.raises(ConfigError):
        read_factors(tmp_path, "../X")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("2024-02-09,50", "must be above 0 and below the close before it, 50; found 50"),
        ("2024-03-09,1", "the last one is of 2024-02-09; import the sessions between"),
    ],
)
def test_a_dividend_without_its_close_is_refused(
    write_file: WriteFile, row: str, found: str
) -> None:
    """One as large as the price is on another scale; one a month after the last close has none."""
    with pytest.raises(DataError, match=f"X: the dividend of .*{found}"):
        read_factors(write_file("Date,Dividends", row), "X", closes=CLOSES)


def test_adj_close_steps_where_dividends_were_paid() -> None:
    """Two dividends among the roundings of two decimals; what the decimals hide is no step."""
    session = np.arange(400)
    close = np.round(50 + np.random.default_rng(3).normal(0, 1, 400).cumsum() / 10, 2)
    factor = np.where(session <= 100, 0.98 * 0.99, np.where(session <= 300, 0.99, 1.0))
    found = factors_from_adj_close("X", session, close, np.round(close * factor, 2))
    assert found.until.tolist() == [100, 300]
    assert np.allclose(found.dividend, [0.98, 0.99], atol=2e-5)
    assert not len(factors_from_adj_close("X", session, close, np.round(close, 1)))
    assert not len(factors_from_adj_close("X", session[:0], close[:0], close[:0]))
    with pytest.raises(DataError, match="X: close and adj close must be above 0; not so on 1970"):
        factors_from_adj_close("X", session, close - close[7], close)


def daily(name: str) -> tuple[Any, BarColumns]:
    """Sessions and bars of a collected daily file."""
    import pandas as pd

    frame = pd.read_csv(SHARED / name).rename(columns=str.lower)
    session = frame["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    values = [frame[c].to_numpy(np.float64) for c in ("open", "high", "low", "close", "volume")]
    return session, BarColumns(session * 86_400, *values)


@needs_shared
@pytest.mark.parametrize(
    ("day", "published"), [((2014, 6, 6), 23.056072), ((2020, 8, 28), 124.807503)]
)
def test_apples_closes_are_the_published_ones(day: Any, published: float) -> None:
    """Raw closes on the eves of two splits become Yahoo's, to the cent's sixth part."""
    session, bars = daily("aapl_daily_raw_lean.csv.gz")
    factors = read_factors(SHARED / "aapl_factors_lean.csv", "AAPL")
    splits = [each for each in events(factors) if each[1] != 1]
    assert splits == [
        ("2000-06-20", 0.5, 1.0),
        ("2005-02-25", 0.5, 1.0),
        ("2014-06-06", round(1 / 7, 9), 1.0),
        ("2020-08-28", 0.25, 1.0),
    ]
    close = adjusted(bars, session, factors, "split").close
    assert close[session == day_number(date(*day))][0] == pytest.approx(published, abs=5e-6)


@needs_shared
def test_lean_and_yahoo_agree_on_spy() -> None:
    """Yahoo's closes with LEAN's factors are its Adj Close, through forty dividends."""
    import pandas as pd

    session, bars = daily("spy_daily_2008_2017_yahoo.csv")
    adj_close = pd.read_csv(SHARED / "spy_daily_2008_2017_yahoo.csv")["Adj Close"].to_numpy()
    factors = read_factors(SHARED / "spy_factors_lean.csv", "SPY")
    ratio = adjusted(bars, session, factors, "all", came="split").close / adj_close
    assert np.ptp(ratio) < 1e-3  # what was paid after 2017 is in LEAN's factors only
    found = factors_from_adj_close("SPY", session, bars.close, adj_close)
    ours = factors.dividend[np.isin(factors.until, found.until)]
    assert len(found) == len(ours) == 40
    np.testing.assert_allclose(ours, found.dividend, atol=2e-4)


@needs_shared
def test_qqqs_adj_close_is_made_again_by_its_factors() -> None:
    """23 years of Yahoo's floats: close times the factors is Adj Close, to its noise."""
    import pandas as pd

    session, bars = daily("qqq_daily_2000_2023_yahoo.csv.gz")
    adj_close = pd.read_csv(SHARED / "qqq_daily_2000_2023_yahoo.csv.gz")["Adj Close"].to_numpy()
    factors = factors_from_adj_close("QQQ", session, bars.close, adj_close)
    made = adjusted(bars, session, factors, "all", came="split").close
    paid_since = adj_close[-1] / bars.close[-1]
    np.testing.assert_allclose(made * paid_since, adj_close, rtol=2e-6)
    assert 70 <= len(factors) <= 80
