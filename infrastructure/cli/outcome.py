"""How a command ends: the one place that turns errors into one line and an exit code."""

import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer

from infrastructure.cli.start import INTERRUPTED, tell_interrupted
from infrastructure.errors import KairosError
from infrastructure.wording import printable

DONE, READER_GONE, USER_ERROR = 0, 1, 2

_ClickException: Any = typer.BadParameter.__mro__[2]
"""The base of every error of the command line itself, wherever this version of typer keeps it."""


def carried_out(
    app: typer.Typer, arguments: Sequence[str] | None, name: str, obj: Any = None
) -> int:
    """Run a command line and return its exit code. A bug keeps its traceback.

    arguments: without the program's name; None: those of this process. obj: handed to the command
    as `context.obj`.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _replace_what_is_closed()
    _show_what_can_be_shown()
    try:
        code = typer.main.get_command(app).main(given, name, standalone_mode=False, obj=obj)
        sys.stdout.flush()
    except KairosError as error:
        print_error(error, verbose=bool({"-v", "--verbose"} & {*given}))
        return USER_ERROR
    except _ClickException as error:
        return _usage_error(error, name)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return READER_GONE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _silence_stdout()
        message = "the output could not be written: no space left; a stored run stays stored"
        print(f"error: {message}", file=sys.stderr)
        return USER_ERROR
    if code == INTERRUPTED:
        tell_interrupted()
    return code if isinstance(code, int) else DONE


def print_error(error: KairosError, verbose: bool = False) -> None:
    """The error's one line; before it the traceback, for those who asked for it."""
    if verbose:
        import traceback

        traceback.print_exception(error)
    print(f"error: {printable(str(error))}", file=sys.stderr)


def _usage_error(error: Any, name: str) -> int:
    """One line for what typer would tell in four; a group without a command shows its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return USER_ERROR
    message = " ".join(error.format_message().split()).rstrip(".")
    message = message.replace("Value error, ", "").replace("Input should be", "must be")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else name
    line = f"{message[:1].lower()}{message[1:]} (see `{command} --help`)"
    print(f"error: {line}", file=sys.stderr)
    return USER_ERROR


def _replace_what_is_closed() -> None:
    """Nobody reads what is printed to a stream that was closed by whoever started us.

    Its descriptor is taken until the process ends, so that no database is opened in its place.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8", closefd=False))


def _show_what_can_be_shown() -> None:
    """A terminal that cannot write a character gets '?' for it, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _silence_stdout() -> None:
    """Whoever read our output has gone; Python's own flush at the end must not complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
