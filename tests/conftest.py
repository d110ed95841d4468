"""What all tests share: real MNIST test digits, the shipped networks, the application."""

import numpy as np
import pytest
import torch
from pictures import ROOT
from PIL import Image

from digits.data import Digits
from digits.reader import Reader


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Sums in one order, so that numbers can be compared; and no fight for few cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sheet() -> Digits:
    """400 real MNIST test digits, forty of each class, in the order of their labels."""
    with Image.open(ROOT / "static/img/test_digits.png") as picture:
        tiles = np.asarray(picture).reshape(10, 28, 40, 28).swapaxes(1, 2).reshape(400, 28, 28)
    return Digits(torch.from_numpy(tiles.copy()), torch.arange(10).repeat_interleave(40))


@pytest.fixture(scope="session")
def ten(sheet) -> list[np.ndarray]:
    """One digit of each class, 0 to 9: (28, 28) uint8, ink bright. The second of each, as the first 5 may be a 6."""
    return [sheet.images[40 * digit + 1].numpy() for digit in range(10)]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.from_checkpoint(ROOT / "mnist_model.pth")


@pytest.fixture(scope="session")
def client():
    """A client of the application with its default settings."""
    from server import create_app
    from server.settings import Settings

    return create_app(Settings()).test_client()
