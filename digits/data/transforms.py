"""Geometric and optical transforms of digit images, on an enlarged page around each digit."""

import math

import torch
from torch.nn import functional as F

from digits.imaging.preprocessing import IMAGE_SIDE_PX

PAGE_SIDE_PX = 140
ENLARGEMENT = 3  # pixels of the page for one pixel of the digit
SEED = 1  # of every random transform, so that it is the same each time


def draw_on_pages(
    images: torch.Tensor, turn: float = 0, scale: float = 1, shift: torch.Tensor | None = None
) -> torch.Tensor:
    """Returns digits (N, 28, 28) enlarged on pages (N, 140, 140), both float32.

    turn: degrees clockwise. scale: factor. shift: (N, 2), x and y in pixels of the digit.
    """
    angle = math.radians(turn)
    spread = PAGE_SIDE_PX / (IMAGE_SIDE_PX * ENLARGEMENT * scale)
    cos, sin = spread * math.cos(angle), spread * math.sin(angle)
    theta = torch.tensor([[[cos, sin, 0], [-sin, cos, 0]]])
    grid = F.affine_grid(theta, [1, 1, PAGE_SIDE_PX, PAGE_SIDE_PX], align_corners=False).expand(len(images), -1, -1, -1)
    if shift is not None:
        grid = grid - (shift * 2 / IMAGE_SIDE_PX)[:, None, None]  # grid_sample: the digit spans −1…1
    return F.grid_sample(images[:, None], grid, align_corners=False)[:, 0]


def dilate(pages: torch.Tensor, side: int = 5) -> torch.Tensor:
    """Returns the maximum over a square around each pixel; `side` is its width in pixels, odd."""
    return F.max_pool2d(F.max_pool2d(pages, (1, side), 1, (0, side // 2)), (side, 1), 1, (side // 2, 0))


def blur(images: torch.Tensor, sigma: float = 1) -> torch.Tensor:
    """Returns pictures (N, H, W) blurred by a Gaussian; `sigma` in pixels."""
    reach = math.ceil(3 * sigma)
    kernel = torch.exp(-(torch.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel = kernel.outer(kernel) / kernel.sum() ** 2
    return F.conv2d(images[:, None], kernel[None, None], padding="same")[:, 0]
