"""The digits of MNIST that ship with the project: all test digits, and every ninth of those to learn from."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from digits.data.dataset import Digits
from digits.errors import DataUnavailable

BUNDLED_NPZ = Path(__file__).with_name("collection.npz")  # written by tools/make_collection.py
BUNDLED_SHA256 = "f3c97f4807059d40fe52ade4305c0a8ccd9504882e0128a73ed46faefc9a99e7"  # of that file
TRAIN_STEP = 9  # from one training digit to the next: evenly through the writers, and 2.6 MB in all


@dataclass(frozen=True)
class BundledDigits:
    """The 10,000 test digits, and 6,112 training digits: rows 0, 9, 18 … of MNIST's own."""

    test: Digits
    train: Digits

    @staticmethod
    def train_row(index: int) -> int:
        """The row that a training digit of the collection has in MNIST."""
        return TRAIN_STEP * index


@cache
def load(path: Path = BUNDLED_NPZ) -> BundledDigits:
    """The collection, read once per process; raises `DataUnavailable` where its file is not the one that shipped."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(f"The digits that ship with the project cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != BUNDLED_SHA256:
        raise DataUnavailable(f"{path} is damaged, or not the file that shipped. Fetch it anew with the project.")
    with np.load(io.BytesIO(content)) as arrays:
        parts = [
            Digits(torch.from_numpy(arrays[f"{name}_images"]), torch.from_numpy(arrays[f"{name}_labels"]).long())
            for name in ("test", "train")
        ]
    return BundledDigits(*parts)
