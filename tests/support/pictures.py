"""Pictures for the tests, made of real MNIST digits (28, 28) uint8 with bright ink."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageChops

from digits.data.dataset import Digits
from digits.recognition.page_reader import PageReader
from digits.training.recipes import DEFAULT_MODEL

ROOT = Path(__file__).resolve().parents[2]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def shuffled(digits: Digits) -> Digits:
    """The same digits in random order, always the same."""
    order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(1))
    return Digits(digits.images[order], digits.labels[order])


def shipped(name: str) -> Path:
    """Where the weights of a network lie that come with the project."""
    return ROOT / "mnist_model.pth" if name == DEFAULT_MODEL else ROOT / f"models/{name}.pth"


def encoded(picture: Image.Image, format: str = "PNG", **options) -> bytes:
    """The bytes of a picture file."""
    file = io.BytesIO()
    if format == "PNG":
        options.setdefault("compress_level", 1)
    picture.save(file, format, **options)
    return file.getvalue()


def mask(digit: np.ndarray, side: int = 280, how: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
    """The digit enlarged, ink bright on black."""
    return Image.fromarray(digit).resize((side, side), how)


def drawn(digit: np.ndarray, side: int = 280, ink=BLACK, paper=WHITE) -> Image.Image:
    """The digit enlarged, in any colours."""
    picture = Image.new("RGB", (side, side), paper)
    picture.paste(ink, (0, 0, side, side), mask(digit, side))
    return picture


def placed(digit: np.ndarray, canvas: tuple[int, int], corner: tuple[int, int], side: int) -> Image.Image:
    """The digit's 28×28, `side` pixels large, with its upper left corner somewhere on white paper."""
    picture = Image.new("L", canvas, 255)
    picture.paste(0, (*corner, corner[0] + side, corner[1] + side), mask(digit, side))
    return picture


def written(rows, ten, side=90, size=(1000, 700), gap=1.2, slope=0.0, paper=255):
    """A page with rows of digits of `ten`, each digit's 28×28 `side` pixels large, rows falling by `slope`."""
    ink = Image.new("L", size)
    for row, text in enumerate(rows):
        for column, label in enumerate(text):
            if label == " ":
                continue
            x, y = 40 + column * gap * side, 60 + row * 1.7 * side
            place = (round(x), round(y + slope * x))
            part = Image.new("L", size)
            part.paste(mask(ten[int(label)], side), place)
            ink = ImageChops.lighter(ink, part)
    page = Image.new("L", size, paper)
    page.paste(20, (0, 0), ink)
    return page


def png(digit: np.ndarray) -> bytes:
    """Black on white, 280×280: a drawing as the page sends it."""
    return encoded(drawn(digit).convert("L"))


def blank(colour=255, size=(280, 280)) -> bytes:
    return encoded(Image.new("L", size, colour))


def read(classifier, picture, format="PNG", **options) -> str:
    """The text that a reader finds in a picture, sent as a file."""
    return PageReader(classifier).read(encoded(picture, format, **options)).text


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two digit images, 1 = the same; a pixel's shift is forgiven, since centring rounds."""
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(np.corrcoef(np.roll(one, shift, (0, 1)).ravel(), other.ravel())[0, 1] for shift in shifts)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
