"""Which digits of a set a network reads as which."""

from collections.abc import Generator

import torch

from digits.data.dataset import Digits
from digits.evaluation.report import Evaluation
from digits.recognition.classifier import Reader


def read_through(reader: Reader, digits: Digits) -> Generator[int, None, Evaluation]:
    """Make the `Evaluation` of digits as they are, telling after every few of them how many are done."""
    parts: list[torch.Tensor] = []
    for answers in reader.read_through(digits):
        parts.append(answers)
        yield sum(map(len, parts))
    return Evaluation(digits, torch.cat(parts), reader.calibration, corruptions={}, outliers={})
