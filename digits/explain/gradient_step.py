"""One step of gradient descent on one digit: forward pass, loss, gradient, update."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from digits.networks.architectures import Network

LEARNING_RATE = 0.01  # common for plain gradient descent


@dataclass(frozen=True)
class ParameterUpdate:
    """The update of one layer.

    `parameters`: their number · `length`: the norm of the gradient · `tensor`, `place`: the weight that changes most,
    and its index, counted from 0 · `before`, `gradient`, `after`: of that weight; after = before − rate · gradient.
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

    `probabilities`, `probabilities_after` (10,): softmax without a temperature, as in training · `loss`, `loss_after`:
    cross-entropy, −ln of the probability of the label · `gradient` (10,): of the loss by the logits, p − y.
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
    """Takes one step of gradient descent on a copy of the network.

    image: (28, 28), 0 = paper, 1 = ink. The copy computes in float64, so that a tiny loss is not lost in rounding, and
    in evaluation mode: dropout is off, BatchNorm uses its running statistics.
    """
    copy = deepcopy(network).double().eval().requires_grad_()
    digit, target = torch.from_numpy(np.asarray(image, np.float64))[None, None], torch.tensor([label])
    with torch.enable_grad():
        logits = copy(digit)
        loss = F.cross_entropy(logits, target)
        loss.backward()
    probabilities = logits.detach()[0].softmax(dim=0)
    changes = [_largest_update(name, layer, rate) for name, layer in copy.named_children() if list(layer.parameters())]
    with torch.no_grad():
        for parameter in copy.parameters():
            parameter -= rate * _gradient_of(parameter)
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


def _largest_update(name: str, layer: torch.nn.Module, rate: float) -> ParameterUpdate:
    """Returns the update of a layer, with the weight that changes most."""
    gradients = {leaf: _gradient_of(parameter) for leaf, parameter in layer.named_parameters()}
    leaf = max(gradients, key=lambda leaf: gradients[leaf].abs().max().item())
    largest = gradients[leaf]
    place = tuple(int(index) for index in np.unravel_index(int(largest.abs().argmax()), largest.shape))
    before, gradient = layer.get_parameter(leaf)[place].item(), largest[place].item()
    length = sum(each.square().sum().item() for each in gradients.values()) ** 0.5
    count = sum(each.numel() for each in gradients.values())
    return ParameterUpdate(name, count, length, f"{name}.{leaf}", place, before, gradient, before - rate * gradient)


def _gradient_of(parameter: torch.Tensor) -> torch.Tensor:
    """Returns the gradient that the backward pass left."""
    if parameter.grad is None:
        raise ValueError("no gradient: the parameter does not influence the loss")
    return parameter.grad
