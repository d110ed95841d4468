"""A training run: everything that decides its next step, and its state on disk.

A run that is resumed after an epoch continues exactly as if it had never stopped.
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
from digits.networks import ood_head
from digits.networks.architectures import Network, build, swap_relu_and_pool
from digits.networks.calibration import UNCALIBRATED, Calibration
from digits.networks.checkpoint import CheckpointMetadata
from digits.networks.ood_head import BranchFeatures, OODHead
from digits.training import distributed
from digits.training.optimizers import build_optimizer
from digits.training.recipes import Recipe, ood_recipe


class Run:
    """Network, optimizer, random states and history of a training run. The seed decides all of it.

    With a `classifier`, a trained network that does not change, the run trains an OOD head for it. Raises
    `UnknownModel` for an unknown network, and for one that needs an OOD head but has no layer to attach it to.
    """

    def __init__(
        self,
        architecture: str,
        recipe: Recipe,
        seed: int,
        device: torch.device | str = "cpu",
        classifier: nn.Sequential | None = None,
    ) -> None:
        torch.manual_seed(seed)  # first weights and dropout draw from the global state
        self.architecture, self.recipe, self.seed, self.device = architecture, recipe, seed, torch.device(device)
        network = ood_head.build(classifier) if classifier else build(architecture)
        if isinstance(network, Network) and recipe.ood_epochs:
            ood_head.split(network)  # raises before the training, not after it
        self.frozen_classifier = _freeze(classifier) if classifier else None
        self.network = network.to(self.device).to(memory_format=torch.channels_last)
        self.optimizer = build_optimizer(recipe, self.network)
        self.averaged_model = None
        if recipe.ema_decay:
            self.averaged_model = AveragedModel(self.network, avg_fn=_moving_average(recipe.ema_decay))
        # The network as it is called in training, with the same parameters.
        self.train_network = swap_relu_and_pool(network) if isinstance(network, Network) else network
        self.ddp_network = distributed.ddp_network(self.train_network)
        self.precision: str | None = None  # float32 or bfloat16; set when training begins
        self.generator = torch.Generator().manual_seed(seed)  # order of the digits, and their augmentation
        self.training_digits: int | None = None  # set when training begins
        self.history: list[EpochResult] = []
        self.ood_seconds = 0.0  # spent training the OOD head
        self.test_accuracy: float | None = None  # percent; set once, when the run is finished

    def inputs(self, batch: torch.Tensor) -> torch.Tensor | BranchFeatures:
        """Returns what the trained module gets: the batch (N, 1, 28, 28), or the classifier's features."""
        batch = batch.contiguous(memory_format=torch.channels_last)
        if self.frozen_classifier is None:
            return batch
        lower, upper = self.frozen_classifier
        with torch.no_grad():
            below = lower(batch)
            return below, upper(below)

    @property
    def averaged_network(self) -> nn.Module:
        """The network to measure and keep: with averaged weights where the recipe asks for them."""
        return self.averaged_model.module if self.averaged_model else self.network

    @property
    def seconds(self) -> float:
        """Training time so far, over all sessions."""
        return sum(epoch.seconds for epoch in self.history) + self.ood_seconds

    @property
    def finished(self) -> bool:
        """True once all epochs are done and the test digits were read."""
        return self.test_accuracy is not None

    def save(self, path: Path) -> None:
        """Writes the training state, whole or not at all; raises OSError where the disk refuses it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        random = {"own": self.generator.get_state(), "global": torch.get_rng_state()}
        if self.device.type == "cuda":
            random["cuda"] = torch.cuda.get_rng_state(self.device)
        state = {
            "architecture": self.architecture,
            "recipe": self.recipe.to_dict(),
            "seed": self.seed,
            "training_digits": self.training_digits,
            "precision": self.precision,
            "history": [asdict(epoch) for epoch in self.history],
            "doubting_seconds": self.ood_seconds,
            "test_accuracy": self.test_accuracy,
            "network": self.network.state_dict(),
            "average": self.averaged_model and self.averaged_model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": random,
        }
        with atomic_write(path) as temporary:
            torch.save(state, temporary)

    @classmethod
    def resume(cls, path: Path, architecture: str, recipe: Recipe, seed: int, device: torch.device | str) -> "Run":
        """Returns the run saved at `path`, ready to continue.

        Raises `BadCheckpoint` for a damaged file and `TrainingFailed` for a run with other settings. More epochs are
        allowed where the learning rate does not depend on their number.
        """
        try:
            # On the CPU first: random states must stay there, and load_state_dict moves the rest.
            state = torch.load(path, map_location="cpu", weights_only=True)
            saved = Recipe.from_dict(state["recipe"])
            before = {"model": state["architecture"], "seed": state["seed"], **saved.to_dict()}
        except TrainingFailed:
            raise
        except Exception as error:  # torch's parsers raise many kinds of errors for damaged bytes
            raise BadCheckpoint(f"{path} is no readable training state; delete it to start afresh.") from error
        now = {"model": architecture, "seed": seed, **recipe.to_dict()}
        if saved.schedule == "constant" and recipe.epochs >= len(state["history"]):
            before["epochs"] = now["epochs"]
        changed = [f"{name} {before[name]} (now {now[name]})" for name in now if now[name] != before[name]]
        if changed:
            raise TrainingFailed(
                f"The run in {path} was started with other settings: {', '.join(changed)}. Use the same options to "
                "continue, or leave out --resume to start afresh."
            )
        run = cls(architecture, recipe, seed, device)
        run._restore(state)
        if len(run.history) < recipe.epochs:
            run.test_accuracy = None  # stopped early, or more epochs are asked for
        return run

    def restore_last_epoch(self, path: Path) -> None:
        """Goes back to the end of the last whole epoch, from the state saved at `path`."""
        self._restore(torch.load(path, map_location="cpu", weights_only=True))

    def _restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["random"]["own"])
        torch.set_rng_state(state["random"]["global"])
        if self.device.type == "cuda" and "cuda" in state["random"]:
            torch.cuda.set_rng_state(state["random"]["cuda"], self.device)
        if self.averaged_model:
            self.averaged_model.load_state_dict(state["average"])
        self.training_digits = state["training_digits"]
        self.precision = state["precision"]
        self.history = [EpochResult(**epoch) for epoch in state["history"]]
        self.ood_seconds = state["doubting_seconds"]
        self.test_accuracy = state["test_accuracy"]

    def ood_run(self) -> "Run":
        """Returns the run that trains the OOD head of this run's network, with the same seed."""
        recipe = replace(self.recipe, precision=self.precision or self.recipe.precision)  # not measured again
        network = self.averaged_network
        assert isinstance(network, Network)  # noqa: S101 - an OOD head has no OOD head
        return Run(self.architecture, ood_recipe(recipe), self.seed, self.device, classifier=network)

    def metadata(self, calibration: Calibration = UNCALIBRATED, ood_head: OODHead | None = None) -> CheckpointMetadata:
        """Returns the metadata of this run's checkpoint."""
        recipe = replace(self.recipe, epochs=len(self.history), precision=self.precision or "float32")
        return CheckpointMetadata(
            architecture=self.architecture,
            test_accuracy=self.test_accuracy,
            recipe=recipe.to_dict(),
            seed=self.seed,
            training_digits=self.training_digits,
            calibration=calibration,
            ood_head=ood_head,
            versions={"torch": torch.__version__.split("+")[0]},
        )


def _freeze(classifier: nn.Sequential) -> tuple[nn.Sequential, nn.Sequential]:
    """Returns copies of a network's layers below and above the branch of the OOD head, without gradients."""
    lower, upper, _ = ood_head.split(copy.deepcopy(classifier).eval().requires_grad_(False))
    return swap_relu_and_pool(lower), swap_relu_and_pool(upper)


def _moving_average(decay: float) -> Callable[[torch.Tensor, torch.Tensor, torch.Tensor | int], torch.Tensor]:
    """Returns the update of an exponential moving average.

    Its decay grows from 0.1, so that the first weights are soon forgotten.
    """

    def update(average: torch.Tensor, weights: torch.Tensor, count: torch.Tensor | int) -> torch.Tensor:
        return average.lerp(weights, 1 - min(decay, (1 + int(count)) / (10 + int(count))))

    return update
