"""What all tests share: real MNIST test digits, the shipped networks, the application."""

import numpy as np
import pytest
import torch
from pictures import ROOT, shuffled

from digits.data import Digits, sheet_of_digits
from digits.reader import Reader


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Sums in one order, so that numbers can be compared; and no fight for few cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sheet() -> Digits:
    """400 real MNIST test digits, forty of each class, in the order of their labels."""
    return sheet_of_digits()


@pytest.fixture(scope="session")
def ten(sheet) -> list[np.ndarray]:
    """One digit of each class, 0 to 9: (28, 28) uint8, ink bright."""
    return [sheet.images[40 * digit].numpy() for digit in range(10)]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.from_checkpoint(ROOT / "mnist_model.pth")


@pytest.fixture(scope="session")
def client():
    """A client of the application with its default settings."""
    from server import create_app
    from server.settings import Settings

    return create_app(Settings()).test_client()


@pytest.fixture(scope="session")
def mixed(sheet):
    """The sheet's digits in random order: 320 to learn from and 80 to validate on."""
    digits = shuffled(sheet)
    return Digits(digits.images[:320], digits.labels[:320]), Digits(digits.images[320:], digits.labels[320:])


@pytest.fixture
def few(mixed):
    """Two batches of 40 and one of 20."""
    return Digits(mixed[0].images[:100], mixed[0].labels[:100]), mixed[1]


@pytest.fixture(scope="session")
def hundred(sheet):
    """Ten digits of each class."""
    return Digits(sheet.images[::4], sheet.labels[::4])
