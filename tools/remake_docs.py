"""Remake what is made from code: `make docs`.

The JSON Schema of the configs, beside the configs so that an editor finds it, the page of the
command line and the list of licences. A house test compares each with the code.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = "infrastructure.cli.app"


def config_schema() -> str:
    """One schema for strategies and portfolios, as JSON."""
    from infrastructure.strategy_management.config_schema import json_schema

    return json.dumps(json_schema(), indent=2) + "\n"


def command_page() -> str:
    """Every command with its arguments, options and help, as Markdown."""
    to_document = ["utils", "docs", "--name", "kairos", "--title", "The command line"]
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "typer", COMMANDS, *to_document],
        cwd=ROOT,
        env=plain,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    lines = [line.rstrip() for line in done.stdout.strip().splitlines()]
    return "\n".join(["<!-- Made from the code by `make docs`. -->", "", *lines, ""])


def licences() -> str:
    """The licence of every pinned package, as Markdown."""
    from tools.licences import licence_page

    return licence_page()


PAGES: dict[str, Callable[[], str]] = {
    "backtest_config/kairos.schema.json": config_schema,
    "docs/commands.md": command_page,
    "docs/licences.md": licences,
}
"""What is made, by its path from the project's root, and by what."""


def main() -> None:
    """Write every page, and say which of them are new."""
    sys.path.insert(0, str(ROOT))
    for name, made in PAGES.items():
        path, text = ROOT / name, made()
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(text, encoding="utf-8")
        print(f"{name}: {'as it was' if text == before else 'remade'}")


if __name__ == "__main__":
    main()
