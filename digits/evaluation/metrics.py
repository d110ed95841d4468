"""Metrics of classification: accuracy, confusion, likelihood, and calibration error."""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from digits.data.dataset import Digits

BINS = 15  # of the reliability diagram and of the expected calibration error


@dataclass(frozen=True)
class Reliability:
    """Predictions sorted into bins by their confidence, the largest probability.

    `count`, `confidence` and `accuracy`: one number per bin, the last two in 0–1 and NaN for an empty bin · `ece`: the
    expected calibration error in percent, the mean gap between the two over all predictions.
    """

    count: list[int]
    confidence: list[float]
    accuracy: list[float]
    ece: float


def reliability(probabilities: torch.Tensor, labels: torch.Tensor) -> Reliability:
    """Compares the confidence of probabilities (N, 10) with their accuracy on labels (N,).

    Bins of equal width. Source: Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian
    Binning, 2015.
    """
    confidence, predictions = probabilities.double().max(dim=1)
    right = (predictions == labels).double()
    places = (confidence * BINS).long().clamp(max=BINS - 1)
    count = torch.bincount(places, minlength=BINS)
    mean_confidence = torch.bincount(places, confidence, minlength=BINS) / count
    accuracies = torch.bincount(places, right, minlength=BINS) / count
    gaps = ((mean_confidence - accuracies).abs() * count).nansum() / len(labels)
    return Reliability(count.tolist(), mean_confidence.tolist(), accuracies.tolist(), 100 * gaps.item())


@torch.inference_mode()
def compute_logits(network: nn.Module, digits: Digits, batch_size: int = 1000) -> torch.Tensor:
    """Returns the network's raw outputs, (N, 10 or 11) float32 on the CPU, in evaluation mode."""
    digits = digits.to(next(network.parameters()).device)
    mode = network.training
    network.eval()
    parts = [
        network(digits.batch(slice(start, start + batch_size))).float().cpu()
        for start in range(0, len(digits), batch_size)
    ]
    network.train(mode)
    return torch.cat(parts)


def accuracy(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Returns the percentage of digits whose largest logit is the right one; logits: (N, 10 or 11)."""
    return 100 * (logits[:, :10].argmax(dim=1) == labels).float().mean().item()


def confusion_matrix(predictions: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Counts digits by label (row) and prediction (column): (10, 10) int64 from two (N,) int64."""
    return torch.bincount(10 * labels + predictions, minlength=100).reshape(10, 10)


def precision(matrix: torch.Tensor) -> list[float]:
    """Returns ten percentages: of all predicted as a digit, the share that is right.

    NaN for a digit that was never predicted.
    """
    return (100 * matrix.diag().double() / matrix.sum(dim=0)).tolist()


def recall(matrix: torch.Tensor) -> list[float]:
    """Returns ten percentages: of all with a label, the share predicted right; NaN if there is none."""
    return (100 * matrix.diag().double() / matrix.sum(dim=1)).tolist()


def nll(probabilities: torch.Tensor, labels: torch.Tensor) -> float:
    """Returns the negative log likelihood: the mean of −ln of the probability of the right label.

    probabilities: (N, 10). labels: (N,).
    """
    return F.nll_loss(probabilities.double().clamp(min=1e-300).log(), labels).item()


def percentage(flags: torch.Tensor) -> float:
    """Returns the percentage of (N,) bool that are true; NaN if N is 0."""
    return 100 * flags.double().mean().item()


def rounded(number: float, places: int = 2) -> float | None:
    """Rounds a number; returns None, which JSON knows, for NaN and infinity."""
    return round(number, places) if math.isfinite(number) else None


@dataclass(frozen=True)
class EpochResult:
    """Loss and accuracy (percent) of one epoch, on the training and the validation digits.

    The validation fields are None if all digits are used for training.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float
