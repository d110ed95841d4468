"""TODO."""

from functools import cache

import numpy as np
import torch
from PIL import Image

from digits.data.dataset import Digits
from digits.paths import ROOT

PAGE_DIGITS_PNG = ROOT / "static/img/test_digits.png"  # the page's examples


def page_digits() -> Digits:
    """400 MNIST test digits that come with the project, forty of each class, in the order of their labels."""
    with Image.open(PAGE_DIGITS_PNG) as picture:
        tiles = np.asarray(picture).reshape(10, 28, 40, 28).swapaxes(1, 2).reshape(400, 28, 28)
    return Digits(torch.from_numpy(tiles.copy()), torch.arange(10).repeat_interleave(40))


DIGITS_PER_CLASS = 4  # test digits of each class


@cache
def forty_digits() -> Digits:
    """Forty test digits, four of each class, on which one can see a network learn."""
    digits = page_digits()
    rows = torch.arange(len(digits)).reshape(10, -1)[:, :: len(digits) // 10 // DIGITS_PER_CLASS].flatten()
    return Digits(digits.images[rows], digits.labels[rows])
