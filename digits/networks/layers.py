"""Layers of a network: their descriptions and their activations."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from digits.networks.architectures import KINDS, Network, Normalize


@dataclass(frozen=True)
class Window:
    """Square window of a convolution or a pooling, in cells of its input; `padding`: of zeros."""

    side: int
    stride: int
    padding: int


@dataclass(frozen=True)
class Layer:
    """Description of a layer for people; `shape` is that of its output for one digit, without N."""

    name: str
    kind: str  # conv · batchnorm · relu · pool · flatten · linear · dropout · softmax
    shape: tuple[int, ...]
    parameters: int
    window: Window | None  # of convolutions and poolings only


def layer_activations(
    network: Network, batch: torch.Tensor, temperature: float = 1.0
) -> Iterator[tuple[str, str, torch.Tensor]]:
    """Yields (name, kind, output) of every layer for a batch (N, 1, 28, 28), in order.

    The last one is `probabilities` (N, 10), the softmax of the logits divided by the temperature. Normalisation is
    computed but not listed: its output is the input on another scale.
    """
    value = batch
    for name, layer in network.named_children():
        value = layer(value)
        if not isinstance(layer, Normalize):
            yield name, KINDS[type(layer)], value
    yield "probabilities", "softmax", torch.softmax(value / temperature, dim=1)


@torch.inference_mode()
def describe(network: Network) -> list[Layer]:
    """Returns the layers of a network, with the shapes of their outputs for one digit."""
    device = next(network.parameters()).device
    mode = network.training
    network.eval()  # a blank digit must not change BatchNorm's running statistics
    blank = torch.zeros(1, 1, 28, 28, device=device)
    modules = dict(network.named_children())
    layers = [
        Layer(name, kind, tuple(output.shape[1:]), _count_parameters(modules.get(name)), _window(modules.get(name)))
        for name, kind, output in layer_activations(network, blank)
    ]
    network.train(mode)
    return layers


def _count_parameters(layer: nn.Module | None) -> int:
    return sum(parameter.numel() for parameter in layer.parameters()) if layer else 0


def _window(layer: nn.Module | None) -> Window | None:
    if isinstance(layer, nn.Conv2d):
        return Window(layer.kernel_size[0], layer.stride[0], _side(layer.padding))
    if isinstance(layer, nn.MaxPool2d):
        return Window(_side(layer.kernel_size), _side(layer.stride), _side(layer.padding))
    return None


def _side(size: int | str | tuple[int, ...]) -> int:
    """Returns one side of a size that PyTorch gives as a number or as a pair."""
    return size if isinstance(size, int) else int(size[0])


MAX_KERNELS = 32  # the perceptron has 128 units, each with a weight for every pixel


@dataclass(frozen=True)
class FirstLayerKernels:
    """Weights (n, height, width) float32 of the first n maps or units of a layer with `of` in all."""

    values: np.ndarray
    of: int


def first_kernels(network: Network) -> FirstLayerKernels:
    """Returns the kernels of a network's first layer; of a linear layer, each unit's weights as a picture."""
    weight = network.first_layer.weight.detach()
    side = round((weight[0].numel()) ** 0.5)
    return FirstLayerKernels(weight[:MAX_KERNELS].reshape(-1, side, side).numpy(), len(weight))
