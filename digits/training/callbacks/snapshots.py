"""Snapshots of a network while it learns, dense at the start: who looks on for `train --snapshots`."""

from bisect import bisect_right
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
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

# Digits learnt from at which there is one. Most is learnt at the start, so ten of them lie between 100 and 1,000, and
# ten more between 1,000 and 10,000.
TEN = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
SNAPSHOT_STEPS = [50, 75, *(round(step * 10**power) for power in range(2, 8) for step in TEN)]
EVERY = 5  # the test digits that it is tried on: 2,000 of 10,000, a tenth of a second of a small network
BATCH = 250


class Snapshots(TrainingCallback):
    """Keeps the measured network at `SNAPSHOT_STEPS` and at the end, and writes them with each epoch.

    What the test digits say is for the picture alone: it decides nothing, and training never hears of it.
    """

    moments = SNAPSHOT_STEPS

    def __init__(self, path: Path, screen: Console) -> None:
        self.path, self.screen = path, screen
        self.kept: dict[int, tuple[Snapshot, dict[str, torch.Tensor]]] = {}  # by the number of digits
        self.seen = 0  # digits learnt from
        self.written = 0  # moments that the file holds
        test = bundled.load().test
        self.digits = Digits(test.images[::EVERY], test.labels[::EVERY])

    def began(self, run: Run) -> None:
        """Keep the network as it is before anything; of a resumed run, go on from the file that was written then."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.seen = len(run.history) * (run.training_digits or 0)
        if run.history and self.path.exists():
            self._go_on(run, timeline.load(self.path))
        if not self.kept:
            self.kept[self.seen] = self._taken(run)
            if run.history:
                self.screen.print(f"{self.path} begins where the run goes on, at {self.seen:,} digits.")

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Keep the network where one of the moments has come, and at an epoch's end write what is kept."""
        if isinstance(event, StepResult):
            due = bisect_right(SNAPSHOT_STEPS, event.digits) > bisect_right(SNAPSHOT_STEPS, self.seen)
            self.seen = event.digits
            if due:
                self.kept[self.seen] = self._taken(run)
            return
        now = self._taken(run)
        if self.seen in self.kept:
            self.kept[self.seen] = now  # a mean of weights has its statistics only since
        written = {**self.kept, self.seen: now}  # the end makes room for the next one's
        timeline.save(self.path, self._timeline(run, written))
        self.written = len(written)

    def finished(self, run: Run, result: dict[str, Any]) -> None:
        """Say what there is."""
        if self.written:
            self.screen.print(f"{self.path}: the network at {self.written} moments, for the page's “Watch it learn”.")

    def _taken(self, run: Run) -> tuple[Snapshot, dict[str, torch.Tensor]]:
        """The network as it is now."""
        network = run.result
        answers = metrics.compute_logits(network, self.digits, BATCH)
        loss = F.cross_entropy(answers, self.digits.labels).item()
        accuracy = round(metrics.accuracy(answers, self.digits.labels), 2)
        return Snapshot(self.seen, round(loss, 5), accuracy), timeline.round_to_float16(network)

    def _timeline(self, run: Run, written: dict[int, tuple[Snapshot, dict[str, torch.Tensor]]]) -> Timeline:
        kept = [written[digits] for digits in sorted(written)]
        weights = {name: torch.stack([weights[name] for _, weights in kept]) for name in kept[0][1]}
        moments = [moment for moment, _ in kept]
        return Timeline(
            run.architecture, run.seed, asdict(run.recipe), run.training_digits, len(self.digits), moments, weights
        )

    def _go_on(self, run: Run, old: Timeline) -> None:
        """Take over the moments of an earlier session, if they are of this run."""
        fits = (old.architecture, old.seed, old.training_digits) == (run.architecture, run.seed, run.training_digits)
        if not fits or {**old.recipe, "epochs": run.recipe.epochs} != asdict(run.recipe):
            return
        reached = [-1, *(bisect_right(SNAPSHOT_STEPS, moment.digits) for moment in old.moments)]
        for at, moment in enumerate(old.moments):  # an epoch's end is no moment, unless one was reached with it
            if moment.digits <= self.seen and reached[at] < reached[at + 1]:
                weights = {name: tensor[at] for name, tensor in old.weights.items()}
                self.kept[moment.digits] = moment, weights
