"""Training, and nothing but training: `fit()` changes a run's network and yields what happened.

Whoever wants a progress bar, a picture or a file consumes the events. Everything that decides the next step lives in
the `Run`.
"""

import copy
import math
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch.nn import functional as F
from torch.optim.swa_utils import update_bn

from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.training import distributed
from digits.training.batches import _batch, _drawn, _drawn_per_batch, _for_statistics, _pictures
from digits.training.events import StepResult
from digits.training.recipes import Recipe
from digits.training.run import Run

REPORT_EVERY = 10  # batches between two Step events: each one waits for the device
RISE = 0.2  # share of a one-cycle schedule in which the learning rate grows
LAST = 0.2  # share of the highest rate at which a one-cycle schedule ends where a mean of weights is kept
WORTHWHILE = 1.15  # bfloat16 rounds more: it has to be this much faster to be used


def fit(
    run: Run, train: Digits, validation: Digits | None, moments: Collection[int] = ()
) -> Iterator[StepResult | EpochResult]:
    """Train the run's network through the epochs that are left of its recipe, and yield what happens.

    A `StepResult` comes after every tenth batch, after each epoch's last, and after the batch that reaches one of `moments`:
    so many digits learnt from. Who asks for no further event stops the training where it is.
    Raises `TrainingFailed` with advice when the loss is no longer a number, memory runs out, or a resumed run began
    with another number of digits.
    """
    if run.training_digits not in (None, len(train)):
        raise TrainingFailed(
            f"The run was started with other settings: it learnt from {run.training_digits:,} digits, not from "
            f"{len(train):,} (--full and --digits decide). Give the same ones to go on, or leave out --resume to start "
            "afresh."
        )
    run.training_digits = len(train)
    started = time.perf_counter()  # what is prepared counts as part of the first epoch
    with _advised(run):
        run.precision = run.precision or _precision(run)
    pictures = _pictures(run, train).to(run.device)
    train = train.to(run.device)
    for epoch in range(len(run.history) + 1, run.recipe.epochs + 1):
        with _advised(run):
            step = yield from _learn(run, train, pictures, epoch, moments)
            measured = _measure(run, validation) if validation else (None, None)
        done = EpochResult(epoch, step.loss, step.accuracy, *measured, time.perf_counter() - started)
        run.history.append(done)
        yield done
        started = time.perf_counter()


