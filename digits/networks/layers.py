"""What every layer of a network answered, and what the layers are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from digits.networks.architectures import KINDS, Network, Normalize


@dataclass(frozen=True)
class Window:
    """The square window that slides over the maps below, in their cells; `padding`: zeros added on each side."""

    side: int
    stride: int
    padding: int


@dataclass(frozen=True)
class Layer:
    """One layer as the page, `info` and the pictures show it; `shape` is that of one digit's answer, without N."""

    name: str
    kind: str  # conv · batchnorm · relu · pool · flatten · linear · dropout · softmax
    shape: tuple[int, ...]
    parameters: int
    window: Window | None  # of a convolution or a pooling


def layer_activations(
    network: Network, batch: torch.Tensor, temperature: float = 1.0
) -> Iterator[tuple[str, str, torch.Tensor]]:
    """Send a batch (N, 1, 28, 28) through and yield (name, kind, answer) of every layer, in order.

    The last one is `probabilities` (N, 10), the softmax of the logits divided by the temperature. Normalisation is part
    of the way but no layer of its own in the list: its answer is the input on another scale.
    """
    value = batch
    for name, layer in network.named_children():
        value = layer(value)
        if not isinstance(layer, Normalize):
            yield name, KINDS[type(layer)], value
    yield "probabilities", "softmax", torch.softmax(value / temperature, dim=1)


@torch.inference_mode()
def describe(network: Network) -> list[Layer]:
    """The layers of a network with the shapes that one digit takes in them."""
    device = next(network.parameters()).device
    mode = network.training
    network.eval()  # one blank digit must not move the running statistics of BatchNorm
    blank = torch.zeros(1, 1, 28, 28, device=device)
    own = dict(network.named_children())
    layers = [
        Layer(name, kind, tuple(answer.shape[1:]), _size(own.get(name)), _window(own.get(name)))
        for name, kind, answer in layer_activations(network, blank)
    ]
    network.train(mode)
    return layers


def _size(layer: nn.Module | None) -> int:
    return sum(parameter.numel() for parameter in layer.parameters()) if layer else 0


def _window(layer: nn.Module | None) -> Window | None:
    if isinstance(layer, nn.Conv2d):
        return Window(layer.kernel_size[0], layer.stride[0], layer.padding[0])
    if isinstance(layer, nn.MaxPool2d):
        return Window(layer.kernel_size, layer.stride, layer.padding)
    return None


MAX_KERNELS = 32  # at most: the perceptron has 128 units, each with a weight for every pixel


@dataclass(frozen=True)
class FirstLayerKernels:
    """Weights (n, height, width) float32 of the first maps or units of a network, of which there are `of`."""

    values: np.ndarray
    of: int


def first_kernels(network: Network) -> FirstLayerKernels:
    """What the first layer looks for: the kernels of a convolution, or each unit's weights as a picture."""
    weight = network.get_submodule(network.first).weight.detach()
    side = round((weight[0].numel()) ** 0.5)
    return FirstLayerKernels(weight[:MAX_KERNELS].reshape(-1, side, side).numpy(), len(weight))
