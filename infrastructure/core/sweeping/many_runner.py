"""Several lanes: the account machine, one configuration after the other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.market_columns import market_columns
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.records import ORDER_DTYPE, REFUSAL_DTYPE, TRADE_DTYPE
from infrastructure.core.execution.simulate import book_starts, open_account, simulate
from infrastructure.core.sweeping.batches import batches, choices_at_once
from infrastructure.core.sweeping.choices import Choices, Seen, each_choice
from infrastructure.core.sweeping.chosen_columns import ChosenColumns
from infrastructure.core.sweeping.configurations import Configurations
from infrastructure.core.sweeping.figures import Timeline
from infrastructure.core.sweeping.lone_lane import Outputs
from infrastructure.core.sweeping.lone_runner import LEVELLED, give_back, room
from infrastructure.core.sweeping.many_lanes import LaneVariants, Scratch, run_accounts_nb
from infrastructure.core.vectorbt_strategy import VectorBTStrategy


class ManyRunner:
    """Runs configurations of any account. For one thread at a time: the account is set back."""

    def __init__(
        self,
        silent: Sequence[Book],
        strategies: Sequence[VectorBTStrategy],
        seen: Sequence[Sequence[Seen]],
        terms: AccountTerms,
        sessions_per_year: float,
    ) -> None:
        self._books, self._strategies, self._seen = silent, strategies, seen
        self._market = market_columns(silent, terms)
        self._account = open_account(silent, terms, self._market)
        self._start = book_starts(silent, terms)
        self._blank = self._account.lanes.copy()
        quiet = simulate(silent, terms)
        begins = np.concatenate(([True], quiet.row_session[1:] != quiet.row_session[:-1]))
        self.timeline = Timeline(
            closes_at=quiet.timeline,
            day=np.cumsum(begins) - 1,
            day_session=quiet.row_session[begins],
            started_at=min(int(each.bars.timestamp[0]) for book in silent for each in book.lanes),
            capital=quiet.total_capital,
            sessions_per_year=sessions_per_year,
        )

    def run(self, given: Configurations, outputs: Outputs) -> dict[int, str]:
        """Fill the outputs; why a strategy refused a configuration, by its number."""
        invalid: dict[int, str] = {}
        at_once = choices_at_once(int(self._market.n_bars.sum()), whole_columns=True)
        for rows in batches(given.choice, at_once):
            columns = ChosenColumns()
            lanes = [
                place
                for number in range(len(self._books))
                for place in self._signals(given, rows, number, columns, invalid)
            ]
            variants = LaneVariants(
                rules=given.rules[rows],
                terms=given.terms,
                term=given.term[rows],
                first_signal=np.column_stack([signal for signal, _ in lanes]),
                first_level=np.column_stack([level for _, level in lanes]),
            )
            self._run_batch(variants, columns, outputs, rows)
        return invalid

    def _signals(
        self,
        given: Configurations,
        rows: NDArray[np.int64],
        number: int,
        columns: ChosenColumns,
        invalid: dict[int, str],
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Where each configuration's signals and levels begin, for each lane of book `number`."""
        book, choices = self._books[number], given.choices[number]
        numbers, choice = np.unique(given.choice[rows, number], return_inverse=True)
        some = Choices(choices.names, [choices.values[each] for each in numbers])
        places = []
        for seen in self._seen[number]:
            found = each_choice(self._strategies[number], seen, some)
            at_level = book.config.entry.type in LEVELLED
            begin = columns.add_lane(found, seen.traded, at_level)
            places.append((begin[choice, 0], begin[choice, 1]))
            for position, signals in enumerate(found):
                if isinstance(signals, str):
                    invalid |= dict.fromkeys(rows[choice == position].tolist(), signals)
        return places

    def _run_batch(
        self,
        variants: LaneVariants,
        columns: ChosenColumns,
        outputs: Outputs,
        rows: NDArray[np.int64],
    ) -> None:
        decision, long_level, short_level = columns.joined()
        n_lanes, most = len(self._blank), columns.most_entries
        market = self._market._replace(
            decision=decision,
            long_level=long_level,
            short_level=short_level,
            first_signal=np.zeros(n_lanes, np.int64),
            first_level=np.zeros(n_lanes, np.int64),
        )
        account = self._account._replace(
            orders=np.empty(2 * most, ORDER_DTYPE),
            trades=np.empty(most, TRADE_DTYPE),
            refusals=np.empty(most, REFUSAL_DTYPE),
        )
        n_rows = len(self._account.row_moment)
        held, order = np.zeros(n_rows + 1, np.int64), np.zeros(most, np.int64)
        scratch = Scratch(self._start, self._blank, held, order)
        part = room(outputs, len(rows))
        run_accounts_nb(account, market, variants, scratch, 0, len(rows), part)
        give_back(outputs, part, rows)
