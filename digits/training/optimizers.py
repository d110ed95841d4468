"""The optimizers of recipes: Adam, AdamW and SGD, as PyTorch has them."""

from collections.abc import Callable

import torch
from torch import nn

from digits.training.recipes import Recipe

_CLASSES: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": torch.optim.SGD,
}


def build_optimizer(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """Returns the recipe's optimizer for all parameters of a network.

    A weight decay of the recipe applies to weights only, not to biases and BatchNorm's scales.
    """
    optimizer = _CLASSES[recipe.optimizer]
    if recipe.weight_decay is None:
        return optimizer(network.parameters(), lr=recipe.lr)
    parameters = list(network.parameters())
    groups = [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [each for each in parameters if each.ndim <= 1], "weight_decay": 0.0},
    ]
    return optimizer(groups, lr=recipe.lr)
