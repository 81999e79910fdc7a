"""Simulate books of strategies on one account: the backtest of the account machine.

A walk forward changes rules and signals on the way: the parts are joined, and the machine goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import (
    DAY_DTYPE,
    ENTRY_TYPES,
    LANE_DTYPE,
    LONG,
    NEVER,
    NO_SESSION,
    RULES_DTYPE,
    SHORT,
    Account,
    Market,
)
from infrastructure.core.execution.fills import FILL_POLICIES
from infrastructure.core.execution.machine import run_nb
from infrastructure.core.execution.market_columns import market_columns
from infrastructure.core.execution.parts import check_parts, join_parts, part_rows
from infrastructure.core.execution.plan import AccountTerms, Book, Parts
from infrastructure.core.execution.records import ORDER_DTYPE, REFUSAL_DTYPE, TRADE_DTYPE
from infrastructure.errors import ConfigError, DataError
from infrastructure.risk_management.sizing import SIZING_TYPES
from infrastructure.risk_management.stops import STOP_TYPES
from infrastructure.risk_management.terms import terms_record


@dataclass(frozen=True, eq=False)
class Simulation:
    """What happened: records in the order of events, and the equity of every book at every row.

    orders, trades, refusals: records of ORDER_DTYPE, TRADE_DTYPE, REFUSAL_DTYPE.
    timeline: (n_rows,) moments at which bars were complete, seconds UTC.
    row_session: (n_rows,) the account's session of each row, days since 1970.
    book_equity: (n_rows, n_books); book_start: (n_books,) the cash each book began with.
    idle_cash: capital that no book holds.
    """

    orders: NDArray[Any]
    trades: NDArray[Any]
    refusals: NDArray[Any]
    timeline: NDArray[np.int64]
    row_session: NDArray[np.int64]
    book_equity: NDArray[np.float64]
    book_start: NDArray[np.float64]
    idle_cash: float

    @cached_property
    def account_equity(self) -> NDArray[np.float64]:
        """(n_rows,) books plus idle cash."""
        books: NDArray[np.float64] = self.book_equity
        total = books[:, 0] if books.shape[1] == 1 else books.sum(axis=1)
        return total + self.idle_cash if self.idle_cash else total

    @property
    def total_capital(self) -> float:
        """What the account began with."""
        return float(self.book_start.sum()) + self.idle_cash


def simulate(books: Sequence[Book], terms: AccountTerms) -> Simulation:
    """Trade every signal of every book on one account, by the rules of docs/execution.md.

    Raises StrategyError where signals do not fit their bars, DataError where bars overlap or a
    book has none, ConfigError for an unknown fill policy or a capital that is none.
    """
    return simulate_in_parts((books,), terms)


def simulate_in_parts(parts: Parts, terms: AccountTerms) -> Simulation:
    """One account through all parts: at each boundary it goes on under the next part's rules.

    A lane's signals are obeyed under the rules of the part that its bar belongs to; an order keeps
    the rules it was placed under, and a position those of its order, into the parts that follow.
    Row numbers of bars count through all parts, as in the books of `join_parts`.

    Raises what `simulate` raises, ConfigError for parts of unlike books and DataError for parts out
    of order.
    """
    if terms.fill_policy not in FILL_POLICIES:
        known = ", ".join(FILL_POLICIES)
        raise ConfigError(f"fill_policy must be one of {known}; found {terms.fill_policy!r}")
    if not 0 < terms.total_capital < np.inf:
        raise ConfigError(f"total_capital must be above 0; found {terms.total_capital!r}")
    check_parts(parts)
    books = join_parts(parts)
    for book in books:
        for lane in book.lanes:
            if len(lane.bars) == 0:
                where = f"{lane.bars.symbol} {lane.bars.interval}"
                raise DataError(f"{where}: there are no bars to trade")
    market = market_columns(books, terms, parts)
    account = open_account(books, terms, market, parts)
    for moment, lane_number, rules in _changes(parts, market):
        run_nb(account, market, moment, True)
        account.lanes["rules"][lane_number] = rules
    run_nb(account, market, NEVER - 1, True)
    day = account.day[0]
    return Simulation(
        orders=account.orders[: day["n_orders"]],
        trades=account.trades[: day["n_trades"]],
        refusals=account.refusals[: day["n_refusals"]],
        timeline=account.row_moment,
        row_session=account.row_session,
        book_equity=account.book_equity,
        book_start=book_starts(books, terms),
        idle_cash=float(day["idle_cash"]),
    )


def _changes(parts: Parts, market: Market) -> list[tuple[int, int, int]]:
    """(moment, lane, row of Account.rules) of every change of rules, in time order.

    A lane changes its rules once the last bar before its next part is complete.
    """
    first = part_rows(parts)
    n_parts, n_lanes = len(parts), len(market.n_bars)
    changes = []
    for part in range(1, n_parts):
        for lane in range(n_lanes):
            before = market.first_bar[lane] + first[part, lane] - 1
            moment = int(market.closes_at[before]) if first[part, lane] else -NEVER
            changes.append((moment, lane, part * n_lanes + lane))
    return sorted(changes, key=lambda change: (change[0], change[2]))


def open_account(
    books: Sequence[Book], terms: AccountTerms, market: Market, parts: Parts = ()
) -> Account:
    """An account before its first bar, with room for everything these bars can bring about.

    parts: what the books were joined of, where rules change on the way.
    """
    entries = int(np.count_nonzero(market.decision & LONG))
    entries += int(np.count_nonzero(market.decision & SHORT))
    n_rows = _count_rows(books)
    start = book_starts(books, terms)
    day = np.zeros(1, DAY_DTYPE)
    day["session"] = NO_SESSION
    day["idle_cash"] = terms.total_capital - start.sum()
    rules, ranges = _rules(parts or (books,))
    lanes = np.zeros(len(market.n_bars), LANE_DTYPE)
    lanes["rules"] = np.arange(len(lanes))
    lanes["next_moment"] = NEVER
    lane_counts = [len(book.lanes) for book in books]
    return Account(
        terms=account_terms(terms),
        rules=rules,
        ranges=ranges,
        first_lane=np.concatenate(([0], np.cumsum(lane_counts))).astype(np.int64),
        lanes=lanes,
        cash=start.copy(),
        day=day,
        orders=np.empty(2 * entries, ORDER_DTYPE),
        trades=np.empty(entries, TRADE_DTYPE),
        refusals=np.empty(entries, REFUSAL_DTYPE),
        row_moment=np.empty(n_rows, np.int64),
        row_session=np.empty(n_rows, np.int64),
        book_equity=np.empty((n_rows, len(books)), np.float64),
    )


def account_terms(terms: AccountTerms) -> NDArray[Any]:
    """The account's terms as the record that its rules read, shape (1,)."""
    policy = FILL_POLICIES.index(terms.fill_policy)
    return terms_record(terms.risk, terms.costs, terms.lot_size, policy, terms.exit_slippage_bps)


