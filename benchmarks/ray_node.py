"""Kills a machine of a Ray cluster while pads draw, and measures failures and recovery.

    python benchmarks/ray_node.py [--seconds 40] [--replicas 2]

Two nodes on the loopback address serve as deploy/ray_serve.py does. Ray's HTTP proxy is on one of them, replicas are
on both. After a quarter of the time every process of the other node is killed at once (SIGKILL). A request without a
200 has failed; none is repeated. The cluster has recovered when all replicas are back and no request fails any more.
Needs deploy/requirements.txt. Ends all that it starts; exits with status 1 if more than 1 % failed or recovery took
over 10 s.
"""

import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from clients import ROOT, children, free_port
from faults import drawing, failed, waits

sys.path.insert(0, str(ROOT))

from deploy.ray_serve import HEALTH_CHECKS, NAME, deploy

LOOPBACK = "127.0.0.2"  # with 127.0.0.1 Ray listens on an outside address
PADS, PACE = 8, 0.2  # connections; seconds between two drawings of a connection
FAILED, SECONDS = 0.01, 10  # largest accepted share of failures, and seconds to recover


@contextmanager
def cluster(cores: int) -> Iterator:
    """Starts two nodes; yields the one without a proxy and the folder of their logs."""
    # A token keeps others out of the cluster; all its files are temporary.
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32), "RAY_USAGE_STATS_ENABLED": "0"}
    os.environ |= {"INKLING_LOG_LEVEL": "debug", "RAY_DEDUP_LOGS": "0"}
    node = {"num_cpus": cores, "node_ip_address": LOOPBACK, "include_dashboard": False}
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as place:
        os.environ["RAY_TMPDIR"] = place
        folder = Path(place) / "ray"
        folder.mkdir()  # Ray writes there before it creates it
        import ray
        from ray.cluster_utils import Cluster

        both = Cluster(
            initialize_head=True, head_node_args={**node, "temp_dir": str(folder), "_system_config": HEALTH_CHECKS}
        )
        try:
            ray.init(both.address, log_to_driver=False, logging_level="WARNING")  # to the first node
            yield both.add_node(**node), folder
        finally:
            ray.shutdown()
            both.shutdown()


def kill(node) -> list[int]:
    """Kills all processes of a node at once, as a power cut does; returns its replicas' process ids."""
    raylet = node.all_processes["raylet"][0].process.pid
    workers = children(raylet)
    replicas = [pid for pid in workers if "ServeReplica" in Path(f"/proc/{pid}/cmdline").read_text()]
    for pid in [raylet, *workers]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return replicas


def running() -> int:
    from ray import serve

    return serve.status().applications[NAME].deployments[NAME].replica_states.get("RUNNING", 0)


def count(folder: Path, replicas: list[int]) -> int:
    """Counts the drawings that these processes answered, by their logs."""
    logs = [log for pid in replicas for log in folder.glob(f"session_2*/logs/worker-*-{pid}.err")]
    return sum(log.read_text().count('"path": "/api/predict"') for log in logs)


def give_up(*_: object) -> None:
    raise SystemExit("It took too long.")


@click.command()
@click.option("--seconds", default=40, show_default=True, help="How long the pads draw.")
@click.option("--replicas", default=2, show_default=True, help="Processes that read digits, on both nodes together.")
def main(seconds: int, replicas: int) -> None:
    """Print the failures, and the time to recover."""
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds + 180)
    port = free_port()
    with cluster(replicas) as (second, folder):
        deploy(replicas, "127.0.0.1", port)
        with drawing(port, PADS, PACE) as found:
            time.sleep(seconds / 4)
            lost = kill(second)
            killed = time.perf_counter()
            seen = []
            while time.perf_counter() < killed + 3 * seconds / 4:
                seen.append((time.perf_counter() - killed, running()))
                if len(seen) == 1 or seen[-1][1] != seen[-2][1]:
                    print(f"  after {seen[-1][0]:.1f} s {seen[-1][1]} replicas are known to run", flush=True)
                time.sleep(0.1)
        answered = count(folder, lost)
    before = sum(began < killed for began, _, _ in found)
    wrong = [(began, took, status) for began, took, status in found if status != 200]
    fewer = [when for when, number in seen if number < replicas]
    back = max(fewer) if fewer and seen[-1][1] == replicas else seconds
    fine = max([0, *(began + took - killed for began, took, _ in wrong)])
    print(f"{before:,} drawings before, {answered:,} of them read on the node that died ({len(lost)} replicas)")
    print(f"{waits(found)}; {failed(found)}: {len(wrong) / len(found):.2%}")
    print(
        f"recovered after {max(back, fine):.1f} s: last failure {fine:.1f} s, last replica {back:.1f} s after the kill"
    )
    raise SystemExit(1 if len(wrong) > FAILED * len(found) or max(back, fine) > SECONDS else 0)


if __name__ == "__main__":
    main()