@contextmanager
def _advised(run: Run) -> Iterator[None]:
    """Where memory runs out, in any of PyTorch's ways to say so, raise `TrainingFailed` with a batch size to try."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch.OutOfMemoryError is a RuntimeError, but not all devices raise it.
        if not isinstance(error, MemoryError) and not re.search("allocate memory|out of memory", str(error), re.I):
            raise
        smaller = max(1, run.recipe.batch_size // 2)
        raise TrainingFailed(
            f"Memory ran out with batches of {run.recipe.batch_size} digits. Try --batch-size {smaller}."
        ) from error


def _learn(
    run: Run, train: Digits, pictures: torch.Tensor, epoch: int, moments: Collection[int]
) -> Iterator[StepResult]:
    """One pass over the digits in random order; returns the last Step."""
    recipe = run.recipe
    orders = torch.randperm(len(train), generator=run.generator).split(recipe.batch_size - _drawn_per_batch(recipe))
    orders = [
        rows for rows in orders if len(rows) >= distributed.process_count()
    ]  # each process must get a digit of the last one
    if not orders:
        raise TrainingFailed(
            f"Batches of {recipe.batch_size} cannot be shared out among {distributed.process_count()} processes."
        )
    drawn = _drawn(run, epoch, len(orders))
    loss_sum, right, seen = torch.zeros(3, device=run.device)
    learnt = (epoch - 1) * sum(map(len, orders))
    told = [0.0, 0.0, 0.0]  # the sums as they were at the Step before
    for index, rows in enumerate(orders):
        run.network.train()  # whoever took the Step before may have tried it
        for group in run.optimizer.param_groups:
            group["lr"] = _rate(recipe, epoch - 1 + index / len(orders))
        batch, labels = map(distributed.shard, _batch(run, train, rows, drawn, pictures))
        with _autocast(run):
            logits = run.learner(run.inputs(batch)).float()
        loss = F.cross_entropy(logits, labels)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        run.optimizer.step()
        if run.average:
            run.average.update_parameters(run.network)

        seen += len(labels)
        loss_sum += loss.detach() * len(labels)
        right += (logits.argmax(dim=1) == labels).sum()
        before, learnt = learnt, learnt + len(rows)
        awaited = any(before < moment <= learnt for moment in moments)
        if awaited or (index + 1) % REPORT_EVERY == 0 or index + 1 == len(orders):
            sums = distributed.all_reduce_sum(torch.stack([loss_sum, right, seen])).tolist()
            latest = (sums[0] - told[0]) / (sums[2] - told[2])
            step = StepResult(epoch, index + 1, len(orders), sums[0] / sums[2], 100 * sums[1] / sums[2], learnt, latest)
            told = sums
            if not math.isfinite(step.loss):
                raise TrainingFailed(
                    f"The loss is no longer a number (epoch {epoch}, batch {step.batch}): the steps are too large. "
                    f"Try a smaller learning rate, such as --lr {recipe.lr / 10:g}."
                )
            yield step
    if run.average:
        # The mean of weights has seen no digit itself, so its BatchNorm statistics are taken anew.
        update_bn(_for_statistics(run, train, pictures), run.result)
    return step


def _autocast(run: Run) -> torch.autocast | nullcontext:
    if run.precision == "float32":
        return nullcontext()
    return torch.autocast(run.device.type, torch.bfloat16)


def _precision(run: Run) -> str:
    """What the recipe says or, if it leaves that open, what this device trains this network clearly faster in."""
    if run.recipe.precision != "auto":
        return run.recipe.precision
    if run.device.type == "mps":
        return "float32"
    seconds: dict[str, list[float]] = {"float32": [], "bfloat16": []}
    network = copy.deepcopy(run.steps).train()
    devices = [run.device] if run.device.type == "cuda" else []
    with torch.random.fork_rng(devices):  # measuring must not change what is trained
        batch = run.inputs(torch.rand(run.recipe.batch_size, 1, 28, 28).to(run.device))
        for _ in range(8):
            for name, times in seconds.items():
                started = time.perf_counter()
                with torch.autocast(run.device.type, torch.bfloat16, enabled=name == "bfloat16"):
                    answers = network(batch)
                answers.float().square().mean().backward()
                next(network.parameters()).grad.sum().item()  # waits for the device
                times.append(time.perf_counter() - started)
    # The first rounds warm up; the minimum is what other work on the machine disturbs least.
    best = {name: min(times[3:]) for name, times in seconds.items()}
    faster = distributed.all_agree(best["float32"] > WORTHWHILE * best["bfloat16"])
    return "bfloat16" if faster else "float32"


def _measure(run: Run, validation: Digits) -> tuple[float, float]:
    answers = metrics.compute_logits(run.result, validation)
    return F.cross_entropy(answers, validation.labels).item(), metrics.accuracy(answers, validation.labels)


def _rate(recipe: Recipe, epochs_done: float) -> float:
    share = epochs_done / recipe.epochs
    if recipe.schedule == "cosine":
        return recipe.lr * 0.5 * (1 + math.cos(math.pi * share))
    if recipe.schedule == "one-cycle":
        # From a tenth up to the full rate, then down (Smith, Topin: Super-Convergence, 2018): to nothing or, where a
        # mean of weights is kept, to a fifth. What the last, smallest steps would settle the mean settles as well, and
        # the weights that it is taken over lie further apart (Izmailov et al.: Averaging Weights, 2018).
        if share < RISE:
            return recipe.lr * (0.55 - 0.45 * math.cos(math.pi * share / RISE))
        last = LAST if recipe.averaging else 0.0
        return recipe.lr * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * (share - RISE) / (1 - RISE))))
    return recipe.lr
