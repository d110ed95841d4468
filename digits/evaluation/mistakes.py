"""Which digits of a set a network reads as which."""

from collections.abc import Generator

import torch

from digits.data.dataset import Digits
from digits.evaluation.report import Evaluation
from digits.recognition.classifier import DigitClassifier


def evaluate_incrementally(classifier: DigitClassifier, digits: Digits) -> Generator[int, None, Evaluation]:
    """Make the `Evaluation` of digits as they are, telling after every few of them how many are done."""
    parts: list[torch.Tensor] = []
    for answers in classifier.iter_logits(digits):
        parts.append(answers)
        yield sum(map(len, parts))
    return Evaluation(digits, torch.cat(parts), classifier.calibration, corruptions={}, outliers={})
