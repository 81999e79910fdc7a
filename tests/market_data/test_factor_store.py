"""Splits and dividends in the database: written once, never twice, never changed unasked."""

from typing import Any

import pytest

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.factors.adjusting import Factors
from infrastructure.market_data.factors.table import FactorNumbers, read_factors, write_factors
from tests.database.kinds import KINDS

pytestmark = pytest.mark.parametrize("kind", KINDS)

SPLITS = Factors("X", [100, 200], [0.5, 0.25], [1.0, 1.0])
DIVIDENDS = Factors("X", [150, 200], [1.0, 1.0], [0.99, 0.98])


def stored(database: Database, symbol: str = "X") -> list[Any]:
    """(day, split, dividend) of each event."""
    read = read_factors(database, symbol)
    return list(zip(read.until.tolist(), read.split.tolist(), read.dividend.tolist(), strict=True))


def test_factors_come_back_as_they_were_written(database: Database) -> None:
    """Oldest first, of that symbol only; a second write finds them unchanged."""
    assert stored(database) == []
    assert write_factors(database, SPLITS, "a.csv") == FactorNumbers(2, 0, 0, 0)
    assert write_factors(database, SPLITS, "b.csv") == FactorNumbers(0, 2, 0, 0)
    assert stored(database) == [(100, 0.5, 1.0), (200, 0.25, 1.0)]
    assert stored(database, "Y") == []


def test_splits_and_dividends_of_two_sources_come_together(database: Database) -> None:
    """A factor of 1 says nothing: it neither contradicts nor replaces."""
    write_factors(database, SPLITS, "splits.csv")
    assert write_factors(database, DIVIDENDS, "dividends.csv") == FactorNumbers(1, 0, 1, 0)
    assert stored(database) == [(100, 0.5, 1.0), (150, 1.0, 0.99), (200, 0.25, 0.98)]
    assert write_factors(database, SPLITS, "splits.csv") == FactorNumbers(0, 2, 0, 0)


@pytest.mark.parametrize(
    ("until", "split", "found"),
    [
        (200, 0.5, "split after 1970-07-20 has the factor 0.5, the store has 0.25 after 1970-07"),
        (198, 0.25, "which seems to be the same one dated otherwise"),
    ],
)
def test_what_contradicts_the_store_is_refused(
    database: Database, until: int, split: float, found: str
) -> None:
    """Another factor on that day, or the same one some days off: nothing is written."""
    write_factors(database, SPLITS, "a.csv")
    other = Factors("X", [50, until], [0.5, split], [1.0, 1.0])
    with pytest.raises(DataError, match=f"X: nothing was written: the .*{found}"):
        write_factors(database, other, "b.csv")
    assert stored(database) == [(100, 0.5, 1.0), (200, 0.25, 1.0)]


def test_replacing_takes_the_new_ones_and_no_others(database: Database) -> None:
    """Four numbers account for every event, old and new."""
    write_factors(database, SPLITS, "a.csv")
    other = Factors("X", [50, 100, 200], [0.5, 0.5, 0.2], [1.0, 1.0, 1.0])
    assert write_factors(database, other, "b.csv", replace=True) == FactorNumbers(1, 1, 1, 0)
    assert stored(database) == [(50, 0.5, 1.0), (100, 0.5, 1.0), (200, 0.2, 1.0)]
    assert write_factors(database, SPLITS, "a.csv", replace=True) == FactorNumbers(0, 1, 1, 1)


def test_weekly_dividends_are_no_doubles(database: Database) -> None:
    """Much the same amount a week later is another dividend."""
    write_factors(database, Factors("X", [100], [1.0], [0.99]), "a.csv")
    again = Factors("X", [107], [1.0], [0.99])
    assert write_factors(database, again, "b.csv") == FactorNumbers(1, 0, 0, 0)


def test_a_symbol_that_is_none_is_refused(database: Database) -> None:
    """As everywhere."""
    with pytest.raises(ConfigError):
        read_factors(database, "../X")
