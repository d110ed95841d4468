"""Architectures: every network that Inkling knows.

A network is a plain `nn.Sequential` whose layers have the names that the page, `info` and the pictures show. Names are
derived from the layers and numbered by kind (`conv1`, `relu1`, …); the last linear layer is `logits`. Shapes in the
comments are those of one digit.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from digits.errors import UnknownModel

MEAN, STD = 0.1307, 0.3081  # of the pixels of the 60,000 training digits, in 0–1


class Normalize(nn.Module):
    """Normalisation, the first layer of every network: (x − 0.1307) / 0.3081."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Returns the normalised batch, of the same shape."""
        return (batch - MEAN) / STD

    def extra_repr(self) -> str:
        """Returns the layer's details for print()."""
        return f"mean={MEAN}, std={STD}"


KINDS: dict[type[nn.Module], str] = {
    nn.Conv2d: "conv",
    nn.BatchNorm2d: "batchnorm",
    nn.ReLU: "relu",
    nn.MaxPool2d: "pool",
    nn.Flatten: "flatten",
    nn.Linear: "linear",
    nn.Dropout: "dropout",
}


class Network(nn.Sequential):
    """Named layers in sequence: (N, 1, 28, 28) float32 in 0–1 → (N, 10) logits."""

    normalize: Normalize  # the first layer

    def __init__(self, *layers: nn.Module) -> None:
        named: OrderedDict[str, nn.Module] = OrderedDict(normalize=Normalize())
        kinds = Counter(type(layer) for layer in layers)
        seen: Counter[type[nn.Module]] = Counter()
        for layer in layers:
            kind = type(layer)
            seen[kind] += 1
            stem = "fc" if kind is nn.Linear else KINDS[kind]
            # A single flatten or dropout layer has no number.
            alone = kinds[kind] == 1 and kind in (nn.Flatten, nn.Dropout)
            named["logits" if layer is layers[-1] else stem if alone else f"{stem}{seen[kind]}"] = layer
        super().__init__(named)
        self.architecture = ""  # its name in `ARCHITECTURES`, set by build()

    @property
    def parameter_count(self) -> int:
        """Number of trained parameters in all layers."""
        return sum(parameter.numel() for parameter in self.parameters())

    @property
    def first_layer_name(self) -> str:
        """Name of the first layer with weights."""
        return next(name for name, layer in self.named_children() if layer is self.first_layer)

    @property
    def first_layer(self) -> nn.Conv2d | nn.Linear:
        """First layer with weights."""
        return next(layer for layer in self.children() if isinstance(layer, nn.Conv2d | nn.Linear))


def _mlp() -> Network:
    return Network(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def _two_conv() -> Network:
    return Network(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),  # 16×14×14
        *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),  # 32×7×7
        *(nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def _two_conv_valid() -> Network:
    return Network(
        *(nn.Conv2d(1, 24, 3), nn.ReLU(), nn.MaxPool2d(2)),  # 24×26×26 → 24×13×13
        *(nn.Conv2d(24, 36, 3), nn.ReLU(), nn.MaxPool2d(2)),  # 36×11×11 → 36×5×5
        *(nn.Flatten(), nn.Linear(900, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def _four_conv_tiny() -> Network:
    return Network(
        *(nn.Conv2d(1, 4, 3), nn.ReLU()),  # 4×26×26
        *(nn.Conv2d(4, 8, 3), nn.ReLU(), nn.MaxPool2d(2)),  # 8×24×24 → 8×12×12
        *(nn.Conv2d(8, 16, 3), nn.ReLU()),  # 16×10×10
        *(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),  # 32×8×8 → 32×4×4
        *(nn.Flatten(), nn.Linear(512, 20), nn.ReLU(), nn.Linear(20, 10)),
    )


def _five_conv() -> Network:
    def convolve(inputs: int, outputs: int, side: int = 3, padding: int = 0) -> tuple[nn.Module, ...]:
        # BatchNorm, which follows, adds its own bias.
        convolution = nn.Conv2d(inputs, outputs, side, padding=padding, bias=False)
        return convolution, nn.BatchNorm2d(outputs), nn.ReLU()

    # A digit lies in the middle of its 28×28 pixels: without padding nothing of it is lost, at half the computation.
    return Network(
        *(*convolve(1, 32, side=5), nn.MaxPool2d(2)),  # 32×24×24 → 32×12×12
        *(*convolve(32, 64), *convolve(64, 64), nn.MaxPool2d(2)),  # 64×10×10 → 64×8×8 → 64×4×4
        *(*convolve(64, 128, padding=1), *convolve(128, 128, padding=1), nn.MaxPool2d(2)),  # 128×4×4 → 128×2×2
        *(nn.Flatten(), nn.Dropout(0.3), nn.Linear(512, 10)),
    )


def _three_block() -> Network:
    def block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
        return nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)

    return Network(
        *block(1, 32),  # 32×14×14
        *block(32, 64),  # 64×7×7
        *block(64, 128),  # 128×3×3
        *(nn.Flatten(), nn.Linear(1152, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)),
    )


def _two_conv_dropout() -> Network:
    return Network(
        *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),  # 32×14×14
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),  # 64×7×7
        *(nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10)),
    )


def swap_relu_and_pool(network: nn.Sequential) -> nn.Sequential:
    """Returns the same layers with each pooling before its ReLU, which then has fewer values to process.

    ReLU keeps the largest value of a window the largest, so outputs and gradients are equal to the last bit.
    """
    layers: list[nn.Module] = []
    for layer in network:
        after_relu = isinstance(layer, nn.MaxPool2d) and isinstance(layers[-1], nn.ReLU)
        layers.insert(len(layers) - after_relu, layer)
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class ArchitectureSpec:
    """Title of an architecture for people, and the function that builds it with fresh weights."""

    title: str
    make: Callable[[], Network]


ARCHITECTURES: dict[str, ArchitectureSpec] = {
    "five_conv": ArchitectureSpec("Five convolutions, made for real handwriting", _five_conv),
    "three_block": ArchitectureSpec("Three blocks with BatchNorm", _three_block),
    "two_conv": ArchitectureSpec("Two convolutions", _two_conv),
    "two_conv_dropout": ArchitectureSpec("Two wide convolutions with dropout", _two_conv_dropout),
    "two_conv_valid": ArchitectureSpec("Two convolutions without padding", _two_conv_valid),
    "four_conv_tiny": ArchitectureSpec("Four tiny convolutions", _four_conv_tiny),
    "mlp": ArchitectureSpec("No convolution: a multilayer perceptron", _mlp),
}


def architecture(name: str) -> ArchitectureSpec:
    """Returns the architecture of that name; raises `UnknownModel`, which lists the known names."""
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise UnknownModel(f"There is no network named “{name}”. Known: {', '.join(ARCHITECTURES)}.") from None


def build(name: str) -> Network:
    """Returns a network with fresh weights, drawn from torch's global random state; raises `UnknownModel`."""
    network = architecture(name).make()
    network.architecture = name
    return network
