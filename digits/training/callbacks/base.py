"""The interface of training callbacks, which show, record or steer a training."""

from collections.abc import Callable, Collection
from typing import Any

from digits.evaluation.metrics import EpochResult
from digits.training import distributed
from digits.training.events import StepResult
from digits.training.run import Run


class TrainingCallback:
    """Follows a training run. Each method does nothing unless a subclass overrides it.

    At a `StepResult` the network still holds the gradients of its last batch.
    """

    # Numbers of digits trained on after which it needs a StepResult, besides the usual ones. Processes that train
    # together need the same numbers, because each StepResult adds up their sums.
    report_at: Collection[int] = ()

    def on_message(self, text: str) -> None:
        """Receives a sentence for people."""

    def on_start(self, run: Run) -> None:
        """Is called before the first epoch; a resumed run has a history."""

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Receives an event; after an epoch, the state is already on disk."""

    def on_stop(self, run: Run) -> None:
        """Is called when no more events come: at the end, after Ctrl-C or after an error. Must not raise."""

    def on_finish(self, run: Run, result: dict[str, Any]) -> None:
        """Receives the result that `train --json` prints; the checkpoint is written."""


class FaultTolerantCallback(TrainingCallback):
    """Wraps an optional callback. Its first exception is reported and disables it; training continues."""

    def __init__(self, callback: TrainingCallback, name: str, report: Callable[[str], None]) -> None:
        self.report_at, self.name, self.report = callback.report_at, name, report
        self.callback: TrainingCallback | None = callback

    def on_start(self, run: Run) -> None:
        """Forwards the call."""
        self._call("on_start", run)

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Forwards the event."""
        self._call("on_event", run, event)

    def on_stop(self, run: Run) -> None:
        """Forwards the call."""
        self._call("on_stop", run)

    def on_finish(self, run: Run, result: dict[str, Any]) -> None:
        """Forwards the result."""
        self._call("on_finish", run, result)

    def _call(self, method: str, *arguments: Any) -> None:
        if self.callback:
            try:
                getattr(self.callback, method)(*arguments)
            except Exception as error:  # no failure of a callback is worth hours of training
                self.callback = None
                reason = f"{type(error).__name__}: {error}".strip(": ")
                self.report(f"{self.name} failed and is switched off ({reason}). Training continues.")


class CallbackList(TrainingCallback):
    """Several callbacks as one. Where processes train together, it calls those of the main process only."""

    def __init__(self, *callbacks: TrainingCallback) -> None:
        self.report_at = sorted({count for callback in callbacks for count in callback.report_at})
        self.callbacks = callbacks if distributed.is_main_process() else ()

    def on_message(self, text: str) -> None:
        """Forwards the sentence to all."""
        for callback in self.callbacks:
            callback.on_message(text)

    def on_start(self, run: Run) -> None:
        """Forwards the call to all."""
        for callback in self.callbacks:
            callback.on_start(run)

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Forwards the event to all."""
        for callback in self.callbacks:
            callback.on_event(run, event)

    def on_stop(self, run: Run) -> None:
        """Forwards the call to all."""
        for callback in self.callbacks:
            callback.on_stop(run)

    def on_finish(self, run: Run, result: dict[str, Any]) -> None:
        """Forwards the result to all."""
        for callback in self.callbacks:
            callback.on_finish(run, result)
