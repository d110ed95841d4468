"""The OOD head: layers that branch off from a network and detect pictures that are no digit.

The head is trained after the network, and changes none of the network's predictions. OOD means out of distribution.
"""

import torch
from torch import nn

from digits.errors import UnknownModel

BRANCH_LAYER = "pool2"  # the layer whose output both the next layer and the OOD head get
OOD_CHANNELS = 64  # of each convolution of the head
OOD_CLASS = 10  # label of a picture that is no digit, and index of its logit

# Outputs of the branch layer (N, C, H, W), and of the layer before the logits (N, F).
BranchFeatures = tuple[torch.Tensor, torch.Tensor]


class OODHead(nn.Module):
    """Two convolutions on the output of the branch layer, then a linear layer.

    The linear layer also gets the network's features.
    """

    def __init__(self, own: nn.Sequential, dropout: nn.Dropout, logits: nn.Linear) -> None:
        super().__init__()
        # `own` and `logits` are part of the names of the weights in checkpoints.
        self.own, self.dropout, self.logits = own, dropout, logits

    def forward(self, inputs: BranchFeatures) -> torch.Tensor:
        """Returns logits (N, 11): the ten digits and `OOD_CLASS`."""
        below, features = inputs
        return self.logits(self.dropout(torch.cat([self.own(below), features], dim=1)))


def build(network: nn.Sequential) -> OODHead:
    """Returns an OOD head for a network, with fresh weights drawn from torch's global random state.

    Raises `UnknownModel` for a network without the branch layer.
    """
    lower, _, logits = split(network)
    mode = network.training
    network.eval()  # a blank picture must not change BatchNorm's running statistics
    with torch.no_grad():
        _, channels, side, _ = lower(torch.zeros(1, 1, 28, 28, device=logits.weight.device)).shape
    network.train(mode)
    own = nn.Sequential(  # shapes for five_conv
        *(_convolve(channels), nn.BatchNorm2d(OOD_CHANNELS), nn.ReLU()),  # 64×4×4
        *(_convolve(OOD_CHANNELS), nn.BatchNorm2d(OOD_CHANNELS)),  # 64×4×4
        *(nn.MaxPool2d(2), nn.ReLU(), nn.Flatten()),  # 64×2×2
    )
    return OODHead(own, nn.Dropout(0.3), nn.Linear(OOD_CHANNELS * (side // 2) ** 2 + logits.in_features, OOD_CLASS + 1))


def _convolve(channels: int) -> nn.Conv2d:
    return nn.Conv2d(channels, OOD_CHANNELS, 3, padding=1, bias=False)  # BatchNorm, which follows, adds its own bias


def split(network: nn.Sequential) -> tuple[nn.Sequential, nn.Sequential, nn.Linear]:
    """Returns a network's layers up to the branch, those that follow, and the last.

    All are shared, none is copied.

    Raises `UnknownModel` for a network without the branch layer.
    """
    names = [name for name, _ in network.named_children()]
    if BRANCH_LAYER not in names:
        raise UnknownModel(
            f"This network has no layer {BRANCH_LAYER} from which an OOD head could branch off: {', '.join(names)}."
        )
    branch = names.index(BRANCH_LAYER) + 1
    layers, logits = _without_last(network)
    return nn.Sequential(*layers[:branch]), nn.Sequential(*layers[branch:]), logits


def _without_last(network: nn.Sequential) -> tuple[list[nn.Module], nn.Linear]:
    *layers, logits = network
    assert isinstance(logits, nn.Linear)  # noqa: S101 - every architecture ends with its logits
    return layers, logits


def log_odds_of_digit(digits: torch.Tensor, ood: torch.Tensor) -> torch.Tensor:
    """Returns the log-odds (N, 1) of the head's ten digit logits (N, 10) against its OOD logit (N, 1)."""
    # As logsumexp, in three steps instead of six. Taken from the largest logit, because a small difference of large
    # numbers is inexact.
    return digits.amax(dim=1, keepdim=True) - digits.log_softmax(dim=1).amax(dim=1, keepdim=True) - ood


class ClassifierWithOOD(nn.Module):
    """A network with its OOD head: ten logits, and the in-distribution logit where there is a head.

    The in-distribution logit is the log-odds of a digit by the softmax of the head's eleven logits. `lower`, `upper`
    and `logits` are the network's layers in three parts.
    """

    def __init__(self, lower: nn.Sequential, upper: nn.Sequential, logits: nn.Linear, ood_head: OODHead | None) -> None:
        super().__init__()
        self.lower, self.upper, self.logits, self.ood_head = lower, upper, logits, ood_head

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) float32 in 0–1 → logits (N, 10), or (N, 11) with an OOD head."""
        below = self.lower(batch)
        features = self.upper(below)
        return self.add_ood_logit(self.logits(features), (below, features))

    def add_ood_logit(self, logits: torch.Tensor, features: BranchFeatures) -> torch.Tensor:
        """Returns the network's logits (N, 10) with the in-distribution logit, if there is an OOD head."""
        if self.ood_head is None:
            return logits
        digits, ood = self.ood_head(features).split([OOD_CLASS, 1], dim=1)
        return torch.cat([logits, log_odds_of_digit(digits, ood)], dim=1)


def attach_ood_head(network: nn.Sequential, ood_head: OODHead | None) -> ClassifierWithOOD:
    """Returns a network together with its OOD head, if any; layers are shared, none is copied."""
    if ood_head is None:
        layers, logits = _without_last(network)
        return ClassifierWithOOD(nn.Sequential(), nn.Sequential(*layers), logits, None)
    return ClassifierWithOOD(*split(network), ood_head)
