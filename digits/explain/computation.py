"""The computation behind each layer: inputs, weights, sums and outputs, in the exact float32 numbers."""

from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import torch
from torch import nn

from digits.errors import UnknownMap
from digits.networks.layers import Layer, Window
from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import Activation, PreparedDigit

ModuleT = TypeVar("ModuleT", bound=nn.Module)

DENSE_KINDS = {"conv", "linear", "softmax"}  # each output depends on all inputs
WEIGHTED = (nn.Conv2d, nn.Linear)  # layers with a kernel or a row of weights for each output
ELEMENTWISE_KINDS = {"batchnorm", "relu", "dropout"}  # each cell depends on the same cell below


@dataclass(frozen=True)
class BatchNormTerms:
    """The terms of BatchNorm for one map: (x − mean) / √(variance + epsilon) · weight + bias."""

    mean: float
    variance: float
    weight: float
    bias: float
    epsilon: float


@dataclass(frozen=True)
class FollowingStep:
    """The output of a later elementwise layer for the same map: `values`, (H, W) or a number ()."""

    name: str
    kind: str
    norm: BatchNormTerms | None
    values: np.ndarray


@dataclass(frozen=True)
class Explanation:
    """One map (H, W) or one number () of a layer, `output`, and all that it was computed from; float32.

    `source`: the layer below; `normalize` for the first layer · `input`: its output, (C, H, W) or (n,), from its map or
    number `first` on; for layers that work map by map only the maps needed · `weights`: (C, side, side) of a
    convolution, (n,) of a linear unit · `temperature`: of the softmax · `rate`: the share that dropout sets to 0 in
    training · `after`: the outputs of the BatchNorm, ReLU and dropout right behind.
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
    """Returns the computation of the map `index`, counted from 0, of the layer `name`.

    Raises `UnknownMap`, which lists the layers or the number of maps.
    """
    network, at = classifier.network, _find_layer(classifier.layers, name, index)
    batch = torch.from_numpy(digit.image)[None, None]
    found = classifier.activations(digit.image)
    source, below = (found[at - 1][0], found[at - 1][2]) if at else ("normalize", network.normalize(batch))
    layer, own = classifier.layers[at], dict(network.named_children()).get(name)
    first, some = _needed_input(layer.kind, index, below[0])
    onward = _elementwise_run(classifier.layers[at + 1 :])
    return Explanation(
        layer=layer,
        index=index,
        source=source,
        first=first,
        input=some.numpy(),
        weights=own.weight[index].numpy() if isinstance(own, WEIGHTED) else None,
        bias=own.bias[index].item() if isinstance(own, WEIGHTED) and own.bias is not None else None,
        norm=_batchnorm_terms(own, index),
        temperature=classifier.calibration.temperature if layer.kind == "softmax" else None,
        rate=own.p if isinstance(own, nn.Dropout) else None,
        output=found[at][2][0, index].numpy(),
        after=[
            FollowingStep(
                later.name,
                later.kind,
                _batchnorm_terms(network.get_submodule(later.name), index),
                value[0, index].numpy(),
            )
            for later, (*_, value) in zip(onward, found[at + 1 :], strict=False)
        ],
    )


def _find_layer(layers: list[Layer], name: str, index: int) -> int:
    names = [layer.name for layer in layers]
    if name not in names:
        raise UnknownMap(f"There is no layer named “{name}” in this network. It has: {', '.join(names)}.")
    count = layers[names.index(name)].shape[0]
    if not 0 <= index < count:
        raise UnknownMap(f"{name} has no such map. It has the maps 0 to {count - 1}.")
    return names.index(name)


def _needed_input(kind: str, index: int, below: torch.Tensor) -> tuple[int, torch.Tensor]:
    """Returns the part of an input that map `index` needs, and the number of its first map."""
    if kind in DENSE_KINDS:
        return 0, below
    first = index // below[0].numel() if kind == "flatten" else index
    return first, below[first : first + 1]


def _elementwise_run(layers: list[Layer]) -> list[Layer]:
    """Returns the leading layers that work cell by cell."""
    ends = [at for at, layer in enumerate(layers) if layer.kind not in ELEMENTWISE_KINDS]
    return layers[: ends[0]] if ends else layers


def _batchnorm_terms(layer: nn.Module | None, index: int) -> BatchNormTerms | None:
    if not isinstance(layer, nn.BatchNorm2d):
        return None
    mean, variance = cast(torch.Tensor, layer.running_mean), cast(torch.Tensor, layer.running_var)
    weight, bias = layer.weight[index].item(), layer.bias[index].item()
    return BatchNormTerms(mean[index].item(), variance[index].item(), weight, bias, layer.eps)


@dataclass(frozen=True)
class LayerStep:
    """One layer applied to one digit.

    `module`: the layer itself, None for the softmax · `below`, `values`: its input and output, float32, without N ·
    `maps`: the shape of the maps that a flattened `below` comes from; None once they are mixed · `sees`: the side of
    the receptive field, in pixels of the picture.
    """

    layer: Layer
    module: nn.Module | None
    below: np.ndarray
    values: np.ndarray
    maps: tuple[int, ...] | None
    sees: int
    temperature: float

    @property
    def window(self) -> Window:
        """The window of a convolution or pooling; raises TypeError for other layers."""
        if self.layer.window is None:
            raise TypeError(f"{self.layer.name} has no window")
        return self.layer.window

    @property
    def below_sides(self) -> tuple[int, ...]:
        """Height and width of the maps below that were flattened; raises TypeError if there are none."""
        if self.maps is None:
            raise TypeError(f"{self.layer.name} has no maps below")
        return self.maps[1:]

    def module_as(self, kind: type[ModuleT]) -> ModuleT:
        """Returns the layer itself, which must be of this kind; raises TypeError if it is not."""
        if not isinstance(self.module, kind):
            raise TypeError(f"{self.layer.name} is not a {kind.__name__}")
        return self.module

    def batchnorm_terms(self, index: int) -> BatchNormTerms:
        """Returns the terms of BatchNorm for map `index`; raises TypeError for other layers."""
        terms = _batchnorm_terms(self.module, index)
        if terms is None:
            raise TypeError(f"{self.layer.name} is not a BatchNorm layer")
        return terms

    @property
    def peak(self) -> tuple[int, ...]:
        """The index of the highest number, counted from 0."""
        return tuple(int(index) for index in np.unravel_index(self.values.argmax(), self.values.shape))


def layer_steps(classifier: DigitClassifier, image: np.ndarray, activations: list[Activation]) -> list[LayerStep]:
    """Returns the step of every layer for a digit image (28, 28) and its activations."""
    network = classifier.network
    own = dict(network.named_children())
    below = network.normalize(torch.from_numpy(image)[None]).numpy()
    maps: tuple[int, ...] | None = below.shape
    sees, stride, found = 1, 1, []
    for layer, activation in zip(classifier.layers, activations, strict=True):
        if layer.window:
            sees += (layer.window.side - 1) * stride
            stride *= layer.window.stride
        maps = below.shape if below.ndim == 3 else maps
        values = np.ascontiguousarray(activation.values)
        temperature = classifier.calibration.temperature
        found.append(LayerStep(layer, own.get(layer.name), below, values, maps, min(sees, 28), temperature))
        maps = None if layer.kind == "linear" else maps
        below = values
    return found


@dataclass(frozen=True)
class ConvolutionSum:
    """The terms of one number of a convolution.

    `patches`: for each input map a patch (C, side, side) · `weights`: the same shape.
    """

    patches: np.ndarray
    weights: np.ndarray
    bias: float | None

    @property
    def parts(self) -> np.ndarray:
        """The contribution of each input map, (C,); with the bias they add up to the number."""
        return (self.patches.astype(np.float64) * self.weights).sum(axis=(1, 2))


def convolution_terms(step: LayerStep, place: tuple[int, ...]) -> ConvolutionSum:
    """Returns the terms of the number at `place`: map, row and column, counted from 0."""
    channel, row, column = place
    window, convolution = step.window, step.module_as(nn.Conv2d)
    edge = [(0, 0)] + 2 * [(window.padding, window.padding)]
    top, left = row * window.stride, column * window.stride
    patches = np.pad(step.below, edge)[:, top : top + window.side, left : left + window.side]
    bias = None if convolution.bias is None else convolution.bias[channel].item()
    return ConvolutionSum(patches, convolution.weight[channel].detach().numpy(), bias)


def linear_terms(step: LayerStep, unit: int) -> tuple[np.ndarray, float]:
    """Returns the contribution of each input to a unit of a linear layer, (n,), and the unit's bias."""
    linear = step.module_as(nn.Linear)
    return step.below.astype(np.float64) * linear.weight[unit].detach().numpy(), linear.bias[unit].item()
