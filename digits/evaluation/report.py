"""Evaluates a network: accuracy, calibration, robustness to corruptions, rejection of outliers."""

import math
from collections.abc import Callable, Generator, Mapping
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
from digits.recognition.classifier import DigitClassifier
from digits.synthesis import outliers

OUTLIERS_PER_KIND = 500
SEED = 1
BATCH_SIZE = 250  # fits the cache: five_conv takes 0.23 ms a digit on one core, 0.74 in batches of 1000

Report = Callable[[str], None]


@dataclass(frozen=True)
class TestPictures:
    """The pictures of an evaluation; every network gets the same ones.

    `test`: the digits · `corruptions`: the same digits by name of the corruption, the plain ones among them,
    (N, 28, 28) uint8 · `outliers`: pictures that are no digit, (n, 28, 28) uint8 by kind.
    """

    test: Digits
    corruptions: Mapping[str, torch.Tensor]
    outliers: Mapping[str, torch.Tensor]

    @classmethod
    def of(cls, test: Digits, report: Report) -> "TestPictures":
        """Makes the pictures of all `CORRUPTIONS`, and of each of `TEST_KINDS` of outliers; deterministic.

        `report` gets the name of each part before it is made.
        """
        corrupted, drawn = {}, {}
        for name in corruptions.CORRUPTIONS:
            report(name)
            corrupted[name] = corruptions.corrupt(test.images, name)
        for kind in outliers.TEST_KINDS:
            report(kind)
            # Each kind has its own generator, so that it does not depend on the other kinds.
            drawn[kind] = outliers.draw_outliers(OUTLIERS_PER_KIND, [kind], test, np.random.default_rng(SEED))
        return cls(test, corrupted, drawn)


@dataclass(frozen=True)
class Evaluation:
    """The outputs of a network on labelled digits, and the metrics computed from them.

    `test`: the digits · `logits`: raw outputs for the plain digits, (N, 10 or 11) · `corruptions`: accuracy in percent
    by corruption · `outliers`: percent marked unsure by kind. A metric of nothing, as the precision of a digit that was
    never predicted, is NaN; in `summary()` it is None.
    """

    test: Digits
    logits: torch.Tensor
    calibration: Calibration
    corruptions: dict[str, float]
    outliers: dict[str, float]

    @cached_property
    def predictions(self) -> torch.Tensor:
        """The predicted digits, (N,) int64."""
        return self.logits[:, :10].argmax(dim=1)

    @cached_property
    def probabilities(self) -> torch.Tensor:
        """The calibrated probabilities, (N, 10)."""
        return self.calibration.probabilities(self.logits)

    @cached_property
    def sure(self) -> torch.Tensor:
        """The mask of sure predictions, (N,) bool."""
        return self.calibration.is_sure(self.logits)

    @cached_property
    def wrong(self) -> torch.Tensor:
        """The mask of wrong predictions, (N,) bool."""
        return self.predictions != self.test.labels

    @cached_property
    def confusion(self) -> torch.Tensor:
        """The counts by label (row) and prediction (column): (10, 10) int64."""
        return confusion_matrix(self.predictions, self.test.labels)

    def reliability(self) -> tuple[Reliability, Reliability]:
        """Returns the reliability before and after temperature scaling."""
        plain = UNCALIBRATED.probabilities(self.logits)
        return reliability(plain, self.test.labels), reliability(self.probabilities, self.test.labels)

    def worst(self, count: int) -> list[int]:
        """Returns the rows of at most `count` wrong predictions, the most confident first."""
        rows = self.wrong.nonzero().flatten()
        order = self.probabilities[rows].amax(dim=1).argsort(descending=True, stable=True)
        return rows[order][:count].tolist()

    def cell(self, actual: int, read: int) -> list[int]:
        """Returns the rows of digits `actual` predicted as `read`.

        Wrong ones begin with the most confident, right ones with the least confident.
        """
        rows = ((self.test.labels == actual) & (self.predictions == read)).nonzero().flatten()
        order = self.probabilities[rows, read].argsort(descending=actual != read, stable=True)
        return rows[order].tolist()

    def summary(self) -> dict[str, Any]:
        """Returns all metrics as plain data: percentages with two decimals, others with four."""
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


def evaluate(network: nn.Module, calibration: Calibration, trials: TestPictures, report: Report) -> Evaluation:
    """Evaluates a network on all the pictures; `report` gets the name of each part before it begins.

    A picture in which no ink is found counts as wrong. Raises `BadCheckpoint` if outputs are not finite.
    """

    def logits_of(name: str, images: torch.Tensor) -> torch.Tensor:
        report(name)
        unlabelled = Digits(images, torch.zeros(len(images), dtype=torch.int64))
        answers = compute_logits(network, unlabelled, BATCH_SIZE)
        if not answers.isfinite().all():
            raise BadCheckpoint("The network's outputs are not finite numbers: its weights are too large.")
        return answers

    answers = {name: logits_of(name, images) for name, images in trials.corruptions.items()}
    right = {
        name: percentage((answers[name][:, :10].argmax(dim=1) == trials.test.labels) & images.flatten(1).any(dim=1))
        for name, images in trials.corruptions.items()
    }
    refused = {
        kind: percentage(~calibration.is_sure(logits_of(kind, images))) for kind, images in trials.outliers.items()
    }
    return Evaluation(trials.test, answers["plain"], calibration, right, refused)


def evaluate_incrementally(classifier: DigitClassifier, digits: Digits) -> Generator[int, None, Evaluation]:
    """Yields the number of digits done after each batch; returns the `Evaluation` of plain digits."""
    parts: list[torch.Tensor] = []
    for answers in classifier.iter_logits(digits):
        parts.append(answers)
        yield sum(map(len, parts))
    return Evaluation(digits, torch.cat(parts), classifier.calibration, corruptions={}, outliers={})
