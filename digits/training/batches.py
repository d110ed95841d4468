"""Training batches: MNIST digits, synthetic digits and outliers, augmented as the recipe says."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from digits.data.augmentation import augment
from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.networks.ood_head import OOD_CLASS
from digits.synthesis import digit_shapes, outliers
from digits.training import distributed
from digits.training.run import Run

SYNTHETIC_REUSE = 2  # times that a synthetic digit is used on average, before others replace it
MAX_OUTLIERS = 80_000  # drawn for a run; at most two for each digit
STATISTICS_DIGITS = 10_000  # digits for BatchNorm's statistics of the averaged network


class TrainingBatches:
    """Makes the batches of a run.

    Its random numbers come from the run's generator, synthetic digits and outliers from the run's seed. The same seed
    gives the same batches.
    """

    def __init__(self, run: Run, train: Digits) -> None:
        self.run = run
        self.synthetic_count = round(run.recipe.synthetic_share * run.recipe.batch_size)  # in each batch
        self.outlier_count = round(run.recipe.outlier_share * run.recipe.batch_size)
        self.outliers = self._draw_outliers(train).to(run.device)
        self.train = train.to(run.device)
        self.synthetic: Digits | None = None  # of the current epoch

    @property
    def per_epoch(self) -> int:
        """Batches of an epoch. Raises `TrainingFailed` where none has a digit for every process."""
        size = self.run.recipe.batch_size - self.synthetic_count
        full, rest = divmod(len(self.train), size)
        processes = distributed.process_count()
        count = full * (size >= processes) + (rest >= processes)  # an empty rest is smaller than any count
        if not count:
            raise TrainingFailed(
                f"Batches of {self.run.recipe.batch_size} cannot be shared out among {processes} processes."
            )
        return count

    def start_epoch(self, epoch: int) -> tuple[torch.Tensor, ...]:
        """Returns the rows of `train` for each batch of an epoch (from 1), in random order.

        Also draws the synthetic digits of the epoch: others in each, so that the network cannot memorise them.
        """
        size = self.run.recipe.batch_size - self.synthetic_count
        rows = torch.randperm(len(self.train), generator=self.run.generator).split(size)[: self.per_epoch]
        self.synthetic = None
        if count := math.ceil(self.synthetic_count * len(rows) / SYNTHETIC_REUSE):
            rng = np.random.default_rng([self.run.seed, epoch])
            self.synthetic = Digits(*digit_shapes.draw_digits(count, rng)).to(self.run.device)
        return rows

    def batch(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns a batch (N, 1, 28, 28) float32 in 0–1 and its labels (N,).

        In this order: synthetic digits, MNIST digits, outliers.

        Synthetic digits and outliers are augmented lightly: they vary by themselves, and a 1 with a flag that is turned
        far becomes a 7. Outliers have the label `OOD_CLASS`. Source: Hendrycks, Mazeika, Dietterich: Deep Anomaly
        Detection with Outlier Exposure, 2019, which demands uniform probabilities instead; that costs accuracy.
        """
        generator, recipe = self.run.generator, self.run.recipe
        batch, labels = self.train.batch(rows), self.train.labels[rows]
        light = round(recipe.light_augment_share * len(rows))  # rows come in random order, so the first ones will do
        if self.synthetic:
            chosen = torch.randint(len(self.synthetic), (self.synthetic_count,), generator=generator)
            batch = torch.cat([self.synthetic.batch(chosen), batch])
            labels = torch.cat([self.synthetic.labels[chosen], labels])
            light += len(chosen)
        added = self._choose_outliers()
        parts = [(batch[:light], "light"), (batch[light:], recipe.augment), (added, "light")]
        augmented = [augment(part, strength, generator) for part, strength in parts if len(part)]
        return torch.cat(augmented), torch.cat([labels, labels.new_full((len(added),), OOD_CLASS)])

    def for_statistics(self) -> Iterator[list]:
        """Yields network inputs without augmentation, for BatchNorm's statistics of the averaged network."""
        size = self.run.recipe.batch_size
        for start in range(0, min(len(self.train), STATISTICS_DIGITS), size):
            batch = self.train.batch(slice(start, start + size))
            yield [self.run.inputs(torch.cat([batch, self._choose_outliers()]))]  # update_bn takes a list's first item

    def _draw_outliers(self, train: Digits) -> torch.Tensor:
        """Returns the outliers of the run, (N, 28, 28) uint8; some are made from training digits."""
        if not self.run.recipe.outlier_share:
            return torch.empty(0, 28, 28, dtype=torch.uint8)
        rng = np.random.default_rng(self.run.seed)
        return outliers.draw_outliers(min(MAX_OUTLIERS, 2 * len(train)), outliers.TRAIN_KINDS, train, rng)

    def _choose_outliers(self) -> torch.Tensor:
        """Returns the outliers of one batch, (N, 1, 28, 28) float32 in 0–1."""
        count = self.outlier_count if len(self.outliers) else 0
        rows = torch.randint(max(1, len(self.outliers)), (count,), generator=self.run.generator)
        return self.outliers[rows].unsqueeze(1).float().div_(255)
