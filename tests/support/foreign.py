"""The zoo's networks as other people's scripts write them: own names, own order, normalised by the caller."""

import torch
from torch import nn
from torch.nn import functional as F


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(128, 10)  # defined before the layer that feeds it
        self.hidden = nn.Linear(784, 128)

    def forward(self, x):
        return self.out(F.relu(self.hidden(x.view(-1, 784))))


class Convolutions(nn.Module):
    """conv, ReLU, pool, twice; two linear layers; perhaps dropout."""

    def __init__(self, first, second, padding, flat, dropout=0.0):
        super().__init__()
        self.c1 = nn.Conv2d(1, first, 3, padding=padding)
        self.c2 = nn.Conv2d(first, second, 3, padding=padding)
        self.drop = nn.Dropout(dropout)
        self.classifier = nn.Sequential(nn.Linear(flat, 128), nn.ReLU(), self.drop, nn.Linear(128, 10))

    def forward(self, x):
        for conv in (self.c1, self.c2):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.classifier(torch.flatten(x, 1))


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(512, 20), nn.Linear(20, 10)])
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3) for a, b in ((1, 4), (4, 8), (8, 16), (16, 32))])

    def forward(self, x):
        for number, conv in enumerate(self.convs):
            x = F.relu(conv(x))
            if number % 2:
                x = F.max_pool2d(x, 2)
        return self.linears[1](F.relu(self.linears[0](x.flatten(1))))


class Blocks(nn.Module):
    """All convolutions first, then the BatchNorms, then the linear layers."""

    def __init__(self):
        super().__init__()
        self.conv_a, self.conv_b, self.conv_c = (
            nn.Conv2d(a, b, 3, padding=1) for a, b in ((1, 32), (32, 64), (64, 128))
        )
        self.bn_a, self.bn_b, self.bn_c = (nn.BatchNorm2d(n) for n in (32, 64, 128))
        self.dense, self.head = nn.Linear(1152, 256), nn.Linear(256, 10)

    def forward(self, x):
        for conv, norm in ((self.conv_a, self.bn_a), (self.conv_b, self.bn_b), (self.conv_c, self.bn_c)):
            x = F.max_pool2d(F.relu(norm(conv(x))), 2)
        x = F.dropout(F.relu(self.dense(x.flatten(1))), 0.5, self.training)
        return self.head(x)


class Deep(nn.Module):
    """five_conv, by somebody who lists the linear layer first and the norms apart."""

    def __init__(self):
        super().__init__()
        self.out = nn.Linear(512, 10)
        sizes = [(1, 32, 5, 0), (32, 64, 3, 0), (64, 64, 3, 0), (64, 128, 3, 1), (128, 128, 3, 1)]
        self.steps = nn.ModuleList(nn.Conv2d(a, b, side, padding=edge, bias=False) for a, b, side, edge in sizes)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, *_ in sizes)

    def forward(self, x):
        for i, (conv, norm) in enumerate(zip(self.steps, self.norms, strict=True)):
            x = F.relu(norm(conv(x)))
            if i in (0, 2, 4):
                x = F.max_pool2d(x, 2)
        return self.out(x.flatten(1))


def _sequential():
    def block(a, b):
        return nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)

    return nn.Sequential(
        *block(1, 32), *block(32, 64), *block(64, 128),
        nn.Flatten(), nn.Linear(1152, 256), nn.ReLU(), nn.Dropout(), nn.Linear(256, 10),
    )  # fmt: skip


MAKERS = {
    "mlp": Perceptron,
    "two_conv": lambda: Convolutions(16, 32, 1, 1568),
    "two_conv_valid": lambda: Convolutions(24, 36, 0, 900),
    "four_conv_tiny": Tiny,
    "three_block": Blocks,
    "five_conv": Deep,
    "two_conv_dropout": lambda: Convolutions(32, 64, 1, 3136, dropout=0.5),
}


def make(name: str, sequential: bool = False) -> nn.Module:
    """One of them in evaluation mode, its weights and statistics drawn at random (seed 7)."""
    torch.manual_seed(7)
    module = _sequential() if sequential else MAKERS[name]()
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):  # as after some training: nothing at its default
            for value in (part.weight.data, part.bias.data, part.running_mean, part.running_var):
                value.uniform_(0.5, 1.5)
            part.num_batches_tracked += 1
    return module.eval()
