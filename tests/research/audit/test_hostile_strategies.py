"""Strategies that are not only wrong but in the way: each is told as what it is."""

from typing import Any, ClassVar

import numpy as np
import pytest
from audit_setup import audited, checks, found_by

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError, DataError, StrategyError
from infrastructure.market_data.bars import Bars

REMEMBERED: dict[str, float] = {}
MEAN = 0.0


def rising(bars: Bars) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """An honest signal: the close above the one before."""
    return np.append(False, bars.close[1:] > bars.close[:-1])


class NeedsBars(VectorBTStrategy):
    """Raises on fewer than 137 bars."""

    def generate_signals(self, bars: Bars) -> Signals:
        if len(bars) < 137:
            raise ValueError("too few bars")
        return Signals(long=rising(bars))


class NeedsBarsKindly(VectorBTStrategy):
    """The same with an error of Kairos's own."""

    def generate_signals(self, bars: Bars) -> Signals:
        if len(bars) < 137:
            raise DataError("137 bars, please")
        return Signals(long=rising(bars))


class WholeDays(VectorBTStrategy):
    """Works on whole sessions only: in live trading it would stop at the first bar of a day."""

    def generate_signals(self, bars: Bars) -> Signals:
        bars.close.reshape(-1, 13)
        return Signals(long=rising(bars))


class AlwaysAsLong(VectorBTStrategy):
    """Returns as many rows as the first bars it saw had."""

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=np.arange(1612) % 2 == 0)


class Overwrites(VectorBTStrategy):
    """Changes its bars, past the lock on them: through the memory that the lock looks at."""

    def generate_signals(self, bars: Bars) -> Signals:
        memory: Any = bars.close
        while isinstance(memory, np.ndarray):
            memory = memory.base
        memory.obj.flags.writeable = True
        memory.obj[:] *= 1.001
        return Signals(long=rising(bars))


class Replaces(VectorBTStrategy):
    """Puts other closes into its bars."""

    def generate_signals(self, bars: Bars) -> Signals:
        object.__setattr__(bars, "close", bars.close + 1.0)
        return Signals(long=rising(bars))


class WritesOpenly(VectorBTStrategy):
    """Writes to its bars, which are read-only."""

    def generate_signals(self, bars: Bars) -> Signals:
        bars.close[0] = 1.0
        return Signals(long=rising(bars))


class Dice(VectorBTStrategy):
    """Draws its signals."""

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(short=np.random.default_rng().random(len(bars)) > 0.5)


class MeanInItself(VectorBTStrategy):
    """Keeps the mean of the first bars it sees on the class."""

    mean_: ClassVar[float] = 0.0

    def generate_signals(self, bars: Bars) -> Signals:
        kind = type(self)
        kind.mean_ = kind.mean_ or float(bars.close.mean())
        return Signals(long=bars.close < kind.mean_)


class MeanInTheModule(VectorBTStrategy):
    """Keeps it in a global of the module."""

    def generate_signals(self, bars: Bars) -> Signals:
        global MEAN
        MEAN = MEAN or float(bars.close.mean())
        return Signals(long=bars.close < MEAN)


class MeanInADict(VectorBTStrategy):
    """Keeps it in a dict of the module."""

    def generate_signals(self, bars: Bars) -> Signals:
        mean = REMEMBERED.setdefault("mean", float(bars.close.mean()))
        return Signals(long=bars.close < mean)


class MeanFarDown(VectorBTStrategy):
    """Keeps it in a dict inside a dict."""

    def generate_signals(self, bars: Bars) -> Signals:
        mean = DEEP["here"].setdefault("mean", float(bars.close.mean()))
        return Signals(long=bars.close < mean)


class Holder:
    """Another class of the module, and its objects."""

    mean = 0.0


class MeanInAnotherClass(VectorBTStrategy):
    """Keeps it on a class that is no strategy."""

    def generate_signals(self, bars: Bars) -> Signals:
        Holder.mean = Holder.mean or float(bars.close.mean())
        return Signals(long=bars.close < Holder.mean)


