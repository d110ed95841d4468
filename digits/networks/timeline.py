"""Timelines (`*.timeline`): snapshots of one network from before its first step to its last.

The file is a dict with plain metadata and, under `weights`, one float16 tensor (M, …) for each tensor of the network,
with its values in all M snapshots. float16 halves the file and rounds by 1 part in 2,000 at most.
"""

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from digits.atomic_file import atomic_write
from digits.errors import BadCheckpoint
from digits.networks import checkpoint
from digits.networks.architectures import ARCHITECTURES, Network, build

FORMAT = 1
MAX_SNAPSHOTS = 200  # training takes 20 to 40
MAX_SHOWN_NUMBERS = 24 * 28 * 28  # of one snapshot's first layer: 24 maps of 28×28, or more smaller ones

_MISSING = "Training makes one: python train_mnist.py --snapshots"


@dataclass(frozen=True)
class Snapshot:
    """Loss and accuracy on some test digits, after training on a number of digits."""

    digits: int
    loss: float
    accuracy: float  # percent


@dataclass(frozen=True)
class SnapshotPredictions:
    """Predictions of one digit image in each of M snapshots.

    `probabilities`: (M, 10) · `maps`: of the first layer where that is a convolution, (M, n, H, W), else None.
    """

    probabilities: np.ndarray
    maps: np.ndarray | None


@dataclass
class Timeline:
    """Snapshots of a network with their weights (M, …).

    `measured`: number of test digits they were measured on.
    """

    architecture: str
    seed: int
    recipe: dict[str, Any]
    training_digits: int
    measured: int
    snapshots: list[Snapshot] = field(default_factory=list)
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    networks: list[Network] = field(default_factory=list)  # one for each snapshot of a loaded timeline

    @property
    def layer(self) -> str:
        """Name of the layer whose kernels and maps are shown: the first with weights."""
        return self.networks[0].first_layer_name

    @property
    def units(self) -> int:
        """Number of that layer's maps or units."""
        return len(self.weights[f"{self.layer}.weight"][0])

    def kernels(self) -> np.ndarray:
        """Returns the kernels of the first layer in each snapshot, (M, n, height, width).

        A linear layer has a weight for each pixel: 28×28.
        """
        weights = torch.stack([network.first_layer.weight.detach() for network in self.networks])
        side = weights.shape[-1] if weights.ndim == 5 else 28
        return _limit(weights.reshape(len(weights), -1, side, side).numpy())

    @torch.inference_mode()
    def predict(self, image: np.ndarray) -> SnapshotPredictions:
        """Returns the predictions of each snapshot, without temperature.

        image: (28, 28) float32 in 0–1.
        """
        batch = torch.from_numpy(image)[None, None]
        probabilities, maps = [], []
        for network in self.networks:
            value = batch
            for name, layer in network.named_children():
                value = layer(value)
                if name == self.layer and value.ndim == 4:
                    maps.append(value[0])
            probabilities.append(value[0].softmax(dim=0))
        shown = _limit(torch.stack(maps).numpy()) if maps else None
        return SnapshotPredictions(torch.stack(probabilities).numpy(), shown)


# Keys in the file → fields of `Timeline`.
_FORMAT_KEYS = {
    "architecture": "architecture",
    "seed": "seed",
    "recipe": "recipe",
    "training_digits": "training_digits",
    "measured": "measured",
    "moments": "snapshots",
    "weights": "weights",
}


def _limit(pictures: np.ndarray) -> np.ndarray:
    """Returns the first pictures of each snapshot (M, n, height, width), up to `MAX_SHOWN_NUMBERS`."""
    return pictures[:, : max(1, MAX_SHOWN_NUMBERS // (pictures.shape[2] * pictures.shape[3]))]


def round_to_float16(network: nn.Module) -> dict[str, torch.Tensor]:
    """Returns the weights as a timeline stores them: float16, on the CPU, no BatchNorm counters."""
    tensors = network.state_dict().items()
    return {name: tensor.detach().cpu().half().contiguous() for name, tensor in tensors if tensor.is_floating_point()}


def save(path: Path, timeline: Timeline) -> None:
    """Writes a timeline, whole or not at all; raises OSError where the disk refuses it."""
    with atomic_write(Path(path)) as temporary:
        content = {key: getattr(timeline, name) for key, name in _FORMAT_KEYS.items()}
        snapshots = [asdict(snapshot) for snapshot in timeline.snapshots]
        torch.save({"format": FORMAT, **content, "moments": snapshots}, temporary)


def load(path: Path) -> Timeline:
    """Returns a timeline whose weights fit its network.

    Code inside the file never runs. Raises `BadCheckpoint`, which names the file, for one that is missing, damaged,
    foreign or hostile.
    """
    path = Path(path)
    content = checkpoint.read_tensors(path, _MISSING)
    try:
        fields = {name: content[key] for key, name in _FORMAT_KEYS.items()}
        fields["snapshots"] = [Snapshot(**snapshot) for snapshot in content["moments"][: MAX_SNAPSHOTS + 1]]
        timeline = Timeline(**fields)
        valid = content["format"] == FORMAT and _is_valid(timeline)
    except (TypeError, LookupError, AttributeError, ValueError, RuntimeError):  # the file may hold anything
        timeline, valid = None, False
    if timeline is None or not valid:
        raise BadCheckpoint(f"{path} is no timeline. {_MISSING}")
    timeline.networks = _networks(path, timeline)
    return timeline


def _is_valid(timeline: Timeline) -> bool:
    """Returns True if all values but the weights have their type and range."""
    numbers = [snapshot.digits for snapshot in timeline.snapshots]
    counts = timeline.training_digits, timeline.measured, *numbers
    measurements = [value for snapshot in timeline.snapshots for value in (snapshot.loss, snapshot.accuracy)]
    return (
        timeline.architecture in ARCHITECTURES
        and isinstance(timeline.recipe, dict)
        and isinstance(timeline.seed, int)
        and all(type(count) is int and count >= 0 for count in counts)  # refuses True
        and 1 <= len(numbers) <= MAX_SNAPSHOTS
        and all(before < after for before, after in pairwise(numbers))
        and all(type(value) in (float, int) and value >= 0 for value in measurements)  # refuses tensors
        and all(snapshot.accuracy <= 100 and snapshot.loss < float("inf") for snapshot in timeline.snapshots)
        and all(isinstance(tensor, torch.Tensor) for tensor in timeline.weights.values())
    )


def _networks(path: Path, timeline: Timeline) -> list[Network]:
    """Returns the network of each snapshot, in evaluation mode.

    Raises `BadCheckpoint` for weights that do not fit.
    """
    count = len(timeline.snapshots)
    for name, tensor in timeline.weights.items():
        if tensor.layout != torch.strided or tensor.dtype != torch.float16 or tensor.shape[:1] != (count,):
            raise BadCheckpoint(f"{path}: {name} does not hold the weights of {count} snapshots.")
    networks = []
    with torch.random.fork_rng(devices=[]):  # building draws weights, which must not disturb the caller's seed
        for index in range(count):
            network = build(timeline.architecture)
            checkpoint.load_weights(path, network, {name: tensor[index] for name, tensor in timeline.weights.items()})
            networks.append(network.eval().requires_grad_(False))
    return networks
