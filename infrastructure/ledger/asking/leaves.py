"""A config as its leaves: paths and plain values."""

from collections.abc import Iterator, Mapping
from typing import Any


def leaves(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of each number, text, flag and null; an empty list or object is one itself.

    A path is `stop_loss.value` or `symbols[1]`.
    """
    if isinstance(content, Mapping) and content:
        for name, value in content.items():
            yield from leaves(value, f"{path}.{name}" if path else str(name))
    elif isinstance(content, list) and content:
        for place, value in enumerate(content):
            yield from leaves(value, f"{path}[{place}]")
    else:
        yield path, content