class MeanInAnObject(VectorBTStrategy):
    """Keeps it in an object of the module."""

    def generate_signals(self, bars: Bars) -> Signals:
        HELD.mean = HELD.mean or float(bars.close.mean())
        return Signals(long=bars.close < HELD.mean)


class MeanInAnArray(VectorBTStrategy):
    """Keeps it in an array of the module."""

    def generate_signals(self, bars: Bars) -> Signals:
        if ARRAY[0] == 0.0:
            ARRAY[0] = bars.close.mean()
        return Signals(long=bars.close < ARRAY[0])


DEEP: dict[str, dict[str, float]] = {"here": {}}
HELD = Holder()
ARRAY = np.zeros(1)


class KeepsColumns(VectorBTStrategy):
    """Keeps columns in a dict: arrays cannot be asked whether they are equal, as a whole."""

    def generate_signals(self, bars: Bars) -> Signals:
        COLUMNS["close"] = bars.close + 0.0
        return Signals(long=np.append(False, np.diff(COLUMNS["close"]) > 0))


COLUMNS: dict[str, Any] = {"close": np.zeros(2)}


class Silent(VectorBTStrategy):
    """Decides nothing."""

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=np.zeros(len(bars), np.bool_))


class Refuses(VectorBTStrategy):
    """Does not like its parameters."""

    def generate_signals(self, bars: Bars) -> Signals:
        raise ConfigError("fast must be shorter than slow")


class EveryTenth(VectorBTStrategy):
    """Counts from the first bar."""

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=np.arange(len(bars)) % 10 == 0)


class SinceTheStart(VectorBTStrategy):
    """Counts and sums since the first bar, as a decision and as a level."""

    def generate_signals(self, bars: Bars) -> Signals:
        rises = np.cumsum(rising(bars))
        return Signals(long=rises % 5 == 0, long_level=np.cumsum(bars.close))


class DaysSinceTheStart(VectorBTStrategy):
    """The same of the context's days."""

    def generate_signals(self, bars: Bars) -> Signals:
        daily = bars.context("1d")
        since = np.divide(daily.bars.close, daily.bars.close[:1])
        return Signals(long=daily.align(since) > 1.01)


@pytest.mark.parametrize("kind", [NeedsBars, NeedsBarsKindly])
def test_raising_on_few_bars_is_a_need(kind: type[VectorBTStrategy], half_year: Bars) -> None:
    """How many bars it needs is measured and told; it is no finding, and nothing is compared less.

    Half a year holds short truncations; on daily bars of a longer series there may be none.
    """
    found = 0
    for seed in range(4):
        result = audited(kind, half_year, seed)
        assert result.findings == () and result.truncations >= 24
        truncation = checks(result)["truncation"]
        found += len(truncation.notes)
        assert truncation.figures.get("needs_bars", 137) == 137
        assert all("needs at least 137 bars and raises on fewer" in n for n in truncation.notes)
    assert found


