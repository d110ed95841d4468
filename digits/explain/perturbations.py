"""One digit in small steps away from itself: shifted, turned, resized, by other pens, on worse pictures.

Unlike the conditions of an evaluation, these are made on the 28×28 that a network gets, after preprocessing: nothing
puts a shifted digit back, so one sees what the network itself can take.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from digits.data.transforms import ENLARGEMENT, PAGE_SIDE, SEED, blur, draw_on_pages, max_stroke_width
from digits.imaging.preprocessing import SIDE

LEFT = 0.1  # of its ink, at least: thin strokes made thinner vanish
MARGIN = (PAGE_SIDE - SIDE * ENLARGEMENT) // 2  # of a page, around the digit's 28×28
INNER = slice(
    MARGIN + ENLARGEMENT // 2, MARGIN + SIDE * ENLARGEMENT, ENLARGEMENT
)  # the middle of each of its 28 pixels
Change = Callable[[torch.Tensor, float], torch.Tensor]


@dataclass(frozen=True)
class Kind:
    """One way of changing a digit.

    `amounts`: from small to large; pixels of the 28, degrees or percent · `change`: a digit (1, 28, 28) and an amount
    to the changed one.
    """

    amounts: tuple[float, ...]
    change: Change


@dataclass(frozen=True)
class Perturbation:
    """A digit changed in one way by so much: `image` (28, 28) float32, 0 = paper, 1 = ink."""

    kind: str
    amount: float
    image: np.ndarray


def perturbations(image: np.ndarray) -> list[Perturbation]:
    """All variations of a digit image (28, 28), kind by kind, from small to large; the same each time.

    Where hardly any ink is left, a variation is left out.
    """
    digit = torch.from_numpy(image)[None]
    made = [
        Perturbation(name, amount, kind.change(digit, amount)[0].clamp(0, 1).numpy())
        for name, kind in KINDS.items()
        for amount in kind.amounts
    ]
    return [variation for variation in made if variation.image.sum() >= LEFT * image.sum()]


def _shifted(across: int, down: int) -> Change:
    return lambda digit, pixels: _sampled(
        draw_on_pages(digit, shift=pixels * torch.tensor([[across, down]], dtype=torch.float32))
    )


def _turned(direction: int) -> Change:
    return lambda digit, degrees: _sampled(draw_on_pages(digit, turn=direction * degrees))


def _resized(digit: torch.Tensor, percent: float) -> torch.Tensor:
    return _sampled(draw_on_pages(digit, scale=percent / 100))


def _thicker(digit: torch.Tensor, pixels: float) -> torch.Tensor:
    return _sampled(max_stroke_width(draw_on_pages(digit), _side(pixels)))


def _thinner(digit: torch.Tensor, pixels: float) -> torch.Tensor:
    return _sampled(-max_stroke_width(-draw_on_pages(digit), _side(pixels)))


def _noisy(digit: torch.Tensor, percent: float) -> torch.Tensor:
    noise = torch.randn(digit.shape, generator=torch.Generator().manual_seed(SEED))
    return digit + percent / 100 * noise


def _sampled(pages: torch.Tensor) -> torch.Tensor:
    """The 28×28 in the middle of enlarged pages; a digit that nothing was done to comes out as it went in."""
    return pages[:, INNER, INNER]


def _side(pixels: float) -> int:
    """The square to look for ink in, so that strokes change by so many of the 28 pixels on both sides together."""
    return 1 + round(pixels * ENLARGEMENT)


STEPS, DEGREES = (1, 2, 3, 4, 6, 8), (10, 20, 30, 40, 50, 60)
WIDTHS = (2 / 3, 4 / 3, 2, 8 / 3, 10 / 3, 4)
KINDS = {
    "right": Kind(STEPS, _shifted(1, 0)),
    "left": Kind(STEPS, _shifted(-1, 0)),
    "up": Kind(STEPS, _shifted(0, -1)),
    "down": Kind(STEPS, _shifted(0, 1)),
    "right-up": Kind(STEPS, _shifted(1, -1)),
    "left-up": Kind(STEPS, _shifted(-1, -1)),
    "right-down": Kind(STEPS, _shifted(1, 1)),
    "left-down": Kind(STEPS, _shifted(-1, 1)),
    "turned-right": Kind(DEGREES, _turned(1)),
    "turned-left": Kind(DEGREES, _turned(-1)),
    "smaller": Kind((90, 80, 70, 60, 50, 40), _resized),
    "larger": Kind((110, 120, 130, 140, 160, 180), _resized),
    "thicker": Kind(WIDTHS, _thicker),
    "thinner": Kind(WIDTHS, _thinner),
    "blurred": Kind((0.5, 0.75, 1, 1.25, 1.5, 2), blur),
    "noisy": Kind((10, 20, 30, 40, 50, 60), _noisy),
}
