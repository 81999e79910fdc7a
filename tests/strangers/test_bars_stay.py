"""What a strategy sees, it cannot change for others: bars, the memory below them, the objects."""

import pickle
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infrastructure.database.engine import open_database
from infrastructure.market_data.bars import COLUMNS, Bars
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import make_bars, read_bars
from infrastructure.market_data.synthetic import make_demo_bars


def arrays_below(array: Any) -> Iterator[np.ndarray[Any, Any]]:
    """An array, and every one that it is a view of."""
    while isinstance(array, np.ndarray):
        yield array
        array = array.base


def stored(folder: Path) -> Bars:
    """Bars as a run reads them."""
    database = open_database(folder / "kairos.db")
    bars = read_bars(database, "QQQ", "30m")
    database.close()
    return bars


def from_code(folder: Path) -> Bars:
    """Bars of a notebook's own arrays."""
    prices = np.array([10.0, 11.0, 10.5])
    stamps = 1_704_205_800 + 1_800 * np.arange(3)
    return make_bars("QQQ", "30m", stamps, prices, prices + 1, prices - 1, prices)


def sliced(folder: Path) -> Bars:
    """Some rows of demo bars."""
    return make_demo_bars("QQQ", "30m").rows(5, 40)


def beside_days(folder: Path) -> Bars:
    """Half hours beside the days made of them."""
    bars = sliced(folder)
    return bars.with_coarser({"1d": resampled(bars, "1d", get_calendar("XNYS"))})


def sent(folder: Path) -> Bars:
    """Bars that came from another process, as Ray sends them."""
    bars: Bars = pickle.loads(pickle.dumps(beside_days(folder)))
    return bars


KINDS = [stored, from_code, sliced, beside_days, sent]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seen", [lambda bars: bars, Bars.apart], ids=["held", "shown"])
def test_no_array_below_a_column_can_be_unlocked(
    kind: Callable[[Path], Bars], seen: Callable[[Bars], Bars], folder: Path
) -> None:
    """Neither by writing, nor by its flags, nor by those of what it is a view of."""
    bars = seen(kind(folder))
    for series in (bars, *bars.coarser.values()):
        for name in COLUMNS:
            for array in arrays_below(getattr(series, name)):
                with pytest.raises(ValueError, match="read-only"):
                    array[...] = 0
                with pytest.raises(ValueError, match="WRITEABLE"):
                    array.flags.writeable = True
    for interval in bars.coarser:
        assert not bars.context(interval).row.flags.writeable


def test_columns_are_not_copied_to_be_locked() -> None:
    """Bars of many gigabytes are looked at where they lie."""
    bars = make_demo_bars("QQQ", "30m")
    for other in (bars.apart(), bars.rows(3, 30), bars.apart().apart()):
        assert np.shares_memory(other.close, bars.close)


def test_what_a_strategy_is_shown_is_its_own() -> None:
    """Other columns, other coarser bars, another fingerprint: nobody else has them."""
    bars = beside_days(Path())
    before, days, print_ = bars.close, bars.coarser["1d"], bars.fingerprint
    shown = bars.apart()
    with warnings.catch_warnings(action="ignore"):  # NumPy would rather not have it done
        shown.close.shape = (5, 7)
    object.__setattr__(shown, "close", shown.open)
    object.__setattr__(shown.coarser["1d"], "close", shown.coarser["1d"].open)
    vars(shown)["fingerprint"] = "0" * 64
    vars(shown)["coarser"] = {}
    assert before.shape == (35,)
    assert bars.close is before and bars.coarser["1d"] is days
    assert not np.array_equal(days.close, days.open)
    assert bars.fingerprint == print_
    with pytest.raises(TypeError):
        bars.coarser["1d"] = bars  # type: ignore[index]  # that is the point
