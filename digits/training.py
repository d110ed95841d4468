"""Training, and nothing but training: `fit()` changes a run's network and yields what happened.

Whoever wants a progress bar, a picture or a file consumes the events. Everything that decides the next step lives in
`Run`, so a run that was saved after an epoch goes on exactly as if it had never stopped.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

from digits import checkpoint, evaluation
from digits.augment import warp
from digits.data import Digits
from digits.errors import BadCheckpoint, TrainingFailed
from digits.files import replacing
from digits.models import build
from digits.recipes import Recipe

REPORT_EVERY = 10  # batches between two Step events: each one waits for the device


@dataclass(frozen=True)
class Step:
    """Progress within an epoch: batches done, mean loss and accuracy (percent) over the epoch so far."""

    epoch: int  # from 1
    batch: int  # from 1
    batches: int
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """A whole epoch: loss and accuracy (percent) on the digits learnt from and, unless all are, on the validation."""

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float


class Run:
    """A training run: network, optimiser, schedule, random states and history. The seed decides all of it."""

    def __init__(self, architecture: str, recipe: Recipe, seed: int, device: torch.device | str = "cpu") -> None:
        torch.manual_seed(seed)  # first weights and dropout draw from the global state
        self.architecture, self.recipe, self.seed, self.device = architecture, recipe, seed, torch.device(device)
        self.network = build(architecture).to(self.device, memory_format=torch.channels_last)
        self.optimizer = _optimizer(recipe, self.network.parameters())
        self.generator = torch.Generator().manual_seed(seed)  # the order of the digits, and their warps
        self.training_digits: int | None = None  # how many it learns from; set as it begins
        self.history: list[Epoch] = []
        self.test_accuracy: float | None = None  # set once, when the run is finished

    @property
    def seconds(self) -> float:
        """Time spent training so far, over all sessions."""
        return sum(epoch.seconds for epoch in self.history)

    @property
    def finished(self) -> bool:
        """All epochs are done and the test set was read."""
        return self.test_accuracy is not None

    def save(self, path: Path) -> None:
        """Write all that is needed to go on exactly from here, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "architecture": self.architecture,
            "recipe": asdict(self.recipe),
            "seed": self.seed,
            "training_digits": self.training_digits,
            "history": [asdict(epoch) for epoch in self.history],
            "test_accuracy": self.test_accuracy,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": {"own": self.generator.get_state(), "global": torch.get_rng_state()},
        }
        if self.device.type == "cuda":
            state["random"]["cuda"] = torch.cuda.get_rng_state(self.device)
        with replacing(path) as temporary:
            torch.save(state, temporary)

    @classmethod
    def resume(cls, path: Path, architecture: str, recipe: Recipe, seed: int, device: torch.device | str) -> "Run":
        """The run saved at `path`, ready to go on.

        Raises `BadCheckpoint` for a damaged file and `TrainingFailed` if the run there was started with other
        settings; only more epochs may be asked for, and those only where the learning rate does not depend on them.
        """
        try:
            # On the CPU first: random states must stay there, and load_state_dict moves the rest.
            state = torch.load(path, map_location="cpu", weights_only=True)
            saved = Recipe(**state["recipe"])
            began = {"model": state["architecture"], "seed": state["seed"], **asdict(saved)}
        except Exception as error:  # whatever torch's parsers raise on damaged bytes
            raise BadCheckpoint(f"{path} is no readable training state; delete it to start afresh.") from error
        asked = {"model": architecture, "seed": seed, **asdict(recipe)}
        if saved.schedule == "constant" and recipe.epochs >= len(state["history"]):
            began["epochs"] = asked["epochs"]
        other = [f"{name} {began[name]} (now {asked[name]})" for name in asked if asked[name] != began[name]]
        if other:
            raise TrainingFailed(
                f"The run in {path} was started with other settings: {', '.join(other)}. Give the same ones to go on, "
                "or leave out --resume to start afresh."
            )
        run = cls(architecture, recipe, seed, device)
        run._restore(state)
        if len(run.history) < recipe.epochs:
            run.test_accuracy = None  # stopped early, or more epochs are wanted
        return run

    def rewind(self, path: Path) -> None:
        """Go back to the whole epoch that was saved at `path`, away from a half-done one."""
        self._restore(torch.load(path, map_location="cpu", weights_only=True))

    def _restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["random"]["own"])
        torch.set_rng_state(state["random"]["global"])
        if self.device.type == "cuda" and "cuda" in state["random"]:
            torch.cuda.set_rng_state(state["random"]["cuda"], self.device)
        self.training_digits = state["training_digits"]
        self.history = [Epoch(**epoch) for epoch in state["history"]]
        self.test_accuracy = state["test_accuracy"]

    def facts(self) -> checkpoint.Facts:
        """What the checkpoint of this run will say about it."""
        return checkpoint.Facts(
            architecture=self.architecture,
            test_accuracy=self.test_accuracy,
            recipe=asdict(replace(self.recipe, epochs=len(self.history))),
            seed=self.seed,
            training_digits=self.training_digits,
            versions={"torch": torch.__version__.split("+")[0]},
        )


