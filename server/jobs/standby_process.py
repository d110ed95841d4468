"""A process that has imported PyTorch and waits for the command line of a training.

Importing PyTorch takes seconds, the first steps of a training a tenth of one.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from digits.cli import standby
from digits.paths import PACKAGES, python_path

NICENESS = 10  # the server's own work has priority
SERVER_PIPE = "INKLING_SERVER_PIPE"  # "process id:descriptor" of a pipe that closes with the server: gunicorn.conf.py


@dataclass(frozen=True)
class StandbyProcess:
    """A process that waits for its arguments, the pipe for them, and the descriptor of the lock."""

    process: "subprocess.Popen[bytes]"
    pipe: int
    lock: int
    started: float = field(default_factory=time.monotonic)

    def usable(self) -> bool:
        """Returns whether the process runs and will wait long enough to receive its arguments."""
        return self.process.returncode is None and time.monotonic() - self.started < standby.MAX_WAIT_SECONDS / 2

    def close(self) -> None:
        """Closes this side's descriptors. A process without arguments then ends."""
        os.close(self.pipe)
        os.close(self.lock)


def start(lock: int, log_path: Path) -> StandbyProcess:
    """Starts a standby process that shares the descriptor `lock` and appends its output to a log file."""
    read_end, write_end = os.pipe()
    nice = ["nice", "-n", str(NICENESS)] if shutil.which("nice") else []
    with log_path.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - no argument comes from outside
            [*nice, sys.executable, "-m", "digits.cli.standby", str(read_end)],
            cwd=PACKAGES, stdin=_server_pipe(), stdout=log, stderr=log, pass_fds=[lock, read_end],
            env={**os.environ, "OMP_NUM_THREADS": str(_threads()), "PYTHONPATH": python_path()}, start_new_session=True,
        )  # fmt: skip
    os.close(read_end)
    threading.Thread(target=process.wait, daemon=True).start()  # so that it does not stay as a zombie
    return StandbyProcess(process, write_end, lock)


def _threads() -> int:
    """Returns the number of cores minus one for the server; more threads would slow each other."""
    return max(1, len(os.sched_getaffinity(0)) - 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 2) - 1)


def _server_pipe() -> int:
    """Returns the read end of a pipe that closes when the server and all its workers end."""
    server, _, descriptor = os.environ.get(SERVER_PIPE, "").partition(":")
    return int(descriptor) if server == str(os.getppid()) else _own_pipe()


@cache
def _own_pipe() -> int:
    return os.pipe()[0]  # only this process has the write end, which closes when it ends
