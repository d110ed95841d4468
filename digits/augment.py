"""Random variations of a whole batch at once, so that a network meets more hands than MNIST has."""

import math

import torch
from torch.nn import functional as F


def warp(batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Turn, shear, scale and shift every digit of a batch a little, each by its own random amount.

    batch: (N, 1, 28, 28) float in 0–1 on any device; the result has the same shape and range. Turns up to ±12°,
    shears up to ±0.15, scales 0.88–1.12 and shifts up to ±2 pixels: forms that a reader still takes for the same
    digit. `generator` lives on the CPU, so that one seed gives the same warps on every device.
    """
    count = len(batch)

    def uniform(low: float, high: float) -> torch.Tensor:
        return torch.empty(count).uniform_(low, high, generator=generator)

    angle, shear = uniform(-12, 12) * (math.pi / 180), uniform(-0.15, 0.15)
    wide, tall = uniform(0.88, 1.12), uniform(0.88, 1.12)
    shift = 2 * 2 / batch.shape[-1]  # two pixels, in grid_sample's units where the picture spans −1…1
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.stack(
        [
            torch.stack([cos / wide, (shear - sin) / wide, uniform(-shift, shift)], dim=1),
            torch.stack([sin / tall, cos / tall, uniform(-shift, shift)], dim=1),
        ],
        dim=1,
    ).to(batch.device)  # (N, 2, 3)
    grid = F.affine_grid(theta, list(batch.shape), align_corners=False)
    return F.grid_sample(batch, grid, align_corners=False)
