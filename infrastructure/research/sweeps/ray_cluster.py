"""A Ray cluster: one of this machine's own cores, or one that is there already."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from getpass import getuser
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir
from threading import current_thread, main_thread
from typing import Any

from infrastructure.errors import ClusterError, ConfigError
from infrastructure.hiding import remember
from infrastructure.research.sweeps.ray_checks import check_address, check_nodes, last_line


def load_ray() -> Any:
    """The package ray. Raises ConfigError where it is not installed."""
    try:
        import ray
    except ImportError:
        raise ConfigError(
            "--engine ray needs Ray, which is not installed: pip install 'kairos[ray]'"
        ) from None
    return ray


def connected_ray() -> Any:
    """Ray, where this process is connected to a cluster already; else None."""
    ray = sys.modules.get("ray")
    return ray if ray is not None and ray.is_initialized() else None


def start_cluster(workers: int) -> Any:
    """Ray with a cluster of this machine's own, closed to everybody else.

    It tells nobody of its use. Clusters of one user start one after the other: begun in the same
    moment, they take each other's ports. Raises ConfigError, ClusterError.
    """
    with _environment(_own_cluster()):
        ray = load_ray()
        from filelock import FileLock  # Ray brings it

        with FileLock(Path(gettempdir()) / f"kairos-ray-{getuser()}.lock"):
            _init(
                ray,
                "cannot start a Ray cluster here",
                address="local",
                num_cpus=workers,
                include_dashboard=False,
                _node_ip_address="127.0.0.1",
            )
    return ray


def join_cluster(address: str) -> Any:
    """Ray, connected to the cluster at `auto` or HOST:PORT, whose nodes have this very code.

    Raises ConfigError for an address that is none, ClusterError where no cluster answers within
    some seconds, and where a node's code is another.
    """
    ray = load_ray()
    check_address(address)
    _init(ray, f"--address {address}", address=address)
    try:
        check_nodes(ray)
    except BaseException:
        ray.shutdown()
        raise
    return ray


def _init(ray: Any, where: str, **settings: Any) -> None:
    """ray.init without its own lines; all or nothing."""
    remember(os.environ.get("RAY_AUTH_TOKEN"))
    try:
        with _interrupts_wait():
            ray.init(log_to_driver=False, logging_level="CRITICAL", **settings)
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterError(f"{where}: {last_line(error.__cause__ or error)}") from error
    except KeyboardInterrupt:
        ray.shutdown()
        raise


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C and SIGTERM are heard at the end: in the midst of ray.init they leave processes.

    Ray takes SIGTERM for itself; it is given back.
    """
    if current_thread() is not main_thread():
        yield
        return
    heard: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda number, _: heard.append(number)) for each in numbers}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    for number in heard[:1]:
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, None)
        elif handler is signal.SIG_DFL:
            signal.raise_signal(number)


def _own_cluster() -> dict[str, str]:
    """What Ray is to find in its environment; a user's own settings stay."""
    wanted = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # servers on 127.0.0.1, on any system
        "RAY_AUTH_MODE": "token",  # other users of this machine cannot run code as this one
        "RAY_AUTH_TOKEN": _token(),
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else a warning of what is to come
    }
    return {name: value for name, value in wanted.items() if name not in os.environ}


@cache
def _token() -> str:
    """One for the whole process: Ray reads it once."""
    return token_hex(32)


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """The process's environment with these, which are new, for a while."""
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
