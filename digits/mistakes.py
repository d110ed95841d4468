"""Which digits of a set a network reads as which."""

from collections.abc import Generator

import torch

from digits.data import Digits
from digits.evaluation import Evaluation
from digits.reader import Reader


def read_through(reader: Reader, digits: Digits) -> Generator[int, None, Evaluation]:
    """Make the `Evaluation` of digits as they are, telling after every few of them how many are done."""
    parts: list[torch.Tensor] = []
    for answers in reader.read_through(digits):
        parts.append(answers)
        yield sum(map(len, parts))
    return Evaluation(digits, torch.cat(parts), reader.calibration, conditions={}, outliers={})
