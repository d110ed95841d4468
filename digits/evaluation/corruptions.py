"""Corruptions of test digits: shifted, rotated, resized, other strokes, blur, noise, low contrast.

Each digit is drawn three times as large on a white page of 140×140, corrupted there, saved as PNG, and preprocessed
back to 28×28. So a network gets what it would get of such a drawing. Preprocessing undoes shifts and scalings almost
completely; that is part of what is measured. Compare MNIST-C (Mu, Gilmer, 2019).
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from digits.data.transforms import SEED, blur, dilate, draw_on_pages
from digits.errors import NoInk
from digits.imaging.ink import decode_page
from digits.imaging.preprocessing import IMAGE_SIDE_PX, digit_image, find_ink_box

PAGES_AT_ONCE = 100  # 8 MB: larger arrays are allocated anew each time, which is slower
Corrupt = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


@dataclass(frozen=True)
class Corruption:
    """One way to corrupt digits.

    `meaning`: a few words · `apply`: digits (N, 28, 28) to pages (N, 140, 140), both float32, 1 = ink.
    """

    meaning: str
    apply: Corrupt


def corrupt(images: torch.Tensor, name: str) -> torch.Tensor:
    """Returns digits under a corruption of `CORRUPTIONS`, as a network gets them.

    images: (N, 28, 28) uint8, ink bright; the result has the same shape and type. Deterministic. A page on which no ink
    is found becomes blank.
    """
    corruption = CORRUPTIONS[name]
    if corruption is PLAIN:
        return images
    generator = torch.Generator().manual_seed(SEED)
    corrupted = []
    for chunk in images.split(PAGES_AT_ONCE):
        pages = corruption.apply(chunk.float() / 255, generator)
        grey = (255 - 255 * pages.clamp(0, 1)).round().byte()
        corrupted += [_preprocess(page) for page in grey.numpy()]
    return torch.from_numpy(np.stack(corrupted))


def _preprocess(page: np.ndarray) -> np.ndarray:
    """Saves a grey page as PNG, and returns the digit image that preprocessing makes of it."""
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG", compress_level=1)
    ink = decode_page(file.getvalue()).ink
    try:
        return (255 * digit_image(ink, find_ink_box(ink))).round().astype(np.uint8)
    except NoInk:
        return np.zeros((IMAGE_SIDE_PX, IMAGE_SIDE_PX), np.uint8)


def _transform(turn: float = 0, scale: float = 1) -> Corrupt:
    return lambda images, _: draw_on_pages(images, turn, scale)


def _shifted(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return draw_on_pages(images, shift=torch.empty(len(images), 2).uniform_(-8, 8, generator=generator))


def _thick(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return dilate(draw_on_pages(images))


def _thin(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return -dilate(-draw_on_pages(images))


def _blurred(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return draw_on_pages(blur(images))


def _noisy(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    contrast = 0.35  # stays in the middle of the range, so that noise is not clipped
    pages = 0.3 + contrast * draw_on_pages(images)
    return pages + 0.1 * contrast * torch.randn(pages.shape, generator=generator)


def _pale(images: torch.Tensor, _: torch.Generator) -> torch.Tensor:
    return 0.4 * draw_on_pages(images)


PLAIN = Corruption("as MNIST has them", lambda images, _: images)
CORRUPTIONS = {
    "plain": PLAIN,
    "re-read": Corruption("enlarged and read back, nothing else", _transform()),
    "shifted": Corruption("by up to 8 of 28 pixels each way", _shifted),
    "turned 20° left": Corruption("", _transform(turn=-20)),
    "turned 10° left": Corruption("", _transform(turn=-10)),
    "turned 10° right": Corruption("", _transform(turn=10)),
    "turned 20° right": Corruption("", _transform(turn=20)),
    "smaller": Corruption("half as large", _transform(scale=0.5)),
    "larger": Corruption("one and a half times as large", _transform(scale=1.5)),
    "thin strokes": Corruption("1.3 of 28 pixels thinner", _thin),
    "thick strokes": Corruption("1.3 of 28 pixels thicker", _thick),
    "blurred": Corruption("by a Gaussian, σ one of 28 pixels", _blurred),
    "noisy": Corruption("σ a tenth of the step from paper to ink", _noisy),
    "low contrast": Corruption("ink of 40 %", _pale),
}
