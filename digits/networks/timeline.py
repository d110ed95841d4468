"""`*.timeline`: one network at many moments of its training, from before its first step to its last.

The file is a dict: plain facts, and under `weights` one float16 tensor (M, …) for each tensor of the network, which
holds it at all M moments. Half the file of float32, for a rounding by a part in 2,000 at most.
"""

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from digits.atomic_file import atomic_write
from digits.errors import BadCheckpoint
from digits.networks import checkpoint
from digits.networks.architectures import ARCHITECTURES, Network, build

FORMAT = 1
MAX_SNAPSHOTS = 200  # moments; training takes 20 to 40
SHOWN_MAPS = 24 * 28 * 28  # numbers of one moment's first layer that are shown: 24 maps, or more if they are smaller

_MISSING = "Training makes one: python train_mnist.py --snapshots"


@dataclass(frozen=True)
class Snapshot:
    """A moment: so many digits learnt from, and what the network was worth on the test digits that were looked at."""

    digits: int
    loss: float
    accuracy: float  # percent


@dataclass(frozen=True)
class Seen:
    """What the network made of one digit image at each of M moments.

    `probabilities`: (M, 10) · `maps`: of its first layer where that is a convolution, (M, n, H, W), else None.
    """

    probabilities: np.ndarray
    maps: np.ndarray | None


@dataclass
class Timeline:
    """A network's moments, and its weights (M, …) at all of them. `measured`: test digits that each was tried on."""

    architecture: str
    seed: int
    recipe: dict[str, Any]
    training_digits: int
    measured: int
    moments: list[Snapshot] = field(default_factory=list)
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    networks: list[Network] = field(default_factory=list)  # ready to read; of a timeline that was loaded

    @property
    def layer(self) -> str:
        """The name of the layer whose kernels and maps are kept in view: the first that learns."""
        return self.networks[0].first

    @property
    def units(self) -> int:
        """How many maps that layer makes, or units it has."""
        return len(self.weights[f"{self.layer}.weight"][0])

    def kernels(self) -> np.ndarray:
        """What each map or unit of the first layer looks for, (M, n, height, width), at each moment.

        Of a layer that sees the whole picture, its weights are a picture too: 28×28.
        """
        weights = torch.stack([network.get_submodule(self.layer).weight.detach() for network in self.networks])
        side = weights.shape[-1] if weights.ndim == 5 else 28
        return _some(weights.reshape(len(weights), -1, side, side).numpy())

    @torch.inference_mode()
    def read(self, image: np.ndarray) -> Seen:
        """Have a digit image (28, 28) read by the network as it was at each moment, when it had no temperature yet."""
        batch = torch.from_numpy(image)[None, None]
        shares, maps = [], []
        for network in self.networks:
            value = batch
            for name, layer in network.named_children():
                value = layer(value)
                if name == self.layer and value.ndim == 4:
                    maps.append(value[0])
            shares.append(value[0].softmax(dim=0))
        return Seen(torch.stack(shares).numpy(), _some(torch.stack(maps).numpy()) if maps else None)


_KEPT = ("architecture", "seed", "recipe", "training_digits", "measured", "moments", "weights")


def _some(pictures: np.ndarray) -> np.ndarray:
    """As many of each moment's pictures (M, n, height, width) as are shown."""
    return pictures[:, : max(1, SHOWN_MAPS // (pictures.shape[2] * pictures.shape[3]))]


def round_to_float16(network: Network) -> dict[str, torch.Tensor]:
    """A network's weights as a timeline keeps them: float16, on the CPU, without BatchNorm's counters."""
    tensors = network.state_dict().items()
    return {name: tensor.detach().cpu().half().contiguous() for name, tensor in tensors if tensor.is_floating_point()}


def save(path: Path, timeline: Timeline) -> None:
    """Write a timeline whole or not at all; raises OSError where the disk will not take it."""
    with atomic_write(Path(path)) as temporary:
        facts = {name: getattr(timeline, name) for name in _KEPT}
        moments = [asdict(moment) for moment in timeline.moments]
        torch.save({"format": FORMAT, **facts, "moments": moments}, temporary)


def load(path: Path) -> Timeline:
    """A timeline whose weights are known to fit its network.

    Code inside the file never runs. Raises `BadCheckpoint`, which names the file, for one that is missing, damaged,
    foreign or hostile.
    """
    path = Path(path)
    content = checkpoint.read_tensors(path, _MISSING)
    try:
        facts = {name: content[name] for name in _KEPT}
        facts["moments"] = [Snapshot(**moment) for moment in content["moments"][: MAX_SNAPSHOTS + 1]]
        timeline = Timeline(**facts)
        believable = content["format"] == FORMAT and _believable(timeline)
    except (TypeError, LookupError, AttributeError, ValueError, RuntimeError):  # whatever else may lie there
        believable = False
    if not believable:
        raise BadCheckpoint(f"{path} is no timeline. {_MISSING}")
    timeline.networks = _networks(path, timeline)
    return timeline


def _believable(timeline: Timeline) -> bool:
    """Whether all facts are of their kind and in their range; the weights are looked at one by one later."""
    numbers = [moment.digits for moment in timeline.moments]
    counts = timeline.training_digits, timeline.measured, *numbers
    worth = [value for moment in timeline.moments for value in (moment.loss, moment.accuracy)]
    return (
        timeline.architecture in ARCHITECTURES
        and isinstance(timeline.recipe, dict)
        and isinstance(timeline.seed, int)
        and all(type(count) is int and count >= 0 for count in counts)  # True is none
        and 1 <= len(numbers) <= MAX_SNAPSHOTS
        and all(before < after for before, after in pairwise(numbers))
        and all(type(value) in (float, int) and value >= 0 for value in worth)  # and neither is a tensor
        and all(moment.accuracy <= 100 and moment.loss < float("inf") for moment in timeline.moments)
        and all(isinstance(tensor, torch.Tensor) for tensor in timeline.weights.values())
    )


def _networks(path: Path, timeline: Timeline) -> list[Network]:
    count = len(timeline.moments)
    for name, tensor in timeline.weights.items():
        if tensor.layout != torch.strided or tensor.dtype != torch.float16 or tensor.shape[:1] != (count,):
            raise BadCheckpoint(f"{path}: {name} does not hold its weights at each of {count} moments.")
    networks = []
    with torch.random.fork_rng(devices=[]):  # fresh weights are drawn and replaced; nobody's seed should notice
        for at in range(count):
            network = build(timeline.architecture)
            checkpoint.load_weights(path, network, {name: tensor[at] for name, tensor in timeline.weights.items()})
            networks.append(network.eval().requires_grad_(False))
    return networks
