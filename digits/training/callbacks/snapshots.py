"""Snapshots of a network during training, most of them early: `train --snapshots`."""

from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

from digits.data import bundled
from digits.data.dataset import Digits
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.networks import timeline
from digits.networks.timeline import Snapshot, Timeline
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run

# Numbers of digits trained on at which a snapshot is taken. A network learns most at the start, so there are ten
# between 100 and 1,000, and ten more between 1,000 and 10,000.
_DECADE = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
SNAPSHOT_STEPS = [50, 75, *(round(step * 10**power) for power in range(2, 8) for step in _DECADE)]
TEST_DIGIT_STRIDE = 5  # every fifth test digit, 2,000 in all: a tenth of a second for a small network
BATCH_SIZE = 250

TakenSnapshot = tuple[Snapshot, dict[str, torch.Tensor]]  # with the weights in float16


class Snapshots(TrainingCallback):
    """Keeps the network at `SNAPSHOT_STEPS` and at the end, and writes the timeline after each epoch.

    Its measurements on test digits are for display only: no decision of the training uses them.
    """

    report_at = SNAPSHOT_STEPS

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        self.path, self.report = path, report
        self.taken: dict[int, TakenSnapshot] = {}  # by number of digits
        self.digits = 0  # trained on so far
        self.written = 0  # snapshots in the file
        test = bundled.load().test
        self.test = Digits(test.images[::TEST_DIGIT_STRIDE], test.labels[::TEST_DIGIT_STRIDE])

    def on_start(self, run: Run) -> None:
        """Takes the first snapshot, or continues the timeline of a resumed run."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.digits = len(run.history) * (run.training_digits or 0)
        if run.history and self.path.exists():
            self._continue(run, timeline.load(self.path))
        if not self.taken:
            self.taken[self.digits] = self._take(run)
            if run.history:
                self.report(f"{self.path} begins where the run continues, at {self.digits:,} digits.")

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Takes a snapshot where one is due; at the end of an epoch, writes the timeline."""
        if isinstance(event, StepResult):
            due = bisect_right(SNAPSHOT_STEPS, event.digits) > bisect_right(SNAPSHOT_STEPS, self.digits)
            self.digits = event.digits
            if due:
                self.taken[self.digits] = self._take(run)
            return
        now = self._take(run)
        if self.digits in self.taken:
            self.taken[self.digits] = now  # only now do averaged weights have their BatchNorm statistics
        written = {**self.taken, self.digits: now}  # the end of this epoch is replaced by that of the next
        timeline.save(self.path, self._timeline(run, written))
        self.written = len(written)

    def on_finish(self, run: Run, result: dict[str, Any]) -> None:
        """Reports the file."""
        if self.written:
            self.report(f"{self.path}: {self.written} snapshots of the network, for the page's “Watch it learn”.")

    def _take(self, run: Run) -> TakenSnapshot:
        network = run.averaged_network
        logits = metrics.compute_logits(network, self.test, BATCH_SIZE)
        loss = F.cross_entropy(logits, self.test.labels).item()
        accuracy = round(metrics.accuracy(logits, self.test.labels), 2)
        return Snapshot(self.digits, round(loss, 5), accuracy), timeline.round_to_float16(network)

    def _timeline(self, run: Run, taken: dict[int, TakenSnapshot]) -> Timeline:
        ordered = [taken[digits] for digits in sorted(taken)]
        return Timeline(
            architecture=run.architecture,
            seed=run.seed,
            recipe=run.recipe.to_dict(),
            training_digits=run.training_digits or 0,
            measured=len(self.test),
            snapshots=[snapshot for snapshot, _ in ordered],
            weights={name: torch.stack([weights[name] for _, weights in ordered]) for name in ordered[0][1]},
        )

    def _continue(self, run: Run, old: Timeline) -> None:
        """Takes over the snapshots of an earlier session, if they are of this run."""
        same_run = (old.architecture, old.seed, old.training_digits) == (
            run.architecture,
            run.seed,
            run.training_digits,
        )
        if not same_run or {**old.recipe, "epochs": run.recipe.epochs} != run.recipe.to_dict():
            return
        reached = [-1, *(bisect_right(SNAPSHOT_STEPS, snapshot.digits) for snapshot in old.snapshots)]
        for index, snapshot in enumerate(old.snapshots):
            # The end of an epoch counts only where it reached one of SNAPSHOT_STEPS.
            if snapshot.digits <= self.digits and reached[index] < reached[index + 1]:
                weights = {name: tensor[index] for name, tensor in old.weights.items()}
                self.taken[snapshot.digits] = snapshot, weights
