"""Operator fusion: the same function as a network in fewer and faster steps, for inference only.

For a single small picture, most of the time goes into calls, not into arithmetic.
"""

import copy
from collections.abc import Callable
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from digits.networks import onednn
from digits.networks.architectures import MEAN, STD, Normalize, swap_relu_and_pool
from digits.networks.ood_head import OOD_CLASS, ClassifierWithOOD, log_odds_of_digit

Step = Callable[[torch.Tensor], torch.Tensor]


class Convolution:
    """A convolution with stride 1 for pictures of one size, prepared once instead of at each call.

    `weight` (maps, inputs, height, width), `bias` (maps,), `padding` (rows, columns) on each side.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, padding: tuple[int, int]) -> None:
        self.weight, self.bias, self.padding = weight.detach(), bias.detach(), padding
        self._columns = self.weight.permute(2, 3, 1, 0).reshape(-1, len(bias)).contiguous()
        rows, columns = padding
        self._pad = columns, columns, rows, rows
        self._packed = onednn.PackedConvolution(self.weight, self.bias, padding)

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) → (N, maps, H′, W′)."""
        if len(batch) == 1:
            return self._convolve_one(batch)
        if onednn.AVAILABLE:
            return self._packed(batch)
        return torch.conv2d(batch, self.weight, self.bias, padding=self.padding)

    def _convolve_one(self, picture: torch.Tensor) -> torch.Tensor:
        """Convolves one picture as a matrix product: its windows as rows, each map's weights as a column.

        The call of oneDNN alone would take longer. Source: Chellapilla, Puri, Simard: High Performance Convolutional
        Neural Networks for Document Processing, 2006.
        """
        if any(self.padding):
            picture = F.pad(picture, self._pad)
        picture = picture.contiguous(memory_format=torch.channels_last)
        _, inputs, height, width = picture.shape
        _, _, window_height, window_width = self.weight.shape
        rows, columns, line = height - window_height + 1, width - window_width + 1, width * inputs
        if inputs == 1:  # a line of the picture is a longer piece to copy than a line of a window
            strided = picture.as_strided((window_height, window_width, rows, columns), (line, 1, line, 1))
            windows = strided.reshape(window_height * window_width, -1).t()
        else:
            strided = picture.as_strided((rows, columns, window_height, window_width * inputs), (line, inputs, line, 1))
            windows = strided.reshape(rows * columns, -1)
        return torch.addmm(self.bias, windows, self._columns).view(1, rows, columns, -1).permute(0, 3, 1, 2)


class FusedSteps:
    """Calls steps one after another, without the hooks of `nn.Module`, which take a tenth of a pass."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """Returns the output of the last step."""
        for step in self._steps:
            batch = step(batch)
        return batch


@torch.no_grad()
def fuse(network: nn.Sequential) -> FusedSteps:
    """Returns a network in evaluation mode as fused steps; outputs differ by rounding (1e-5).

    BatchNorm is folded into the convolution before it, and normalisation into the one after it unless that is padded.
    Dropout is left out. Pooling comes before ReLU, which works in place. Source of the folding: PyTorch,
    `torch.nn.utils.fusion.fuse_conv_bn_eval`.
    """
    layers: list[nn.Module] = []
    for layer in swap_relu_and_pool(network):
        if isinstance(layer, nn.BatchNorm2d):
            convolution = layers[-1]
            assert isinstance(convolution, nn.Conv2d)  # noqa: S101 - BatchNorm follows a convolution everywhere
            layers[-1] = fuse_conv_bn_eval(convolution, layer)
        elif not isinstance(layer, nn.Dropout):
            layers.append(layer)
    match layers:
        case [Normalize(), nn.Conv2d(padding=(0, 0), bias=torch.Tensor()) as first, *others]:
            layers = [_fold_normalisation(first), *others]
    return FusedSteps(*map(_as_step, layers))


def _as_step(layer: nn.Module) -> Step:
    if isinstance(layer, nn.ReLU):
        return torch.relu_
    if isinstance(layer, nn.Conv2d) and layer.bias is not None and not isinstance(layer.padding, str):
        kind = layer.stride, layer.dilation, layer.groups, layer.padding_mode
        if kind == ((1, 1), (1, 1), 1, "zeros"):
            rows, columns = layer.padding
            return Convolution(layer.weight, layer.bias, (rows, columns))
    return layer.forward


def _fold_normalisation(convolution: nn.Conv2d) -> nn.Conv2d:
    """Returns a convolution whose output for a picture is the given one's for the normalised picture."""
    convolution = copy.deepcopy(convolution)
    assert convolution.bias is not None  # noqa: S101 - checked by the caller
    convolution.weight /= STD
    convolution.bias -= MEAN * convolution.weight.sum(dim=(1, 2, 3))
    return convolution


class FusedClassifier:
    """Computes the outputs of a `ClassifierWithOOD` in evaluation mode by fused steps."""

    def __init__(self, classifier: ClassifierWithOOD) -> None:
        self._lower, self._upper = fuse(classifier.lower), fuse(classifier.upper)
        self._ood_layers, self._last = None, classifier.logits.forward
        if classifier.ood_head:
            self._ood_layers = fuse(classifier.ood_head.own)
            self._last = _join_linear(classifier.logits, classifier.ood_head.logits)

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) float32 in 0–1 → logits (N, 10 or 11), as from `ClassifierWithOOD`."""
        below = self._lower(batch)
        features = self._upper(below)  # leaves `below` as it is: it does not begin with the in-place ReLU
        if self._ood_layers is None:
            return self._last(features)
        joined = self._last(torch.cat([self._ood_layers(below), features], dim=1))
        logits, digits, ood = joined.split([OOD_CLASS, OOD_CLASS, 1], dim=1)
        return torch.cat([logits, log_odds_of_digit(digits, ood)], dim=1)

    def features(self, batch: torch.Tensor) -> torch.Tensor:
        """Returns the inputs of the network's last layer, (N, F)."""
        return self._upper(self._lower(batch))


@torch.no_grad()
def _join_linear(logits: nn.Linear, ood_logits: nn.Linear) -> Step:
    """Joins two last layers into one, (N, own + F) → (N, 10 + 11).

    The first gets the network's features only.
    """
    unseen = ood_logits.in_features - logits.in_features
    weight = torch.cat([F.pad(logits.weight, (unseen, 0)), ood_logits.weight])
    return partial(F.linear, weight=weight, bias=torch.cat([logits.bias, ood_logits.bias]))
