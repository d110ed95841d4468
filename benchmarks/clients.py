"""Starts servers for the benchmarks, and connects to them."""

import contextlib
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from serving import Server, free_port

PICTURE = (ROOT / "samples/3_from_the_page.png").read_bytes()


class Client:
    """A connection that is opened again after it was closed."""

    def __init__(self, port: int) -> None:
        self.port, self.connection = port, None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
        """Sends a request and returns the status; raises OSError or HTTPException without a response."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return answer.status

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None


def children(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def peak(pid: int | str = "self") -> float:
    """Returns a process's peak resident memory in MB of 2^20 bytes; Linux only."""
    # Not getrusage: its peak survives exec, so a small process would start with its parent's peak.
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextlib.contextmanager
def served(**environment: str) -> Iterator[Server]:
    server = Server(free_port(), **{"INKLING_WORKERS": "2"} | environment)
    server.start()
    time.sleep(2)  # the first worker answers already; wait for the second one
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def lone_worker(**environment: str) -> Iterator[tuple[int, int]]:
    """Starts a server with one worker on one core; yields its port and the worker's process id."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})  # the server inherits it
    try:
        with served(INKLING_WORKERS="1", **environment) as server:
            (worker,) = children(server.process.pid)
            yield server.port, worker
    finally:
        os.sched_setaffinity(0, cores)


def posted(port: int, path: str, body: bytes) -> tuple[int, dict, float]:
    """Sends a picture over a new connection; returns status, decoded JSON and seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        started = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/octet-stream"})
        response = connection.getresponse()
        answer = json.load(response)
        return response.status, answer, time.perf_counter() - started
