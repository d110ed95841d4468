"""A training that is followed and steered through a folder, as those of the web page are.

Events are appended to `events.jsonl`, one JSON object a line. `now.pth` is the network of a moment ago. The file
`wanted` holds a command: `go`, `pause` or `stop`. Files outlive their readers, and any process can read them.
"""

import json
import os
import select
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from torch.nn import functional as F

from digits.data.dataset import Digits
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.networks import checkpoint
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run

EVENTS_FILE, NETWORK_FILE, COMMAND_FILE = "events.jsonl", "now.pth", "wanted"
STEP_SECONDS = 0.2  # between two steps that are written
MIN_MEASURE_SECONDS = 0.5  # between two measurements of the network
MAX_MEASURE_SHARE = 0.1  # of the time, spent on measurements
MEASURED_DIGITS = 500  # of the validation digits: 25 ms for two_conv, and an accuracy good to about 1 %
POLL_SECONDS = 0.1  # between two looks at the command file


class RemoteControl(TrainingCallback):
    """Writes what happens into a folder and obeys the command in it.

    minutes: time limit of the training, pauses not counted. exit_on_stdin_close: end the process at once when standard
    input is closed, because the process that started it is gone.
    """

    report_at = (1,)  # the first batch, so that the page soon shows something

    def __init__(self, folder: Path, minutes: float | None = None, exit_on_stdin_close: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.validation: Digits | None = None  # for measurements during an epoch
        self._events = (folder / EVENTS_FILE).open("a", encoding="utf-8")
        self._end_reason = "done"  # done · stop · limit
        self._command = "go"
        self._stopped = False
        self._started_at: float | None = None
        self._pause_seconds = 0.0
        self._paused_at: float | None = None
        self._next_step = self._next_measurement = 0.0
        self._recent = _RecentMeans()
        # As at a terminal, even where this process was started with Ctrl-C ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=self._poll_command, args=(minutes, exit_on_stdin_close), daemon=True).start()

    def report_preparation(self, text: str) -> None:
        """Writes that something slow happens before the training, such as a download."""
        self._write("preparing", text=text)

    def on_start(self, run: Run) -> None:
        """Writes what is trained."""
        self._started_at = time.monotonic()
        self._write("began", network=run.architecture, parameters=run.network.parameter_count, epochs=run.recipe.epochs)

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Writes an epoch, or a few steps a second with a measurement now and then.

        Pauses if that is the command.
        """
        if isinstance(event, EpochResult):
            self._keep_network(run)
            self._write(
                "epoch",
                epoch=event.epoch,
                digits=event.epoch * (run.training_digits or 0),
                loss=_rounded(event.validation_loss),
                accuracy=_rounded(event.validation_accuracy),
            )
        else:
            self._on_step(run, event)
        self._pause()

    def on_stop(self, run: Run) -> None:
        """Writes that the training has ended, and why; the test follows."""
        if not self._stopped:
            self._stopped = True
            self._write("ending", why=self._end_reason)

    def on_finish(self, run: Run, result: dict[str, Any]) -> None:
        """Writes the result."""
        self._write("finished", why=self._end_reason, epoch=len(run.history), accuracy=result["test_accuracy"])

    def _on_step(self, run: Run, step: StepResult) -> None:
        now = time.monotonic()
        self._recent.add(step, (step.epoch - 1) * (run.training_digits or 0))
        if now >= self._next_step or step.batch == step.batches:
            self._next_step = now + STEP_SECONDS
            self._write("step", epoch=step.epoch, digits=step.digits, **self._recent.take())
        last = step.epoch == run.recipe.epochs and step.batch == step.batches
        if now >= self._next_measurement or last:
            self._measure(run, step)
            spent = time.monotonic() - now
            self._next_measurement = now + max(MIN_MEASURE_SECONDS, spent / MAX_MEASURE_SHARE)

    def _write(self, event: str, **fields: Any) -> None:
        line = {"event": event, "seconds": round(self._training_seconds(), 2), **fields}
        self._events.write(json.dumps(line) + "\n")
        self._events.flush()

    def _training_seconds(self) -> float:
        """Returns the time spent training, without pauses."""
        if self._started_at is None:
            return 0.0
        return (self._paused_at or time.monotonic()) - self._started_at - self._pause_seconds

    def _measure(self, run: Run, step: StepResult) -> None:
        """Saves the network and writes its loss and accuracy on some validation digits."""
        self._keep_network(run)
        if self.validation is None:
            return
        digits = Digits(self.validation.images[:MEASURED_DIGITS], self.validation.labels[:MEASURED_DIGITS])
        logits = metrics.compute_logits(run.network, digits)
        loss, accuracy = F.cross_entropy(logits, digits.labels).item(), metrics.accuracy(logits, digits.labels)
        self._write("measured", epoch=step.epoch, digits=step.digits, loss=_rounded(loss), accuracy=_rounded(accuracy))

    def _keep_network(self, run: Run) -> None:
        # Not the averaged network: within an epoch its BatchNorm statistics are those of older weights.
        checkpoint.save(self.folder / NETWORK_FILE, run.network, run.metadata())

    def _pause(self) -> None:
        if self._command != "pause":
            return
        self._paused_at = time.monotonic()
        self._write("paused")
        while self._command == "pause":
            time.sleep(POLL_SECONDS)
        self._pause_seconds += time.monotonic() - self._paused_at
        self._paused_at = None
        self._write("resumed")

    def _poll_command(self, minutes: float | None, exit_on_stdin_close: bool) -> None:
        """Watches the command file, the time limit and standard input, in a thread of its own."""
        interrupted = False
        while True:
            if exit_on_stdin_close and select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
                os._exit(1)  # every file is written whole or not at all
            elif not exit_on_stdin_close:
                time.sleep(POLL_SECONDS)
            self._command = self._read_command()
            late = minutes is not None and self._training_seconds() > 60 * minutes
            if (self._command == "stop" or late) and not interrupted and not self._stopped:
                interrupted, self._end_reason = True, "stop" if self._command == "stop" else "limit"
                main_thread = threading.main_thread().ident
                if main_thread is not None:
                    signal.pthread_kill(main_thread, signal.SIGINT)  # also ends a sleep or a download

    def _read_command(self) -> str:
        try:
            return (self.folder / COMMAND_FILE).read_text(encoding="utf-8").strip()
        except OSError:
            return "go"


class _RecentMeans:
    """Mean loss and accuracy since they were last taken; a StepResult has those since its epoch began."""

    def __init__(self) -> None:
        self._epoch, self._before = 0, (0.0, 0.0, 0.0)
        self._sums = [0.0, 0.0, 0.0]  # digits, and loss and accuracy times digits

    def add(self, step: StepResult, digits_before: int) -> None:
        """Adds a step; `digits_before`: digits trained on in earlier epochs."""
        if step.epoch != self._epoch:
            self._epoch, self._before = step.epoch, (0.0, 0.0, 0.0)
        digits = step.digits - digits_before
        now = digits, step.loss * digits, step.accuracy * digits
        self._sums = [
            total + after - before for total, after, before in zip(self._sums, now, self._before, strict=True)
        ]
        self._before = now

    def take(self) -> dict[str, float | None]:
        """Returns `loss` and `accuracy` (percent) since the last call."""
        digits, loss, accuracy = self._sums
        self._sums = [0.0, 0.0, 0.0]
        loss, accuracy = max(0.0, loss / digits), min(100.0, max(0.0, accuracy / digits))
        return {"loss": _rounded(loss), "accuracy": _rounded(accuracy)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else metrics.rounded(value, 4)
