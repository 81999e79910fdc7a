"""One strategy on one symbol, over many configurations: from signal to signal, not bar by bar.

An account with a single lane is flat between its trades, and a trade's way is known from its fill
(`trade_path`). So a configuration costs its trades, not its bars. Tests hold every trade and
refusal equal to the account machine's.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import ENTRY_TYPES, LONG, SHORT
from infrastructure.core.execution.fills import order_is_over_nb
from infrastructure.core.execution.records import REFUSAL_REASONS, VERDICT_TO_REASON
from infrastructure.core.sweeping.equity_marks import finish_nb
from infrastructure.core.sweeping.lone_market import CLOSE, OPEN, LoneMarket
from infrastructure.core.sweeping.lone_trade import Fill, trade_nb
from infrastructure.core.sweeping.tally import NO_ROW, begin_tally_nb
from infrastructure.core.sweeping.trade_path import EXIT_SIGNAL, REVERSE
from infrastructure.core.sweeping.waiting_orders import FILLED, STOP_ENTRY, wait_at_level_nb
from infrastructure.market_data.bars import IN_SESSION
from infrastructure.risk_management.sizing import ACCEPTED

_AT_CLOSE = ENTRY_TYPES.index("close")
_NEXT_OPEN = ENTRY_TYPES.index("next_open")
_CONTRADICTORY = REFUSAL_REASONS.index("contradictory")
_POSITION_OPEN = REFUSAL_REASONS.index("position_open")
_NO_LATER_BAR = REFUSAL_REASONS.index("end_of_data")
_SESSION_OVER = REFUSAL_REASONS.index("session_end")
_EXPIRED = REFUSAL_REASONS.index("expired")
_BOTH = LONG | SHORT


class SignalRows(NamedTuple):
    """Entry signals of many parameter choices: choice c's are rows first[c] to first[c + 1]."""

    first: NDArray[np.int64]  # (n_choices + 1,)
    bar: NDArray[np.int32]  # rising within a choice
    decision: NDArray[np.uint8]  # bits LONG and SHORT
    level: NDArray[np.float64]  # of its stop or limit entry; (0,) where none is asked for
    watched: NDArray[np.uint8]  # (n_choices, n_bars) every decision, where exits or reversals
    # are watched for; (0, 0): nowhere


class Variants(NamedTuple):
    """What tells configurations apart; (n,) each."""

    rules: NDArray[Any]  # RULES_DTYPE
    terms: NDArray[Any]  # (n_terms,) TERMS_DTYPE
    term: NDArray[np.int64]  # row of `terms`
    choice: NDArray[np.int64]  # of the signals
    atr: NDArray[np.int64]  # row of LoneMarket.atr; -1: none


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
    book_start: float,
    idle_cash: float,
    first: int,
    last: int,
    outputs: Outputs,
) -> None:
    """Trade configurations `first` up to `last`. book_start, idle_cash: money."""
    many_returns, many_trades = len(outputs.returns) > 1, len(outputs.trades) > 1
    for i in range(first, last):
        tally = outputs.tallies[i]
        begin_tally_nb(tally, book_start, idle_cash)
        outputs.refusals[i, :] = 0
        returns = outputs.returns[i if many_returns else 0]
        trades = outputs.trades[i if many_trades else 0]
        run_variant_nb(market, signals, variants, i, tally, outputs.refusals[i], returns, trades)
        finish_nb(market, tally, returns)
        tally.refused = outputs.refusals[i].sum()


@inlined_kernel
def run_variant_nb(
    market: LoneMarket,
    signals: SignalRows,
    variants: Variants,
    i: int,
    tally: Any,
    refused: NDArray[np.int64],
    returns: NDArray[np.float64],
    trades: NDArray[Any],
) -> None:
    """Every signal of one configuration becomes a trade or a counted refusal."""
    rules, terms = variants.rules[i], variants.terms[variants.term[i]]
    choice, atr_row = variants.choice[i], variants.atr[i]
    decisions = signals.watched[choice] if len(signals.watched) else signals.decision[:0]
    end = signals.first[choice + 1]
    last_bar, free_from, turning = len(market.prices) - 1, 0, NO_ROW
    for k in range(signals.first[choice], end):
        bar, decision = signals.bar[k], signals.decision[k]
        if decision == _BOTH:
            refused[_CONTRADICTORY] += 2
            continue
        if bar < free_from and bar != turning:
            refused[_POSITION_OPEN] += 1
            continue
        if bar == last_bar:
            refused[_NO_LATER_BAR] += 1
            continue
        direction = 1 if decision == LONG else -1
        why_not, fill = order_nb(market, signals, rules, direction, k, end)
        if why_not != FILLED:
            refused[why_not] += 1
            continue
        verdict, exit_bar, left = trade_nb(
            market, rules, terms, atr_row, tally, decisions, fill, returns, trades
        )
        if verdict != ACCEPTED:
            refused[verdict + VERDICT_TO_REASON] += 1
            continue
        free_from, turning = exit_bar, NO_ROW
        if rules.reverses and not fill.at_close and left in (REVERSE, EXIT_SIGNAL):
            turned = SHORT if direction > 0 else LONG
            if decisions[exit_bar - 1] & _BOTH == turned:
                turning = exit_bar - 1  # its order fills where the old position was left


@inlined_kernel
def order_nb(
    market: LoneMarket, signals: SignalRows, rules: Any, direction: int, k: int, end: int
) -> tuple[int, Fill]:
    """(FILLED, how), or why the order of signal k is refused."""
    bar, kind = signals.bar[k], rules.entry_type
    why_not, at, raw, slips, inside = FILLED, bar + 1, np.nan, True, False
    if kind == _NEXT_OPEN:
        raw = market.prices[at, OPEN]
        if order_is_over_nb(
            rules.flat_at_session_end, market.session[bar], market.session[at], market.phase[at]
        ):
            why_not = _SESSION_OVER
    elif kind == _AT_CLOSE:
        at, raw = bar, market.prices[bar, CLOSE]
        if rules.flat_at_session_end and market.phase[bar] != IN_SESSION:
            why_not = _SESSION_OVER
    else:
        slips, level = kind == STOP_ENTRY, signals.level[k]
        if level > 0.0:
            replaced = next_signal_nb(signals, k + 1, end)
            why_not, at, raw, inside = wait_at_level_nb(
                market, rules, direction, level, bar, replaced
            )
        else:
            over = rules.flat_at_session_end and market.phase[bar] != IN_SESSION
            why_not = _SESSION_OVER if over else _EXPIRED
    standing = raw if kind == _AT_CLOSE else market.prices[at, OPEN]
    at_level = signals.level[k] if inside else np.nan
    return why_not, Fill(direction, bar, at, kind == _AT_CLOSE, raw, slips, standing, at_level)


@kernel
def next_signal_nb(signals: SignalRows, k: int, end: int) -> int:
    """The bar of the next signal from k on that places an order; NO_ROW: none."""
    while k < end:
        if signals.decision[k] != _BOTH:
            return signals.bar[k]
        k += 1
    return NO_ROW
