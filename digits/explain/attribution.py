"""Integrated gradients: attributes a score to the pixels of a drawing."""

from dataclasses import dataclass

import numpy as np
import torch

from digits.networks.architectures import Network, swap_relu_and_pool

FIRST_INTERVALS = 16  # of equal length, before any is halved
INTERVALS_PER_ROUND = 8  # halved at a time: larger batches are slower
MAX_GRADIENTS = 96  # five_conv on 50 digits: an error of at most 0.8 % of the total, in 50 ms
MAX_ERROR_SHARE = 0.005  # of the sum of absolute contributions: a smaller error is invisible


@dataclass(frozen=True)
class Attribution:
    """The contribution of each pixel to a score.

    `pixels`: (28, 28) float32 in units of the score; positive where ink raises it · `drawing`, `paper`: the score of
    the drawing and of blank paper; the pixels add up to their difference.
    """

    pixels: np.ndarray
    drawing: float
    paper: float

    @property
    def total(self) -> float:
        """The sum of all pixels."""
        return float(self.pixels.sum(dtype=np.float64))


@dataclass
class _Intervals:
    """Intervals of the path from paper (0) to drawing (1).

    `begin`, `end`: the ends · `low`, `high`, `middle`: the scores there · `parts`: the estimated contribution of each
    pixel to the rise of the score, from the gradient in the middle, (N, 28, 28).
    """

    begin: torch.Tensor
    end: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor
    middle: torch.Tensor
    parts: torch.Tensor

    def completeness_error(self) -> torch.Tensor:
        """Returns the error of each estimated rise; 0 if no unit switches inside the interval."""
        return (self.high - self.low - self.parts.sum((1, 2))).abs()

    def select(self, which: torch.Tensor) -> "_Intervals":
        return _Intervals(*(values[which] for values in vars(self).values()))

    def concatenate(self, other: "_Intervals") -> "_Intervals":
        return _Intervals(*map(torch.cat, zip(vars(self).values(), vars(other).values(), strict=True)))


def integrated_gradients(
    network: Network, image: np.ndarray, digit: int, against: int | None = None, max_gradients: int = MAX_GRADIENTS
) -> Attribution:
    """Attributes the score of a digit to each pixel of a digit image (28, 28).

    The score is the logit of `digit`, less that of `against` if given. A network of ReLUs and poolings is piecewise
    linear, so the gradient in the middle of an interval is exact unless a unit switches in it. The intervals with the
    largest completeness error are halved, until the error is small or `max_gradients` are computed. Source:
    Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks, 2017.
    """
    path = _IntegrationPath(network, image, digit, against)
    ends = torch.linspace(0, 1, FIRST_INTERVALS + 1)
    with torch.no_grad():
        scores = path.scores(path.pictures(ends))
    intervals = path.intervals(ends[:-1], ends[1:], scores[:-1], scores[1:])
    for _ in range((max_gradients - FIRST_INTERVALS) // (2 * INTERVALS_PER_ROUND)):
        errors = intervals.completeness_error()
        if errors.sum() <= MAX_ERROR_SHARE * intervals.parts.sum(0).abs().sum():
            break
        intervals = _halve_worst(path, intervals, errors)
    return Attribution(intervals.parts.sum(0).numpy(), float(scores[-1]), float(scores[0]))


def _halve_worst(path: "_IntegrationPath", intervals: _Intervals, errors: torch.Tensor) -> _Intervals:
    """Returns the intervals with those of the largest errors cut in half."""
    worst = torch.zeros_like(errors, dtype=torch.bool)
    worst[errors.topk(INTERVALS_PER_ROUND).indices] = True
    old = intervals.select(worst)
    centre = (old.begin + old.end) / 2
    halves = path.intervals(
        torch.cat([old.begin, centre]),
        torch.cat([centre, old.end]),
        torch.cat([old.low, old.middle]),
        torch.cat([old.middle, old.high]),
    )
    return intervals.select(~worst).concatenate(halves)


class _IntegrationPath:
    """The straight path from blank paper to a drawing, and the scores along it."""

    def __init__(self, network: Network, image: np.ndarray, digit: int, against: int | None) -> None:
        self.network = swap_relu_and_pool(network)
        self.image = torch.from_numpy(image)
        self.digit, self.against = digit, against

    def pictures(self, places: torch.Tensor) -> torch.Tensor:
        """Returns the drawing multiplied by `places` (N,) in 0–1: a batch (N, 1, 28, 28)."""
        batch = places[:, None, None, None] * self.image
        return batch.contiguous(memory_format=torch.channels_last)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Returns one score for each picture, (N,)."""
        logits = self.network(batch)
        mine = logits[:, self.digit]
        return mine if self.against is None else mine - logits[:, self.against]

    @torch.enable_grad()
    def intervals(self, begin: torch.Tensor, end: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> _Intervals:
        """Returns the intervals with these ends and scores, estimated from their middles."""
        batch = self.pictures((begin + end) / 2).requires_grad_()
        scores = self.scores(batch)
        (gradients,) = torch.autograd.grad(scores.sum(), batch)
        parts = gradients[:, 0] * self.image * (end - begin)[:, None, None]
        return _Intervals(begin, end, low, high, scores.detach(), parts)
