"""TODO."""

from dataclasses import dataclass

import torch

from digits.errors import TrainingFailed

VALIDATION_SIZE = 5_000


@dataclass(frozen=True)
class Digits:
    """Pictures (N, 28, 28) uint8, 0 = paper, 255 = ink, and labels (N,) int64, 0–9."""

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Digits":
        """The same digits on a device, where each byte of them takes a quarter of the room of a float."""
        return Digits(self.images.to(device), self.labels.to(device))

    def batch(self, rows: torch.Tensor | slice) -> torch.Tensor:
        """The chosen pictures as a network takes them: (n, 1, 28, 28) float32 in 0–1, on the digits' device."""
        return self.images[rows].unsqueeze(1).float().div_(255)


def split(train: Digits) -> tuple[Digits, Digits]:
    """The fixed split: all but the last 5,000 to learn from, the last 5,000 (other writers) to validate on."""
    return (
        Digits(train.images[:-VALIDATION_SIZE], train.labels[:-VALIDATION_SIZE]),
        Digits(train.images[-VALIDATION_SIZE:], train.labels[-VALIDATION_SIZE:]),
    )


def take(train: Digits, count: int | None) -> Digits:
    """So many of the digits, the first ones; all for None. Raises `TrainingFailed` where there are not so many."""
    if count is not None and count > len(train):
        raise TrainingFailed(f"There are {len(train):,} digits to learn from, not {count:,}. Ask --digits for fewer.")
    return Digits(train.images[:count], train.labels[:count])
