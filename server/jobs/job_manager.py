"""The training that the page follows: one at a time, in a process of its own, whichever worker started it.

All that is known of it lies in one folder, so that any worker can tell of it, also one that began later. The process
holds the folder's lock for as long as it lives, however it ends; it ends with the server, whose end closes its standard
input.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from digits.atomic_file import atomic_write
from digits.cli import standby
from digits.paths import PACKAGES, python_path
from digits.training.callbacks.remote_control import COMMAND_FILE, EVENTS_FILE, NETWORK_FILE
from server.jobs.training_request import TrainingRequest

LOCK, JOB, RESULT, LOG = "lock", "job.json", "network.pth", "log"
ENDS = ("finished", "failed")  # the event that is the last one
KEPT = 8  # networks trained in the page that stay in the list of networks
NICE = 10  # so that drawings come first
LEASH = "INKLING_LEASH"  # the server's process, and the descriptor that is closed with it: see gunicorn.conf.py
PATIENCE = 0.3  # seconds: somebody who only looks whether a training runs holds the lock for less


class JobManager:
    """Starts trainings, steers them and tells of them; `data`: where MNIST lies."""

    def __init__(self, data: Path, minutes: int) -> None:
        self.data, self.minutes = data.resolve(), minutes
        self.folder, self.trained = self.data / "training", self.data / "trained"
        self._ready: StandbyProcess | None = None
        self._starting = threading.Lock()

    def prepare(self) -> None:
        """Have a process ready that has its imports behind it: somebody will want to start a training soon."""
        with self._starting:
            if not self.running():
                self._ready = self._waiting()

    def start(self, wish: TrainingRequest) -> dict[str, Any] | None:
        """Begin a training; None where one runs already. Raises OSError where the folder cannot be written."""
        with self._starting:
            ready = self._waiting()
            if not _locked(ready.lock, fcntl.LOCK_EX):
                self._ready = ready
                return None
            self._ready = None
            try:
                for path in self.folder.iterdir():
                    if path.name not in (LOCK, LOG):
                        path.unlink()
                os.truncate(self.folder / LOG, 0)
                job = {"id": secrets.token_hex(4), **asdict(wish)}
                self._write(job)
                self.want("go")
                os.write(ready.words, json.dumps(self._words(wish)).encode() + b"\n")
            finally:
                ready.let_go()  # the process has its own copy of the lock's descriptor, and with it the lock
        return job

    def want(self, word: str) -> None:
        """Tell the training to `go`, `pause` or `stop`."""
        with atomic_write(self.folder / COMMAND_FILE) as temporary:
            temporary.write_text(word, encoding="utf-8")

    def running(self) -> bool:
        """Whether a training is under way, at rest or not."""
        try:
            lock = self._lock(fcntl.LOCK_SH, patience=0)
        except FileNotFoundError:
            return False
        if lock is not None:
            os.close(lock)
        return lock is None

    def current(self) -> dict[str, Any] | None:
        """What the latest training was started with and its `id`, or None."""
        try:
            return json.loads((self.folder / JOB).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def wanted(self) -> str:
        """The word that the training was told last."""
        try:
            return (self.folder / COMMAND_FILE).read_text(encoding="utf-8")
        except OSError:
            return "go"

    def events(self, offset: int = 0) -> Iterator[tuple[int, str]]:
        """What happened, from a byte of the list of events on: where the next one begins, and a line of JSON."""
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
        """Where a training is gone without having said so, write down that it failed, and what it said last."""
        lock = self._lock(fcntl.LOCK_EX) if self.current() else None
        if lock is None:
            return
        try:
            told = [json.loads(line) for _, line in self.events()]
            if any(event["event"] in ENDS for event in told):
                return
            why = next((event["why"] for event in told if event["event"] == "ending"), "done")
            why = "stop" if self.wanted() == "stop" else "error" if why == "done" else why
            event = {"event": "failed", "seconds": told[-1]["seconds"] if told else 0.0, "why": why}
            with (self.folder / EVENTS_FILE).open("a", encoding="utf-8") as file:
                file.write(json.dumps({**event, "message": self._complaint()}) + "\n")
        finally:
            os.close(lock)

    def network(self) -> Path | None:
        """The weights that there are: those of the finished training, or as they were a moment ago."""
        paths = self.folder / RESULT, self.folder / NETWORK_FILE
        return next((path for path in paths if path.exists()), None)

    def keep(self) -> str | None:
        """Put the weights into the list of networks, under a new name unless they are there already; None for none."""
        path, job = self.network(), self.current()
        if path is None or job is None:
            return None
        stamp = path.stat().st_mtime_ns
        if job.get("stamp") == stamp and (self.trained / f"{job['kept']}.pth").exists():
            return job["kept"]
        self.trained.mkdir(parents=True, exist_ok=True)
        numbers = sorted(int(found[1]) for each in self.trained.glob("*.pth") if (found := _NAME.fullmatch(each.name)))
        name = f"trained-{(numbers or [0])[-1] + 1}"
        with atomic_write(self.trained / f"{name}.pth") as temporary:
            shutil.copyfile(path, temporary)
        for number in numbers[: -KEPT + 1]:
            (self.trained / f"trained-{number}.pth").unlink(missing_ok=True)
        self._write({**job, "kept": name, "stamp": stamp})
        return name

    def _waiting(self) -> "StandbyProcess":
        """The process that waits already, or a new one."""
        if self._ready and self._ready.fresh():
            return self._ready
        if self._ready:
            self._ready.let_go()
            self._ready = None
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        theirs, words = os.pipe()
        nice = ["nice", "-n", str(NICE)] if shutil.which("nice") else []
        with (self.folder / LOG).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own words and numbers
                [*nice, sys.executable, "-m", "digits.cli.standby", str(theirs)],
                cwd=PACKAGES, stdin=_leash(), stdout=log, stderr=log, pass_fds=[lock, theirs], start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": str(_threads()), "PYTHONPATH": python_path()},
            )  # fmt: skip
        os.close(theirs)
        threading.Thread(target=process.wait, daemon=True).start()  # nobody else would bury it
        return StandbyProcess(process, words, lock)

    def _words(self, wish: TrainingRequest) -> list[str]:
        """The command line of `train`, as anybody could type it."""
        options = {
            "model": wish.network, "lr": wish.lr, "batch-size": wish.batch_size, "optimizer": wish.optimizer,
            "digits": wish.digits, "augment": wish.augment, "epochs": wish.epochs, "seed": wish.seed, "doubt": 0,
            "device": "cpu", "data": self.data, "output": self.folder / RESULT, "live": self.folder,
            "minutes": self.minutes,
        }  # fmt: skip
        return ["train", *(f"--{name}={value}" for name, value in options.items()), "--leash"]

    def _write(self, job: dict[str, Any]) -> None:
        with atomic_write(self.folder / JOB) as temporary:
            temporary.write_text(json.dumps(job), encoding="utf-8")

    def _lock(self, kind: int, patience: float = PATIENCE) -> int | None:
        """A descriptor that holds the folder's lock, or None while somebody else does."""
        descriptor = os.open(self.folder / LOCK, os.O_RDWR | (os.O_CREAT if kind == fcntl.LOCK_EX else 0), 0o644)
        if _locked(descriptor, kind, patience):
            return descriptor
        os.close(descriptor)
        return None

    def _complaint(self) -> str:
        """What the command said last, in its own words."""
        try:
            said = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
        return said.rpartition("Error: ")[2] if "Error: " in said else ""


