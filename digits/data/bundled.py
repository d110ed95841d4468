"""The MNIST digits that ship with the project.

`load`: all test digits and every ninth training digit (collection.npz). `page_digits`: the 400 test digits of the web
page (test_digits.png). `forty_digits`: four of each class from those.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from digits.data.dataset import Digits
from digits.errors import DataUnavailable
from digits.paths import shipped

PAGE_DIGITS_PNG = shipped("static/img/test_digits.png")  # the examples of the web page


def page_digits() -> Digits:
    """Returns the 400 test digits of the web page, forty of each class, in the order of their labels."""
    with Image.open(PAGE_DIGITS_PNG) as picture:
        tiles = np.asarray(picture).reshape(10, 28, 40, 28).swapaxes(1, 2).reshape(400, 28, 28)
    return Digits(torch.from_numpy(tiles.copy()), torch.arange(10).repeat_interleave(40))


DIGITS_PER_CLASS = 4


@cache
def forty_digits() -> Digits:
    """Returns forty test digits, four of each class; the web page shows how a training reads them."""
    digits = page_digits()
    rows = torch.arange(len(digits)).reshape(10, -1)[:, :: len(digits) // 10 // DIGITS_PER_CLASS].flatten()
    return Digits(digits.images[rows], digits.labels[rows])


BUNDLED_NPZ = Path(__file__).with_name("collection.npz")  # written by tools/make_collection.py


BUNDLED_SHA256 = "f3c97f4807059d40fe52ade4305c0a8ccd9504882e0128a73ed46faefc9a99e7"


TRAIN_STEP = 9  # every ninth training digit: evenly over the writers, 2.6 MB in all


@dataclass(frozen=True)
class BundledDigits:
    """The 10,000 test digits, and 6,112 training digits: rows 0, 9, 18 … of the 60,000."""

    test: Digits
    train: Digits

    @staticmethod
    def train_row(index: int) -> int:
        """Returns the row in MNIST of a bundled training digit."""
        return TRAIN_STEP * index


@cache
def load(path: Path = BUNDLED_NPZ) -> BundledDigits:
    """Returns the bundled digits, read once per process; raises `DataUnavailable` if the file is damaged."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(f"The bundled digits cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != BUNDLED_SHA256:
        raise DataUnavailable(f"{path} is damaged. Fetch it again with the project.")
    with np.load(io.BytesIO(content)) as arrays:
        parts = [
            Digits(torch.from_numpy(arrays[f"{name}_images"]), torch.from_numpy(arrays[f"{name}_labels"]).long())
            for name in ("test", "train")
        ]
    return BundledDigits(*parts)