def book_starts(books: Sequence[Book], terms: AccountTerms) -> NDArray[np.float64]:
    """The cash that each book begins with, money."""
    shares = np.array([book.allocation_percentage for book in books])
    return shares * terms.total_capital / 100.0


def _count_rows(books: Sequence[Book]) -> int:
    """How many distinct moments complete a bar."""
    feeds = list({id(lane.bars): lane.bars for book in books for lane in book.lanes}.values())
    if all(np.array_equal(bars.closes_at, feeds[0].closes_at) for bars in feeds[1:]):
        return len(feeds[0])
    return len(np.unique(np.concatenate([bars.closes_at for bars in feeds])))


def lane_rules(books: Sequence[Book]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """One record a lane, and the price ranges that `variable` stops look into."""
    return _rules((books,))


def _rules(parts: Parts) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """One record a lane and part, and the price ranges that `variable` stops look into."""
    books = [(number, book) for part in parts for number, book in enumerate(part)]
    rules = np.zeros(sum(len(book.lanes) for _, book in books), RULES_DTYPE)
    ranges: list[tuple[float, float, float, float]] = []
    i = 0
    for number, book in books:
        first_range = len(ranges)
        ranges += _price_ranges(book)
        rules[i : i + len(book.lanes)] = _rule(number, book, first_range, len(ranges))
        i += len(book.lanes)
    return rules, np.array(ranges, np.float64).reshape(-1, 4)


def _rule(number: int, book: Book, first_range: int, last_range: int) -> NDArray[Any]:
    """The rules of a book's lanes, shape (1,)."""
    config, stop_loss = book.config, book.config.stop_loss
    rule = np.zeros(1, RULES_DTYPE)
    rule["book"] = number
    rule["entry_type"] = ENTRY_TYPES.index(config.entry.type)
    rule["expiry_bars"] = config.entry.expiry_bars
    rule["stop_type"] = STOP_TYPES.index(stop_loss.type if stop_loss else "none")
    rule["stop_value"] = _or(stop_loss.value if stop_loss else None, 0.0)
    rule["range_from"], rule["range_to"] = first_range, last_range
    rule["risk_reward"] = _or(config.risk_reward, np.nan)
    rule["sizing_type"] = SIZING_TYPES.index(config.sizing.type)
    rule["sizing_value"] = _or(config.sizing.value, 0.0)
    rule["flat_at_session_end"] = config.exit_at_session_end
    rule["reverses"] = config.on_opposite_signal == "reverse"
    return rule


def _price_ranges(book: Book) -> list[tuple[float, float, float, float]]:
    """The rows of a book's `variable` stop."""
    stop_loss = book.config.stop_loss
    return [
        (
            row.min_price,
            _or(row.max_price, np.inf),
            _or(row.delta_abs, np.nan),
            _or(row.delta_perc, np.nan),
        )
        for row in (stop_loss.price_ranges if stop_loss else ())
    ]


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