@dataclass(frozen=True)
class StandbyProcess:
    """A process that waits for its words, and our ends of what we share with it."""

    process: subprocess.Popen
    words: int
    lock: int
    since: float = field(default_factory=time.monotonic)

    def fresh(self) -> bool:
        """Returns whether the process runs and will wait long enough to be given a job."""
        return self.process.returncode is None and time.monotonic() - self.since < standby.PATIENCE / 2

    def let_go(self) -> None:
        """Close our ends: without words, it ends."""
        os.close(self.words)
        os.close(self.lock)


def _locked(descriptor: int, kind: int, patience: float = PATIENCE) -> bool:
    """Whether the lock could be had in that time."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)


_NAME = re.compile(r"trained-(\d+)\.pth")


def _threads() -> int:
    """All cores but one: the server's own work needs one, and threads that wait for each other's cores lose more."""
    return max(1, len(os.sched_getaffinity(0)) - 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 2) - 1)


def _leash() -> int:
    """The end of a pipe that reads as closed once the server is gone, of which this process may be one worker."""
    server, _, descriptor = os.environ.get(LEASH, "").partition(":")
    return int(descriptor) if server == str(os.getppid()) else _own_leash()


@cache
def _own_leash() -> int:
    return os.pipe()[0]  # the other end stays open, here and nowhere else, until this process ends
