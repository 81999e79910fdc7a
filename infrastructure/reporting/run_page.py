"""A stored run: as a page for people, as JSON for programs."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infrastructure.ledger.asking.leaves import leaves
from infrastructure.ledger.asking.showing import ShownRun, ShownStrategy
from infrastructure.reporting.headings import MADE_UP, SYNTHETIC, WARNING, heading
from infrastructure.reporting.json_text import json_text, plain_text
from infrastructure.reporting.printing import print_uncut
from infrastructure.reporting.tables import add_columns, bare_table, figure, short
from infrastructure.reporting.trade_lines import trade_table
from infrastructure.wording import counted, printable

_FIGURES = (
    ("net profit", "net_profit", 2),
    ("CAGR %", "cagr_pct", 2),
    ("Sharpe", "sharpe", 2),
    ("drawdown %", "max_drawdown_pct", 2),
    ("trades", "trades", 0),
    ("win %", "win_rate_pct", 2),
    ("profit f.", "profit_factor", 2),
    ("expect. R", "expectancy_r", 2),
    ("SQN", "sqn", 2),
)
_SHORT_DIGEST = 12
_NAMES = ("strategy_name", "class_name", "version", "variant", "symbols", "interval")


def print_run_page(shown: ShownRun, file: IO[str] | None = None) -> None:
    """Print the page to `file` (None: standard output)."""
    print_uncut(_blocks(shown), file)


def as_json(shown: ShownRun, indent: int | None = 2) -> str:
    """`{run, strategies, refused, tags, notes, evidence, series, orders, folds, trades}`.

    run: every column of backtest_runs, `figures` with every figure of the account. Of each strategy
    its config, share, figures, refusals by reason and code. A figure that is not defined is null.
    """
    report = {
        "run": dict(shown.run),
        "strategies": [vars(each) for each in shown.strategies],
        "refused": shown.refused,
        **{name: each for name, each in vars(shown).items() if name not in ("run", "strategies")},
    }
    return json_text(report, indent)


def _blocks(shown: ShownRun) -> Iterator[RenderableType]:
    run = shown.run
    yield heading(f"Run {run['run_id']} · {short(run['portfolio_name'], 60)}", run["synthetic"])
    yield Text(" · ".join(_facts(shown)), style="dim")
    yield Rule(style="dim")
    yield _figures(shown)
    yield Text()
    for strategy in shown.strategies:
        yield from _strategy(strategy)
        yield Text()
    if shown.tags:
        yield Text(f"tags: {', '.join(map(printable, shown.tags))}")
    for note in shown.notes:
        yield Text(f"{note['written_at']:%Y-%m-%d %H:%M} {printable(note['note'])}")
    yield from _made_by(shown)
    if shown.trades:
        yield Text()
        yield trade_table(shown.trades)
    if run["synthetic"]:
        yield Text()
        yield Text(MADE_UP, style="yellow")


def _facts(shown: ShownRun) -> Iterator[str]:
    run = shown.run
    yield f"executed {run['execution_date']:%Y-%m-%d %H:%M} UTC"
    if run["bars_start"] and run["bars_end"]:
        yield f"bars {run['bars_start']:%Y-%m-%d} to {run['bars_end']:%Y-%m-%d}"
    yield str(run["fill_policy"]).replace("_", " ")
    yield f"Kairos {run['kairos_version']}"
    if run["status"] != "completed":
        yield str(run["status"])
    if shown.folds:
        yield f"{counted(shown.folds, 'fold')} of a walk forward"


def _figures(shown: ShownRun) -> Table:
    """A row for the account, and one for each strategy."""
    table = bare_table()
    corner = SYNTHETIC if shown.run["synthetic"] else ""
    table.add_column(corner, header_style=WARNING, no_wrap=True)
    add_columns(table, *(head for head, *_ in _FIGURES), justify="right")
    table.add_row(Text("account"), *_cells(shown.run["figures"]))
    for each in shown.strategies:
        table.add_row(Text(short(each.config["strategy_name"])), *_cells(each.figures))
    return table


def _cells(figures: Mapping[str, Any]) -> Iterator[Text]:
    for _, name, decimals in _FIGURES:
        yield Text(figure(figures.get(name), decimals))


def _strategy(strategy: ShownStrategy) -> Iterator[Text]:
    config = strategy.config
    share = f"{strategy.allocation_percentage:g} % of the account"
    yield Text(f"{strategy.position}. {short(config['strategy_name'], 60)}", style="bold")
    facts = [config["class_name"], f"version {config.get('version', '')}", config.get("variant")]
    symbols = ", ".join(config["symbols"][:5]) + (" ..." if len(config["symbols"]) > 5 else "")
    facts += [f"{symbols} {config['interval']}", share]
    yield Text(printable(" · ".join(str(each) for each in facts if each)), style="dim")
    rest = {name: value for name, value in config.items() if name not in _NAMES}
    told = [f"{path} {plain_text(value)}" for path, value in leaves(rest)]
    yield Text(printable(" · ".join(told)))
    if strategy.refused:
        total = sum(strategy.refused.values())
        reasons = " · ".join(f"{reason} {count:,}" for reason, count in strategy.refused.items())
        yield Text(f"refused {total:,}: {reasons}")
    if strategy.code is not None:
        digest = strategy.code["code_digest"][:_SHORT_DIGEST]
        audit = str(strategy.code["audit"]).replace("_", " ")
        yield Text(f"code {digest}, audit: {audit}", style="dim")


def _made_by(shown: ShownRun) -> Iterator[Text]:
    """Code, libraries and bars, where the ledger has them."""
    evidence = shown.evidence
    if evidence is not None:
        libraries = " ".join(f"{name} {version}" for name, version in evidence["libraries"].items())
        yield Text(
            f"made in {evidence['seconds']:.2f} s by code "
            f"{evidence['kairos_code'][:_SHORT_DIGEST]}, Python {evidence['python']} on "
            f"{printable(evidence['system'])} {printable(evidence['machine'])}: "
            f"{printable(libraries)}",
            style="dim",
        )
    for each in shown.series:
        yield Text(
            f"{each['role'].replace('_', ' ')}: {each['symbol']} {each['interval']} "
            f"{each['n_bars']:,} bars, {each['fingerprint'][:_SHORT_DIGEST]}",
            style="dim",
        )
