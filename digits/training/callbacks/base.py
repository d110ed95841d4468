"""Looking on while a network learns: progress bars, files and streams are watchers; training knows none of them."""

from collections.abc import Callable, Collection
from typing import Any

from digits.evaluation.metrics import EpochResult
from digits.training import distributed
from digits.training.events import StepResult
from digits.training.run import Run


class TrainingCallback:
    """Looks on while a run learns. Every method does nothing unless a watcher says otherwise.

    At a `StepResult` the network still holds the gradients of the batch that it has just learnt from.
    """

    moments: Collection[int] = ()  # numbers of digits learnt from after which it wants a Step, beside the usual ones;
    # the same in all processes that train together, which add up their sums there

    def said(self, text: str) -> None:
        """Something that may take long is about to be done, before the run begins."""

    def began(self, run: Run) -> None:
        """The run is about to learn; a resumed one has a history."""

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Something happened; the state after a whole epoch is on disk by then."""

    def stopped(self, run: Run) -> None:
        """No more events come, be it at the end, after Ctrl-C or after an error. Must not raise."""

    def finished(self, run: Run, result: dict[str, Any]) -> None:
        """The checkpoint is written; `result` is what `train --json` prints."""


class FaultTolerantCallback(TrainingCallback):
    """A watcher that training can do without: its first error is said, once, and from then on it is told nothing."""

    def __init__(self, watcher: TrainingCallback, name: str, report: Callable[[str], None]) -> None:
        self.moments, self.name, self.report = watcher.moments, name, report
        self.watcher: TrainingCallback | None = watcher

    def began(self, run: Run) -> None:
        """Tell it, if it works."""
        self._tell("began", run)

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Tell it, if it works."""
        self._tell("saw", run, event)

    def stopped(self, run: Run) -> None:
        """Tell it, if it works."""
        self._tell("stopped", run)

    def finished(self, run: Run, result: dict[str, Any]) -> None:
        """Tell it, if it works."""
        self._tell("finished", run, result)

    def _tell(self, what: str, *about: Any) -> None:
        if self.watcher:
            try:
                getattr(self.watcher, what)(*about)
            except Exception as error:  # whatever it is, hours of training are worth more
                self.watcher = None
                why = f"{type(error).__name__}: {error}".strip(": ")
                self.report(f"{self.name} failed, and is left out from now on ({why}). Training goes on.")


class CallbackList(TrainingCallback):
    """Several watchers as one. Where processes train together, only the leading one's are told."""

    def __init__(self, *watchers: TrainingCallback) -> None:
        self.moments = sorted({moment for watcher in watchers for moment in watcher.moments})
        self.watchers = watchers if distributed.is_main_process() else ()

    def said(self, text: str) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.said(text)

    def began(self, run: Run) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.began(run)

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.saw(run, event)

    def stopped(self, run: Run) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.stopped(run)

    def finished(self, run: Run, result: dict[str, Any]) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.finished(run, result)
