"""Pages that promise to run do run."""

import importlib.util
import re
import shlex
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer

from infrastructure.cli.app import app
from infrastructure.database.engine import open_database
from infrastructure.market_data.findings.mending import MENDABLE
from infrastructure.market_data.synthetic import ensure_demo_bars

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MARKET_DATA = "market-data.md"


def _blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language; "" are those that name none."""
    fence = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    found = fence.findall(page.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


@pytest.mark.parametrize("page", ["your-own-strategy.md"])
def test_every_python_block_of_the_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a page, one after the other, are a module that runs; their asserts hold."""
    blocks = _blocks(DOCS / page, "python")
    assert len(blocks) >= 3
    # A module of its own file, as a reader would save it: kernels are cached by their module.
    path = tmp_path / "page_of_docs.py"
    path.write_text("\n".join(blocks), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)


def test_every_query_of_the_market_data_page_answers(tmp_path: Path) -> None:
    """Each is one statement that finds rows in a database with bars of 30 minutes and of days."""
    path = tmp_path / "kairos.db"
    with closing(open_database(path)) as database:
        for interval in ("30m", "1d"):
            ensure_demo_bars(database, ["QQQ"], interval)
    queries = _blocks(DOCS / MARKET_DATA, "sql")
    assert len(queries) >= 3
    with closing(sqlite3.connect(path)) as connection:
        assert all(connection.execute(query).fetchall() for query in queries)


def test_the_market_data_page_offers_a_mend_for_what_can_be_mended() -> None:
    """In the table of findings, the kinds mended by `mend` are those that `mend` takes."""
    text = (DOCS / MARKET_DATA).read_text(encoding="utf-8")
    offered = re.findall(r"^\| `(\w+)` \|.*\| mend \|$", text, re.MULTILINE)
    assert sorted(offered) == sorted(MENDABLE)


@pytest.mark.parametrize(
    "page", ["README.md", f"docs/{MARKET_DATA}", "docs/logging.md", "docs/ledger.md"]
)
def test_every_command_line_of_the_page_is_understood(page: str) -> None:
    """Each `kairos ...` in a block names a command, options and values that there are."""
    lines = [line for block in _blocks(ROOT / page, "") for line in block.splitlines()]
    typed = [shlex.split(line, comments=True) for line in lines if line.startswith("kairos ")]
    assert len(typed) >= 2
    for words in typed:
        _parse(typer.main.get_command(app), words)


def _parse(command: Any, words: list[str]) -> None:
    """Raises where the command line would be refused; runs nothing."""
    name, *rest = words
    below = getattr(command, "commands", None)
    if below is None:
        command.make_context(name, rest)
    else:
        _parse(below[rest[0]], rest)
