"""The ledger's views, for whoever asks in SQL; docs/ledger-queries.md explains their columns.

Migrations use these texts: a view that has been released is made anew, never changed.
"""

from typing import NamedTuple

from sqlalchemy import DDL, MetaData, event


class _Words(NamedTuple):
    """How a dialect says it; {0} is the column."""

    seconds: str  # since 1970 UTC, of a moment
    day: str  # days since 1970, of a date
    date: str  # of days since 1970
    weekday: str  # of a date, from 1, Monday
    year: str
    month: str
    text: str  # of a JSON document {0}, the value of key {1}
    number: str  # likewise


_WORDS = {
    "sqlite": _Words(
        seconds="CAST(strftime('%s', {0}) AS INTEGER)",
        day="CAST(strftime('%s', {0}) AS INTEGER) / 86400",
        date="date(({0}) * 86400, 'unixepoch')",
        weekday="(CAST(strftime('%w', {0}) AS INTEGER) + 6) % 7 + 1",
        year="CAST(strftime('%Y', {0}) AS INTEGER)",
        month="CAST(strftime('%m', {0}) AS INTEGER)",
        text="json_extract({0}, '$.{1}')",
        number="json_extract({0}, '$.{1}')",
    ),
    "postgresql": _Words(
        seconds="CAST(extract(epoch FROM {0}) AS bigint)",
        day="({0} - DATE '1970-01-01')",
        date="(DATE '1970-01-01' + CAST({0} AS integer))",
        weekday="CAST(extract(isodow FROM {0}) AS integer)",
        year="CAST(extract(year FROM {0}) AS integer)",
        month="CAST(extract(month FROM {0}) AS integer)",
        text="({0} ->> '{1}')",
        number="CAST({0} ->> '{1}' AS double precision)",
    ),
}

_WHOLE_UTC_DAYS = "('24/7', '24/5')"
"""Calendars that are plain arithmetic and so have no rows in trading_sessions."""

_NAMES = (
    "s.strategy_name, s.class_name, s.strategy_version, s.variant, s.interval, "
    "{calendar} AS calendar"
)


def _hour(seconds: str, calendar: str) -> str:
    """The hour on the exchange's clock, from 0.

    A date of 23 or 25 hours has its odd hour at night: what comes after its midnight is counted
    back from the next one. What comes before it belongs to the evening before.
    """
    midnight = (
        f"CASE WHEN {calendar} IN {_WHOLE_UTC_DAYS} THEN 0 "
        f"WHEN {seconds} >= d.date_start THEN d.date_end ELSE d.date_start END"
    )
    return f"(({seconds} - {midnight}) % 86400 + 86400) % 86400 / 3600"


def _dated(words: _Words, column: str) -> str:
    parts = (("weekday", words.weekday), ("year", words.year), ("month", words.month))
    return ", ".join(f"{text.format(column)} AS {name}" for name, text in parts)


def _trades(words: _Words) -> str:
    calendar = words.text.format("s.config", "calendar")
    hour = _hour(words.seconds.format("t.entry_timestamp"), calendar)
    return f"""CREATE VIEW v_trades AS SELECT
        t.trade_id, t.run_id, r.execution_date, r.portfolio_name, r.synthetic, t.account_id,
        t.position, t.strategy_id, {_NAMES.format(calendar=calendar)},
        t.symbol, t.direction, t.instrument_type, t.signal_timestamp, t.entry_timestamp,
        t.exit_timestamp, t.entry_date AS session, {hour} AS hour, {_dated(words, "t.entry_date")},
        t.exit_date, t.entry_price, t.exit_price, t.stop_price, t.target_price, t.quantity,
        t.capital_required, t.trade_duration, t.winning_trade, t.net_pnl, t.commission, t.slippage,
        t.risk_size, t.risk_per_trade, t.risk_reward AS r, t.mae_r, t.mfe_r, t.perc_return,
        t.exit_reason, t.ambiguous, t.size_bound
        FROM algo_trades AS t
        JOIN backtest_runs AS r ON r.run_id = t.run_id
        JOIN algo_strategies AS s ON s.strategy_id = t.strategy_id
        LEFT JOIN trading_sessions AS d
        ON d.calendar = {calendar} AND d.session = {words.day.format("t.entry_date")}"""


def _daily(words: _Words) -> str:
    starting = (
        f"CASE WHEN e.book = 0 THEN {words.number.format('r.figures', 'starting_capital')} "
        f"ELSE {words.number.format('a.figures', 'starting_capital')} END"
    )
    return f"""CREATE VIEW v_daily AS SELECT
        run_id, execution_date, portfolio_name, synthetic, book, strategy_id, strategy_name,
        session, {_dated(words, "session")}, equity, equity - before AS pnl,
        CASE WHEN before > 0 THEN 100.0 * (equity - before) / before END AS return_pct
        FROM (SELECT
            e.run_id, r.execution_date, r.portfolio_name, r.synthetic, e.book, a.strategy_id,
            s.strategy_name, e.session, e.equity, coalesce((SELECT p.equity FROM equity AS p
                WHERE p.run_id = e.run_id AND p.book = e.book AND p.session < e.session
                ORDER BY p.session DESC LIMIT 1), {starting}) AS before
            FROM equity AS e
            JOIN backtest_runs AS r ON r.run_id = e.run_id
            LEFT JOIN backtest_strategy_allocations AS a
            ON a.run_id = e.run_id AND a.position = e.book
            LEFT JOIN algo_strategies AS s ON s.strategy_id = a.strategy_id) AS marks"""


