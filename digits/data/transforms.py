"""TODO."""

import math

import torch
from torch.nn import functional as F

from digits.imaging.preprocessing import SIDE

PAGE_SIDE, ENLARGEMENT = 140, 3  # pixels of the page, and of the page for each of the digit's


SEED = 1


def draw_on_pages(
    images: torch.Tensor, turn: float = 0, scale: float = 1, shift: torch.Tensor | None = None
) -> torch.Tensor:
    """Digits on their pages, turned clockwise (degrees), resized, shifted (N, 2) by x and y in the digit's pixels."""
    angle = math.radians(turn)
    spread = PAGE_SIDE / (SIDE * ENLARGEMENT * scale)
    cos, sin = spread * math.cos(angle), spread * math.sin(angle)
    theta = torch.tensor([[[cos, sin, 0], [-sin, cos, 0]]])
    grid = F.affine_grid(theta, [1, 1, PAGE_SIDE, PAGE_SIDE], align_corners=False).expand(len(images), -1, -1, -1)
    if shift is not None:
        grid = grid - (shift * 2 / SIDE)[:, None, None]  # the digit spans −1…1
    return F.grid_sample(images[:, None], grid, align_corners=False)[:, 0]


def max_stroke_width(pages: torch.Tensor, side: int = 5) -> torch.Tensor:
    """Each pixel becomes the strongest of the square around it, `side` (odd) pixels wide."""
    return F.max_pool2d(F.max_pool2d(pages, (1, side), 1, (0, side // 2)), (side, 1), 1, (side // 2, 0))


def blur(images: torch.Tensor, sigma: float = 1) -> torch.Tensor:
    """Pictures (N, H, W), each pixel the Gaussian mean of those around it; `sigma` in pixels."""
    reach = math.ceil(3 * sigma)
    bell = torch.exp(-(torch.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    bell = bell.outer(bell) / bell.sum() ** 2
    return F.conv2d(images[:, None], bell[None, None], padding="same")[:, 0]
