"""A verdict as one page for people."""

from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from infrastructure.reporting.headings import heading
from infrastructure.reporting.printing import WIDEST, print_tables
from infrastructure.reporting.tables import bare_table
from infrastructure.research.judging.finding import Finding, Speaks
from infrastructure.research.judging.verdict import FRAGILE, LUCK, ROBUST, Verdict

_MARKS: dict[Speaks, tuple[str, str]] = {
    "for": ("+", "green"),
    "luck": ("-", "bold red"),
    "fragile": ("!", "bold yellow"),
    "note": (" ", ""),
    "unknown": ("?", "yellow"),
}
_LEGEND = "+ passed   - could be luck   ! breaks   ? not tested"
_COLOURS = {ROBUST: "bold green", FRAGILE: "bold yellow", LUCK: "bold red"}


def print_verdict(verdict: Verdict, file: IO[str] | None = None) -> None:
    """Print the page to `file` (None: standard output); colours on a terminal only."""
    print_tables(lambda width: verdict_page(verdict, width), file)


def verdict_page(verdict: Verdict, width: int = WIDEST) -> RenderableType:
    """Head, warnings, the findings on luck and on change, and the verdict with its reasons."""
    blocks: list[RenderableType] = [
        heading(f"Verdict · {verdict.title}", verdict.synthetic),
        Text(_facts(verdict), style="dim"),
        Rule(style="dim"),
        *(Text(f"Warning: {each}", style="yellow") for each in verdict.warnings),
    ]
    for question, findings in (
        ("Is it more than luck?", verdict.luck),
        ("Does it hold when small things change?", verdict.stress),
    ):
        if findings:
            blocks += [Text(), Text(question, style="bold"), _findings(findings)]
    if verdict.luck:
        blocks += [Text(), Text(_LEGEND, style="dim"), Rule(style="dim")]
    return Constrain(Group(*blocks, *_conclusion(verdict)), width)


def _facts(verdict: Verdict) -> str:
    evidence = verdict.evidence
    facts = [f"{len(evidence.returns):,} sessions", f"{len(evidence.r):,} trades"]
    if len(evidence.sessions):
        first, last = evidence.sessions[[0, -1]].astype("datetime64[D]")
        facts.insert(0, f"{first} to {last}")
    return " · ".join(facts)


def _findings(findings: Sequence[Finding]) -> Table:
    table = bare_table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(max_width=24)
    table.add_column(overflow="fold")
    for each in findings:
        mark, style = _MARKS[each.speaks]
        told = Text(each.figure, style=style or "bold")
        told.append(f"  {each.words}", style="dim")
        table.add_row(Text(mark, style=style), each.name, told)
    return table


def _conclusion(verdict: Verdict) -> Iterator[RenderableType]:
    yield Text(verdict.verdict.upper(), style=_COLOURS[verdict.verdict])
    yield Text(verdict.summary)
