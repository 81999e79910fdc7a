"""Where in a JSON text something stands that the parser met without telling where.

Looked for only once a text is refused: the parser alone is ten times as fast.
"""

import re
from collections.abc import Iterator

DEEPEST = 100
"""Levels of nesting that the place of a deep text is given for; Yahoo's charts have eight."""

_COLON = re.compile(r"\s*+:")
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{}]|[^][{}",:\s]++', re.DOTALL)


def place_of_value(text: str, written: str) -> int | None:
    """Offset of the first number or word that is written exactly so, outside strings."""
    return next((place for place, token in _tokens(text) if token == written), None)


def place_of_depth(text: str) -> int | None:
    """Offset of the first bracket that opens more than DEEPEST levels."""
    depth = 0
    for place, token in _tokens(text):
        depth += (token in ("{", "[")) - (token in ("}", "]"))
        if depth > DEEPEST:
            return place
    return None


def place_of_repeated_key(text: str) -> int | None:
    """Offset of the first key that its object already has; None for one spelt in two ways."""
    objects: list[set[str]] = [set()]
    for place, token in _tokens(text):
        if token in ("{", "["):
            objects.append(set())
        elif token in ("}", "]"):
            objects = objects[:-1] or [set()]
        elif _COLON.match(text, place + len(token)):
            if token in objects[-1]:
                return place
            objects[-1].add(token)
    return None


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for match in _TOKEN.finditer(text):
        yield match.start(), match[0]
