"""How a command ends: the one place that turns errors into one line and an exit code."""

import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any

import typer

from infrastructure import log
from infrastructure.cli.interrupting import INTERRUPTED, interrupted_code, tell_interrupted
from infrastructure.cli.log_options import Asked, asked
from infrastructure.errors import KairosError, LogError, OldSchemaError
from infrastructure.hiding import hidden
from infrastructure.kept import forget
from infrastructure.wording import printable

DONE, CRASHED, READER_GONE, USER_ERROR = 0, 1, 1, 2

_ClickException: Any = typer.BadParameter.__mro__[2]
"""The base of every error of the command line itself, wherever this version of typer keeps it."""


def carried_out(
    app: typer.Typer, arguments: Sequence[str] | None, name: str, obj: Any = None
) -> int:
    """Run a command line and return its exit code; what happens goes to the log, where one is.

    arguments: without the program's name; None: those of this process. obj: handed to the command
    as `context.obj`.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _replace_what_is_closed()
    _show_what_can_be_shown()
    forget()
    wanted = asked(given)
    if wanted == Asked(None, False):
        return _code(app, given, name, obj, wanted)
    from infrastructure.cli.log_output import listening

    try:
        with listening(wanted, name, given):
            began = perf_counter()
            code = _code(app, given, name, obj, wanted)
            level, seconds = log.ERROR if code else log.INFO, perf_counter() - began
            log.event("command ended", level, exit_code=code, seconds=round(seconds, 3))
            return code
    except LogError as error:
        print_error(error)
        return USER_ERROR


def _code(app: typer.Typer, given: list[str], name: str, obj: Any, wanted: Asked) -> int:
    """The command's exit code, once its errors are told; a bug is told by its traceback."""
    try:
        code = _main(app, given, name, obj)
        sys.stdout.flush()
    except KairosError as error:
        print_error(error, wanted.aloud)
        return USER_ERROR
    except _ClickException as error:
        return _usage_error(error, name)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return READER_GONE
    except MemoryError as error:
        return _no_memory(error, wanted)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001  # any bug ends here, and is told
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _no_room(error)
        return _crashed(error, wanted)
    if code == INTERRUPTED:
        log.warning("interrupted", exit_code=interrupted_code())
        tell_interrupted()
        return interrupted_code()
    return code if isinstance(code, int) else DONE


def _main(app: typer.Typer, given: Sequence[str], name: str, obj: Any) -> Any:
    """Carry out the command; again, where it wanted a database that has then been upgraded."""
    command = typer.main.get_command(app)
    try:
        return command.main(given, name, standalone_mode=False, obj=obj)
    except OldSchemaError as error:
        from infrastructure.cli.db_changing import upgraded_after_asking

        if not upgraded_after_asking(error):
            raise
    return command.main(given, name, standalone_mode=False, obj=obj)


def print_error(error: KairosError, verbose: bool = False) -> None:
    """The error's one line; before it the traceback, for those who asked for it.

    What a file or a name brought of newlines and of a terminal's commands is shown escaped.
    """
    if verbose:
        import traceback

        print(hidden("".join(traceback.format_exception(error))), end="", file=sys.stderr)
    _print_line(printable(str(error)), error)


def _print_line(line: str, error: BaseException | None = None) -> None:
    """The one line of an error, which the log has too."""
    log.error("error", error, kind=type(error).__name__ if error else "usage", message=line)
    print(f"error: {hidden(line)}", file=sys.stderr)


def _no_room(error: OSError) -> int:
    _silence_stdout()
    _print_line("the output could not be written: no space left; a stored run stays stored", error)
    return USER_ERROR


def _no_memory(error: MemoryError, wanted: Asked) -> int:
    """One line, as of anything that the user can put right, and what was kept."""
    from infrastructure.cli.crashing import NO_MEMORY, kept_lines

    print_error(KairosError(NO_MEMORY).with_traceback(error.__traceback__), wanted.aloud)
    print(*kept_lines(), sep="\n", file=sys.stderr)
    return USER_ERROR


def _crashed(error: BaseException, wanted: Asked) -> int:
    from infrastructure.cli.crashing import tell_crash

    sys.stdout.flush()  # in the order of events, where both go to one place
    tell_crash(error, wanted.file)
    return CRASHED


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
    _print_line(line)
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
