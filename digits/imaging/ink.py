"""Estimates the ink of a picture of one digit: how far each pixel is from the bare paper.

Ink may be darker or lighter than the paper, or of another colour; the paper may be lit unevenly.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from PIL import Image, ImageFilter

from digits.imaging.decoding import Picture, decode_picture

MIN_CONTRAST_LEVELS = 25  # of 256: ink differs from paper by at least this much
MIN_INK_SIGMAS = 6  # ink stands out at least this far above the grain of the paper
MIN_CONTRAST_RATIO = 1.5  # the strongest ink over that threshold
SOFT_EDGE_SHARE = 0.012  # of the longer side: fainter ink this near to clear ink belongs to it
RIM_SHARE = 0.03  # of the shorter side: the rim is mostly paper
EVEN_LEVELS = 17  # of 256: even paper varies within these
MIN_EVEN_RIM_SHARE = 0.45  # of the rim: paper is even if this much of it lies within those levels
MIN_LIT_SIDE_PX = 64  # a smaller picture is cut out closely, and ink fills most of any window
ESTIMATION_SIDE_PX = 64  # uneven paper is estimated at this size
PAPER_BLUR_SIGMA_PX = 3  # at that size
MEDIAN_STEP_SIGMAS = 0.954  # median difference of two noisy pixels: √2 σ times the median of |N(0, 1)|
SIGMAS_PER_MEDIAN_DEVIATION = 1.4826  # of a normal distribution


@dataclass(frozen=True)
class Page:
    """Ink of a picture.

    `ink`: (H, W) float32, 0 = paper, 1 = strongest ink, at working size. `width`, `height`: of the picture that was
    sent, in pixels.
    """

    ink: np.ndarray
    width: int
    height: int


def estimate_ink(picture: Picture) -> Page:
    """Returns the ink of a picture, all taken for one digit; a blank picture has none."""
    return Page(_ink(picture.channels), picture.width, picture.height)


def decode_page(data: bytes) -> Page:
    """Decodes a picture of one digit and estimates its ink; raises what `decode_picture` raises."""
    return estimate_ink(decode_picture(data))


def _ink(channels: list[np.ndarray]) -> np.ndarray:
    """Returns the difference of each pixel from the paper, (H, W) float32; the strongest ink is 1.

    channels: (H, W) uint8 each. Only differences on one side, darker or lighter, are ink.
    """
    papers, grains = zip(*map(_estimate_paper, channels), strict=True)
    distances = [np.subtract(*pair, dtype=np.float32) for pair in zip(papers, channels, strict=True)]
    darkest = max(float(part.max()) for part in distances)
    lightest = max(-float(part.min()) for part in distances)
    strongest, threshold = max(darkest, lightest), MIN_INK_SIGMAS * max(grains)
    if strongest < max(MIN_CONTRAST_LEVELS, MIN_CONTRAST_RATIO * threshold):
        return np.zeros(channels[0].shape, np.float32)
    # In place from here on: these arrays are large, and a new one costs more than its arithmetic.
    for part in distances:
        part *= np.float32(1 / strongest if darkest >= lightest else -1 / strongest)
    ink = reduce(np.maximum, distances)
    if min(darkest, lightest) > 0:
        np.maximum(ink, 0, out=ink)
    if threshold:
        ink[~_add_soft_edges(ink >= threshold / strongest)] = 0
    if darkest >= lightest and np.ndim(papers[0]):
        # A lamp scales ink and paper alike: where the paper is dim, their difference is small.
        ink /= np.maximum(reduce(np.maximum, papers), MIN_CONTRAST_LEVELS)
        ink /= ink.max()
    return ink


def _add_soft_edges(mask: np.ndarray) -> np.ndarray:
    """Returns a mask (H, W) bool with the pixels close to it, which are the soft edges of strokes.

    A lone speck adds nothing.
    """
    picture = Image.fromarray(mask).convert("L")
    close = picture.filter(ImageFilter.BoxBlur(max(1, round(SOFT_EDGE_SHARE * max(mask.shape)))))
    return mask | (np.asarray(close) > 0)


def _estimate_paper(channel: np.ndarray) -> tuple[np.ndarray | np.float32, float]:
    """Returns the level of the bare paper and the standard deviation of its grain, in levels.

    channel: (H, W) uint8. The level is one number for even paper, (H, W) float32 for uneven paper. The rim of a picture
    is mostly paper, even if the digit touches it, so the level that most of the rim shares is the paper's. Without a
    shared level (a shadow, a lamp), the level under a pixel is the median of its wide neighbourhood.
    """
    height, width = channel.shape
    margin = max(1, round(RIM_SHARE * min(height, width)))
    sides = channel[:margin], channel[-margin:], channel[:, :margin], channel[:, -margin:]
    if all(side.min() == side.max() == channel[0, 0] for side in sides):  # a drawing: nothing to estimate
        return np.float32(channel[0, 0]), 0.0
    rim = np.concatenate([side.ravel() for side in sides])
    counts = np.convolve(np.bincount(rim, minlength=256), np.ones(EVEN_LEVELS), mode="same")
    level = int(counts.argmax())
    is_small = min(height, width) < MIN_LIT_SIDE_PX
    if is_small or counts[level] >= MIN_EVEN_RIM_SHARE * len(rim):
        paper = rim[np.abs(rim.astype(np.int16) - level) <= EVEN_LEVELS // 2 + 1].astype(np.float32)
        return np.median(paper), 0.0 if is_small else max(_robust_deviation(paper), _grain(channel))
    small = Image.fromarray(channel)
    small.thumbnail((ESTIMATION_SIDE_PX, ESTIMATION_SIDE_PX), Image.Resampling.BOX)
    window = max(3, min(small.size) // 3 | 1)
    smooth = small.filter(ImageFilter.MedianFilter(window)).filter(ImageFilter.GaussianBlur(PAPER_BLUR_SIGMA_PX))
    paper = np.asarray(smooth.resize((width, height), Image.Resampling.BILINEAR)).astype(np.float32)
    return paper, max(_robust_deviation(channel[::4, ::4] - paper[::4, ::4]), _grain(channel))


def _robust_deviation(values: np.ndarray) -> float:
    """Returns the standard deviation of values, from the median deviation: a little ink has no effect."""
    return SIGMAS_PER_MEDIAN_DEVIATION * float(np.median(np.abs(values - np.median(values))))


def _grain(channel: np.ndarray) -> float:
    """Returns the standard deviation of the noise, from the median step between neighbouring pixels."""
    steps = np.abs(np.diff(channel[:: max(1, len(channel) // 32)].astype(np.int16), axis=1))
    return float(np.median(steps)) / MEDIAN_STEP_SIGMAS
