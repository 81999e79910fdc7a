"""Chunks on a Ray cluster: bars go to each node once, results come back in order."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.time_limit import seconds_allowed, time_limit
from infrastructure.errors import ClusterError, ConfigError
from infrastructure.research.sweeps.chunks import Chunk, Task
from infrastructure.research.sweeps.evaluated import Evaluated
from infrastructure.research.sweeps.evaluator import Evaluator
from infrastructure.research.sweeps.ray_checks import check_code
from infrastructure.research.sweeps.ray_cluster import (
    connected_ray,
    join_cluster,
    load_ray,
    start_cluster,
)
from infrastructure.research.sweeps.same_code import code_of_checkout, from_checkout

_RETRIES = 3
"""How often a chunk whose worker died is tried again."""

_AHEAD = 2
"""Chunks under way for each worker: one being evaluated, one that waits for it."""


class RayEngine:
    """Workers of a Ray cluster, one a core.

    address: None starts a cluster of this machine's own cores, or of `workers` of them; `auto` or
    HOST:PORT joins the one that this machine is a node of. A process that is connected already
    works on that connection, and keeps it. Raises ConfigError, ClusterError.
    """

    def __init__(self, address: str | None, workers: int | None = None) -> None:
        if address is not None and workers is not None:
            raise ConfigError("--workers: a cluster that is there has its own; leave it out")
        self._ray, self._leaves = _connected(address, workers)
        self.workers = max(int(self._ray.cluster_resources().get("CPU", 0)), 1)

    def run(self, evaluator: Evaluator, tasks: Iterable[Task]) -> Iterator[Chunk]:
        """See Engine. Raises ClusterError where a chunk's workers died again and again.

        Chunks that nobody waits for any more are left to end by themselves, or with `close`:
        ray.cancel, just after a chunk was sent, can end this whole process (seen in Ray 2.60).
        """
        ray = self._ray
        evaluate = ray.remote(num_cpus=1, max_retries=_RETRIES)(from_checkout(evaluate_there))
        shared, code = [ray.put(evaluator)], code_of_checkout()
        seconds = seconds_allowed()
        under_way: deque[tuple[Task, Any]] = deque()
        for task in tasks:
            under_way.append((task, evaluate.remote(shared, code, task[1], seconds)))
            if len(under_way) >= _AHEAD * self.workers:
                yield self._taken(*under_way.popleft())
        while under_way:
            yield self._taken(*under_way.popleft())

    def close(self) -> None:
        """End what this engine started; a cluster that was there goes on."""
        if self._leaves:
            self._leaves = False
            self._ray.shutdown()

    def _taken(self, task: Task, result: Any) -> Chunk:
        """The chunk of a task, when it is there."""
        (first, cells), errors = task, self._ray.exceptions
        try:
            evaluated = self._ray.get(result)
        except errors.RayTaskError as error:
            raise error.cause from error  # what the worker raised, as if it had been here
        except errors.RayError as error:
            raise ClusterError(
                f"trials {first:,} to {first + len(cells) - 1:,}: lost on the cluster "
                f"{_RETRIES + 1} times ({type(error).__name__}; is there memory enough?); what was "
                "stored stays, the same sweep goes on from there"
            ) from error
        return Chunk(first, cells, _own(evaluated))


def evaluate_there(
    shared: Sequence[Any], code: str, cells: NDArray[np.float64], seconds: float | None = None
) -> Evaluated:
    """Runs on a worker: the figures of these cells.

    shared: a reference to the Evaluator, inside a list so that Ray does not load it for every
    chunk. code: what this worker's code must be. seconds: what strategies' code may take a call;
    a worker whose code does not hear the alarm ends.
    """
    (reference,) = shared
    name = reference.hex()
    if name not in _held:
        check_code(code, "a worker")
        _held.clear()
        _held[name] = load_ray().get(reference)
    with time_limit(seconds, end=_end_worker):
        return _held[name].run(cells)


def _end_worker(line: str) -> None:
    os._exit(2)


_held: dict[str, Evaluator] = {}
"""The evaluator of the sweep that this worker works on, with the groups it has built."""


def _connected(address: str | None, workers: int | None) -> tuple[Any, bool]:
    """Ray, and whether it was connected for this engine."""
    ray = connected_ray()
    if ray is None:
        if address is None:
            return start_cluster(workers or os.cpu_count() or 1), True
        return join_cluster(address), True
    held = ray.get_runtime_context().gcs_address
    if address not in (None, "auto", held):
        raise ConfigError(
            f"--address {address}: this process is connected to {held}; ray.shutdown() first"
        )
    return ray, False


def _own(evaluated: Evaluated) -> Evaluated:
    """In this process's memory: what Ray hands over lies in the store, and would fill it."""
    return Evaluated(
        {name: column.copy() for name, column in evaluated.figures.items()},
        evaluated.invalid.copy(),
        evaluated.reasons,
        evaluated.sessions.copy(),
        evaluated.returns.copy(),
    )
