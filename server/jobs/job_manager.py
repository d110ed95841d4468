"""The training that the page starts and follows: one at a time, in a process of its own.

Its whole state lies in one folder, so that every worker can answer for it, also one that started later. The process
holds the folder's file lock as long as it lives. It ends with the server, because the server's end closes its
standard input.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from digits.atomic_file import atomic_write
from digits.training.callbacks.remote_control import COMMAND_FILE, EVENTS_FILE, NETWORK_FILE
from server.jobs import standby_process
from server.jobs.standby_process import StandbyProcess
from server.jobs.training_request import TrainingRequest

LOCK_FILE, JOB_FILE, RESULT_FILE, LOG_FILE = "lock", "job.json", "network.pth", "log"
LAST_EVENTS = ("finished", "failed")
MAX_KEPT_NETWORKS = 8  # networks trained in the page that stay in the list of networks
LOCK_SECONDS = 0.3  # wait for the lock; a process that only checks it holds it for less
LOCK_POLL_SECONDS = 0.02

_KEPT_NAME = re.compile(r"trained-(\d+)\.pth")


class JobManager:
    """Starts, steers and reports trainings.

    `data` is the folder with MNIST, `minutes` the limit of one training.
    """

    def __init__(self, data: Path, minutes: int) -> None:
        self.data, self.minutes = data.resolve(), minutes
        self.folder, self.trained = self.data / "training", self.data / "trained"
        self._standby: StandbyProcess | None = None
        self._start_lock = threading.Lock()

    def prepare(self) -> None:
        """Starts a standby process that imports PyTorch in advance, so that the next training begins at once."""
        with self._start_lock:
            if not self.running():
                self._standby = self._standby_process()

    def start(self, training: TrainingRequest) -> dict[str, Any] | None:
        """Starts a training and returns its job, None if one runs.

        Raises OSError if the folder is not writable.
        """
        with self._start_lock:
            process = self._standby_process()
            if not _acquire(process.lock, fcntl.LOCK_EX):
                self._standby = process
                return None
            self._standby = None
            try:
                for path in self.folder.iterdir():
                    if path.name not in (LOCK_FILE, LOG_FILE):
                        path.unlink()
                os.truncate(self.folder / LOG_FILE, 0)
                job = {"id": secrets.token_hex(4), **asdict(training)}
                self._write_job(job)
                self.send_command("go")
                os.write(process.pipe, json.dumps(self._arguments(training)).encode() + b"\n")
            finally:
                process.close()  # the process has its own copy of the descriptor, and keeps the lock
        return job

    def send_command(self, command: str) -> None:
        """Tells the training to `go`, `pause` or `stop`."""
        with atomic_write(self.folder / COMMAND_FILE) as temporary:
            temporary.write_text(command, encoding="utf-8")

    def last_command(self) -> str:
        """Returns the last command that was sent."""
        try:
            return (self.folder / COMMAND_FILE).read_text(encoding="utf-8")
        except OSError:
            return "go"

    def running(self) -> bool:
        """Returns whether a training runs or is paused."""
        try:
            lock = self._open_lock(fcntl.LOCK_SH, seconds=0)
        except FileNotFoundError:
            return False
        if lock is not None:
            os.close(lock)
        return lock is None

    def current(self) -> dict[str, Any] | None:
        """Returns the latest training's `id` and fields, None if there is none."""
        try:
            return json.loads((self.folder / JOB_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def events(self, offset: int = 0) -> Iterator[tuple[int, str]]:
        """Yields the events from a byte of their file on, each as the byte after it and a JSON line."""
        try:
            with (self.folder / EVENTS_FILE).open("rb") as file:
                file.seek(offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        return  # still being written
                    offset += len(line)
                    yield offset, line.decode().rstrip("\n")
        except FileNotFoundError:
            return

    def conclude(self) -> None:
        """Writes the event `failed`, with the error message, if the process died without a last event."""
        lock = self._open_lock(fcntl.LOCK_EX) if self.current() else None
        if lock is None:
            return
        try:
            events = [json.loads(line) for _, line in self.events()]
            if any(event["event"] in LAST_EVENTS for event in events):
                return
            reason = next((event["why"] for event in events if event["event"] == "ending"), "done")
            if self.last_command() == "stop":
                reason = "stop"
            elif reason == "done":
                reason = "error"
            event = {"event": "failed", "seconds": events[-1]["seconds"] if events else 0.0, "why": reason}
            with (self.folder / EVENTS_FILE).open("a", encoding="utf-8") as file:
                file.write(json.dumps({**event, "message": self._error_message()}) + "\n")
        finally:
            os.close(lock)

    def network(self) -> Path | None:
        """Returns the file with the latest weights: the finished training's, or those of a moment ago."""
        paths = self.folder / RESULT_FILE, self.folder / NETWORK_FILE
        return next((path for path in paths if path.exists()), None)

    def keep(self) -> str | None:
        """Copies the latest weights into the list of networks and returns their name, None if there are none.

        Weights that are already in the list keep their name.
        """
        path, job = self.network(), self.current()
        if path is None or job is None:
            return None
        stamp = path.stat().st_mtime_ns
        if job.get("stamp") == stamp and (self.trained / f"{job['kept']}.pth").exists():
            return job["kept"]
        self.trained.mkdir(parents=True, exist_ok=True)
        matches = (_KEPT_NAME.fullmatch(file.name) for file in self.trained.glob("*.pth"))
        numbers = sorted(int(match[1]) for match in matches if match)
        name = f"trained-{(numbers or [0])[-1] + 1}"
        with atomic_write(self.trained / f"{name}.pth") as temporary:
            shutil.copyfile(path, temporary)
        for number in numbers[: -MAX_KEPT_NETWORKS + 1]:
            (self.trained / f"trained-{number}.pth").unlink(missing_ok=True)
        self._write_job({**job, "kept": name, "stamp": stamp})
        return name

    def _standby_process(self) -> StandbyProcess:
        """Returns the standby process, a new one if there is none or it has become too old."""
        if self._standby and self._standby.usable():
            return self._standby
        if self._standby:
            self._standby.close()
            self._standby = None
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        return standby_process.start(lock, self.folder / LOG_FILE)

    def _arguments(self, training: TrainingRequest) -> list[str]:
        """Returns the command line of `train`."""
        options = {
            "model": training.network, "lr": training.lr, "batch-size": training.batch_size,
            "optimizer": training.optimizer, "digits": training.digits, "augment": training.augment,
            "epochs": training.epochs, "seed": training.seed, "doubt": 0, "device": "cpu", "data": self.data,
            "output": self.folder / RESULT_FILE, "live": self.folder, "minutes": self.minutes,
        }  # fmt: skip
        return ["train", *(f"--{name}={value}" for name, value in options.items()), "--leash"]

    def _write_job(self, job: dict[str, Any]) -> None:
        with atomic_write(self.folder / JOB_FILE) as temporary:
            temporary.write_text(json.dumps(job), encoding="utf-8")

    def _open_lock(self, kind: int, seconds: float = LOCK_SECONDS) -> int | None:
        """Returns a descriptor that holds the folder's lock, None while another process holds it."""
        descriptor = os.open(self.folder / LOCK_FILE, os.O_RDWR | (os.O_CREAT if kind == fcntl.LOCK_EX else 0), 0o644)
        if _acquire(descriptor, kind, seconds):
            return descriptor
        os.close(descriptor)
        return None

    def _error_message(self) -> str:
        """Returns the last error message in the log, empty if there is none."""
        try:
            text = (self.folder / LOG_FILE).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
        return text.rpartition("Error: ")[2] if "Error: " in text else ""


def _acquire(descriptor: int, kind: int, seconds: float = LOCK_SECONDS) -> bool:
    """Tries for some seconds to take a file lock; returns whether it succeeded."""
    end_time = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end_time:
                return False
            time.sleep(LOCK_POLL_SECONDS)
