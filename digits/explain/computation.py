"""Where the numbers of one map came from: all that went into it, as float32 and exactly as the network computed it."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from digits.errors import UnknownMap
from digits.networks.layers import Layer
from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import PreparedDigit

DENSE_KINDS = {"conv", "linear", "softmax"}  # what they answer depends on all that comes in, not on one map of it
ELEMENTWISE_KINDS = {"batchnorm", "relu", "dropout"}  # layers that go on with a map cell by cell


@dataclass(frozen=True)
class BatchNormTerms:
    """What BatchNorm does to every cell x of one map: (x − mean) / √(variance + epsilon) · weight + bias."""

    mean: float
    variance: float
    weight: float
    bias: float
    epsilon: float


@dataclass(frozen=True)
class FollowingStep:
    """What a later layer makes of a map: its `values`, (H, W) or a number ()."""

    name: str
    kind: str
    norm: BatchNormTerms | None
    values: np.ndarray


@dataclass(frozen=True)
class Explanation:
    """One map (H, W) or one number () of a layer, `output`, and what it was computed from; all arrays are float32.

    `source`: the layer below, `normalize` for the picture as it comes to the first · `input`: what comes from there,
    (C, H, W) or (n,), beginning with its map or number `first`; of layers that go map by map only what belongs to this
    one · `weights`: (C, side, side) of a convolution, (n,) of a linear unit · `temperature`: of the softmax ·
    `rate`: the share of numbers that dropout sets to 0 in training · `after`: what the BatchNorm, ReLU and dropout
    right behind make of it.
    """

    layer: Layer
    index: int
    source: str
    first: int
    input: np.ndarray
    weights: np.ndarray | None
    bias: float | None
    norm: BatchNormTerms | None
    temperature: float | None
    rate: float | None
    output: np.ndarray
    after: list[FollowingStep]


@torch.inference_mode()
def explain_map(classifier: DigitClassifier, digit: PreparedDigit, name: str, index: int) -> Explanation:
    """Say what the map `index`, counted from 0, of the layer `name` was computed from.

    Raises `UnknownMap`, which lists the layers, or tells how many maps this one has.
    """
    network, at = classifier.network, _find(classifier.layers, name, index)
    batch = torch.from_numpy(digit.image)[None, None]
    found = classifier.activations(digit.image)
    source, below = (found[at - 1][0], found[at - 1][2]) if at else ("normalize", network.normalize(batch))
    layer, own = classifier.layers[at], dict(network.named_children()).get(name)
    first, some = _part(layer.kind, index, below[0])
    onward = _run(classifier.layers[at + 1 :])
    return Explanation(
        layer=layer,
        index=index,
        source=source,
        first=first,
        input=some.numpy(),
        weights=own.weight[index].numpy() if layer.kind in ("conv", "linear") else None,
        bias=own.bias[index].item() if layer.kind in ("conv", "linear") and own.bias is not None else None,
        norm=_norm(own, index),
        temperature=classifier.calibration.temperature if layer.kind == "softmax" else None,
        rate=own.p if layer.kind == "dropout" else None,
        output=found[at][2][0, index].numpy(),
        after=[
            FollowingStep(
                later.name, later.kind, _norm(network.get_submodule(later.name), index), value[0, index].numpy()
            )
            for later, (*_, value) in zip(onward, found[at + 1 :], strict=False)
        ],
    )


def _find(layers: list[Layer], name: str, index: int) -> int:
    names = [layer.name for layer in layers]
    if name not in names:
        raise UnknownMap(f"There is no layer named “{name}” in this network. It has: {', '.join(names)}.")
    count = layers[names.index(name)].shape[0]
    if not 0 <= index < count:
        raise UnknownMap(f"{name} has no such map. It has the maps 0 to {count - 1}.")
    return names.index(name)


def _part(kind: str, index: int, below: torch.Tensor) -> tuple[int, torch.Tensor]:
    """Of what comes in, (C, H, W) or (n,): the number of the first map needed for map `index`, and all that is."""
    if kind in DENSE_KINDS:
        return 0, below
    first = index // below[0].numel() if kind == "flatten" else index
    return first, below[first : first + 1]


def _run(layers: list[Layer]) -> list[Layer]:
    """The layers, from the first on, that go on cell by cell."""
    ends = [at for at, layer in enumerate(layers) if layer.kind not in ELEMENTWISE_KINDS]
    return layers[: ends[0]] if ends else layers


def _norm(layer: nn.Module | None, index: int) -> BatchNormTerms | None:
    if not isinstance(layer, nn.BatchNorm2d):
        return None
    parts = (layer.running_mean, layer.running_var, layer.weight, layer.bias)
    return BatchNormTerms(*(part[index].item() for part in parts), layer.eps)
