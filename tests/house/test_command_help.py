"""House rules: the command line explains itself."""

from collections.abc import Iterator
from typing import Any

import typer

from infrastructure.cli.app import app


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The command itself, then all that hang below it, by what a user types."""
    yield name, command
    for each, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{name} {each}")


def test_every_command_takes_the_options_of_the_log() -> None:
    """Whoever adds a command or a group of them: `App`, not typer's own, declares --log-file."""
    without = []
    for name, command in _commands(typer.main.get_command(app), "kairos"):
        options = {option for each in command.params for option in each.opts}
        if not {"--verbose", "--log-file"} <= options and not hasattr(command, "commands"):
            without.append(name)
    assert without == []


def test_every_command_and_option_says_what_it_does() -> None:
    """No command, argument or option is without its line of help."""
    silent = []
    for name, command in _commands(typer.main.get_command(app), "kairos"):
        silent += [] if command.help else [name]
        silent += [f"{name} {each.name}" for each in command.params if not each.help]
    assert silent == []
