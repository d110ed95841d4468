"""The real server as a process of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 180  # s: on a busy machine the imports alone take a minute


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`python -m digits serve`, to be started and stopped."""

    def __init__(self, port, **environment):
        self.port = port
        self.environment = {"INKLING_LOG_LEVEL": "warning", "INKLING_WORKERS": "1"} | environment
        self.url = f"http://127.0.0.1:{port}/"
        self.process = None

    def start(self, ready=True):
        command = [sys.executable, "-m", "digits", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        environment = os.environ | self.environment
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + START_LIMIT
        while not self._answers("readyz" if ready else "healthz"):
            if self.process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise RuntimeError("the server did not become ready; start it by hand to see why")
            time.sleep(0.1)

    def _answers(self, path):
        with contextlib.suppress(OSError), urllib.request.urlopen(self.url + path, timeout=2) as answer:
            return answer.status == 200
        return False

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
