"""Asking a provider again, politely: spaced requests, growing waits, an end to patience."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar

from infrastructure import log
from infrastructure.errors import DataError
from infrastructure.market_data.providers.provider import Clock, SystemClock

T = TypeVar("T")

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before the second attempt, doubled for each further one up to the longest."""

LONGEST_ASKED = 300.0
"""A provider that asks for a longer pause than these seconds is asked again by the user."""


class Transient(Exception):  # noqa: N818  # no error yet: the next attempt may do
    """An attempt that failed and may succeed later.

    reason: for messages, without addresses and keys. wait: seconds that the provider asked for.
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class NoAnswerError(DataError):
    """The provider gave no whole answer, however often it was asked."""


def _to_nobody(text: str) -> None:
    """Nobody wants to know."""


@dataclass
class Retrying:
    """Calls an action until it succeeds: `attempts` times at most, `spacing` seconds apart.

    After a failure it waits FIRST_WAIT seconds, doubled each time up to LONGEST_WAIT, of which a
    random half is left out so that many clients do not come back at once; where the provider said
    how long, exactly that.
    """

    title: str
    spacing: float
    clock: Clock = field(default_factory=SystemClock)
    say: Callable[[str], None] = _to_nobody
    attempts: int = 6
    chance: Callable[[], float] = random.random
    _next: float = 0.0

    def __call__(self, action: Callable[[], T]) -> T:
        """What `action` returns. Transient has it called again; NoAnswerError is the end."""
        for attempt in range(1, self.attempts + 1):
            self._keep_distance()
            try:
                return action()
            except Transient as failure:
                reason, asked = failure.reason, failure.wait
            if asked is not None and asked > LONGEST_ASKED:
                raise NoAnswerError(
                    f"{self.title}: {reason}, and asks for a pause of {asked:,.0f} seconds; try "
                    "again then"
                )
            if attempt < self.attempts:
                wait = self._growing(attempt) if asked is None else asked
                log.warning("asked again", provider=self.title, reason=reason, wait=round(wait, 1))
                self.say(f"{reason}; again in {wait:.0f} s")
                self.clock.sleep(wait)
        raise NoAnswerError(f"{self.title}: {reason}, {self.attempts} times; try again later")

    def _growing(self, attempt: int) -> float:
        return min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT) * (0.5 + self.chance() / 2)

    def _keep_distance(self) -> None:
        """Wait until `spacing` seconds after the last attempt began."""
        ahead = self._next - self.clock.now()
        if 0 < ahead <= self.spacing:  # a clock that was set back makes nobody wait
            self.clock.sleep(ahead)
        self._next = self.clock.now() + self.spacing


def asked_wait(header: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or a date; None where it says none."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except ValueError:
        return None


def refuse_busy(status: int, retry_after: str | None, now: float) -> None:
    """Raise Transient for the statuses that another attempt may not meet."""
    if status == 429:
        raise Transient("too many requests (429)", asked_wait(retry_after, now))
    if status >= 500 or status == 408:
        raise Transient(f"the server failed ({status})", asked_wait(retry_after, now))
