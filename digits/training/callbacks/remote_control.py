"""A training that can be followed and steered through a folder: the page's trainings are of this kind.

What happens is appended to `events.jsonl`, one JSON object a line; `now.pth` is the network as it was a moment ago; one
word in `wanted` is obeyed: `go`, `pause` or `stop`. Files outlive whoever reads them, and any process can.
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
EVERY = 0.2  # seconds between two steps that are told
LOOK_EVERY = 0.5  # seconds between two looks at the network itself, at least …
LOOK_SHARE = 0.1  # … and as a share of the whole time, at most
LOOK_AT = 500  # validation digits: one look takes two_conv 25 ms, and its accuracy is good to a percent or so
HEED_EVERY = 0.1  # seconds


class RemoteControl(TrainingCallback):
    """Tells a folder what happens, and obeys it.

    minutes: of learning, after which it stops as if somebody had asked for it. leash: end at once when standard input
    is closed, because whoever started this process is gone.
    """

    moments = (1,)  # the first batch: who pressed “start” should soon see something

    def __init__(self, folder: Path, minutes: float | None = None, leash: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.validation: Digits | None = None  # what looks are taken with, where there are any
        self._events = (folder / EVENTS_FILE).open("a", encoding="utf-8")
        self._why = "done"  # … the learning ended: done, stop or limit
        self._word = "go"
        self._ending = False
        self._began: float | None = None
        self._rested = 0.0  # seconds
        self._paused: float | None = None  # since when it rests
        self._next_step = self._next_look = 0.0
        self._recent = _Recent()
        # As at a terminal, even where this process was told to ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=self._heed, args=(minutes, leash), daemon=True).start()

    def said(self, text: str) -> None:
        """Tell what is prepared."""
        self._tell("preparing", text=text)

    def began(self, run: Run) -> None:
        """Tell what is about to learn."""
        self._began = time.monotonic()
        self._tell("began", network=run.architecture, parameters=run.network.parameter_count, epochs=run.recipe.epochs)

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Tell a few steps a second and every epoch, look at the network now and then, and rest if that is wanted."""
        now = time.monotonic()
        if isinstance(event, EpochResult):
            digits = event.epoch * run.training_digits
            losses = {"loss": _number(event.validation_loss), "accuracy": _number(event.validation_accuracy)}
            self._keep(run)
            self._tell("epoch", epoch=event.epoch, digits=digits, **losses)
        else:
            self._recent.add(event, (event.epoch - 1) * run.training_digits)
            if now >= self._next_step or event.batch == event.batches:
                self._next_step = now + EVERY
                self._tell("step", epoch=event.epoch, digits=event.digits, **self._recent.take())
            last = event.epoch == run.recipe.epochs and event.batch == event.batches
            if now >= self._next_look or last:
                self._look(run, event)
                spent = time.monotonic() - now
                self._next_look = now + max(LOOK_EVERY, spent / LOOK_SHARE)
        self._rest()

    def stopped(self, run: Run) -> None:
        """Tell that the learning has ended, and why; what comes now is the test."""
        if not self._ending:
            self._ending = True
            self._tell("ending", why=self._why)

    def finished(self, run: Run, result: dict[str, Any]) -> None:
        """Tell the result."""
        self._tell("finished", why=self._why, epoch=len(run.history), accuracy=result["test_accuracy"])

    def _tell(self, event: str, **facts: Any) -> None:
        self._events.write(json.dumps({"event": event, "seconds": round(self._learning(), 2), **facts}) + "\n")
        self._events.flush()

    def _learning(self) -> float:
        """Seconds of learning so far; a pause is none."""
        if self._began is None:
            return 0.0
        return (self._paused or time.monotonic()) - self._began - self._rested

    def _look(self, run: Run, step: StepResult) -> None:
        """Keep the weights, and measure what they are worth on some digits that are not learnt from."""
        self._keep(run)
        if self.validation is None:
            return
        some = Digits(self.validation.images[:LOOK_AT], self.validation.labels[:LOOK_AT])
        answers = metrics.compute_logits(run.network, some)
        loss, accuracy = F.cross_entropy(answers, some.labels).item(), metrics.accuracy(answers, some.labels)
        self._tell("measured", epoch=step.epoch, digits=step.digits, loss=_number(loss), accuracy=_number(accuracy))

    def _keep(self, run: Run) -> None:
        # The network that learns: within an epoch, a mean of weights has BatchNorm statistics of older ones.
        checkpoint.save(self.folder / NETWORK_FILE, run.network, run.facts())

    def _rest(self) -> None:
        if self._word != "pause":
            return
        self._paused = time.monotonic()
        self._tell("paused")
        while self._word == "pause":
            time.sleep(HEED_EVERY)
        self._rested += time.monotonic() - self._paused
        self._paused = None
        self._tell("resumed")

    def _heed(self, minutes: float | None, leash: bool) -> None:
        """In a thread of its own: watch the folder, the clock and the leash."""
        told = False
        while True:
            if leash and select.select([sys.stdin], [], [], HEED_EVERY)[0]:
                os._exit(1)  # nobody is left to hear anything; no file is ever half-written under its name
            elif not leash:
                time.sleep(HEED_EVERY)
            self._word = self._wanted()
            late = minutes is not None and self._learning() > 60 * minutes
            if (self._word == "stop" or late) and not told and not self._ending:
                told, self._why = True, "stop" if self._word == "stop" else "limit"
                signal.pthread_kill(
                    threading.main_thread().ident, signal.SIGINT
                )  # it may sleep, or wait for a download

    def _wanted(self) -> str:
        try:
            return (self.folder / COMMAND_FILE).read_text(encoding="utf-8").strip()
        except OSError:
            return "go"


class _Recent:
    """Mean loss and accuracy since they were last taken; a Step has those over its epoch so far."""

    def __init__(self) -> None:
        self._epoch, self._before = 0, (0.0, 0.0, 0.0)
        self._sums = [0.0, 0.0, 0.0]  # digits, and loss and accuracy times those

    def add(self, step: StepResult, learnt_before: int) -> None:
        """Take a step in; `learnt_before`: digits learnt from in the epochs before its own."""
        if step.epoch != self._epoch:
            self._epoch, self._before = step.epoch, (0.0, 0.0, 0.0)
        digits = step.digits - learnt_before
        now = digits, step.loss * digits, step.accuracy * digits
        self._sums = [
            total + after - before for total, after, before in zip(self._sums, now, self._before, strict=True)
        ]
        self._before = now

    def take(self) -> dict[str, float]:
        """`loss` and `accuracy` (percent) since the last time."""
        digits, loss, accuracy = self._sums
        self._sums = [0.0, 0.0, 0.0]
        return {"loss": _number(max(0.0, loss / digits)), "accuracy": _number(min(100.0, max(0.0, accuracy / digits)))}


def _number(value: float | None) -> float | None:
    return None if value is None else metrics.rounded(value, 4)
