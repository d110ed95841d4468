"""A training run: everything that decides its next step, and how it is kept on disk.

A run that was saved after an epoch goes on exactly as if it had never stopped.
"""

import copy
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from digits.atomic_file import atomic_write
from digits.errors import BadCheckpoint, TrainingFailed
from digits.evaluation.metrics import EpochResult
from digits.networks import checkpoint, ood_head
from digits.networks.architectures import Network, build, swap_relu_and_pool
from digits.networks.calibration import UNCALIBRATED, Calibration
from digits.networks.ood_head import BranchFeatures, OODHead
from digits.training import distributed
from digits.training.optimizers import build_optimizer
from digits.training.recipes import Recipe, ood_recipe


class Run:
    """A training run: network, optimiser, schedule, random states and history. The seed decides all of it.

    `reader`: a network that reads digits already and is not changed; what learns is then layers of doubt for it.
    Raises `UnknownModel` for a network that does not exist, or that is to doubt and has no place for such layers.
    """

    def __init__(
        self,
        architecture: str,
        recipe: Recipe,
        seed: int,
        device: torch.device | str = "cpu",
        classifier: Network | None = None,
    ) -> None:
        torch.manual_seed(seed)  # first weights and dropout draw from the global state
        self.architecture, self.recipe, self.seed, self.device = architecture, recipe, seed, torch.device(device)
        network = ood_head.build(classifier) if classifier else build(architecture)
        if recipe.doubt:
            ood_head.split(network)  # better known now than after sixty epochs
        self._classifier = None
        if classifier:
            frozen = copy.deepcopy(classifier).eval().requires_grad_(False)
            self._classifier = [swap_relu_and_pool(layers) for layers in ood_head.split(frozen)[:2]]
        self.network = network.to(self.device, memory_format=torch.channels_last)
        self.optimizer = build_optimizer(recipe, self.network)
        self.average = None
        if recipe.averaging:
            self.average = AveragedModel(self.network, avg_fn=_moving_mean(recipe.averaging))
        self.steps = self.network if classifier else swap_relu_and_pool(self.network)
        self.learner = distributed.ddp_network(self.steps)
        self.precision: str | None = None  # float32 or bfloat16; set as it begins
        self.generator = torch.Generator().manual_seed(seed)  # the order of the digits, and their warps
        self.training_digits: int | None = None  # how many it learns from; set as it begins
        self.history: list[EpochResult] = []
        self.doubting_seconds = 0.0  # of the epochs that follow
        self.test_accuracy: float | None = None  # set once, when the run is finished

    def inputs(self, batch: torch.Tensor) -> torch.Tensor | BranchFeatures:
        """What the network that learns gets of a batch (N, 1, 28, 28): itself, or what the reader finds in it."""
        batch = batch.contiguous(memory_format=torch.channels_last)
        if self._classifier is None:
            return batch
        lower, upper = self._classifier
        with torch.no_grad():
            below = lower(batch)
            return below, upper(below)

    @property
    def result(self) -> nn.Module:
        """The network that is measured and kept: the mean of the latest weights where the recipe asks for one."""
        return self.average.module if self.average else self.network

    @property
    def seconds(self) -> float:
        """Time spent training so far, over all sessions."""
        return sum(epoch.seconds for epoch in self.history) + self.doubting_seconds

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
            "precision": self.precision,
            "history": [asdict(epoch) for epoch in self.history],
            "doubting_seconds": self.doubting_seconds,
            "test_accuracy": self.test_accuracy,
            "network": self.network.state_dict(),
            "average": self.average and self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": {"own": self.generator.get_state(), "global": torch.get_rng_state()},
        }
        if self.device.type == "cuda":
            state["random"]["cuda"] = torch.cuda.get_rng_state(self.device)
        with atomic_write(path) as temporary:
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
        if self.average:
            self.average.load_state_dict(state["average"])
        self.training_digits = state["training_digits"]
        self.precision = state.get("precision", "float32")  # older states do not tell
        self.history = [EpochResult(**epoch) for epoch in state["history"]]
        self.doubting_seconds = state.get("doubting_seconds", 0.0)  # older states do not tell
        self.test_accuracy = state["test_accuracy"]

    def doubting(self) -> "Run":
        """The run that follows on this one, by the same seed, in which layers of doubt learn what is no digit."""
        recipe = replace(self.recipe, precision=self.precision or self.recipe.precision)  # not measured again
        return Run(self.architecture, ood_recipe(recipe), self.seed, self.device, classifier=self.result)

    def facts(
        self, calibration: Calibration = UNCALIBRATED, ood_head: OODHead | None = None
    ) -> checkpoint.CheckpointMetadata:
        """What the checkpoint of this run will say about it."""
        return checkpoint.CheckpointMetadata(
            architecture=self.architecture,
            test_accuracy=self.test_accuracy,
            recipe=asdict(replace(self.recipe, epochs=len(self.history), precision=self.precision or "float32")),
            seed=self.seed,
            training_digits=self.training_digits,
            calibration=calibration,
            ood_head=ood_head,
            versions={"torch": torch.__version__.split("+")[0]},
        )


def _moving_mean(decay: float) -> Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]:
    """An exponential moving mean that begins as a short one, so that the first, poor weights are soon forgotten."""

    def update(mean: torch.Tensor, now: torch.Tensor, count: torch.Tensor) -> torch.Tensor:
        return mean.lerp(now, 1 - min(decay, (1 + int(count)) / (10 + int(count))))

    return update
