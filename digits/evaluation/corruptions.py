"""Digits under harder conditions: moved, turned, resized, by other pens, on worse pictures.

Each digit is drawn three times as large in the middle of a white page of 140×140, disturbed there, and read back by the
reader's own way from a file to 28×28. So what a network gets is what it would get of such a drawing: a digit that was
merely moved or resized comes back almost as it was, which is the preprocessing's merit, and part of what is measured.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from digits.data.transforms import SEED, blur, draw_on_pages, max_stroke_width
from digits.errors import NoInk
from digits.imaging.ink import decode_page
from digits.imaging.preprocessing import SIDE, digit_image, find_ink_box

CHUNK = 100  # pages at once, 8 MB: larger arrays are fetched from the system anew each time, which takes longer
Corrupt = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


@dataclass(frozen=True)
class Corruption:
    """`meaning`: in a few words · `disturb`: digits (N, 28, 28) to pages (N, 140, 140), both float32, 1 = ink."""

    meaning: str
    disturb: Corrupt


def corrupt(images: torch.Tensor, name: str) -> torch.Tensor:
    """Digits as the network gets them under a condition of `CORRUPTIONS`: (N, 28, 28) uint8 of such, ink bright.

    The same digits come out the same each time. What nobody would find any ink in is blank.
    """
    condition = CORRUPTIONS[name]
    if condition is PLAIN:
        return images
    generator = torch.Generator().manual_seed(SEED)
    read = []
    for chunk in images.split(CHUNK):
        pages = condition.disturb(chunk.float() / 255, generator)
        grey = (255 - 255 * pages.clamp(0, 1)).round().byte()
        read += [_read(page) for page in grey.numpy()]
    return torch.from_numpy(np.stack(read))


def _read(page: np.ndarray) -> np.ndarray:
    """What the reader makes of a grey page, by way of a file."""
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG", compress_level=1)
    ink = decode_page(file.getvalue()).ink
    try:
        return (255 * digit_image(ink, find_ink_box(ink))).round().astype(np.uint8)
    except NoInk:
        return np.zeros((SIDE, SIDE), np.uint8)


def _moved(**how: float) -> Corrupt:
    return lambda images, _: draw_on_pages(images, **how)


def _shifted(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return draw_on_pages(images, shift=torch.empty(len(images), 2).uniform_(-8, 8, generator=generator))


def _thick(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return max_stroke_width(draw_on_pages(images))


def _thin(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return -max_stroke_width(-draw_on_pages(images))


def _blurred(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return draw_on_pages(blur(images))


def _noisy(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    step = 0.35  # in the middle of the range, since beyond its ends noise would be cut away
    pages = 0.3 + step * draw_on_pages(images)
    return pages + 0.1 * step * torch.randn(pages.shape, generator=generator)


def _pale(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return 0.4 * draw_on_pages(images)


PLAIN = Corruption("as MNIST has them", lambda images, _: images)
CORRUPTIONS = {
    "plain": PLAIN,
    "re-read": Corruption("enlarged and read back, nothing else", _moved()),
    "shifted": Corruption("by up to 8 of 28 pixels each way", _shifted),
    "turned 20° left": Corruption("", _moved(turn=-20)),
    "turned 10° left": Corruption("", _moved(turn=-10)),
    "turned 10° right": Corruption("", _moved(turn=10)),
    "turned 20° right": Corruption("", _moved(turn=20)),
    "smaller": Corruption("half as large", _moved(scale=0.5)),
    "larger": Corruption("one and a half times as large", _moved(scale=1.5)),
    "thin strokes": Corruption("1.3 of 28 pixels thinner", _thin),
    "thick strokes": Corruption("1.3 of 28 pixels thicker", _thick),
    "blurred": Corruption("by a Gaussian, σ one of 28 pixels", _blurred),
    "noisy": Corruption("σ a tenth of the step from paper to ink", _noisy),
    "low contrast": Corruption("ink of 40 %", _pale),
}
