"""Whether a picture is a digit at all: layers of doubt's own, which branch off from a network that reads digits.

They learn when the network has finished learning, and change nothing of what it reads.
"""

import torch
from torch import nn

from digits.errors import UnknownModel

BRANCH_LAYER = "pool2"  # the layer of a network whose answer both the next layer and doubt get
OOD_CHANNELS = 64  # of each of doubt's convolutions
OOD_CLASS = 10  # the label of what is no digit, and the place of its logit

# What a network finds half-way, (N, C, H, W), and before its last layer, (N, F).
BranchFeatures = tuple[torch.Tensor, torch.Tensor]


class OODHead(nn.Module):
    """Two convolutions on what a network finds half-way, and a last layer that sees what they and the network find."""

    def __init__(self, own: nn.Sequential, dropout: nn.Dropout, logits: nn.Linear) -> None:
        super().__init__()
        self.own, self.dropout, self.logits = own, dropout, logits

    def forward(self, found: BranchFeatures) -> torch.Tensor:
        """(N, 11) logits: of the ten digits, and of “none of these”."""
        below, features = found
        return self.logits(self.dropout(torch.cat([self.own(below), features], dim=1)))


def build(network: nn.Sequential) -> OODHead:
    """Layers of doubt for a network, with fresh weights drawn from torch's global random state.

    Raises `UnknownModel` for a network from which none can branch off.
    """
    lower, _, logits = split(network)
    mode = network.training
    network.eval()  # a blank picture must not move the running statistics of BatchNorm
    with torch.no_grad():
        _, maps, side, _ = lower(torch.zeros(1, 1, 28, 28, device=logits.weight.device)).shape
    network.train(mode)
    own = nn.Sequential(
        *(
            nn.Conv2d(maps, OOD_CHANNELS, 3, padding=1, bias=False),
            nn.BatchNorm2d(OOD_CHANNELS),
            nn.ReLU(),
        ),  # for five_conv 64×4×4
        *(
            nn.Conv2d(OOD_CHANNELS, OOD_CHANNELS, 3, padding=1, bias=False),
            nn.BatchNorm2d(OOD_CHANNELS),
            nn.MaxPool2d(2),
            nn.ReLU(),
        ),  # 64×2×2
        nn.Flatten(),
    )
    return OODHead(own, nn.Dropout(0.3), nn.Linear(OOD_CHANNELS * (side // 2) ** 2 + logits.in_features, OOD_CLASS + 1))


def split(network: nn.Sequential) -> tuple[nn.Sequential, nn.Sequential, nn.Linear]:
    """A network's layers up to where doubt branches off, those that follow, and the last; all shared.

    Raises `UnknownModel` for a network that has no such place.
    """
    names = [name for name, _ in network.named_children()]
    if BRANCH_LAYER not in names:
        raise UnknownModel(
            f"This network has no layer {BRANCH_LAYER} from which doubt could branch off: {', '.join(names)}."
        )
    fork = names.index(BRANCH_LAYER) + 1
    *layers, logits = network
    return nn.Sequential(*layers[:fork]), nn.Sequential(*layers[fork:]), logits


def _familiarity(digits: torch.Tensor, none: torch.Tensor) -> torch.Tensor:
    """The log odds (N, 1) of doubt's ten logits of digits (N, 10) against its eleventh (N, 1)."""
    # logsumexp, which itself is six steps instead of three: log_softmax takes it from every logit. From the largest
    # one, because a small difference of large numbers says little.
    return digits.amax(dim=1, keepdim=True) - digits.log_softmax(dim=1).amax(dim=1, keepdim=True) - none


class ClassifierWithOOD(nn.Module):
    """A network with its doubt: its ten logits and, where there are layers of doubt, its familiarity beside them.

    That is the log odds that it is a digit at all, by the softmax of doubt's own eleven logits. `lower`, `upper`,
    `logits`: the network's layers in three parts.
    """

    def __init__(self, lower: nn.Sequential, upper: nn.Sequential, logits: nn.Linear, doubt: OODHead | None) -> None:
        super().__init__()
        self.lower, self.upper, self.logits, self.ood_head = lower, upper, logits, doubt

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) float32 in 0–1 → (N, 10 or 11): logits and, with doubt, familiarity."""
        below = self.lower(batch)
        features = self.upper(below)
        return self.add_ood_logit(self.logits(features), (below, features))

    def add_ood_logit(self, logits: torch.Tensor, found: BranchFeatures) -> torch.Tensor:
        """The network's logits (N, 10) with the familiarity, if any, of what it found on the way."""
        if self.ood_head is None:
            return logits
        opinion = self.ood_head(found)
        return torch.cat([logits, _familiarity(*opinion.split([OOD_CLASS, 1], dim=1))], dim=1)


def attach_ood_head(network: nn.Sequential, doubt: OODHead | None) -> ClassifierWithOOD:
    """A network and the layers of doubt that were learnt for it, if any; all are shared, none is copied."""
    if doubt is None:
        *layers, logits = network
        return ClassifierWithOOD(nn.Sequential(), nn.Sequential(*layers), logits, None)
    return ClassifierWithOOD(*split(network), doubt)
