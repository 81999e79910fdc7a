"""One strategy on one symbol: signals batch by batch, then `lone_lane`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.market_columns import market_columns
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.simulate import book_starts, lane_rules
from infrastructure.core.sweeping.batches import batches, choices_at_once
from infrastructure.core.sweeping.choices import Choices, Seen, lane_signals
from infrastructure.core.sweeping.configurations import Configurations
from infrastructure.core.sweeping.figures import Timeline
from infrastructure.core.sweeping.lone_lane import Outputs, Variants, run_variants_nb
from infrastructure.core.sweeping.lone_market import lone_market
from infrastructure.core.sweeping.outcome import NOT_KEPT, outcome_room
from infrastructure.core.sweeping.tally import TALLY_DTYPE
from infrastructure.core.vectorbt_strategy import VectorBTStrategy

LEVELLED = ("stop", "limit")
"""Types of entries that wait at a level the strategy gives."""


class LoneRunner:
    """Runs configurations of one lane. For one thread at a time."""

    def __init__(
        self,
        silent: Sequence[Book],
        strategies: Sequence[VectorBTStrategy],
        seen: Sequence[Sequence[Seen]],
        terms: AccountTerms,
        sessions_per_year: float,
    ) -> None:
        (book,), (self._strategy,) = silent, strategies
        ((self._seen,),) = seen
        columns = market_columns(silent, terms)
        _, ranges = lane_rules(silent)
        self._has_atr = len(columns.atr) > 0
        self._market = lone_market(columns, [columns.atr] if self._has_atr else [], ranges)
        self._config = book.config
        generate_many = type(self._strategy).generate_many
        self._quick = generate_many is not VectorBTStrategy.generate_many
        self._start = float(book_starts(silent, terms).sum())
        self._idle = terms.total_capital - self._start
        capital = self._start + self._idle
        self.timeline = Timeline.of(self._market, capital, sessions_per_year)

    def run(self, given: Configurations, outputs: Outputs) -> dict[int, str]:
        """Fill the outputs; why the strategy refused a configuration, by its number."""
        at_level = self._config.entry.type in LEVELLED
        reverses = self._config.on_opposite_signal == "reverse"
        invalid: dict[int, str] = {}
        (choices,) = given.choices
        at_once = choices_at_once(len(self._seen.bars), whole_columns=not self._quick)
        for rows in batches(given.choice, at_once):
            numbers, choice = np.unique(given.choice[rows, 0], return_inverse=True)
            some = Choices(choices.names, [choices.values[number] for number in numbers])
            found = lane_signals(
                self._strategy, self._seen, some, at_level=at_level, reverses=reverses
            )
            kept = not (at_level or len(found.rows.watched))
            path = paths(given.rules[rows, 0], given.terms, given.term[rows])
            order = np.argsort(path, kind="stable")  # those that share outcomes, together
            rows, choice = rows[order], choice[order]
            variants = Variants(
                rules=given.rules[rows, 0],
                terms=given.terms,
                term=given.term[rows],
                choice=choice.astype(np.int64),
                atr=np.full(len(rows), 0 if self._has_atr else -1),
                path=path[order] if kept else np.full(len(rows), NOT_KEPT),
            )
            outcomes = outcome_room(int(found.rows.slot.max(initial=-1)) + 1)
            part = room(outputs, len(rows))
            run_variants_nb(
                self._market,
                found.rows,
                variants,
                outcomes,
                self._start,
                self._idle,
                0,
                len(rows),
                part,
            )
            give_back(outputs, part, rows)
            for number, why in found.refusals.items():
                invalid |= dict.fromkeys(rows[choice == number].tolist(), why)
        return invalid


def paths(rules: NDArray[Any], terms: NDArray[Any], term: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) a number for each combination of what outcomes depend on, from 0.

    Within a group that is the stop's value, the target and the entry's slippage.
    """
    number = np.zeros(len(rules), np.int64)
    slippage = terms["entry_slippage_bps"][term]
    for column in (rules["stop_value"], rules["risk_reward"], slippage):
        distinct, which = np.unique(column, return_inverse=True)
        number = number * len(distinct) + which
    return np.unique(number, return_inverse=True)[1]


def room(outputs: Outputs, n: int) -> Outputs:
    """Outputs of n configurations that keep what the others keep."""
    returns, trades = outputs.returns, outputs.trades
    return Outputs(
        tallies=np.zeros(n, TALLY_DTYPE),
        refusals=np.zeros((n, outputs.refusals.shape[1]), np.int64),
        returns=np.zeros((n, returns.shape[1]) if returns.shape[1] else (1, 0)),
        trades=np.zeros((n, trades.shape[1]) if trades.shape[1] else (1, 0), trades.dtype),
    )


def give_back(outputs: Outputs, part: Outputs, rows: np.ndarray) -> None:
    """Put a batch's outputs where its configurations stand."""
    for whole, some in zip(outputs, part, strict=True):
        if whole.ndim == 1 or whole.shape[1]:
            whole[rows] = some
