"""Whether a Ray cluster is there and computes what this process would, found out in seconds."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from infrastructure.errors import ClusterError, ConfigError
from infrastructure.research.sweeps.same_code import code_of_checkout, from_checkout
from infrastructure.wording import show

_PORT_SECONDS, _HELLO_SECONDS, _NODE_SECONDS = 3.0, 15.0, 60.0
_HELLO = """
import sys, ray
try:
    ray.init(address=sys.argv[1], log_to_driver=False, logging_level="CRITICAL")
except Exception as error:
    sys.exit(" ".join(str(error.__cause__ or error).split()))
head = ray.get_runtime_context().gcs_address
print(head, *[node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]])
"""
_WITHOUT_TOKEN = "import sys; from ray._raylet import GcsClient; GcsClient(address=sys.argv[1])"
_INSTEAD = "leave --address out to compute on this machine"


def check_address(address: str) -> None:
    """Raise where no cluster answers at `auto` or HOST:PORT; Ray itself would wait for minutes.

    ConfigError for an address that is none, and for a cluster that other machines reach and that
    asks nobody for a token; ClusterError for one that is dead.
    """
    named = (os.environ.get("RAY_ADDRESS") or address) if address == "auto" else address
    if named != "auto":
        _check_port(named)
    head, *hosts = _check_answer(address)
    if not all(map(_is_here, hosts)):
        check_guarded(address, hosts, open_to_all=not asks_for_token(head))


def asks_for_token(head: str) -> bool:
    """Whether the cluster whose head is at HOST:PORT refuses a process that shows no token."""
    try:
        done = _asked(_WITHOUT_TOKEN, head, RAY_AUTH_MODE="disabled")
    except subprocess.TimeoutExpired:
        return False  # nobody knows
    return done.returncode != 0 and "InvalidAuthToken" in done.stderr


def check_guarded(address: str, hosts: Sequence[str], open_to_all: bool) -> None:
    """Raise ConfigError for a cluster of other hosts than this one that is open to all.

    Whoever reaches such a cluster can run code on its nodes, as their user.
    """
    others = [host for host in hosts if not _is_here(host)]
    if others and open_to_all:
        raise ConfigError(
            f"--address {address}: {others[0]} lets in whoever reaches it; start the cluster with "
            f"RAY_AUTH_MODE=token, and set it here too (docs/cluster.md), or {_INSTEAD}"
        )


def _is_here(host: str) -> bool:
    """Whether no other machine reaches that address: this one's own loop."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_nodes(ray: Any) -> None:
    """Raise ClusterError where a node cannot run Kairos, or has other code than this process."""
    on_node = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
    ask = ray.remote(num_cpus=0, max_retries=0)(from_checkout(code_of_checkout))
    asked = [
        (
            node["NodeManagerAddress"],
            ask.options(scheduling_strategy=on_node(node["NodeID"], soft=False)).remote(),
        )
        for node in ray.nodes()
        if node["Alive"] and node["Resources"].get("CPU", 0) >= 1
    ]
    if not asked:
        raise ClusterError(f"the cluster has no CPU to work on; {_INSTEAD}")
    for host, answer in asked:
        try:
            found = ray.get(answer, timeout=_NODE_SECONDS)
        except ray.exceptions.RayError as error:
            raise ClusterError(
                f"node {host} cannot run Kairos ({last_line(error)}): install the same checkout on "
                "every node"
            ) from error
        check_code(found, f"node {host}")


def check_code(found: str, where: str) -> None:
    """Raise ClusterError where `found`, another process's code_of_checkout, is not this one's."""
    expected = code_of_checkout()
    if found != expected:
        raise ClusterError(
            f"{where}: other code of Kairos or strategies/, or another NumPy or Numba, than the "
            f"sweep's ({found} and {expected}): install the same checkout on every node; where a "
            "file was edited meanwhile, begin anew"
        )


def last_line(told: object) -> str:
    """The last line of what Ray tells in many."""
    return (str(told).strip().splitlines() or [""])[-1].strip()


def _check_port(address: str) -> None:
    host, colon, port = address.rpartition(":")
    if not colon or "/" in host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ConfigError(
            "--address: expected auto or HOST:PORT of a cluster that this machine is a node of; "
            f"found {show(address)}"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PORT_SECONDS).close()
    except OSError as error:
        reason = (error.strerror or str(error) or type(error).__name__).lower()
        raise ClusterError(
            f"--address {address}: no Ray cluster answers there ({reason}); "
            f"start one with `ray start --head`, or {_INSTEAD}"
        ) from None


def _asked(program: str, address: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Connect from another process first: that one can be ended when it waits in vain.

    Raises subprocess.TimeoutExpired.
    """
    return subprocess.run(
        [sys.executable, "-c", program, address],
        capture_output=True,
        text=True,
        timeout=_HELLO_SECONDS,
        env={**os.environ, "RAY_NUM_REDIS_GET_RETRIES": "3", **environment},
        check=False,
    )


def _check_answer(address: str) -> list[str]:
    """The head's HOST:PORT, and every node's host. Raises ClusterError where none answers."""
    try:
        done = _asked(_HELLO, address)
    except subprocess.TimeoutExpired as late:
        told = (late.stderr or b"").decode(errors="replace")
        reason = f"no answer in {_HELLO_SECONDS:.0f} seconds"
    else:
        if done.returncode == 0:
            return done.stdout.split()
        told = done.stderr
        reason = last_line(told).partition(". ")[0]
    if "InvalidAuthToken" in told:
        reason = "it asks for a token: set RAY_AUTH_MODE=token"
    raise ClusterError(f"--address {address}: no Ray cluster to work on ({reason}); {_INSTEAD}")
