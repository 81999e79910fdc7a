"""What a child that may be killed tells of its progress, a letter at a time."""

import os
import time

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import Pool

from infrastructure.database.sqlite import WRITING

BEGUN, COMMITTING, ENDED, DONE = b"b", b"c", b"e", b"d"
"""What a child tells: a transaction that writes has begun, commits, has ended; a work is done."""


def tell_of_transactions(progress: int) -> None:
    """Write a letter for each step of each transaction of this process."""
    inside: list[bool] = []

    def began(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITING):
            inside.append(True)
            os.write(progress, BEGUN)

    def commits(connection: Connection) -> None:
        if inside:
            os.write(progress, COMMITTING)

    def ended(*_: object) -> None:
        if inside:
            inside.clear()
            os.write(progress, ENDED)

    event.listen(Engine, "begin", began)
    event.listen(Engine, "commit", commits)
    event.listen(Pool, "checkin", ended)
    event.listen(Pool, "close_detached", ended)


class Pipe:
    """What a child has told, with the time of each letter."""

    def __init__(self, reading: int) -> None:
        self._reading = reading
        self.told: list[tuple[bytes, float]] = []

    def wait_for(self, letter: bytes, times: int = 1) -> bool:
        """Until it was told so often; False where the child has ended before."""
        while sum(each == letter for each, _ in self.told) < times:
            if not self._read():
                return False
        return True

    def rest(self) -> None:
        """What was told until the child ended."""
        while self._read():
            pass
        os.close(self._reading)

    def _read(self) -> bool:
        found = os.read(self._reading, 1000)
        self.told += [(bytes([each]), time.monotonic()) for each in found]
        return bool(found)


def spans_between(told: list[tuple[bytes, float]], first: bytes, last: bytes) -> list[float]:
    """Seconds from each first letter to the last one that follows it."""
    spans, began = [], 0.0
    for letter, when in told:
        if letter == first:
            began = when
        elif letter == last:
            spans.append(when - began)
    return spans