def test_raising_inside_a_day_is_a_finding(half_year: Bars) -> None:
    """It works on some beginnings, and not on longer ones: no number of bars explains that."""
    whole_days = half_year.rows(0, len(half_year) // 13 * 13)
    (finding,) = audited(WholeDays, whole_days).findings[:1]
    assert (finding.check, finding.column) == ("truncation", "")
    assert "raises where the bars end here" in finding.words
    assert "cannot reshape" in finding.words
    assert (finding.place.row + 1) % 13


def test_a_wrong_length_on_shorter_bars_is_a_finding(half_year: Bars) -> None:
    """A remembered length: right on all bars, wrong on each beginning."""
    assert len(half_year) == 1612
    (finding, *_) = audited(AlwaysAsLong, half_year).findings
    assert finding.check == "truncation"
    assert "returns what cannot be used" in finding.words
    assert "long has 1612 rows for" in finding.words


def test_a_strategy_that_changes_its_bars_is_found(half_year: Bars) -> None:
    """And nothing else is asked of it: no answer could be believed."""
    own = half_year.rows(0, len(half_year))
    copied = Bars(
        **{
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in vars(own).items()
            if name in Bars.__dataclass_fields__
        }
    )
    result = audited(Overwrites, copied)
    assert [check.name for check in result.checks] == ["repetition"]
    assert found_by(result) == {"repetition": {""}}
    assert "changes the bars" in result.findings[0].words


def test_a_strategy_that_replaces_a_column_replaces_its_own(half_year: Bars) -> None:
    """Its bars are objects of its own: the audit's, and those of whoever trades next, stay."""
    before = half_year.close
    assert audited(Replaces, half_year).passed
    assert half_year.close is before


def test_an_open_write_is_refused_by_the_bars(half_year: Bars) -> None:
    """As in any run: one line, and no audit."""
    with pytest.raises(StrategyError, match=r"WritesOpenly: .* read-only"):
        audited(WritesOpenly, half_year)


def test_a_strategy_that_draws_is_found(half_year: Bars) -> None:
    """Two runs on the same bars differ, and that is all that can be said."""
    result = audited(Dice, half_year)
    assert found_by(result) == {"repetition": {"short"}}
    assert "draws random numbers" in result.findings[0].words


@pytest.mark.parametrize(
    "kind",
    [
        *(MeanInItself, MeanInTheModule, MeanInADict),
        *(MeanFarDown, MeanInAnotherClass, MeanInAnObject, MeanInAnArray),
    ],
)
def test_what_a_strategy_remembers_does_not_hide_a_leak(
    kind: type[VectorBTStrategy], half_year: Bars
) -> None:
    """A mean of all bars, kept from the first run, would be the same on every beginning."""
    assert found_by(audited(kind, half_year))["truncation"] == {"long"}
    assert (REMEMBERED, MEAN, MeanInItself.mean_) == ({}, 0.0, 0.0)
    assert (DEEP, Holder.mean, HELD.__dict__, ARRAY[0]) == ({"here": {}}, 0.0, {}, 0.0)


def test_columns_that_are_kept_do_not_stop_an_audit(half_year: Bars) -> None:
    """An honest strategy may keep arrays."""
    assert audited(KeepsColumns, half_year).passed


def test_silence_is_no_pass(half_year: Bars) -> None:
    """Without a signal there is nothing to audit."""
    with pytest.raises(StrategyError, match="gave no signal on 1,612 bars, so that"):
        audited(Silent, half_year)


def test_too_few_bars_are_refused(half_year: Bars) -> None:
    """One line that says how many it takes."""
    with pytest.raises(DataError, match=r"QQQ 30m: .* needs at least 60 bars; found 30"):
        audited(NeedsBars, half_year.head(30))


def test_a_strategy_that_cannot_run_is_not_audited(half_year: Bars) -> None:
    """Its own error, as in a run."""
    with pytest.raises(ConfigError, match="Refuses: fast must be shorter than slow"):
        audited(Refuses, half_year)


@pytest.mark.parametrize(
    ("kind", "columns"), [(EveryTenth, {"long"}), (SinceTheStart, {"long", "long_level"})]
)
def test_an_anchor_on_the_first_bar_is_found(
    kind: type[VectorBTStrategy], columns: set[str], half_year: Bars, some_years: Bars
) -> None:
    """Nothing looks ahead, and yet the day the data begin decides the trades of years later."""
    for bars in (half_year, some_years):
        result = audited(kind, bars)
        assert found_by(result) == {"warm-up": columns}
        finding = result.findings[0]
        assert "where the bars begin with row" in finding.words
        assert "anchored on the first bar" in finding.words


def test_an_anchor_on_the_first_context_bar_is_found(half_year: Bars) -> None:
    """Context bars begin where the store does; dropping their first ones shows it."""
    result = audited(DaysSinceTheStart, half_year, context_intervals=["1d"])
    assert found_by(result) == {"context warm-up": {"long"}}
