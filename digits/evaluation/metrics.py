"""TODO."""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from digits.data.dataset import Digits

BINS = 15  # of the reliability diagram and of the expected calibration error


@dataclass(frozen=True)
class Reliability:
    """Answers sorted into bins by their largest probability: what was claimed, what was right.

    `count`, `confidence` and `accuracy`: one number per bin, the last two in 0–1 and NaN where a bin is empty · `ece`:
    the expected calibration error in percent, the mean gap between the two over all answers.
    """

    count: list[int]
    confidence: list[float]
    accuracy: list[float]
    ece: float


def reliability(probabilities: torch.Tensor, labels: torch.Tensor) -> Reliability:
    """Compare what probabilities (N, 10) claim of labels (N,) with what is right.

    Bins of equal width. Source: Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian
    Binning, 2015.
    """
    confidence, guesses = probabilities.double().max(dim=1)
    right = (guesses == labels).double()
    places = (confidence * BINS).long().clamp(max=BINS - 1)
    count = torch.bincount(places, minlength=BINS)
    claimed = torch.bincount(places, confidence, minlength=BINS) / count
    found = torch.bincount(places, right, minlength=BINS) / count
    gaps = ((claimed - found).abs() * count).nansum() / len(labels)
    return Reliability(count.tolist(), claimed.tolist(), found.tolist(), 100 * gaps.item())


@torch.inference_mode()
def compute_logits(network: nn.Module, digits: Digits, batch_size: int = 1000) -> torch.Tensor:
    """The network's raw answers to each digit, (N, 10 or 11) float32 on the CPU, in evaluation mode."""
    digits = digits.to(next(network.parameters()).device)
    mode = network.training
    network.eval()
    parts = [
        network(digits.batch(slice(start, start + batch_size))).float().cpu()
        for start in range(0, len(digits), batch_size)
    ]
    network.train(mode)
    return torch.cat(parts)


def accuracy(answers: torch.Tensor, labels: torch.Tensor) -> float:
    """Percent of digits whose largest logit is the right one; answers: (N, 10 or 11)."""
    return 100 * (answers[:, :10].argmax(dim=1) == labels).float().mean().item()


def confusion_matrix(guesses: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How many digits of each label (row) were read as which digit (column): (10, 10) int64, of two (N,) int64."""
    return torch.bincount(10 * labels + guesses, minlength=100).reshape(10, 10)


def precision(matrix: torch.Tensor) -> list[float]:
    """Of all that was read as each digit, the percent that are it: ten numbers, NaN for a digit never read."""
    return (100 * matrix.diag().double() / matrix.sum(dim=0)).tolist()


def recall(matrix: torch.Tensor) -> list[float]:
    """Of all of each digit, the percent that were read right: ten numbers, NaN for a digit that there is none of."""
    return (100 * matrix.diag().double() / matrix.sum(dim=1)).tolist()


def nll(probabilities: torch.Tensor, labels: torch.Tensor) -> float:
    """The negative log likelihood: the mean of −ln of the probability (N, 10) that the right digit (N,) was given."""
    return F.nll_loss(probabilities.double().clamp(min=1e-300).log(), labels).item()


def percentage(chosen: torch.Tensor) -> float:
    """Percent of (N,) bool that are true; NaN where N is 0."""
    return 100 * chosen.double().mean().item()


def rounded(number: float, places: int = 2) -> float | None:
    """A number with so many places; None, which JSON knows, for what is none."""
    return round(number, places) if math.isfinite(number) else None


@dataclass(frozen=True)
class EpochResult:
    """A whole epoch: loss and accuracy (percent) on the digits learnt from and, unless all are, on the validation."""

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float
