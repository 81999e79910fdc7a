"""The loop of a fuzz test: inputs until the time is up, each batch from a seed that is told."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.strategies import SearchStrategy

from infrastructure.errors import KairosError
from infrastructure.wording import printable

TESTS = 2
"""How many tests share the seconds that KAIROS_FUZZ_SECONDS gives."""

PATIENCE = 30
"""Seconds after which an input is one that hangs."""

_BATCH = 50

_Input = TypeVar("_Input")


def seconds() -> float:
    """What one test may take."""
    return float(os.environ.get("KAIROS_FUZZ_SECONDS", "60")) / TESTS


def fuzz(name: str, inputs: SearchStrategy[_Input], law: Callable[[_Input], str]) -> None:
    """Try inputs until the time is up, and print how many there were of each outcome of `law`.

    A failure is printed with its input, shrunk, and its seed: KAIROS_FUZZ_SEED begins with it.
    """
    seed = int(os.environ.get("KAIROS_FUZZ_SEED", random.SystemRandom().randrange(10**9)))
    first, until, outcomes = seed, time.monotonic() + seconds(), Counter[str]()

    def tried(given: _Input) -> None:
        with _patience():
            outcome = law(given)
        outcomes[outcome] += 1

    while time.monotonic() < until:
        batch = hypothesis.given(inputs)(tried)
        batch = settings(
            max_examples=_BATCH,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(batch)
        batch = hypothesis.seed(seed)(batch)
        try:
            batch()
        except BaseException:
            print(f"\n{name}: again with KAIROS_FUZZ_SEED={seed}")
            raise
        seed += 1
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"\n{name}: {sum(outcomes.values()):,} inputs, seeds {first} to {seed - 1}: {told}")
    assert outcomes["accepted"] and outcomes["refused"], "nothing is learnt of inputs of one kind"


def outcome_of(work: Callable[[], object]) -> str:
    """`accepted`, or `refused` by one printable line; whatever else it raises is a bug."""
    try:
        work()
    except KairosError as error:
        said = str(error)
    else:
        return "accepted"
    assert "\n" not in said, said
    assert 0 < len(printable(said)) < 2_000, said  # as the command line shows it
    return "refused"


@contextmanager
def _patience() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"no end after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
