"""The tables of market data: bars as they came, and what is known about them.

Prices are per share in the instrument's currency; times are seconds since 1970 UTC.
"""

from sqlalchemy import Column, Index, Text

from infrastructure.database.base import ADJUSTMENTS, BAR_CHANGES, table
from infrastructure.database.checks import (
    above_zero,
    at_most,
    one_of,
    valid_json,
    written_as,
    zero_or_more,
)
from infrastructure.database.columns import ExchangeDate, Json, Real, UtcDateTime, Whole, required

market_bars = table(
    "market_bars",  # One bar of one symbol, labelled by its opening time.
    Column("symbol", Text, primary_key=True),
    Column("interval", Text, primary_key=True),
    Column("timestamp", Whole, primary_key=True),  # seconds since 1970 UTC
    required("open", Real),
    required("high", Real),
    required("low", Real),
    required("close", Real),
    required("volume", Real),
    required("source", Text),
    *above_zero("open", "high", "low", "close"),
    *zero_or_more("volume"),
    at_most("low", "open", "high", name="open_inside"),
    at_most("low", "close", "high", name="close_inside"),
    rowid=False,
)

bar_series = table(
    "bar_series",  # What is known of all bars of one symbol at one interval.
    Column("symbol", Text, primary_key=True),
    Column("interval", Text, primary_key=True),
    # SHA-256 of the stored columns. NULL: rows have changed since, by another program; then only
    # `calendar` and `adjusted` still hold, and the rest is counted anew by whoever needs it.
    Column("content", Text),
    Column("calendar", Text),  # whose sessions the bars belong to; NULL: nobody said
    required("adjusted", Text),  # what the prices had been adjusted for when they came
    Column("sources", Text),  # names, joined by ", "
    Column("n_bars", Whole),
    Column("first_bar", Whole),  # opening times
    Column("last_bar", Whole),
    Column("sessions", Whole),  # with at least one bar
    Column("missing_sessions", Whole),  # of the calendar, between the first and the last bar
    Column("missing_bars", Whole),  # in the sessions that have any
    Column("outside", Whole),  # bars outside the sessions
    one_of("adjusted", ADJUSTMENTS),
    at_most("first_bar", "last_bar"),
    *zero_or_more("n_bars", "sessions", "missing_sessions", "missing_bars", "outside"),
    rowid=False,
)

bar_history = table(
    "bar_history",  # One change of a series: an import, a download, a mend, a removal.
    Column("change_id", Whole, primary_key=True),
    required("symbol", Text),
    required("interval", Text),
    required("changed_at", UtcDateTime),
    required("action", Text),
    required("source", Text),  # the file, the provider or the command
    required("new", Whole),
    required("unchanged", Whole),
    required("replaced", Whole),
    required("removed", Whole),
    required("detail", Json),  # what the file was taken for, rows refused by reason, findings
    one_of("action", BAR_CHANGES),
    *zero_or_more("new", "unchanged", "replaced", "removed"),
    *written_as("datetime", "changed_at"),
    *valid_json("detail"),
    Index(None, "symbol", "interval"),
    autoincrement=True,
)

price_factors = table(
    "price_factors",  # One split or dividend of a symbol, as factors for the bars before it.
    Column("symbol", Text, primary_key=True),
    Column("until", ExchangeDate, primary_key=True),  # the last session on the old scale
    required("split", Real),  # prices up to `until` times this: 0.25 for 4:1
    required("dividend", Real),
    required("source", Text),
    *above_zero("split", "dividend"),
    *written_as("date", "until"),
    rowid=False,
)

trading_sessions = table(
    "trading_sessions",  # One session of an exchange calendar, kept so that runs need not ask.
    Column("calendar", Text, primary_key=True),
    Column("session", Whole, primary_key=True),  # exchange date, days since 1970
    required("opens_at", Whole),  # this and the next three: seconds since 1970 UTC
    required("closes_at", Whole),
    required("date_start", Whole),
    required("date_end", Whole),
    required("library_version", Text),
    at_most("opens_at", "closes_at"),
    at_most("date_start", "date_end"),
    rowid=False,
)
