"""One strategy on one symbol, over many configurations: from signal to signal, not bar by bar.

An account with a single lane is flat between its trades, and a trade's way is known from its fill
(`outcome`). So a configuration costs its trades, not its bars. Tests hold every trade and refusal
equal to the account machine's.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import LONG, SHORT
from infrastructure.core.execution.records import REFUSAL_REASONS, VERDICT_TO_REASON
from infrastructure.core.sweeping.equity_marks import finish_nb
from infrastructure.core.sweeping.lone_market import LoneMarket
from infrastructure.core.sweeping.lone_trade import trade_nb
from infrastructure.core.sweeping.outcome import AT_CLOSE, NOT_KEPT, outcome_nb
from infrastructure.core.sweeping.signal_rows import BOTH_SIDES, NO_ROW, SignalRows
from infrastructure.core.sweeping.tally import begin_tally_nb
from infrastructure.core.sweeping.trade_path import EXIT_SIGNAL, REVERSE
from infrastructure.core.sweeping.waiting_orders import FILLED
from infrastructure.risk_management.sizing import ACCEPTED

_CONTRADICTORY = REFUSAL_REASONS.index("contradictory")
_POSITION_OPEN = REFUSAL_REASONS.index("position_open")
_NO_LATER_BAR = REFUSAL_REASONS.index("end_of_data")


class Variants(NamedTuple):
    """What tells configurations apart; (n,) each."""

    rules: NDArray[Any]  # RULES_DTYPE
    terms: NDArray[Any]  # (n_terms,) TERMS_DTYPE
    term: NDArray[np.int64]  # row of `terms`
    choice: NDArray[np.int64]  # of the signals
    atr: NDArray[np.int64]  # row of LoneMarket.atr; -1: none
    path: NDArray[np.int64]  # configurations of one path share their outcomes; or NOT_KEPT


class Outputs(NamedTuple):
    """What is filled; (1, 0) leaves returns or trades out."""

    tallies: NDArray[Any]  # (n,) TALLY_DTYPE
    refusals: NDArray[np.int64]  # (n, n_reasons) how many signals each reason refused
    returns: NDArray[np.float64]  # (n, n_sessions) session returns, fractions
    trades: NDArray[Any]  # (n, most) TRADE_DTYPE, its mae and mfe NaN


@kernel
def run_variants_nb(
    market: LoneMarket,
    signals: SignalRows,
    variants: Variants,
    outcomes: NDArray[Any],
    book_start: float,
    idle_cash: float,
    first: int,
    last: int,
    outputs: Outputs,
) -> None:
    """Trade configurations `first` up to `last`. book_start, idle_cash: money.

    outcomes: (n_slots,) from `outcome_room`; quickest where those of one path follow each other.
    """
    many_returns, many_trades = len(outputs.returns) > 1, len(outputs.trades) > 1
    for i in range(first, last):
        tally, refused = outputs.tallies[i], outputs.refusals[i]
        begin_tally_nb(tally, book_start, idle_cash)
        refused[:] = 0
        returns = outputs.returns[i if many_returns else 0]
        trades = outputs.trades[i if many_trades else 0]
        run_variant_nb(market, signals, variants, outcomes, i, tally, refused, returns, trades)
        finish_nb(market, tally, returns)
        tally.refused = refused.sum()


@inlined_kernel
def run_variant_nb(
    market: LoneMarket,
    signals: SignalRows,
    variants: Variants,
    outcomes: NDArray[Any],
    i: int,
    tally: Any,
    refused: NDArray[np.int64],
    returns: NDArray[np.float64],
    trades: NDArray[Any],
) -> None:
    """Every signal of one configuration becomes a trade or a counted refusal."""
    rules, terms, path = variants.rules[i], variants.terms[variants.term[i]], variants.path[i]
    choice = variants.choice[i]
    decisions = signals.watched[choice] if len(signals.watched) else signals.decision[:0]
    end, last_bar = signals.first[choice + 1], len(market.bars) - 1
    turns = rules.reverses and rules.entry_type != AT_CLOSE
    free_from, turning = 0, NO_ROW
    for k in range(signals.first[choice], end):
        bar, decision = signals.bar[k], signals.decision[k]
        if decision == BOTH_SIDES:
            refused[_CONTRADICTORY] += 2
            continue
        if bar < free_from and bar != turning:
            refused[_POSITION_OPEN] += 1
            continue
        if bar == last_bar:
            refused[_NO_LATER_BAR] += 1
            continue
        direction, out = (1 if decision == LONG else -1), outcomes[signals.slot[k]]
        if out.path != path or path == NOT_KEPT:
            outcome_nb(
                market, signals, rules, terms, variants.atr[i], decisions, direction, k, end, out
            )
            out.path = path
        if out.over != FILLED:
            refused[out.over] += 1
            continue
        verdict = trade_nb(market, rules, terms, tally, direction, bar, out, returns, trades)
        if verdict != ACCEPTED:
            refused[verdict + VERDICT_TO_REASON] += 1
            continue
        free_from, turning = out.exit_bar, NO_ROW
        if turns and (out.why == REVERSE or out.why == EXIT_SIGNAL):
            turned = SHORT if direction > 0 else LONG
            if decisions[free_from - 1] & BOTH_SIDES == turned:
                turning = free_from - 1  # its order fills where the old position was left
