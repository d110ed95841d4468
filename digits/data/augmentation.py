"""Varies the digits of a whole batch at random.

A network then learns more handwriting than MNIST has.

All random numbers come from a generator on the CPU: one seed gives the same digits on every device.
"""

import math

import torch
from torch.nn import functional as F

LIGHT_AUGMENTATION = {"turn": 12, "shear": 0.15, "scale": 0.12, "shift": 2, "elastic": 0.0}
STRONG_AUGMENTATION = {"turn": 27, "shear": 0.3, "scale": 0.22, "shift": 2.5, "elastic": 1.2}


def augment(batch: torch.Tensor, strength: str, generator: torch.Generator) -> torch.Tensor:
    """Varies every digit of a batch by its own random amount.

    batch: (N, 1, 28, 28) float in 0–1 on any device; the result has the same shape and range. strength: `none`; `light`
    (rotations up to ±12°, small shears, scalings and shifts); `strong` (larger ones, elastic distortion, and strokes
    that are thicker, thinner, blurred, dotted or interrupted).
    """
    if strength == "none":
        return batch
    if strength == "light":
        return _warp(batch, generator, **LIGHT_AUGMENTATION)
    return _vary_strokes(_warp(batch, generator, **STRONG_AUGMENTATION), generator)


def _warp(
    batch: torch.Tensor,
    generator: torch.Generator,
    turn: float,
    shear: float,
    scale: float,
    shift: float,
    elastic: float,
) -> torch.Tensor:
    """Rotates (± degrees), shears, scales, shifts (± pixels) and distorts (pixels, standard deviation).

    Resamples once.
    """
    count, side = len(batch), batch.shape[-1]

    def uniform(low: float, high: float) -> torch.Tensor:
        return torch.empty(count).uniform_(low, high, generator=generator)

    angle, slant = uniform(-turn, turn) * (math.pi / 180), uniform(-shear, shear)
    if elastic:  # a large rotation gets less shear: both together make no digit
        slant = slant * (1 - 0.6 * angle.abs() / math.radians(turn))
    wide, tall = uniform(1 - scale, 1 + scale), uniform(1 - scale, 1 + scale)
    pixel = 2 / side  # in units of grid_sample: the picture spans −1…1
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.stack(
        [
            torch.stack([cos / wide, (slant - sin) / wide, uniform(-shift, shift) * pixel], dim=1),
            torch.stack([sin / tall, cos / tall, uniform(-shift, shift) * pixel], dim=1),
        ],
        dim=1,
    )  # (N, 2, 3)
    grid = F.affine_grid(theta.to(batch.device), list(batch.shape), align_corners=False)
    if elastic:
        # Elastic distortion: a coarse random field, smoothed by bicubic interpolation (Simard, Steinkraus, Platt: Best
        # Practices for Convolutional Neural Networks, 2003).
        field = torch.randn(count, 2, 5, 5, generator=generator) * uniform(0, elastic * pixel)[:, None, None, None]
        offset = F.interpolate(field.to(batch.device), size=(side, side), mode="bicubic", align_corners=True)
        grid = grid + offset.permute(0, 2, 3, 1)
    return F.grid_sample(batch, grid, align_corners=False)


def _vary_strokes(batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Changes strokes and paper; each kind of change applies to a random share of the batch."""
    count = len(batch)

    def some(share: float) -> torch.Tensor:
        return (torch.rand(count, 1, 1, 1, generator=generator) < share).to(batch.device)

    def uniform(low: float, high: float) -> torch.Tensor:
        return torch.empty(count, 1, 1, 1).uniform_(low, high, generator=generator).to(batch.device)

    thick, thin = F.max_pool2d(batch, 3, 1, 1), -F.max_pool2d(-batch, 3, 1, 1)
    amount = uniform(-0.6, 0.8) * some(0.5)
    batch = batch + amount.clamp(min=0) * (thick - batch) + (-amount).clamp(min=0) * (thin - batch)

    side = batch.shape[-1]
    dots = torch.rand(count, 1, side // 2, side // 2, generator=generator) < 0.3
    dots = dots.to(batch).repeat_interleave(2, 2).repeat_interleave(2, 3)
    batch = batch * (1 - dots * some(0.04))

    gap, row, column = uniform(2, 5), uniform(4, 24), uniform(4, 24)
    axis = torch.arange(side, device=batch.device)
    hole = ((axis[:, None] - row).abs() < gap / 2) & ((axis - column).abs() < gap / 2)
    batch = batch * ~(hole & some(0.1))

    batch = batch + (F.avg_pool2d(batch, 3, 1, 1) - batch) * uniform(0, 1) * some(0.25)
    noise = torch.randn(batch.shape, generator=generator).to(batch.device)
    batch = (batch + noise * uniform(0, 0.15) * some(0.15)).clamp(0, 1)
    # As in preprocessing, the strongest ink becomes 1. A power of it gives harder or softer edges.
    batch = batch / batch.amax(dim=(1, 2, 3), keepdim=True).clamp(min=0.2)
    return torch.where(some(0.3), batch ** uniform(0.5, 1.6), batch)
