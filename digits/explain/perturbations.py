"""Perturbs one digit in small steps: shifted, rotated, resized, other strokes, blur, noise.

Unlike `evaluation.corruptions`, these apply after preprocessing, to the 28×28 that a network gets. Nothing moves a
shifted digit back, so they show the robustness of the network itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from digits.data.transforms import ENLARGEMENT, PAGE_SIDE_PX, SEED, blur, dilate, draw_on_pages
from digits.imaging.preprocessing import IMAGE_SIDE_PX

MIN_INK_SHARE = 0.1  # of the original ink: thin strokes vanish when thinned
MARGIN_PX = (PAGE_SIDE_PX - IMAGE_SIDE_PX * ENLARGEMENT) // 2  # of a page around the digit
CELL_CENTRES = slice(
    MARGIN_PX + ENLARGEMENT // 2, MARGIN_PX + IMAGE_SIDE_PX * ENLARGEMENT, ENLARGEMENT
)  # the middle of each of its 28 pixels
Change = Callable[[torch.Tensor, float], torch.Tensor]


@dataclass(frozen=True)
class Kind:
    """One kind of perturbation.

    `amounts`: from small to large; pixels of the 28, degrees or percent · `change`: a digit (1, 28, 28) and an amount
    to the changed digit.
    """

    amounts: tuple[float, ...]
    change: Change


@dataclass(frozen=True)
class Perturbation:
    """A digit changed by one amount of one kind: `image` (28, 28) float32, 0 = paper, 1 = ink."""

    kind: str
    amount: float
    image: np.ndarray


def perturbations(image: np.ndarray) -> list[Perturbation]:
    """Returns all perturbations of a digit image (28, 28), kind by kind, from small to large.

    Deterministic. Leaves out those with hardly any ink left.
    """
    digit = torch.from_numpy(image)[None]
    all_perturbations = [
        Perturbation(name, amount, kind.change(digit, amount)[0].clamp(0, 1).numpy())
        for name, kind in KINDS.items()
        for amount in kind.amounts
    ]
    return [
        perturbation for perturbation in all_perturbations if perturbation.image.sum() >= MIN_INK_SHARE * image.sum()
    ]


def _shifted(across: int, down: int) -> Change:
    return lambda digit, pixels: _sampled(
        draw_on_pages(digit, shift=pixels * torch.tensor([[across, down]], dtype=torch.float32))
    )


def _turned(direction: int) -> Change:
    return lambda digit, degrees: _sampled(draw_on_pages(digit, turn=direction * degrees))


def _resized(digit: torch.Tensor, percent: float) -> torch.Tensor:
    return _sampled(draw_on_pages(digit, scale=percent / 100))


def _thicker(digit: torch.Tensor, pixels: float) -> torch.Tensor:
    return _sampled(dilate(draw_on_pages(digit), _window_side(pixels)))


def _thinner(digit: torch.Tensor, pixels: float) -> torch.Tensor:
    return _sampled(-dilate(-draw_on_pages(digit), _window_side(pixels)))


def _noisy(digit: torch.Tensor, percent: float) -> torch.Tensor:
    noise = torch.randn(digit.shape, generator=torch.Generator().manual_seed(SEED))
    return digit + percent / 100 * noise


def _sampled(pages: torch.Tensor) -> torch.Tensor:
    """Returns the 28×28 in the middle of enlarged pages; an unchanged digit comes out as it was."""
    return pages[:, CELL_CENTRES, CELL_CENTRES]


def _window_side(pixels: float) -> int:
    """Returns the side of the window that changes strokes by that many of the 28 pixels in all."""
    return 1 + round(pixels * ENLARGEMENT)


SHIFTS_PX = (1, 2, 3, 4, 6, 8)
ANGLES_DEGREES = (10, 20, 30, 40, 50, 60)
WIDTHS_PX = (2 / 3, 4 / 3, 2, 8 / 3, 10 / 3, 4)
KINDS = {
    "right": Kind(SHIFTS_PX, _shifted(1, 0)),
    "left": Kind(SHIFTS_PX, _shifted(-1, 0)),
    "up": Kind(SHIFTS_PX, _shifted(0, -1)),
    "down": Kind(SHIFTS_PX, _shifted(0, 1)),
    "right-up": Kind(SHIFTS_PX, _shifted(1, -1)),
    "left-up": Kind(SHIFTS_PX, _shifted(-1, -1)),
    "right-down": Kind(SHIFTS_PX, _shifted(1, 1)),
    "left-down": Kind(SHIFTS_PX, _shifted(-1, 1)),
    "turned-right": Kind(ANGLES_DEGREES, _turned(1)),
    "turned-left": Kind(ANGLES_DEGREES, _turned(-1)),
    "smaller": Kind((90, 80, 70, 60, 50, 40), _resized),
    "larger": Kind((110, 120, 130, 140, 160, 180), _resized),
    "thicker": Kind(WIDTHS_PX, _thicker),
    "thinner": Kind(WIDTHS_PX, _thinner),
    "blurred": Kind((0.5, 0.75, 1, 1.25, 1.5, 2), blur),
    "noisy": Kind((10, 20, 30, 40, 50, 60), _noisy),
}
