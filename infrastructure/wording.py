"""How a line shows what was found, names what was meant, and counts."""

import json
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import takewhile

LONGEST_FOUND = 60
"""Characters shown of a value that was found."""


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The name that `found` was meant to be, or None: nearly the same, or with the same start."""
    names = {name.lower(): name for name in known}
    wanted = found.lower()
    close = get_close_matches(wanted, names, n=1, cutoff=0.75)
    if not close:
        start = max(names, key=lambda name: _same_start(wanted, name), default="")
        same = _same_start(wanted, start) >= 3
        close = [start] if same else get_close_matches(wanted, names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def hint_of(found: object, known: Iterable[str], otherwise: str = "") -> str:
    """` (did you mean "x"?)`, to follow what was found; `otherwise` where nothing known is near."""
    meant = nearest(str(found), known)
    return f' (did you mean "{meant}"?)' if meant else otherwise


def counted(number: float, one: str, many: str = "") -> str:
    """`1 bar`, `2,000 bars`; many: where it is not `one` with an s."""
    whole = round(number)
    return f"{whole:,} {one if whole == 1 else many or f'{one}s'}"


def one_line(said: object, longest: int = 100) -> str:
    """An error's words on one line, cut after `longest` characters."""
    return " ".join(str(said).split())[:longest]


def _same_start(one: str, other: str) -> int:
    """How many first characters two names share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


_INVISIBLE = frozenset(
    map(
        chr,
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)),
    )
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Characters that Python prints and nobody sees: fillers, joiners, selectors of a variant."""


def visible(text: str) -> bool:
    """Whether a text looks like what it is: no control, bidi, zero-width or blank characters."""
    return text.isprintable() and _INVISIBLE.isdisjoint(text)


def printable(text: str) -> str:
    """`text` with control, bidi and other invisible characters escaped."""
    if visible(text):
        return text
    return "".join(each if visible(each) else ascii(each)[1:-1] for each in text)


def show(value: object) -> str:
    """`value` as JSON would write it, on one line of at most LONGEST_FOUND characters."""
    text = printable(json.dumps(value, ensure_ascii=False, default=repr))
    if len(text) <= LONGEST_FOUND:
        return text
    tail = '..."' if isinstance(value, str) else "..."
    return text[: LONGEST_FOUND - len(tail)] + tail
