"""Splits and dividends: bars on the scale of the last one, and back again."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.sessions.session_calendar import day_text
from infrastructure.wording import hint_of

Adjustment = Literal["none", "split", "all"]
"""What prices are adjusted for: nothing, splits, or splits and dividends."""

ADJUSTMENTS: tuple[Adjustment, ...] = ("none", "split", "all")
"""From the least to the most."""

_PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, eq=False)
class Factors:
    """Splits and dividends of one symbol, oldest first; every column has shape (n_events,).

    until: exchange date of the last session on the old scale, days since 1970, int64, ascending.
    split, dividend: float64 above zero; prices up to and including `until` times them are on the
        scale of the sessions after it: a split is 0.25 for 4:1, a dividend 1 - amount / the close
        before it. 1: none. They are of this event alone: a new one leaves the old ones as they are.

    Raises DataError for columns that break these rules, naming the first bad event.
    """

    symbol: str
    until: NDArray[np.int64]
    split: NDArray[np.float64]
    dividend: NDArray[np.float64]

    def __post_init__(self) -> None:
        kinds = {"until": np.int64, "split": np.float64, "dividend": np.float64}
        for name, kind in kinds.items():
            column = np.array(getattr(self, name), dtype=kind)
            column.flags.writeable = False
            object.__setattr__(self, name, column)
        self._check()

    def __len__(self) -> int:
        return len(self.until)

    def _check(self) -> None:
        if not self.until.shape == self.split.shape == self.dividend.shape == (len(self),):
            raise DataError(f"{self.symbol}: until, split and dividend must be of one length")
        if (np.diff(self.until) <= 0).any():
            event = int(np.argmax(np.diff(self.until) <= 0)) + 1
            raise DataError(
                f"{self.symbol}: factors must be in order, each date once; "
                f"{day_text(self.until[event])} follows {day_text(self.until[event - 1])}"
            )
        for name in ("split", "dividend"):
            factor = getattr(self, name)
            bad = ~((factor > 0) & np.isfinite(factor))
            if bad.any():
                event = int(np.argmax(bad))
                raise DataError(
                    f"{self.symbol}: the {name} factor of {day_text(self.until[event])} must be "
                    f"a number above 0; found {factor[event]}"
                )


def no_factors(symbol: str) -> Factors:
    """Of a symbol that has neither split nor paid."""
    return Factors(symbol, np.empty(0, np.int64), np.empty(0), np.empty(0))


def adjusted(
    columns: BarColumns,
    session: NDArray[np.int64],
    factors: Factors,
    how: Adjustment,
    came: Adjustment = "none",
) -> BarColumns:
    """Bars on the scale of the newest session: prices times the factors of all later events.

    session: exchange date of each bar, days since 1970, shape (n_bars,).
    how: `none`, `split` (splits only) or `all` (dividends too). came: what the prices had been
        adjusted for when they came; that is never done twice, nor undone: with `how` below `came`
        the bars stay as they are.

    Volume is divided by the split factors alone. The order of the prices in a bar stays what it
    was, to the last bit. Raises ConfigError for another `how` or `came`, DataError where all
    factors together leave the range of numbers.
    """
    scales = _scales(session, factors, how, came)
    return columns if scales is None else _scaled(columns, *scales)


def unadjusted(
    columns: BarColumns,
    session: NDArray[np.int64],
    factors: Factors,
    how: Adjustment,
    came: Adjustment = "none",
) -> BarColumns:
    """The bars from which `adjusted` with the same arguments made `columns`, but for rounding."""
    scales = _scales(session, factors, how, came)
    return columns if scales is None else _scaled(columns, *(1.0 / each for each in scales))


def check_adjustment(key: str, given: str) -> Adjustment:
    """`given`, once it is one of ADJUSTMENTS. Raises ConfigError, which begins with `key`."""
    for known in ADJUSTMENTS:
        if given == known:
            return known
    hint = hint_of(given, ADJUSTMENTS)
    raise ConfigError(f"{key}: expected none, split or all; found {str(given)[:40]!r}{hint}")


def _scales(
    session: NDArray[np.int64], factors: Factors, how: Adjustment, came: Adjustment
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """What each bar's prices and splits are multiplied by, shape (n_bars,); None: nothing to do."""
    done = ADJUSTMENTS.index(check_adjustment("adjusted", came))
    wanted = ADJUSTMENTS.index(check_adjustment("adjust", how))
    if wanted <= done or not len(factors):
        return None
    one = np.ones(len(factors))
    split = factors.split if done < 1 else one
    dividend = factors.dividend if wanted == 2 else one
    later = np.searchsorted(factors.until, session)  # the first event that the bar is older than
    return (
        _products(factors.symbol, split * dividend)[later],
        _products(factors.symbol, split)[later],
    )


def _products(symbol: str, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Product of each event's factor and all later ones, and of none (1), shape (n_events + 1,)."""
    with np.errstate(over="ignore", under="ignore"):
        product = np.append(np.cumprod(factor[::-1])[::-1], 1.0)
    if not ((product > 1e-100) & (product < 1e100)).all():
        raise DataError(f"{symbol}: its factors together leave the range of numbers; check them")
    return product


def _scaled(
    columns: BarColumns, price: NDArray[np.float64], split: NDArray[np.float64]
) -> BarColumns:
    """One positive factor for all prices of a bar: rounding never puts a close above its high."""
    scaled = {name: getattr(columns, name) * price for name in _PRICES}
    return replace(columns, **scaled, volume=columns.volume / split)
