"""A finished run as tables for people: one per strategy, one for the portfolio."""

from collections.abc import Iterator
from shlex import quote
from typing import IO

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.text import Text

from infrastructure.core.backtest import Backtest
from infrastructure.reporting.headings import MADE_UP, heading
from infrastructure.reporting.part_table import part_table, widths_of
from infrastructure.reporting.parts import demo_series, parts_of, period_of, series_of, some
from infrastructure.reporting.printing import WIDEST, print_tables
from infrastructure.strategy_management.audited_code import AuditedCode
from infrastructure.strategy_management.run_result import RunResult

_SMALLEST_SHOWN = 1e-8


def print_report(result: RunResult, file: IO[str] | None = None) -> None:
    """Print the tables to `file` (None: standard output); colours on a terminal only."""
    print_tables(lambda width: report(result, width), file)


def report(result: RunResult, width: int = WIDEST) -> RenderableType:
    """Head, a table per strategy, the portfolio's table, and where the run is kept."""
    parts = parts_of(result)
    widths = widths_of(parts)
    blocks: list[RenderableType] = [*_head(result), Text()]
    for part in parts:
        blocks += [part_table(part, widths, width), Text()]
    return Constrain(Group(*blocks, *_foot(result)), width)


def _head(result: RunResult) -> Iterator[Text]:
    backtest = result.backtest
    series = [f"{bars.symbol} {bars.interval} {len(bars):,} bars" for bars in series_of(result)]
    policy = result.portfolio.fill_policy.replace("_", " ")
    sessions = f"{backtest.metrics.sessions:,} sessions"
    yield heading(result.portfolio.portfolio_name, backtest.synthetic)
    yield Text(f"{period_of(result)} · {sessions} · {some(series)} · {policy}", style="dim")


def _cautions(backtest: Backtest) -> Iterator[Text]:
    """What a trader must know before believing the figures."""
    limit = -abs(backtest.terms.risk.max_daily_risk)
    if backtest.metrics.worst_day_pct < limit:
        yield Text(
            f"The worst day went beyond the limit of {limit:.2f} %: a gap through a stop, a "
            "position without a stop, or one carried over from the day before.",
            style="yellow",
        )
    coarse = backtest.without_detail()
    if coarse:
        yield Text(
            f"No finer bars are stored of {some(coarse)}: where stop and target lie inside one "
            "bar, detail took the stop.",
            style="yellow",
        )
    doubtful = backtest.doubtful_targets()
    if doubtful:
        yield Text(
            f"{doubtful:,} targets lie in the bar of their own limit entry: the price may have "
            "been there before the fill. Judge this on finer bars.",
            style="yellow",
        )


def _audits(result: RunResult) -> Iterator[Text]:
    """Whose code was found to know the future, and whose was never asked."""
    once = {each.class_name: each for each in result.code}.values()
    failed = [_audit_command(each) for each in once if each.audit == "failed"]
    if failed:
        yield Text(f"Audit FAILED, do not believe this run: {', '.join(failed)}.", "bold red")
    unknown = [_audit_command(each) for each in once if each.audit == "not_audited"]
    if unknown:
        yield Text(f"Not audited for look-ahead: {', '.join(unknown)}.", style="yellow")


def _audit_command(code: AuditedCode) -> str:
    """The class, and how to have it audited."""
    command = f" (kairos audit {quote(code.config)})" if code.config else ""
    return f"{code.class_name}{command}"


def _foot(result: RunResult) -> Iterator[Text]:
    yield Text(f"Run {result.run_id}, stored in {result.stored_in}.")
    difference = result.backtest.accounting_difference
    shown = f"{difference:.8f}" if difference >= _SMALLEST_SHOWN else f"below {_SMALLEST_SHOWN:.8f}"
    yield Text(f"Checked against VectorBT's engine: largest difference {shown}.", style="dim")
    yield from _audits(result)
    yield from _cautions(result.backtest)
    demo = demo_series(result)
    if demo:
        yield Text(f"{MADE_UP} Import real ones:", style="yellow")
    for symbol, interval in demo:
        command = f"kairos data import FILE --symbol {symbol} --interval {interval}"
        yield Text(f"  {command}", no_wrap=True, overflow="ignore")
