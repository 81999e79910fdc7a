"""House rules: docs/logging.md tells the log that there is."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from infrastructure.cli.app import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "logging.md").read_text(encoding="utf-8")


def _told(path: Path) -> Iterator[str]:
    """The events that a module tells."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        called = ast.unparse(node.func)
        if called in ("log.event", "log.warning", "log.error"):
            yield ast.literal_eval(node.args[0])


def test_the_page_lists_every_event_and_no_other() -> None:
    """The table's names are those that the code tells."""
    listed = re.findall(r"^\| `([a-z ]+)` \|.*\|.*\|$", PAGE, re.MULTILINE)
    told = {name for path in (ROOT / "infrastructure").rglob("*.py") for name in _told(path)}
    assert len(told) > 20
    assert {name for name in listed if name in told or " " in name} == told


def test_the_example_line_has_the_fields_of_a_real_one(tmp_path: Path) -> None:
    """Its own, in the same order, those of a run's last line."""
    example = json.loads(re.findall(r"^```json\n(.*)\n```$", PAGE, re.MULTILINE)[0])
    log, database = tmp_path / "log.jsonl", tmp_path / "kairos.db"
    portfolio = ROOT / "backtest_config" / "portfolios" / "nasdaq_daily.json"
    assert main(["data", "sample", "nasdaq", "--db", str(database)]) == 0
    assert main(["run", str(portfolio), "--db", str(database), "--log-file", str(log)]) == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    (stored,) = (line for line in lines if line["event"] == example["event"])
    assert [*stored] == [*example]
    assert [*stored["rows"]] == [*example["rows"]]
