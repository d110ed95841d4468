"""What a network learns from one digit and its label: forward, loss, gradient, update, on real numbers."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from digits.networks.architectures import Network

LEARNING_RATE = 0.01  # a usual one for plain gradient descent


@dataclass(frozen=True)
class ParameterUpdate:
    """What the step does to a layer: the length of its gradient, and the one weight that changes most.

    `place`: that weight's index in the tensor `tensor`, counted from 0; after = before − rate · gradient.
    """

    layer: str
    parameters: int
    length: float
    tensor: str
    place: tuple[int, ...]
    before: float
    gradient: float
    after: float


@dataclass(frozen=True)
class GradientStep:
    """One step of gradient descent on one digit.

    `probabilities`, `probabilities_after` (10,): plain softmax, as training has it, without a temperature · `loss`,
    `loss_after`: cross-entropy, −ln of the label's share · `gradient` (10,): of the loss by the logits, p − y.
    """

    label: int
    rate: float
    probabilities: np.ndarray
    loss: float
    gradient: np.ndarray
    changes: list[ParameterUpdate]
    probabilities_after: np.ndarray
    loss_after: float


def gradient_step(network: Network, image: np.ndarray, label: int, rate: float = LEARNING_RATE) -> GradientStep:
    """Take one step of gradient descent on a copy of the network; the network itself stays as it is.

    image: (28, 28), 0 = paper, 1 = ink. The copy works in float64, so that a tiny loss is no rounding error, and as it
    reads: dropout passes all, BatchNorm uses its running statistics.
    """
    copy = deepcopy(network).double().eval().requires_grad_()
    digit, target = torch.from_numpy(np.asarray(image, np.float64))[None, None], torch.tensor([label])
    with torch.enable_grad():
        logits = copy(digit)
        loss = F.cross_entropy(logits, target)
        loss.backward()
    probabilities = logits.detach()[0].softmax(dim=0)
    changes = [_change(name, layer, rate) for name, layer in copy.named_children() if list(layer.parameters())]
    with torch.no_grad():
        for parameter in copy.parameters():
            parameter -= rate * parameter.grad
        after = copy(digit)
    return GradientStep(
        label=label,
        rate=rate,
        probabilities=probabilities.numpy(),
        loss=loss.item(),
        gradient=(probabilities - F.one_hot(target[0], 10)).numpy(),
        changes=changes,
        probabilities_after=after[0].softmax(dim=0).numpy(),
        loss_after=F.cross_entropy(after, target).item(),
    )


def _change(name: str, layer: torch.nn.Module, rate: float) -> ParameterUpdate:
    gradients = {leaf: parameter.grad for leaf, parameter in layer.named_parameters()}
    leaf = max(gradients, key=lambda leaf: gradients[leaf].abs().max().item())
    largest = gradients[leaf]
    place = tuple(int(index) for index in np.unravel_index(largest.abs().argmax().item(), largest.shape))
    before, gradient = layer.get_parameter(leaf)[place].item(), largest[place].item()
    length = sum(each.square().sum().item() for each in gradients.values()) ** 0.5
    count = sum(each.numel() for each in gradients.values())
    return ParameterUpdate(name, count, length, f"{name}.{leaf}", place, before, gradient, before - rate * gradient)
