"""A digit's way through a network, step by step: what each layer got, and what it answered."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from digits.networks.layers import Layer, Window
from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import Activation


@dataclass(frozen=True)
class LayerStep:
    """One layer and one digit.

    `module`: the layer itself, None for the softmax · `below`, `values`: what it got and what it answered, float32, of
    one digit · `maps`: the shape of the maps that the numbers of `below` lay in before they became a list, where they
    still are those · `sees`: the side, in pixels of the picture, of what one number of its maps depends on.
    """

    layer: Layer
    module: nn.Module | None
    below: np.ndarray
    values: np.ndarray
    maps: tuple[int, ...] | None
    sees: int
    temperature: float

    @property
    def peak(self) -> tuple[int, ...]:
        """Where its highest number is, counted from 0."""
        return tuple(int(index) for index in np.unravel_index(self.values.argmax(), self.values.shape))


def layer_steps(classifier: DigitClassifier, image: np.ndarray, answers: list[Activation]) -> list[LayerStep]:
    """Every layer's step, of a digit image (28, 28) and what the layers answered to it."""
    network = classifier.network
    own = dict(network.named_children())
    below = network.normalize(torch.from_numpy(image)[None]).numpy()
    maps: tuple[int, ...] | None = below.shape
    sees, stride, found = 1, 1, []
    for layer, answer in zip(classifier.layers, answers, strict=True):
        if layer.window:
            sees += (layer.window.side - 1) * stride
            stride *= layer.window.stride
        maps = below.shape if below.ndim == 3 else maps
        values = np.ascontiguousarray(answer.values)
        temperature = classifier.calibration.temperature
        found.append(LayerStep(layer, own.get(layer.name), below, values, maps, min(sees, 28), temperature))
        maps = None if layer.kind == "linear" else maps
        below = values
    return found


@dataclass(frozen=True)
class ConvolutionSum:
    """How one number of a convolution came to be: for each map below a patch (C, side, side) and as many weights."""

    patches: np.ndarray
    weights: np.ndarray
    bias: float | None

    @property
    def parts(self) -> np.ndarray:
        """What each map below contributes, (C,); with the bias they add up to the number."""
        return (self.patches.astype(np.float64) * self.weights).sum(axis=(1, 2))


def convolution_terms(step: LayerStep, place: tuple[int, int, int]) -> ConvolutionSum:
    """The sum behind the number at `place`: map, row and column, counted from 0."""
    channel, row, column = place
    window: Window = step.layer.window
    edge = [(0, 0)] + 2 * [(window.padding, window.padding)]
    top, left = row * window.stride, column * window.stride
    patches = np.pad(step.below, edge)[:, top : top + window.side, left : left + window.side]
    own = step.module
    bias = None if own.bias is None else own.bias[channel].item()
    return ConvolutionSum(patches, own.weight[channel].detach().numpy(), bias)


def linear_terms(step: LayerStep, unit: int) -> tuple[np.ndarray, float]:
    """What each number below contributes to a unit of a linear layer, (n,), and the unit's bias."""
    own = step.module
    return step.below.astype(np.float64) * own.weight[unit].detach().numpy(), own.bias[unit].item()