def fit(run: Run, train: Digits, validation: Digits | None) -> Iterator[Step | Epoch]:
    """Train the run's network through the epochs that are left of its recipe, and yield what happens.

    Raises `TrainingFailed` with advice when the loss is no longer a number, memory runs out, or a resumed run began
    with another number of digits.
    """
    if run.training_digits not in (None, len(train)):
        raise TrainingFailed(
            f"The run was started with other settings: it learnt from {run.training_digits:,} digits, not from "
            f"{len(train):,} (--full decides). Give the same ones to go on, or leave out --resume to start afresh."
        )
    run.training_digits = len(train)
    for epoch in range(len(run.history) + 1, run.recipe.epochs + 1):
        started = time.perf_counter()
        try:
            step = yield from _learn(run, train, epoch)
            measured = _measure(run, validation) if validation else (None, None)
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise TrainingFailed(_memory_advice(run)) from error
        except RuntimeError as error:
            if "can't allocate memory" in str(error) or "out of memory" in str(error).lower():
                raise TrainingFailed(_memory_advice(run)) from error
            raise
        done = Epoch(epoch, step.loss, step.accuracy, *measured, time.perf_counter() - started)
        run.history.append(done)
        yield done


def _learn(run: Run, train: Digits, epoch: int) -> Iterator[Step]:
    """One pass over the digits in random order; returns the last Step."""
    size = run.recipe.batch_size
    batches = math.ceil(len(train) / size)
    order = torch.randperm(len(train), generator=run.generator)
    total_loss = torch.zeros((), device=run.device)
    total_right = torch.zeros((), device=run.device)
    seen = 0
    run.network.train()
    for index, rows in enumerate(order.split(size)):
        for group in run.optimizer.param_groups:
            group["lr"] = _rate(run.recipe, epoch - 1 + index / batches)
        batch, labels = train.batch(rows, run.device), train.labels[rows].to(run.device)
        if run.recipe.augment == "light":
            batch = warp(batch, run.generator)
        logits = run.network(batch.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits, labels)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        run.optimizer.step()

        seen += len(rows)
        total_loss += loss.detach() * len(rows)
        total_right += (logits.argmax(dim=1) == labels).sum()
        if (index + 1) % REPORT_EVERY == 0 or index + 1 == batches:
            step = Step(epoch, index + 1, batches, total_loss.item() / seen, 100 * total_right.item() / seen)
            if not math.isfinite(step.loss):
                raise TrainingFailed(
                    f"The loss is no longer a number (epoch {epoch}, batch {step.batch}): the steps are too large. "
                    f"Try a smaller learning rate, such as --lr {run.recipe.lr / 10:g}."
                )
            yield step
    return step


def _measure(run: Run, validation: Digits) -> tuple[float, float]:
    answers = evaluation.logits(run.network, validation)
    return F.cross_entropy(answers, validation.labels).item(), evaluation.accuracy(answers, validation.labels)


def _rate(recipe: Recipe, epochs_done: float) -> float:
    if recipe.schedule == "cosine":
        return recipe.lr * 0.5 * (1 + math.cos(math.pi * epochs_done / recipe.epochs))
    return recipe.lr


def _optimizer(recipe: Recipe, parameters: Iterator[torch.nn.Parameter]) -> torch.optim.Optimizer:
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
    return kinds[recipe.optimizer](parameters, lr=recipe.lr)


def _memory_advice(run: Run) -> str:
    smaller = max(1, run.recipe.batch_size // 2)
    return f"Memory ran out with batches of {run.recipe.batch_size} digits. Try --batch-size {smaller}."
