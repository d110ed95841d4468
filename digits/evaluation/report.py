"""How well a network reads digits that it has not learnt from, and how well it knows when it does not."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import nn

from digits.data.dataset import Digits
from digits.errors import BadCheckpoint
from digits.evaluation import corruptions
from digits.evaluation.metrics import (
    Reliability,
    compute_logits,
    confusion_matrix,
    nll,
    percentage,
    precision,
    recall,
    reliability,
    rounded,
)
from digits.networks.calibration import UNCALIBRATED, Calibration
from digits.synthesis import outliers

OUTLIERS = 500  # of each kind
SEED = 1
BATCH = 250  # five_conv on one core: 0.23 ms a digit; in batches of 1000, which no cache holds, 0.74

Report = Callable[[str], None]


@dataclass(frozen=True)
class Trials:
    """The pictures that networks are tried on, all on the same ones.

    `test`: the digits · `corruptions`: the same ones by name, plain among them, (N, 28, 28) uint8 ·
    `outliers`: pictures that are no digit, (n, 28, 28) uint8 by kind.
    """

    test: Digits
    corruptions: Mapping[str, torch.Tensor]
    outliers: Mapping[str, torch.Tensor]

    @classmethod
    def of(cls, test: Digits, report: Report) -> "Trials":
        """Make the pictures of all `CORRUPTIONS` and `OUTLIERS` of each kind of `TEST_KINDS`, always the same ones.

        `report` is told the name of each part before it is made.
        """
        disturbed, drawn = {}, {}
        for name in corruptions.CORRUPTIONS:
            report(name)
            disturbed[name] = corruptions.corrupt(test.images, name)
        for kind in outliers.TEST_KINDS:
            report(kind)
            # Each kind by its own generator, so that none depends on which others there are.
            drawn[kind] = outliers.draw_outliers(OUTLIERS, [kind], test, np.random.default_rng(SEED))
        return cls(test, disturbed, drawn)


@dataclass(frozen=True)
class Evaluation:
    """What a network answered, and what that is worth.

    `test`: the digits · `logits`: its raw answers to them, plain, (N, 10 or 11) · `corruptions`: percent read right by
    condition · `outliers`: percent refused (unsure) by kind. Numbers of nothing, as the precision of a digit that was
    never read, are NaN, and None in `summary()`.
    """

    test: Digits
    logits: torch.Tensor
    calibration: Calibration
    corruptions: dict[str, float]
    outliers: dict[str, float]

    @cached_property
    def guesses(self) -> torch.Tensor:
        """The digit read, (N,) int64."""
        return self.logits[:, :10].argmax(dim=1)

    @cached_property
    def probabilities(self) -> torch.Tensor:
        """Calibrated, (N, 10)."""
        return self.calibration.probabilities(self.logits)

    @cached_property
    def sure(self) -> torch.Tensor:
        """Which readings are sure, (N,) bool."""
        return self.calibration.is_sure(self.logits)

    @cached_property
    def wrong(self) -> torch.Tensor:
        """Which readings are mistakes, (N,) bool."""
        return self.guesses != self.test.labels

    @cached_property
    def confusion(self) -> torch.Tensor:
        """How many digits of each label (row) were read as which digit (column): (10, 10) int64."""
        return confusion_matrix(self.guesses, self.test.labels)

    def reliability(self) -> tuple[Reliability, Reliability]:
        """What was claimed and what was right, before and after temperature."""
        plain = UNCALIBRATED.probabilities(self.logits)
        return reliability(plain, self.test.labels), reliability(self.probabilities, self.test.labels)

    def worst(self, count: int) -> list[int]:
        """The rows of at most `count` mistakes, the surest first."""
        rows = self.wrong.nonzero().flatten()
        order = self.probabilities[rows].amax(dim=1).argsort(descending=True, stable=True)
        return rows[order][:count].tolist()

    def cell(self, actual: int, read: int) -> list[int]:
        """The rows of the digits `actual` that were read as `read`: mistakes the surest first, others the least so."""
        rows = ((self.test.labels == actual) & (self.guesses == read)).nonzero().flatten()
        order = self.probabilities[rows, read].argsort(descending=actual != read, stable=True)
        return rows[order].tolist()

    def summary(self) -> dict[str, Any]:
        """All numbers as plain data: percents with two decimals, the others with four."""
        before, after = self.reliability()
        labels = self.test.labels
        refused = list(self.outliers.values())
        return {
            "digits": len(self.test),
            "accuracy": rounded(percentage(~self.wrong)),
            "mistakes": int(self.wrong.sum()),
            "nll_before": rounded(nll(UNCALIBRATED.probabilities(self.logits.double()), labels), 4),
            "nll": rounded(nll(self.calibration.probabilities(self.logits.double()), labels), 4),
            "ece_before": rounded(before.ece),
            "ece": rounded(after.ece),
            "temperature": rounded(self.calibration.temperature, 4),
            "clear": rounded(self.calibration.confidence_threshold, 4),
            "familiar": rounded(self.calibration.in_distribution_threshold, 4) if self.logits.shape[1] > 10 else None,
            "digits_refused": rounded(percentage(~self.sure)),
            "mistakes_caught": rounded(percentage(~self.sure[self.wrong])),
            "precision": [rounded(number) for number in precision(self.confusion)],
            "recall": [rounded(number) for number in recall(self.confusion)],
            "confusion": self.confusion.tolist(),
            "conditions": {name: rounded(number) for name, number in self.corruptions.items()},
            "outliers": {kind: rounded(number) for kind, number in self.outliers.items()},
            "outliers_mean": rounded(sum(refused) / len(refused) if refused else math.nan),
        }


def evaluate(network: nn.Module, calibration: Calibration, trials: Trials, report: Report) -> Evaluation:
    """Try a network on all the pictures; `report` is told the name of each part before it is begun.

    A picture in which the reader finds no ink is read wrong. Raises `BadCheckpoint` where answers are not numbers.
    """

    def ask(name: str, images: torch.Tensor) -> torch.Tensor:
        report(name)
        nameless = Digits(images, torch.zeros(len(images), dtype=torch.int64))
        answers = compute_logits(network, nameless, BATCH)
        if not answers.isfinite().all():
            raise BadCheckpoint("The network's answers are not numbers: its weights are too large.")
        return answers

    answers = {name: ask(name, images) for name, images in trials.corruptions.items()}
    right = {
        name: percentage((answers[name][:, :10].argmax(dim=1) == trials.test.labels) & images.flatten(1).any(dim=1))
        for name, images in trials.corruptions.items()
    }
    refused = {kind: percentage(~calibration.is_sure(ask(kind, images))) for kind, images in trials.outliers.items()}
    return Evaluation(trials.test, answers["plain"], calibration, right, refused)
