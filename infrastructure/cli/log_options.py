"""The options of the log, which every command takes; declared here once."""

import inspect
import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import typer

F = TypeVar("F", bound=Callable[..., Any])

VARIABLE = "KAIROS_LOG_FILE"

LogFile = Annotated[
    Path | None,
    typer.Option(
        "--log-file",
        metavar="FILE",
        envvar=VARIABLE,
        help="Append what happens to this file, a line of JSON for each event.",
    ),
]


class Asked(NamedTuple):
    """What a command line asks of the log. file: its path, or None. aloud: events on stderr too."""

    file: str | None
    aloud: bool


def asked(words: Sequence[str]) -> Asked:
    """What these words ask, wherever they stand; without --log-file, the environment.

    Read before typer reads them: what typer refuses is logged too.
    """
    file = os.environ.get(VARIABLE) or None
    for place, word in enumerate(words):
        if word == "--log-file" and place + 1 < len(words):
            file = words[place + 1]
        elif word.startswith("--log-file="):
            file = word.partition("=")[2]
    return Asked(file, bool({"-v", "--verbose"} & {*words}))


class App(typer.Typer):
    """An application whose commands all take --log-file; what they do needs not know it."""

    def command(self, *given: Any, **settings: Any) -> Callable[[F], F]:
        declare = super().command(*given, **settings)

        def declared(function: F) -> F:
            declare(_with_log_file(function))
            return function

        return declared


def _with_log_file(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with one parameter more, which is read by `asked`."""

    @wraps(function)
    def command(*given: Any, log_file: object = None, **named: Any) -> Any:
        return function(*given, **named)

    signature = inspect.signature(function)
    option = inspect.Parameter(
        "log_file", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=LogFile
    )
    told = signature.replace(parameters=[*signature.parameters.values(), option])
    command.__signature__ = told  # type: ignore[attr-defined]
    command.__annotations__ = {**function.__annotations__, "log_file": LogFile}
    return command
