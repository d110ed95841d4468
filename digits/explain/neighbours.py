"""Which digits a network finds alike: near each other in what its last layer judges by.

Near is measured by the cosine of the angle between two lists of features, not by their distance: a thicker pen makes
most features larger at once, and it is still the same digit. Features come out of a ReLU, so no cosine is below 0.
With the cosine, the vote of the twenty nearest was right more often than with the distance for all seven networks
(benchmarks/neighbours.py).
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from digits.data.dataset import Digits
from digits.recognition.classifier import DigitClassifier


@dataclass(frozen=True)
class Neighbours:
    """Digits as a network has them before its last layer.

    `features`: (N, F) float32, each row scaled to length 1 · `layer`: the name of the layer that they come from.
    """

    digits: Digits
    features: torch.Tensor
    layer: str

    @torch.inference_mode()
    def nearest(self, features: torch.Tensor, count: int) -> tuple[list[int], list[float]]:
        """The indices of the `count` digits nearest to features (F,), and their cosines 0–1, the nearest first."""
        cosines = self.features @ F.normalize(features, dim=0)
        found = cosines.topk(count)
        return found.indices.tolist(), found.values.clamp(0, 1).tolist()

    def votes(self, indices: list[int]) -> list[int]:
        """How many of these are which digit: ten numbers."""
        return np.bincount(self.digits.labels[indices], minlength=10).tolist()


def compute_features(classifier: DigitClassifier, digits: Digits) -> Generator[int, None, Neighbours]:
    """Make a reader's `Neighbours` of digits, telling after every few of them how many are done."""
    parts: list[torch.Tensor] = []
    for features in classifier.iter_features(digits):
        parts.append(F.normalize(features, dim=1))
        yield sum(map(len, parts))
    return Neighbours(digits, torch.cat(parts), hidden_layer(classifier))


def hidden_layer(classifier: DigitClassifier) -> str:
    """The name of the layer whose answer the last one judges by; dropout changes nothing when reading."""
    *below, _, _ = classifier.layers  # without the logits and the probabilities
    return next(layer.name for layer in reversed(below) if layer.kind != "dropout")
