"""How well a network reads digits that it has not learnt from."""

import torch

from digits.data import Digits
from digits.models import Network


@torch.inference_mode()
def logits(network: Network, digits: Digits, batch_size: int = 1000) -> torch.Tensor:
    """The network's ten raw answers to each digit, (N, 10) float32 on the CPU, in evaluation mode."""
    device = next(network.parameters()).device
    mode = network.training
    network.eval()
    parts = [
        network(digits.batch(slice(start, start + batch_size), device)).float().cpu()
        for start in range(0, len(digits), batch_size)
    ]
    network.train(mode)
    return torch.cat(parts)


def accuracy(answers: torch.Tensor, labels: torch.Tensor) -> float:
    """Percent of digits whose largest logit is the right one."""
    return 100 * (answers.argmax(dim=1) == labels).float().mean().item()
