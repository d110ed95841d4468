"""The optimisers of recipes: PyTorch's own, and its Muon made to fit a convolutional network."""

from typing import Any

import torch
from torch import nn

from digits.training.recipes import Recipe

_OWN = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}


class Muon:
    """Muon for the weights of the hidden layers, AdamW for those of the last one, biases and BatchNorm's scales.

    Muon moves a matrix by the nearest orthogonal one to its momentum, so that no direction of it learns much faster
    than another. A convolution's weights are the matrix whose rows are its maps. Sources: Jordan et al.: Muon, An
    Optimizer for Hidden Layers in Neural Networks, 2024, which trains convolutions so; Liu et al.: Muon is Scalable for
    LLM Training, 2025, whose scale of steps lets rate and weight decay be those of AdamW. The network must be on its
    device already. Raises `ValueError` unless the weights of its convolutions are laid out in `channels_last`.
    """

    def __init__(self, network: nn.Module, lr: float, weight_decay: float = 0.01) -> None:
        *self._hidden, last = [part for part in network.parameters() if part.ndim > 1]
        self._matrices = [nn.Parameter(_matrix(weight.detach())) for weight in self._hidden]
        if any(one.data_ptr() != other.data_ptr() for one, other in zip(self._matrices, self._hidden, strict=True)):
            raise ValueError("Muon needs convolutions in channels_last: only so are their rows no copies.")
        self._muon = torch.optim.Muon(self._matrices, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        self._adamw = torch.optim.AdamW(_groups([last], network, weight_decay), lr=lr)

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """Those of both, as any optimiser of PyTorch has them."""
        return self._muon.param_groups + self._adamw.param_groups

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients."""
        self._adamw.zero_grad(set_to_none)
        for weight in self._hidden:
            weight.grad = None

    def step(self) -> None:
        """Move every parameter by its gradient."""
        for matrix, weight in zip(self._matrices, self._hidden, strict=True):
            matrix.grad = _matrix(weight.grad)
        self._muon.step()
        self._adamw.step()

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on exactly from here."""
        return {"muon": self._muon.state_dict(), "adamw": self._adamw.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._muon.load_state_dict(state["muon"])
        self._adamw.load_state_dict(state["adamw"])


Optimizer = torch.optim.Optimizer | Muon


def build_optimizer(recipe: Recipe, network: nn.Module) -> Optimizer:
    """The optimiser that a recipe asks for, for all parameters of a network."""
    decay = {} if recipe.weight_decay is None else {"weight_decay": recipe.weight_decay}
    if recipe.optimizer == "muon":
        return Muon(network, recipe.lr, **decay)
    if not decay:
        return _OWN[recipe.optimizer](network.parameters(), lr=recipe.lr)
    weights = [part for part in network.parameters() if part.ndim > 1]
    return _OWN[recipe.optimizer](_groups(weights, network, **decay), lr=recipe.lr)


def _groups(weights: list[nn.Parameter], network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    # Biases and BatchNorm's scales are few and mean something else: pulling them to zero only costs accuracy.
    few = [part for part in network.parameters() if part.ndim <= 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": few, "weight_decay": 0.0}]


def _matrix(weights: torch.Tensor) -> torch.Tensor:
    """(maps, inputs, height, width) or (outputs, inputs) → (maps, the rest); in `channels_last` this copies nothing."""
    rows = weights.permute(0, 2, 3, 1) if weights.ndim == 4 else weights
    return rows.reshape(len(weights), -1)
