"""What all tests share: real MNIST test digits, the shipped networks, the application."""

import numpy as np
import pytest
import torch
from gunicorn_server import Server
from pictures import ROOT, drawn, encoded, placed, png, shuffled
from PIL import Image, ImageDraw
from training_commands import asked, interrupt, train  # noqa: F401 - fixtures

from digits.data.bundled import page_digits
from digits.data.dataset import Digits
from digits.recognition.classifier import DigitClassifier


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Sums in one order, so that numbers can be compared; and no fight for few cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sheet() -> Digits:
    """400 real MNIST test digits, forty of each class, in the order of their labels."""
    return page_digits()


@pytest.fixture(scope="session")
def ten(sheet) -> list[np.ndarray]:
    """One digit of each class, 0 to 9: (28, 28) uint8, ink bright."""
    return [sheet.images[40 * digit].numpy() for digit in range(10)]


@pytest.fixture(scope="session")
def classifier() -> DigitClassifier:
    return DigitClassifier.from_checkpoint(ROOT / "mnist_model.pth")


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


@pytest.fixture
def samples(ten, tmp_path):
    """Paths of a 3, a 7 and an 8, in three formats."""
    paths = []
    for digit, format in ((3, "PNG"), (7, "JPEG"), (8, "GIF")):
        paths.append(tmp_path / f"{digit}.{format.lower()}")
        paths[-1].write_bytes(encoded(drawn(ten[digit]), format))
    return paths


@pytest.fixture
def scans(ten, tmp_path):
    """A folder: a 1, a 2 and in sub-folders a 4 and a 5; a note, a hidden picture and a folder without pictures."""
    folder = tmp_path / "scans"
    for name, digit in (("b/2.png", 4), ("1.png", 1), ("2.PNG", 2), ("c/c/3.png", 5), (".hidden.png", 9)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(png(ten[digit]))
    (folder / "notes.txt").write_text("1 2 4 5")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture
def pages(ten, tmp_path):
    """Paths of a page with 2 4 on it and, below, 7; and of one with a star, which is no digit."""
    paths = tmp_path / "page.png", tmp_path / "star.png"
    picture = placed(ten[2], (700, 700), (60, 40), 220)
    for digit, corner in ((4, (380, 40)), (7, (200, 400))):
        picture.paste(0, (*corner, corner[0] + 220, corner[1] + 220), Image.fromarray(ten[digit]).resize((220, 220)))
    picture.save(paths[0])
    star = Image.new("L", (280, 280), 255)
    angles = 4 / 5 * np.pi * np.arange(6) - np.pi / 2
    corners = zip(140 + 100 * np.cos(angles), 140 + 100 * np.sin(angles), strict=True)
    ImageDraw.Draw(star).line([*corners], fill=0, width=16, joint="curve")
    star.save(paths[1])
    return paths


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One gunicorn with two workers for all tests that leave it as it was."""
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()
