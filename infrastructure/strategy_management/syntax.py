"""The syntax tree of a source, for whoever looks at it before it is imported."""

import ast
import warnings
from threading import Lock

_parsing = Lock()


def syntax_of(source: bytes) -> ast.Module | None:
    """None where it is no Python: importing it says what is wrong with it, and warns, once."""
    # One thread at a time: CPython 3.11 counts the depth of all threads' trees in one place, and
    # raises SystemError where two are made at once.
    with _parsing, warnings.catch_warnings(action="ignore"):
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
