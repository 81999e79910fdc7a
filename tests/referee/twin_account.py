"""The referee's account: cash, positions, the day's limit, and the exits inside a bar."""

from collections.abc import Sequence
from math import inf

import twin_rules as rules
from twin_inside import touches, which_first
from twin_records import Day, LaneState, Order, Position, RefereeResult, Refusal, Trade

from infrastructure.core.execution.plan import AccountTerms, Book

MARKET_EXITS = ("stop", "session_end", "exit_signal", "reverse", "end_of_data")


class Account:
    """Books of cash and lanes of positions under the account's terms."""

    def __init__(self, lanes: list[LaneState], books: Sequence[Book], terms: AccountTerms) -> None:
        self.lanes = lanes
        self.terms = terms
        self.cash = [terms.total_capital * book.allocation_percentage / 100 for book in books]
        self.idle_cash = terms.total_capital - sum(self.cash)
        self.result = RefereeResult()
        self.realised_today = 0.0

    # -- equity and the day ---------------------------------------------------------------------

    def book_equity(self, book: int) -> float:
        """Cash plus what the book holds at its symbols' last closes."""
        held = 0.0
        for lane in self.lanes:
            if lane.book == book and lane.position is not None:
                assert lane.last_close is not None
                held += lane.position.direction * lane.position.quantity * lane.last_close
        return self.cash[book] + held

    def notional(self, book: int) -> float:
        """What the book holds at last closes, both sides counted as positive."""
        return sum(
            lane.position.quantity * (lane.last_close or 0.0)
            for lane in self.lanes
            if lane.book == book and lane.position is not None
        )

    def equity(self) -> float:
        """The account: its books plus the cash that is not allocated."""
        return self.idle_cash + sum(self.book_equity(book) for book in range(len(self.cash)))

    def turn_day(self, session: int) -> None:
        """Begin a new day when `session` is later than today's."""
        days = self.result.days
        if days and session <= days[-1].session:
            return
        start = self.equity() if days else self.terms.total_capital
        days.append(Day(session, start, start, start))
        self.realised_today = 0.0
        for lane in self.lanes:
            if lane.position is not None:
                assert lane.last_close is not None
                lane.position.entered_today = False
                lane.position.day_basis = lane.position.mark = lane.last_close

    def add_row(self, moment: int) -> None:
        """Mark the books and the account at a closing moment."""
        result, today = self.result, self.result.days[-1]
        marks = [self.book_equity(book) for book in range(len(self.cash))]
        account = self.idle_cash + sum(marks)
        result.timeline.append(moment)
        result.row_session.append(today.session)
        result.book_equity.append(marks)
        result.account_equity.append(account)
        today.end_equity = account
        today.lowest_equity = min(today.lowest_equity, account)

    def worst_case(self) -> float:
        """Today's P&L if every open position of the account were stopped now, costs included."""
        return self.realised_today + sum(
            self._gain_today(lane.position, self._stopped_price(lane.position))
            for lane in self.lanes
            if lane.position is not None
        )

    def room(self) -> float:
        """Money that may still be planned to be lost today."""
        start = self.result.days[-1].start_equity
        return start * abs(self.terms.risk.max_daily_risk) / 100 + self.worst_case()

    def _stopped_price(self, position: Position) -> float:
        price = position.mark if position.stop is None else position.stop
        return self._exit_price(position.direction, price, "stop")

    def _gain_today(self, position: Position, exit_price: float) -> float:
        """Net P&L of today when `position` leaves at `exit_price`."""
        gain = position.direction * (exit_price - position.day_basis) * position.quantity
        gain -= rules.commission(position.quantity, exit_price, self.terms.costs)
        return gain - (position.commission_in if position.entered_today else 0.0)

    # -- in ---------------------------------------------------------------------------------------

    def refuse(self, lane: LaneState, signal_bar: int, d: int, reason: str) -> None:
        """A signal that becomes no trade."""
        self.result.refusals.append(Refusal(lane.number, lane.book, signal_bar, d, reason))

    def enter(self, lane: LaneState, order: Order, bar: int, price: float, market: float) -> None:
        """Fill `order` at `price` (slippage still to come), or refuse it."""
        d, config = order.direction, lane.config_of(order.signal_bar)
        at_limit = config.entry.type == "limit"
        bps = 0.0 if at_limit else self.terms.costs.slippage_bps
        fill = rules.moved_against(price, buying=d > 0, bps=bps)
        stop: float | None = None
        refusal = ""
        if self._is_full():
            refusal = "max_open_positions"
        elif config.stop_loss is not None:
            stop = self._stop(lane, order, fill)
            if stop is None:
                refusal = "no_stop"
            elif rules.stop_is_crossed(d, stop, fill, market):
                refusal = "stop_crossed"
        if refusal:
            self.refuse(lane, order.signal_bar, d, refusal)
            return
        quantity, bound = self._size(lane, order, fill, stop)
        if quantity == 0:
            self.refuse(lane, order.signal_bar, d, bound)
            return
        target = None
        if stop is not None and config.risk_reward is not None:
            target = fill + d * config.risk_reward * abs(fill - stop)
        paid = rules.commission(quantity, fill, self.terms.costs)
        lane.position = Position(
            direction=d,
            quantity=quantity,
            entry_price=fill,
            stop=stop,
            target=target,
            signal_bar=order.signal_bar,
            entry_bar=bar,
            entry_row=len(self.result.timeline),
            level=order.level,
            commission_in=paid,
            slippage_in=abs(fill - price) * quantity,
            book_equity=self.book_equity(lane.book),
            size_bound=bound,
            day_basis=fill,
            mark=fill,
        )
        self.cash[lane.book] -= d * quantity * fill + paid

    def _is_full(self) -> bool:
        cap = self.terms.risk.max_open_positions
        return cap is not None and sum(lane.position is not None for lane in self.lanes) >= cap

    def _stop(self, lane: LaneState, order: Order, fill: float) -> float | None:
        t = order.signal_bar
        return rules.stop_level(
            lane.config_of(t).stop_loss,
            order.direction,
            fill,
            lane.bars.low[t],
            lane.bars.high[t],
            lane.atr[t] if lane.atr else None,
        )

    def _size(
        self, lane: LaneState, order: Order, fill: float, stop: float | None
    ) -> tuple[float, str]:
        terms, equity, d = self.terms, self.book_equity(lane.book), order.direction
        sizing = lane.config_of(order.signal_bar).sizing
        own = rules.own_size(sizing, terms.risk.risk_per_trade, equity, fill, stop)
        room = self.room()
        if stop is None:
            by_room = inf if room > 0 else 0.0
        else:
            stop_fill = self._exit_price(d, stop, "stop")
            by_room = rules.size_for_room(room, fill, stop_fill, terms.costs)
        by_power = (equity * terms.risk.max_leverage - self.notional(lane.book)) / fill
        return rules.decide_size(
            own,
            by_room,
            by_power,
            terms.lot_size,
            None if stop is None else abs(fill - stop),
            terms.risk.min_risk_per_trade / 100 * equity,
        )

    # -- out --------------------------------------------------------------------------------------

    def meet_stop_and_target(self, lane: LaneState, bar: int) -> None:
        """Take the position out where the bar reaches its stop or its target."""
        position, bars = lane.position, lane.bars
        assert position is not None
        d, stop, target = position.direction, position.stop, position.target
        if bar > position.entry_bar:
            bar_open = bars.open[bar]
            if stop is not None and rules.has_reached(bar_open, stop, upwards=d < 0):
                self.leave(lane, bar, bar_open, "stop")
                return
            if target is not None and rules.has_reached(bar_open, target, upwards=d > 0):
                self.leave(lane, bar, bar_open, "target")
                return
        at_stop = stop is not None and touches(d, stop, bars, bar, against=True)
        at_target = target is not None and touches(d, target, bars, bar, against=False)
        if at_stop and at_target:
            reason, ambiguity = which_first(lane, position, bar, self.terms.fill_policy)
        else:
            reason, ambiguity = ("stop" if at_stop else "target"), "no"
        if at_stop or at_target:
            price = stop if reason == "stop" else target
            assert price is not None
            self.leave(lane, bar, price, reason, ambiguity)

    def leave(
        self, lane: LaneState, bar: int, price: float, reason: str, ambiguity: str = "no"
    ) -> None:
        """Close the lane's position at `price` (slippage still to come)."""
        position = lane.position
        assert position is not None
        fill = self._exit_price(position.direction, price, reason)
        if reason not in ("session_end", "end_of_data"):
            if bar > position.entry_bar:
                position.see(lane.bars.open[bar])
            position.see(price)
        quantity, d = position.quantity, position.direction
        paid = rules.commission(quantity, fill, self.terms.costs)
        self.realised_today += self._gain_today(position, fill)
        self.cash[lane.book] += d * quantity * fill - paid
        commissions = position.commission_in + paid
        lane.position = None
        self.result.trades.append(
            Trade(
                lane=lane.number,
                book=lane.book,
                direction=d,
                signal_bar=position.signal_bar,
                entry_bar=position.entry_bar,
                exit_bar=bar,
                entry_row=position.entry_row,
                exit_row=len(self.result.timeline),
                quantity=quantity,
                entry_price=position.entry_price,
                exit_price=fill,
                stop_price=position.stop,
                target_price=position.target,
                net_pnl=d * (fill - position.entry_price) * quantity - commissions,
                commission=commissions,
                slippage=position.slippage_in + abs(fill - price) * quantity,
                book_equity=position.book_equity,
                mae=position.mae,
                mfe=position.mfe,
                exit_reason=reason,
                ambiguous=ambiguity,
                size_bound=position.size_bound,
            )
        )

    def _exit_price(self, d: int, price: float, reason: str) -> float:
        if reason not in MARKET_EXITS:
            return price
        bps = self.terms.exit_slippage_bps
        return rules.moved_against(
            price, buying=d < 0, bps=self.terms.costs.slippage_bps if bps is None else bps
        )
