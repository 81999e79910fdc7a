"""Which strategy of one run is to be compared with which of another."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

RESERVED = ("portfolio", "run")
"""What is no strategy's label: the account's keys stand under these."""


class Called(NamedTuple):
    """A strategy's name, and the name of its class."""

    name: str
    class_name: str


def paired(runs: Sequence[Sequence[Called]]) -> tuple[list[str], list[list[int]]]:
    """Labels, and of each run the number of the label that each of its strategies has.

    Two of one name are one, then of the rest two of one class; what is left stands alone. A label
    is the name in the first run that has it; the second of that name is `name#2`.
    """
    slots: list[Called] = []
    found = []
    for run in runs:
        places = [-1] * len(run)
        for alike in (_same_name, _same_class):
            for place, strategy in enumerate(run):
                if places[place] < 0:
                    places[place] = _free(strategy, slots, places, alike)
        for place, strategy in enumerate(run):
            if places[place] < 0:
                places[place] = len(slots)
                slots.append(strategy)
        found.append(places)
    labels: list[str] = []
    for slot in slots:
        labels.append(_label(slot.name, labels))
    return labels, found


def _same_name(one: Called, other: Called) -> bool:
    return one.name == other.name


def _same_class(one: Called, other: Called) -> bool:
    return one.class_name == other.class_name


def _free(
    strategy: Called,
    slots: Sequence[Called],
    taken: Sequence[int],
    alike: Callable[[Called, Called], bool],
) -> int:
    """The first slot that is alike and not taken; -1: none."""
    free = (n for n, each in enumerate(slots) if alike(strategy, each) and n not in taken)
    return next(free, -1)


def _label(name: str, taken: Sequence[str]) -> str:
    """The name, or the first `name#2`, `name#3` that is no other's."""
    label, number = name, 1
    while label in (*RESERVED, *taken):
        number += 1
        label = f"{name}#{number}"
    return label
