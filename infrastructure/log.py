"""Events of the work, with fields, on the logger "kairos" of Python's logging.

Quiet until somebody listens: the command line with --log-file or -v (`cli.log_output`), a program
with a handler of its own, which finds the fields in the attribute `kairos` of each record.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from math import isfinite
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from infrastructure.hiding import hidden

P = ParamSpec("P")
T = TypeVar("T")

NAME = "kairos"
INFO, WARNING, ERROR = 20, 30, 40
"""The levels, by logging's own numbers."""

_FIELDS = "kairos_log_fields"  # of an exception that left a `bound`

_bound: ContextVar[Mapping[str, object]] = ContextVar("kairos", default=MappingProxyType({}))


def heard() -> bool:
    """Whether anybody listens: what only the log wants to know need not be worked out else."""
    logging = sys.modules.get("logging")  # who listens has loaded it: `kairos --help` does not
    return logging is not None and logging.getLogger(NAME).isEnabledFor(INFO)


def event(name: str, level: int = INFO, /, **fields: object) -> None:
    """Tell what has happened, in two or three words, and its figures.

    The fields of the run it belongs to are added; secrets are hidden.
    """
    logging = sys.modules.get("logging")
    if logging is None:
        return
    logger = logging.getLogger(NAME)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # else warnings would be printed
    if logger.isEnabledFor(level):
        told = {key: _safe(value) for key, value in {**_bound.get(), **fields}.items()}
        logger.log(level, name, extra={NAME: told})


def warning(name: str, /, **fields: object) -> None:
    """The same, of something that may need looking after."""
    event(name, WARNING, **fields)


def error(name: str, failure: BaseException | None = None, /, **fields: object) -> None:
    """The same, of what ended some of the work, with the fields bound where it was raised."""
    event(name, ERROR, **_fields_of(failure), **fields)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Every event inside has these fields too, such as `run=key`; those that are None are not."""
    known = {key: value for key, value in fields.items() if value is not None}
    before = _bound.set({**_bound.get(), **known})
    try:
        yield
    except BaseException as failure:
        if not hasattr(failure, _FIELDS):
            setattr(failure, _FIELDS, _bound.get())
        raise
    finally:
        _bound.reset(before)


def bind(**fields: object) -> None:
    """The same from here to the end of the innermost `bound`: a number that is known only now."""
    if _bound.get():  # outside of one, it would stay for ever
        _bound.set({**_bound.get(), **fields})


def carried(function: Callable[P, T]) -> Callable[P, T]:
    """`function` with the fields bound here, in whatever thread it is called."""
    context = copy_context()

    def there(*given: P.args, **named: P.kwargs) -> T:
        return context.copy().run(function, *given, **named)  # one context, one thread

    return there


def _fields_of(failure: BaseException | None) -> Mapping[str, object]:
    """What was bound where it, or what caused it, was raised."""
    while failure is not None:
        if (fields := getattr(failure, _FIELDS, None)) is not None:
            return fields
        failure = failure.__cause__ or failure.__context__
    return {}


def _safe(value: object) -> Any:
    if isinstance(value, str):
        return hidden(value)
    if isinstance(value, dict):
        return {str(key): _safe(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        return None  # as JSON has it
    return value if isinstance(value, bool | int | float | None) else hidden(str(value))
