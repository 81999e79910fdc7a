"""The words of a condition: names, numbers, texts, moments, comparisons and brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from infrastructure.errors import ConfigError
from infrastructure.wording import show

OPTION = "--where"
"""What error lines start with."""

LONGEST = 2_000
"""Characters of a condition: what is longer was not written by a person."""

WordKind = Literal["moment", "number", "name", "text", "operator", "bracket", "end"]

_WORD = re.compile(
    r"""(?P<moment>\d{4}-\d\d-\d\d(?:[T\ ]\d\d:\d\d(?::\d\d)?)?)(?![\w.:-])
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
    | (?P<name>[A-Za-z_]\w*)
    | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<operator><=|>=|!=|<>|==|=|<|>)
    | (?P<bracket>[()])""",
    re.ASCII | re.VERBOSE,
)
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Word:
    """One word of a condition: as it was written, and where it begins, counted from 1."""

    kind: WordKind
    text: str
    place: int

    def says(self, *keywords: str) -> bool:
        """Whether it is one of these keywords, in capitals or not."""
        return self.kind == "name" and self.text.lower() in keywords


def words_of(condition: str) -> list[Word]:
    """The words, then one of the kind `end`. Raises ConfigError where something is none."""
    if len(condition) > LONGEST:
        raise ConfigError(
            f"{OPTION}: expected at most {LONGEST:,} characters; found {len(condition):,}"
        )
    return list(_words(condition))


def _words(condition: str) -> Iterator[Word]:
    place = _after_space(condition, 0)
    while place < len(condition):
        found = _WORD.match(condition, place)
        if found is None:
            raise _no_word(condition, place)
        if not found.group().isprintable():
            raise refused(place + 1, "a word without control characters", found.group())
        kind: WordKind = found.lastgroup  # type: ignore[assignment]  # a group's name, as above
        yield Word(kind, found.group(), place + 1)
        place = _after_space(condition, found.end())
    yield Word("end", "", len(condition) + 1)


def _after_space(condition: str, place: int) -> int:
    found = _SPACE.match(condition, place)
    return found.end() if found else place


def _no_word(condition: str, place: int) -> ConfigError:
    rest = condition[place:]
    if rest[0] in "'\"":
        return refused(place + 1, f"a closing {rest[0]} to this text", rest)
    return refused(
        place + 1, "a column, a number, a date, a quoted text, a comparison or a bracket", rest
    )


def refused(place: int, expected: str, found: str) -> ConfigError:
    """The line that tells where a condition goes wrong."""
    what = f"found {show(found)}" if found else "found the end"
    return ConfigError(f"{OPTION}: at character {place}: expected {expected}; {what}")