def _strategy_summary(words: _Words) -> str:
    calendar = words.text.format("s.config", "calendar")
    won = "sum(CASE WHEN t.net_pnl > 0 THEN t.net_pnl ELSE 0.0 END)"
    lost = "sum(CASE WHEN t.net_pnl < 0 THEN -t.net_pnl ELSE 0.0 END)"
    wins = "count(CASE WHEN t.net_pnl > 0 THEN 1 END)"
    losses = "count(CASE WHEN t.net_pnl < 0 THEN 1 END)"
    stored = ", ".join(
        f"{words.number.format('a.figures', name)} AS {name}"
        for name in ("final_equity", "cagr_pct", "sharpe", "max_drawdown_pct")
    )
    return f"""CREATE VIEW v_strategy_summary AS SELECT
        a.run_id, r.execution_date, r.portfolio_name, r.synthetic, a.position, a.strategy_id,
        {_NAMES.format(calendar=calendar)}, a.allocation_percentage,
        count(t.trade_id) AS trades, {wins} AS wins, {losses} AS losses,
        100.0 * {wins} / nullif(count(t.trade_id), 0) AS win_rate_pct,
        coalesce(sum(t.net_pnl), 0.0) AS net_profit, avg(t.net_pnl) AS expectancy,
        avg(t.risk_reward) AS expectancy_r, {won} / nullif({lost}, 0.0) AS profit_factor,
        {won} / nullif({wins}, 0) AS avg_win, -{lost} / nullif({losses}, 0) AS avg_loss,
        max(t.net_pnl) AS best_trade, min(t.net_pnl) AS worst_trade,
        coalesce(sum(t.commission), 0.0) AS total_commission,
        coalesce(sum(t.slippage), 0.0) AS total_slippage,
        avg(t.trade_duration) AS avg_trade_minutes,
        coalesce(sum(t.ambiguous), 0) AS ambiguous_trades,
        (SELECT count(*) FROM refused_signals AS n
            WHERE n.run_id = a.run_id AND n.position = a.position) AS refused, {stored}
        FROM backtest_strategy_allocations AS a
        JOIN backtest_runs AS r ON r.run_id = a.run_id
        JOIN algo_strategies AS s ON s.strategy_id = a.strategy_id
        LEFT JOIN algo_trades AS t ON t.run_id = a.run_id AND t.position = a.position
        GROUP BY a.run_id, a.position, r.run_id, s.strategy_id"""


def _refusals(words: _Words) -> str:
    seconds = words.seconds.format("n.signal_timestamp")
    calendar = words.text.format("s.config", "calendar")
    day = f"(({seconds} - ({seconds} % 86400 + 86400) % 86400) / 86400)"
    # The session that holds the moment; else its own date, where that is one; else the next one.
    session = f"""CASE {calendar} WHEN '24/7' THEN {day}
        WHEN '24/5' THEN {day} + CASE ({day} + 3) % 7 WHEN 5 THEN 2 WHEN 6 THEN 1 ELSE 0 END
        ELSE coalesce((SELECT min(c.session) FROM trading_sessions AS c
            WHERE c.calendar = {calendar} AND c.session BETWEEN {day} - 1 AND {day} + 2
            AND c.opens_at <= {seconds} AND c.closes_at > {seconds}),
        (SELECT min(c.session) FROM trading_sessions AS c
            WHERE c.calendar = {calendar} AND c.session BETWEEN {day} - 1 AND {day} + 14
            AND c.date_end > {seconds})) END"""
    date = words.date.format(session)
    return f"""CREATE VIEW v_refusals AS SELECT
        m.refusal_id, m.run_id, m.execution_date, m.portfolio_name, m.synthetic, m.position,
        m.strategy_id, m.strategy_name, m.class_name, m.strategy_version, m.variant, m.interval,
        m.calendar, m.symbol, m.signal_timestamp, m.direction, m.reason, m.session,
        {_hour("m.seconds", "m.calendar")} AS hour, {_dated(words, "m.session")}
        FROM (SELECT n.refusal_id, n.run_id, r.execution_date, r.portfolio_name, r.synthetic,
            n.position, n.strategy_id, {_NAMES.format(calendar=calendar)}, n.symbol,
            n.signal_timestamp, n.direction, n.reason, {seconds} AS seconds, {date} AS session
            FROM refused_signals AS n
            JOIN backtest_runs AS r ON r.run_id = n.run_id
            JOIN algo_strategies AS s ON s.strategy_id = n.strategy_id) AS m
        LEFT JOIN trading_sessions AS d
        ON d.calendar = m.calendar AND d.session = {words.day.format("m.session")}"""


LEDGER_VIEWS: dict[str, tuple[str, ...]] = {
    dialect: tuple(
        " ".join(view(words).split()) for view in (_trades, _daily, _strategy_summary, _refusals)
    )
    for dialect, words in _WORDS.items()
}
"""The statements that create them, by dialect."""


def add_views(metadata: MetaData) -> None:
    """Let `create_all` create the views after all tables."""
    for dialect, statements in LEDGER_VIEWS.items():
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%")).execute_if(  # type: ignore[no-untyped-call]
                dialect=dialect
            )
            event.listen(metadata, "after_create", ddl)
