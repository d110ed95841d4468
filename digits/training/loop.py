"""The training loop: `fit` trains a run's network and yields what happens.

It writes no file and prints nothing. All that decides the next step is in the `Run`.
"""

import math
import re
import time
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager

import torch
from torch.nn import functional as F
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import update_bn

from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.training import distributed
from digits.training.batches import TrainingBatches
from digits.training.events import StepResult
from digits.training.precision import autocast, choose_precision
from digits.training.run import Run
from digits.training.schedule import build_scheduler

REPORT_EVERY_BATCHES = 10  # each StepResult waits for the device


def fit(
    run: Run, train: Digits, validation: Digits | None, report_at: Collection[int] = ()
) -> Iterator[StepResult | EpochResult]:
    """Trains the run's network for the rest of its epochs and yields what happens.

    A `StepResult` follows every tenth batch, the last batch of an epoch, and each batch that reaches one of
    `report_at`, numbers of digits trained on. An `EpochResult` follows each epoch. Training stops when no further event
    is asked for. Raises `TrainingFailed`, with advice, when the loss is not finite, memory runs out, or a resumed run
    began with another number of digits.
    """
    _check_training_digits(run, train)
    started = time.perf_counter()  # preparation counts as part of the first epoch
    with _memory_advice(run):
        run.precision = run.precision or choose_precision(run)
    batches = TrainingBatches(run, train)
    scheduler = build_scheduler(run.optimizer, run.recipe, batches.per_epoch, len(run.history) * batches.per_epoch)
    for epoch in range(len(run.history) + 1, run.recipe.epochs + 1):
        with _memory_advice(run):
            last = yield from _train_epoch(run, batches, scheduler, epoch, report_at)
            measured = _evaluate(run, validation) if validation else (None, None)
        result = EpochResult(epoch, last.loss, last.accuracy, *measured, time.perf_counter() - started)
        run.history.append(result)
        yield result
        started = time.perf_counter()


def _train_epoch(
    run: Run, batches: TrainingBatches, scheduler: LRScheduler, epoch: int, report_at: Collection[int]
) -> Generator[StepResult, None, StepResult]:
    """Trains on all digits once, in random order; returns the last StepResult."""
    orders = batches.start_epoch(epoch)
    totals, step = _Totals(run.device), None
    digits = (epoch - 1) * sum(map(len, orders))
    for number, rows in enumerate(orders, 1):
        run.network.train()  # a callback may have switched it to evaluation mode
        batch, labels = map(distributed.shard, batches.batch(rows))
        with autocast(run):
            logits = run.ddp_network(run.inputs(batch)).float()
        loss = F.cross_entropy(logits, labels)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        run.optimizer.step()
        lr = scheduler.get_last_lr()[0]
        scheduler.step()
        if run.averaged_model:
            run.averaged_model.update_parameters(run.network)

        totals.add(loss, logits, labels)
        before, digits = digits, digits + len(rows)
        asked_for = any(before < count <= digits for count in report_at)
        if asked_for or number % REPORT_EVERY_BATCHES == 0 or number == len(orders):
            step = StepResult(epoch, number, len(orders), *totals.means(), digits, totals.latest_loss(), float(lr))
            _check_finite(run, step)
            yield step
    if run.averaged_model:
        update_bn(batches.for_statistics(), run.averaged_network)  # averaged weights have seen no digit themselves
    assert step is not None  # noqa: S101 - an epoch has at least one batch
    return step


class _Totals:
    """Sums of loss, correct predictions and digits over an epoch, on the device, over all processes."""

    def __init__(self, device: torch.device) -> None:
        self.loss, self.correct, self.count = torch.zeros(3, device=device)
        self._sums = self._previous = [0.0, 0.0, 0.0]

    def add(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Adds a batch: its mean loss, its logits (N, 10 or 11) and labels (N,)."""
        self.count += len(labels)
        self.loss += loss.detach() * len(labels)
        self.correct += (logits.argmax(dim=1) == labels).sum()

    def means(self) -> tuple[float, float]:
        """Returns mean loss and accuracy (percent) since the epoch began."""
        self._previous = self._sums
        self._sums = distributed.all_reduce_sum(torch.stack([self.loss, self.correct, self.count])).tolist()
        return self._sums[0] / self._sums[2], 100 * self._sums[1] / self._sums[2]

    def latest_loss(self) -> float:
        """Returns the mean loss between the last two calls of `means`."""
        return (self._sums[0] - self._previous[0]) / (self._sums[2] - self._previous[2])


def _evaluate(run: Run, validation: Digits) -> tuple[float, float]:
    """Returns loss and accuracy (percent) on the validation digits."""
    logits = metrics.compute_logits(run.averaged_network, validation)
    return F.cross_entropy(logits, validation.labels).item(), metrics.accuracy(logits, validation.labels)


def _check_training_digits(run: Run, train: Digits) -> None:
    if run.training_digits not in (None, len(train)):
        raise TrainingFailed(
            f"The run was started with other settings: it was trained on {run.training_digits:,} digits, not on "
            f"{len(train):,} (--full and --digits decide). Use the same options to continue, or leave out --resume to "
            "start afresh."
        )
    run.training_digits = len(train)


def _check_finite(run: Run, step: StepResult) -> None:
    if not math.isfinite(step.loss):
        raise TrainingFailed(
            f"The loss is no longer a number (epoch {step.epoch}, batch {step.batch}): the steps are too large. "
            f"Try a smaller learning rate, such as --lr {run.recipe.lr / 10:g}."
        )


@contextmanager
def _memory_advice(run: Run) -> Iterator[None]:
    """Turns any of PyTorch's out-of-memory errors into `TrainingFailed` with a smaller batch size."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch.OutOfMemoryError is a RuntimeError, but not every device raises it.
        if not isinstance(error, MemoryError) and not re.search("allocate memory|out of memory", str(error), re.I):
            raise
        smaller = max(1, run.recipe.batch_size // 2)
        raise TrainingFailed(
            f"Memory ran out with batches of {run.recipe.batch_size} digits. Try --batch-size {smaller}."
        ) from error
