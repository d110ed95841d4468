"""A network → the same function in fewer and quicker steps, for answers only: one small picture costs mostly calls."""

import copy
from collections.abc import Callable
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from digits.networks.architectures import MEAN, STD, Normalize, swap_relu_and_pool
from digits.networks.ood_head import OOD_CLASS, ClassifierWithOOD, _familiarity

# Whether weights can be laid out for oneDNN beforehand.
PACKING = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_convolution_pointwise")

Step = Callable[[torch.Tensor], torch.Tensor]


class Convolution:
    """A convolution by steps of one, without what PyTorch prepares anew each time; for pictures of one size.

    `weight` (maps, inputs, height, width), `bias` (maps,), `padding` (rows, columns) on each side.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, padding: tuple[int, int]) -> None:
        self.weight, self.bias, self.padding = weight.detach(), bias.detach(), padding
        self._columns = self.weight.permute(2, 3, 1, 0).reshape(-1, len(bias)).contiguous()
        rows, columns = padding
        self._around = columns, columns, rows, rows
        self._window = list(padding), [1, 1], [1, 1], 1  # padding, stride, dilation, groups
        self._packed: torch.Tensor | None = None

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) → (N, maps, H′, W′)."""
        if len(batch) == 1:
            return self._of_one(batch)
        if PACKING:
            return self._of_many(batch)
        return torch.conv2d(batch, self.weight, self.bias, padding=self.padding)

    def _of_one(self, picture: torch.Tensor) -> torch.Tensor:
        """By a product of matrices: what a window shows, row by row, and the weights of a map, column by column.

        Only to call oneDNN would take longer than all of it. Source: Chellapilla, Puri, Simard: High Performance
        Convolutional Neural Networks for Document Processing, 2006.
        """
        if any(self.padding):
            picture = F.pad(picture, self._around)
        picture = picture.contiguous(memory_format=torch.channels_last)
        _, inputs, height, width = picture.shape
        _, _, high, wide = self.weight.shape
        rows, columns, line = height - high + 1, width - wide + 1, width * inputs
        if inputs == 1:  # a line of the picture is a longer piece to copy than one of a window
            shown = picture.as_strided((high, wide, rows, columns), (line, 1, line, 1)).reshape(high * wide, -1).t()
        else:
            places = picture.as_strided((rows, columns, high, wide * inputs), (line, inputs, line, 1))
            shown = places.reshape(rows * columns, -1)
        return torch.addmm(self.bias, shown, self._columns).view(1, rows, columns, -1).permute(0, 3, 1, 2)

    def _of_many(self, batch: torch.Tensor) -> torch.Tensor:
        """By oneDNN, with the weights laid out for it once: what torch.compile puts in a convolution's place."""
        if self._packed is None:
            weight = self.weight.to_mkldnn()
            self._packed = torch._C._nn.mkldnn_reorder_conv2d_weight(weight, *self._window, list(batch.shape))
        return torch.ops.mkldnn._convolution_pointwise(batch, self._packed, self.bias, *self._window, "none", [], "")


class FusedSteps:
    """Steps one after another, without what PyTorch does around each call for hooks: a tenth of one pass."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """What the last step answers."""
        for step in self._steps:
            batch = step(batch)
        return batch


@torch.no_grad()
def fuse(network: nn.Sequential) -> FusedSteps:
    """The same function in fewer and quicker steps, for answers only.

    BatchNorm is folded into its convolution, and normalisation into the one that follows unless that is padded; dropout
    is left out, and pooling comes before ReLU, which writes over what it is given. The network must be in evaluation
    mode; answers differ by rounding (1e-5). Source: the folding of BatchNorm is PyTorch's own,
    `torch.nn.utils.fusion.fuse_conv_bn_eval`.
    """
    steps: list[nn.Module] = []
    for layer in swap_relu_and_pool(network):
        if isinstance(layer, nn.BatchNorm2d):
            steps[-1] = fuse_conv_bn_eval(steps[-1], layer)
        elif not isinstance(layer, nn.Dropout):
            steps.append(layer)
    match steps:
        case [Normalize(), nn.Conv2d(padding=(0, 0), bias=torch.Tensor()) as first, *others]:
            steps = [_normalizing(first), *others]
    return FusedSteps(*map(_step, steps))


def _step(layer: nn.Module) -> Step:
    """A layer as a step."""
    match layer:
        case nn.Conv2d(
            stride=(1, 1), dilation=(1, 1), groups=1, padding=(_, _), padding_mode="zeros", bias=torch.Tensor()
        ):
            return Convolution(layer.weight, layer.bias, layer.padding)
        case nn.ReLU():
            return torch.relu_
    return layer.forward


def _normalizing(convolution: nn.Conv2d) -> nn.Conv2d:
    """A convolution that answers to a picture what the given one answers to it normalised."""
    convolution = copy.deepcopy(convolution)
    convolution.weight /= STD
    convolution.bias -= MEAN * convolution.weight.sum(dim=(1, 2, 3))
    return convolution


class FusedClassifier:
    """What a `ClassifierWithOOD` in evaluation mode does, in fewer and quicker steps, for answers only."""

    def __init__(self, whole: ClassifierWithOOD) -> None:
        self._lower, self._upper = fuse(whole.lower), fuse(whole.upper)
        self._own, self._last = None, whole.logits.forward
        if whole.ood_head:
            self._own, self._last = fuse(whole.ood_head.own), _joined(whole.logits, whole.ood_head.logits)

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) float32 in 0–1 → (N, 10 or 11), as `ClassifierWithOOD` answers."""
        below = self._lower(batch)
        features = self._upper(below)  # which leaves what is below as it is: it begins with no ReLU
        if self._own is None:
            return self._last(features)
        answers = self._last(torch.cat([self._own(below), features], dim=1))
        logits, *opinion = answers.split([OOD_CLASS, OOD_CLASS, 1], dim=1)
        return torch.cat([logits, _familiarity(*opinion)], dim=1)

    def features(self, batch: torch.Tensor) -> torch.Tensor:
        """What the network's last layer judges by, (N, F), without doubt's."""
        return self._upper(self._lower(batch))


@torch.no_grad()
def _joined(logits: nn.Linear, opinion: nn.Linear) -> Step:
    """Two last layers in one, (N, own + F) → (N, 10 + 11): the first sees the network's features only."""
    blind = opinion.in_features - logits.in_features
    weight = torch.cat([F.pad(logits.weight, (blind, 0)), opinion.weight])
    return partial(F.linear, weight=weight, bias=torch.cat([logits.bias, opinion.bias]))
