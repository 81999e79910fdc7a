"""Where the log goes: lines of JSON in a file, short lines for a reader."""

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infrastructure import log
from infrastructure.cli.log_options import Asked
from infrastructure.errors import LogError
from infrastructure.wording import printable

_CREATED_FOR = 0o600  # the owner: it tells of strategies and paths


class JsonLines(logging.Handler):
    """Appends a line for each event, each in one write: processes can share a file.

    A line that finds no room is told once on standard error; it ends no work. Raises LogError where
    the file cannot be opened.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        try:
            self._file = _opened(path)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise LogError(_cannot(path, error)) from None
        self._begun = self._told = self._cut = False

    def emit(self, record: logging.LogRecord) -> None:
        """Raises LogError for the first line only: then no work has begun."""
        try:
            line = json.dumps(_entry(record), ensure_ascii=False) + "\n"
            self._write(line.encode(errors="backslashreplace"))  # of a name that is no UTF-8
        except OSError as error:
            if not self._begun:
                raise LogError(_cannot(self._path, error)) from None
            if not self._told:
                self._told = True
                line = f"{_cannot(self._path, error)}; the work goes on, lines are missing there"
                print(f"warning: {line}", file=sys.stderr)
        self._begun = True

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        super().close()

    def _write(self, line: bytes) -> None:
        """Raises OSError. After a line that was cut off, the next one begins a new line."""
        line = b"\n" * self._cut + line
        written = os.write(self._file, line)
        self._cut = 0 < written < len(line)
        if written < len(line):
            os.write(self._file, line[written:])  # why it stopped, as an error
            self._cut = False


def _opened(path: str) -> int:
    """The file's descriptor. A pipe that nobody reads is an OSError, and not waited for.

    Raises ValueError for a file of something else: nobody's database or bars get lines of a log.
    """
    if Path(path).is_file() and _first_byte(path) not in (b"", b"{"):
        raise ValueError("it is there, and no log of Kairos")
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), _CREATED_FOR)
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(file, True)
    return file


def _first_byte(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(1)


class ShortLines(logging.Handler):
    """Standard error: time UTC, event, fields. Errors are left out: they have their own line."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            return
        entry = _entry(record)
        time = str(entry.pop("time"))[11:-1]
        level, event = entry.pop("level"), entry.pop("event")
        entry.pop("process")
        mark = "" if level == "info" else f"{level}: "
        words = " ".join(f"{name}={_short(value)}" for name, value in entry.items())
        with suppress(OSError, ValueError):  # nobody reads it
            print(printable(f"{time} {mark}{event}  {words}".rstrip()), file=sys.stderr)


@contextmanager
def listening(asked: Asked, command: str, words: list[str]) -> Iterator[None]:
    """Events go where the command line asks, until the block ends; the first one names the command.

    Raises LogError of one line where the file cannot be written; nothing has begun then.
    """
    logger = logging.getLogger(log.NAME)
    handlers: list[logging.Handler] = [JsonLines(asked.file)] if asked.file else []
    if asked.aloud:
        handlers.append(ShortLines())
    before = logger.level
    try:
        logger.setLevel(logging.INFO)
        for handler in handlers:
            logger.addHandler(handler)
        log.event("command begun", command=command, arguments=words, folder=str(Path.cwd()))
        yield
    finally:
        logger.setLevel(before)
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def spoken() -> bool:
    """Whether the events are told on standard error: a progress bar would stand between them."""
    return any(isinstance(each, ShortLines) for each in logging.getLogger(log.NAME).handlers)


def _entry(record: logging.LogRecord) -> dict[str, Any]:
    fields: Mapping[str, Any] = getattr(record, log.NAME, {})
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {
        "time": moment.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": record.getMessage(),
        **fields,
        "process": record.process,
    }


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1_000 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return " ".join(f"{name}:{_short(each)}" for name, each in value.items())
    if isinstance(value, list):
        return " ".join(map(_short, value))
    text = str(value)
    return f'"{text}"' if " " in text else text


def _cannot(path: str, error: OSError | ValueError) -> str:
    """One line: which file, why, what to do."""
    reason = getattr(error, "strerror", None) or str(error)
    return f"--log-file {printable(path)}: cannot be written ({reason.lower()}); give another file"
