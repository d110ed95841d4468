"""Labelled digits as tensors, and the fixed split into training and validation digits."""

from dataclasses import dataclass

import torch

from digits.errors import TrainingFailed

VALIDATION_SIZE = 5_000


@dataclass(frozen=True)
class Digits:
    """Images (N, 28, 28) uint8, 0 = paper, 255 = ink, and labels (N,) int64, 0–9."""

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Digits":
        """Returns the same digits on a device, still as bytes: a quarter of the memory of floats."""
        return Digits(self.images.to(device), self.labels.to(device))

    def batch(self, rows: torch.Tensor | slice) -> torch.Tensor:
        """Returns the chosen images as a network takes them: (n, 1, 28, 28) float32 in 0–1.

        The result is on the digits' device.
        """
        return self.images[rows].unsqueeze(1).float().div_(255)


def split(train: Digits) -> tuple[Digits, Digits]:
    """Splits digits into training and validation digits, always the same way.

    The last 5,000, by other writers, are for validation.
    """
    return (
        Digits(train.images[:-VALIDATION_SIZE], train.labels[:-VALIDATION_SIZE]),
        Digits(train.images[-VALIDATION_SIZE:], train.labels[-VALIDATION_SIZE:]),
    )


def take(train: Digits, count: int | None) -> Digits:
    """Returns the first `count` digits, all for None; raises `TrainingFailed` if there are fewer."""
    if count is not None and count > len(train):
        raise TrainingFailed(
            f"There are {len(train):,} digits to learn from, not {count:,}. Give --digits a smaller number."
        )
    return Digits(train.images[:count], train.labels[:count])
