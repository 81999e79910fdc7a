"""Where chunks are evaluated: on this machine's cores, or on a cluster."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from infrastructure import log
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.chunks import Chunk, Task, evaluate
from infrastructure.research.sweeps.evaluator import Evaluator


class Engine(Protocol):
    """Evaluates chunks and gives them back in the order in which they were asked for.

    workers: how many chunks are evaluated at the same time.
    """

    workers: int

    def run(self, evaluator: Evaluator, tasks: Iterable[Task]) -> Iterator[Chunk]:
        """One chunk a task; few are under way at a time."""
        ...

    def close(self) -> None:
        """Give back what was used."""
        ...


class LocalEngine:
    """Threads of this process: kernels run beside each other, bars are shared.

    workers: None takes every core. Raises ConfigError for none at all.
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ConfigError(f"--workers: expected at least 1; found {workers}")
        self.workers = workers or os.cpu_count() or 1

    def run(self, evaluator: Evaluator, tasks: Iterable[Task]) -> Iterator[Chunk]:
        """See Engine."""
        if self.workers == 1:
            for first, cells in tasks:
                yield evaluate(evaluator, first, cells)
            return
        here = log.carried(evaluate)  # its thread's log lines name this sweep and run
        with ThreadPoolExecutor(self.workers) as pool:
            under_way: deque[Future[Chunk]] = deque()
            try:
                for first, cells in tasks:
                    under_way.append(pool.submit(here, evaluator, first, cells))
                    if len(under_way) > self.workers:
                        yield under_way.popleft().result()
                while under_way:
                    yield under_way.popleft().result()
            finally:
                for future in under_way:
                    future.cancel()

    def close(self) -> None:
        """Nothing is held."""


def make_engine(name: str, workers: int | None, address: str | None) -> Engine:
    """The engine called local or ray. Raises ConfigError, ClusterError."""
    if name == "ray":
        from infrastructure.research.sweeps.ray_engine import RayEngine

        return RayEngine(address, workers)
    if address is not None:
        raise ConfigError("--address is of a Ray cluster: expected --engine ray with it")
    return LocalEngine(workers)
