"""What a command says where it ends by a bug: what was kept, and how to go on."""

import platform
import sys
import traceback

from infrastructure import log
from infrastructure.hiding import hidden
from infrastructure.kept import kept

_MOST_TOLD = 5
_NOTHING = "nothing of this command was stored"
NO_MEMORY = (
    "not enough memory: give it less at a time (--start and --end, fewer trials or --workers), or "
    "close other programs"
)


def tell_crash(error: BaseException, log_file: str | None) -> None:
    """The traceback, then a line each of what was kept, how to go on, and what to report."""
    trace = "".join(traceback.format_exception(error))
    log.error("crash", error, kind=type(error).__name__, traceback=trace, kept=kept())
    where = f"the log is in {log_file}" if log_file else "--log-file FILE keeps a log of it"
    lines = [
        f"crash: a bug, in Kairos or in a strategy's own code ({_place(error)})",
        *kept_lines(),
        "go on: what was stored before is untouched; the same command may be given again",
        f"report: the traceback above, the command and this line: {_versions()}; {where}",
    ]
    print(hidden(trace), *map(hidden, lines), sep="\n", file=sys.stderr)


def kept_lines() -> list[str]:
    """`kept: ...` for the last things that this command stored."""
    told = kept()
    more = [f"and {len(told) - _MOST_TOLD} more before"] if len(told) > _MOST_TOLD else []
    return [f"kept: {line}" for line in [*more, *told[-_MOST_TOLD:]] or [_NOTHING]]


def _place(error: BaseException) -> str:
    """Type, file and line of where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    name = type(error).__name__
    return f"{name} in {frames[-1].filename}, line {frames[-1].lineno}" if frames else name


def _versions() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        kairos = version("kairos")
    except PackageNotFoundError:  # run from a folder, not installed
        kairos = "not installed"
    system = f"{platform.system()} {platform.machine()}"
    return f"kairos {kairos}, Python {platform.python_version()}, {system}"
