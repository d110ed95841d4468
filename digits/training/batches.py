"""TODO."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from digits.data.augmentation import augment
from digits.data.dataset import Digits
from digits.networks.ood_head import OOD_CLASS
from digits.synthesis import digit_shapes, outliers
from digits.training.recipes import Recipe
from digits.training.run import Run

REUSE = 2  # how often a digit drawn by code is met, on average, before others take its place


OUTLIERS = 80_000  # pictures that are no digit, made for one run; no more than two for each digit


STATISTICS = 10_000  # digits over which the averaged network's BatchNorm statistics are taken


def _drawn_per_batch(recipe: Recipe) -> int:
    return round(recipe.forms * recipe.batch_size)


def _drawn(run: Run, epoch: int, batches: int) -> Digits | None:
    """The digits drawn by code that go with so many batches: others in each epoch, so that none is known by heart."""
    count = math.ceil(_drawn_per_batch(run.recipe) * batches / REUSE)
    return (
        Digits(*digit_shapes.draw_digits(count, np.random.default_rng([run.seed, epoch]))).to(run.device)
        if count
        else None
    )


def _batch(
    run: Run, train: Digits, rows: torch.Tensor, drawn: Digits | None, pictures: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The next batch as the recipe wants it: digits of the training set, some drawn by code, and what is no digit.

    All are varied. Those drawn are varied lightly: they differ enough by themselves, and a flagged 1 turned far is a 7.
    What is no digit has a label of its own. Source: Hendrycks, Mazeika, Dietterich: Deep Anomaly Detection with Outlier
    Exposure, 2019; there the shares of the digits have to be level instead, which costs accuracy.
    """
    batch, labels = train.batch(rows), train.labels[rows]
    mild = round(run.recipe.mild * len(rows))  # the rows come in random order, so the first ones are any
    if drawn:
        some = torch.randint(len(drawn), (_drawn_per_batch(run.recipe),), generator=run.generator)
        batch = torch.cat([drawn.batch(some), batch])
        labels = torch.cat([drawn.labels[some], labels])
        mild += len(some)
    others = _some(run, pictures)
    parts = [(batch[:mild], "light"), (batch[mild:], run.recipe.augment), (others, "light")]
    varied = [augment(part, strength, run.generator) for part, strength in parts if len(part)]
    return torch.cat(varied), torch.cat([labels, labels.new_full((len(others),), OOD_CLASS)])


def _pictures(run: Run, train: Digits) -> torch.Tensor:
    """The pictures that are no digit of a run, (N, 28, 28) uint8, some of them made of training digits."""
    if not run.recipe.outliers:
        return torch.empty(0, 28, 28, dtype=torch.uint8)
    return outliers.draw_outliers(
        min(OUTLIERS, 2 * len(train)), outliers.TRAIN_KINDS, train, np.random.default_rng(run.seed)
    )


def _some(run: Run, pictures: torch.Tensor) -> torch.Tensor:
    """As many of the pictures that are no digit as go with a batch: (n, 1, 28, 28)."""
    count = round(run.recipe.outliers * run.recipe.batch_size) if len(pictures) else 0
    rows = torch.randint(max(1, len(pictures)), (count,), generator=run.generator)
    return pictures[rows].unsqueeze(1).float().div_(255)


def _for_statistics(run: Run, train: Digits, pictures: torch.Tensor) -> Iterator[list]:
    """Batches as they are, without variation, over which an averaged network's BatchNorm takes its statistics."""
    size = run.recipe.batch_size
    for start in range(0, min(len(train), STATISTICS), size):
        batch = train.batch(slice(start, start + size))
        yield [run.inputs(torch.cat([batch, _some(run, pictures)]))]  # update_bn takes the first thing of a list
