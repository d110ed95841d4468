"""Which pixels speak for a digit and which against: integrated gradients, from bare paper to the drawing."""

from dataclasses import dataclass

import numpy as np
import torch

from digits.networks.architectures import Network, swap_relu_and_pool

FIRST = 16  # intervals of equal length that the way is cut into at first
ROUND = 8  # intervals halved at a time: the two halves of each are one batch, and larger ones are slower
MOST = 96  # gradients: five_conv leaves at most 0.8 % of all importance of 50 digits unaccounted for, in some 50 ms
ENOUGH = 0.005  # of all importance, for and against together: nobody sees less


@dataclass(frozen=True)
class Attribution:
    """How a score comes about, pixel by pixel.

    `pixels`: (28, 28) float32 in units of the score, above 0 where the pixel's ink raises it · `drawing`, `paper`: the
    score of the drawing and of bare paper; the pixels add up to the difference of the two.
    """

    pixels: np.ndarray
    drawing: float
    paper: float

    @property
    def total(self) -> float:
        """All pixels together."""
        return float(self.pixels.sum(dtype=np.float64))


@dataclass
class _Intervals:
    """Parts of the way from paper (0) to drawing (1): where each begins and ends, the scores there and in its middle.

    `parts`: what the gradient in the middle gives each pixel of the interval's rise, (N, 28, 28).
    """

    begin: torch.Tensor
    end: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor
    middle: torch.Tensor
    parts: torch.Tensor

    def missed(self) -> torch.Tensor:
        """By how much the middle misjudges the rise of each interval; 0 where no unit switches inside it."""
        return (self.high - self.low - self.parts.sum((1, 2))).abs()

    def take(self, which: torch.Tensor) -> "_Intervals":
        return _Intervals(*(values[which] for values in vars(self).values()))

    def joined(self, other: "_Intervals") -> "_Intervals":
        return _Intervals(*map(torch.cat, zip(vars(self).values(), vars(other).values(), strict=True)))


def integrated_gradients(
    network: Network, image: np.ndarray, digit: int, against: int | None = None, most: int = MOST
) -> Attribution:
    """What each pixel of a digit image (28, 28) adds to a network's score for a digit, or for it `against` another.

    The score is the digit's logit, less that of the other. A network of ReLUs and poolings is straight between the
    places where one of its units switches; there the gradient in the middle of an interval is exact. So the intervals
    that it misjudges most are halved, until little is missing or `most` gradients are taken. Only gradients of the
    picture are asked for: those of the weights are neither computed nor kept.
    Source: Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks, 2017.
    """
    way = _IntegrationPath(network, image, digit, against)
    ends = torch.linspace(0, 1, FIRST + 1)
    with torch.no_grad():
        scores = way.scores(way.pictures(ends))
    intervals = way.intervals(ends[:-1], ends[1:], scores[:-1], scores[1:])
    for _ in range((most - FIRST) // (2 * ROUND)):
        missed = intervals.missed()
        if missed.sum() <= ENOUGH * intervals.parts.sum(0).abs().sum():
            break
        intervals = _halved(way, intervals, missed)
    return Attribution(intervals.parts.sum(0).numpy(), float(scores[-1]), float(scores[0]))


def _halved(way: "_IntegrationPath", intervals: _Intervals, missed: torch.Tensor) -> _Intervals:
    """The intervals, those that are misjudged most cut in half."""
    worst = torch.zeros_like(missed, dtype=torch.bool)
    worst[missed.topk(ROUND).indices] = True
    old = intervals.take(worst)
    centre = (old.begin + old.end) / 2
    halves = way.intervals(
        torch.cat([old.begin, centre]),
        torch.cat([centre, old.end]),
        torch.cat([old.low, old.middle]),
        torch.cat([old.middle, old.high]),
    )
    return intervals.take(~worst).joined(halves)


class _IntegrationPath:
    """The straight way from bare paper to a drawing, as a network scores it."""

    def __init__(self, network: Network, image: np.ndarray, digit: int, against: int | None) -> None:
        self.network = swap_relu_and_pool(network)
        self.image = torch.from_numpy(image)
        self.digit, self.against = digit, against

    def pictures(self, places: torch.Tensor) -> torch.Tensor:
        """The drawing in so much of its ink (N,): a batch (N, 1, 28, 28)."""
        batch = places[:, None, None, None] * self.image
        return batch.contiguous(memory_format=torch.channels_last)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """One score for each picture, (N,)."""
        logits = self.network(batch)
        mine = logits[:, self.digit]
        return mine if self.against is None else mine - logits[:, self.against]

    @torch.enable_grad()
    def intervals(self, begin: torch.Tensor, end: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> _Intervals:
        """Intervals with these ends and the scores there, judged from their middles."""
        batch = self.pictures((begin + end) / 2).requires_grad_()
        scores = self.scores(batch)
        (gradients,) = torch.autograd.grad(scores.sum(), batch)
        parts = gradients[:, 0] * self.image * (end - begin)[:, None, None]
        return _Intervals(begin, end, low, high, scores.detach(), parts)
