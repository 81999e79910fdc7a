"""The tables of evidence: what made a run, its orders, and what people say of it."""

from sqlalchemy import Column, Index, Text, UniqueConstraint

from infrastructure.database.base import BAR_ROLES, SIDES, table
from infrastructure.database.checks import (
    above_zero,
    at_most,
    one_of,
    points_to,
    valid_json,
    written_as,
    zero_or_more,
)
from infrastructure.database.columns import Json, Real, UtcDateTime, Whole, key, required

code_snapshots = table(
    "code_snapshots",  # Source files as they were: once for each state of the code.
    Column("code_digest", Text, primary_key=True),
    required("files", Json),  # the SHA-256 of each file by its path
    *valid_json("files"),
    rowid=False,
)

environments = table(
    "environments",  # What a run was computed with: once for each machine and set of libraries.
    key("environment_id"),
    required("digest", Text),  # SHA-256 of the canonical JSON of the rest
    required("python", Text),
    required("system", Text),
    required("machine", Text),  # the processor's architecture
    required("processor", Text),
    required("host", Text),
    required("libraries", Json),  # versions of those that decide numbers, by name
    UniqueConstraint("digest"),
    *valid_json("libraries"),
    autoincrement=True,
)

run_evidence = table(
    "run_evidence",  # What made a run, and digests of what came of it, to the last bit.
    key("run_id"),
    required("run_key", Text),  # its name in logs, given before it had a number
    required("configs_digest", Text),  # SHA-256 of the canonical JSON of portfolio and strategies
    required("kairos_code", Text),  # of Kairos's own files
    required("environment_id", Whole),
    Column("seed", Whole),  # NULL: nothing in it was drawn by chance
    required("seconds", Real),  # how long it took, by a clock that is never set
    required("orders_digest", Text),
    required("trades_digest", Text),
    required("refusals_digest", Text),
    required("equity_digest", Text),
    required("figures_digest", Text),
    required("seal", Text),  # over the run's own rows; see run_seal.py
    UniqueConstraint("run_key"),
    points_to("backtest_runs", "run_id"),
    points_to("environments", "environment_id", cascade=False),
    points_to("code_snapshots", ("kairos_code", "code_digest"), cascade=False),
    *zero_or_more("seconds"),
    Index(None, "environment_id"),
    Index(None, "kairos_code"),
)

run_series = table(
    "run_series",  # One series of bars that a strategy of a run read.
    key("run_id"),
    Column("position", Whole, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("interval", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    required("fingerprint", Text),  # SHA-256 of its columns as they were read
    required("n_bars", Whole),
    required("bars_start", UtcDateTime),  # opening time of the first bar
    required("bars_end", UtcDateTime),  # opening time of the last bar
    points_to("backtest_strategy_allocations", "run_id", "position"),
    one_of("role", BAR_ROLES),
    at_most("bars_start", "bars_end"),
    *above_zero("n_bars"),
    *written_as("datetime", "bars_start", "bars_end"),
    Index(None, "symbol", "interval"),
    rowid=False,
)

orders = table(
    "orders",  # One filled order of a run: a trade has two.
    key("run_id"),
    Column("number", Whole, primary_key=True),  # in the order of filling, from 1
    required("position", Whole),
    required("symbol", Text),
    required("side", Text),
    required("bar_timestamp", UtcDateTime),  # opening time of the bar it was filled in
    required("quantity", Real),
    required("price", Real),
    required("commission", Real),
    points_to("backtest_strategy_allocations", "run_id", "position"),
    one_of("side", SIDES),
    *above_zero("quantity", "price"),
    *zero_or_more("commission"),
    *written_as("datetime", "bar_timestamp"),
    Index(None, "run_id", "position"),
    rowid=False,
)

run_tags = table(
    "run_tags",  # A word by which runs are found again.
    key("run_id"),
    Column("tag", Text, primary_key=True),
    points_to("backtest_runs", "run_id"),
    Index(None, "tag"),
    rowid=False,
)

run_notes = table(
    "run_notes",  # What somebody wrote about a run.
    key("note_id"),
    required("run_id", Whole),
    required("written_at", UtcDateTime),
    required("note", Text),
    points_to("backtest_runs", "run_id"),
    *written_as("datetime", "written_at"),
    Index(None, "run_id"),
    autoincrement=True,
)

deleted_runs = table(
    "deleted_runs",  # A run that was deleted: it was tried all the same.
    key("run_id"),
    required("deleted_at", UtcDateTime),
    required("execution_date", UtcDateTime),
    required("portfolio_name", Text),
    required("config_identity", Whole),  # config_identity, as trials have it
    required("series", Json),  # [symbol, interval] of each
    Column("bars_start", UtcDateTime),
    Column("bars_end", UtcDateTime),
    *written_as("datetime", "deleted_at", "execution_date", "bars_start", "bars_end"),
    *valid_json("series"),
)
