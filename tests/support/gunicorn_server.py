"""`python -m digits serve` in a process of its own, as a user starts it."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pictures import ROOT

LIMIT = 60  # seconds until a server that does not answer counts as broken


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server in a process of its own, with its log and its temporary files under `folder`."""

    def __init__(self, folder: Path, command: tuple[str, ...] = ("-m", "digits"), **settings: str) -> None:
        self.port, self.log, self.temporary = free_port(), folder / "log", folder / "tmp"
        self.temporary.mkdir()
        ours = ("INKLING_", "PROMETHEUS_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        command = [sys.executable, *command, "serve", "--port", str(self.port)]
        with self.log.open("wb") as log:
            environment = {**inherited, "TMPDIR": str(self.temporary), **settings}
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, start_new_session=True)
        self.wait_for(lambda: self.get("/readyz")[0] == 200)

    def wait_for(self, condition):
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if condition():
                    return
            time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        pytest.fail(f"waited in vain; the server's log:\n{self.log.read_text()}")

    def connection(self):
        return contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT))

    def ask(self, connection, method, path, body=None):
        connection.request(method, path, body, {"Content-Type": "image/png"})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def get(self, path):
        with self.connection() as connection:
            return self.ask(connection, "GET", path)

    def predict(self, data, query=""):
        with self.connection() as connection:
            status, body, headers = self.ask(connection, "POST", f"/api/predict{query}", data)
        return status, json.loads(body), headers

    def count(self):
        """How many readings the workers answered, all together."""
        label = 'inkling_requests_total{route="/api/predict",status="200"}'
        found = [line for line in self.get("/metrics")[1].decode().splitlines() if line.startswith(label)]
        assert len(found) <= 1
        return float(found[0].split()[-1]) if found else 0

    def lines(self):
        return self.log.read_text().splitlines()

    def workers(self):
        """The processes that gunicorn says it has started."""
        return {json.loads(line)["process"] for line in self.lines() if "Booting worker" in line}

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
