"""What a cluster of Kairos's own listens on, and which clusters of others are refused."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.ray_checks import check_guarded

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray")
ROOT = Path(__file__).resolve().parents[2]


REPORT = """
import json, sys, psutil
from infrastructure.research.sweeps import ray_checks, ray_cluster
{start}
ray.get(ray.remote(lambda: None).remote())  # its worker is there
head, hosts, me = ray.get_runtime_context().gcs_address, set(), psutil.Process()
for process in [me, *me.children(recursive=True)]:
    for each in process.net_connections(kind="inet"):
        if each.status == psutil.CONN_LISTEN:
            hosts.add(each.laddr.ip.removeprefix("::ffff:"))
print(json.dumps({{"hosts": sorted(hosts), "asks": ray_checks.asks_for_token(head)}}))
ray.shutdown()
"""
AS_KAIROS_DOES = "ray = ray_cluster.start_cluster(1)"
WITHOUT_TOKEN = (
    "import ray; ray.init(address='local', num_cpus=1, include_dashboard=False, "
    "_node_ip_address='127.0.0.1', log_to_driver=False, logging_level='CRITICAL'); "
    "ray_checks.check_address(ray.get_runtime_context().gcs_address)"
)


def reported(start: str, **environment: str) -> dict[str, Any]:
    """What a cluster's processes listen on, and whether it asks; in a process of its own.

    Ray reads its token once in each process.
    """
    given = {name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH")}
    done = subprocess.run(
        [sys.executable, "-c", REPORT.format(start=start)],
        cwd=ROOT,
        env=given | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_cluster_of_its_own_is_closed_to_everybody_else() -> None:
    """All ports of all its processes are on 127.0.0.1, and one without the token is not let in."""
    assert reported(AS_KAIROS_DOES) == {"hosts": ["127.0.0.1"], "asks": True}


@pytest.mark.nightly
def test_a_cluster_without_a_token_is_found_open() -> None:
    """One on this machine, which may be used all the same: no other machine reaches it."""
    own = {"RAY_AUTH_MODE": "disabled", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    found = reported(WITHOUT_TOKEN, RAY_USAGE_STATS_ENABLED="0", **own)
    assert found == {"hosts": ["127.0.0.1"], "asks": False}


def test_a_cluster_that_others_reach_must_ask_for_a_token() -> None:
    """One line that names the node and the setting; guarded, or on this machine, it may be used."""
    with pytest.raises(ConfigError) as caught:
        check_guarded("auto", ["127.0.0.1", "192.0.2.7"], open_to_all=True)
    assert str(caught.value).startswith("--address auto: 192.0.2.7 lets in whoever reaches it; ")
    assert "RAY_AUTH_MODE=token" in str(caught.value)
    check_guarded("auto", ["127.0.0.1", "192.0.2.7"], open_to_all=False)
    check_guarded("auto", ["127.0.0.1", "::1", "localhost"], open_to_all=True)
