"""TODO."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from PIL import Image, ImageFilter

from digits.imaging.decoding import Picture, decode_picture

MIN_CONTRAST = 25  # of the 256 levels: less than this between ink and paper is no ink


NOISE_SIGMAS = 6  # ink must stand out this far above the paper's own grain


EDGE = 0.012  # of the longer side: this near to such ink, fainter ink belongs to it


LEVELS, EVEN = 17, 0.45  # paper is even where this share of its rim lies within so many of the 256 levels


SMALL = 64  # pixels: a picture below this is cut tightly around its digit, which fills most of any neighbourhood


@dataclass(frozen=True)
class Page:
    """`ink`: (H, W) float32, 0 = paper, 1 = ink, at working size; width and height are those of the sent picture."""

    ink: np.ndarray
    width: int
    height: int


def estimate_ink(picture: Picture) -> Page:
    """The ink of a picture, all of which belongs to one digit; a blank one is a page without ink."""
    return Page(_ink(picture.channels), picture.width, picture.height)


def decode_page(data: bytes) -> Page:
    """Decode a picture of one digit and find its ink; raises what `decode_picture` does."""
    return estimate_ink(decode_picture(data))


def _ink(channels: list[np.ndarray]) -> np.ndarray:
    """How far each pixel is from the paper, on the side (darker or lighter) where the ink is."""
    papers, grains = zip(*map(_paper, channels), strict=True)
    away = [np.subtract(*pair, dtype=np.float32) for pair in zip(papers, channels, strict=True)]
    dark, light = max(float(part.max()) for part in away), max(-float(part.min()) for part in away)
    top, floor = max(dark, light), NOISE_SIGMAS * max(grains)
    if top < max(MIN_CONTRAST, 1.5 * floor):
        return np.zeros(channels[0].shape, np.float32)
    # In place from here on: these arrays are large, and a new one costs more than the arithmetic in it.
    for part in away:
        part *= np.float32(1 / top if dark >= light else -1 / top)
    ink = reduce(np.maximum, away)
    if min(dark, light) > 0:
        np.maximum(ink, 0, out=ink)
    if floor:
        ink[~_with_edges(ink >= floor / top)] = 0
    if dark >= light and np.ndim(papers[0]):
        # The lamp shines on ink and paper alike: where the paper is dim, so is the difference between the two.
        ink /= np.maximum(reduce(np.maximum, papers), MIN_CONTRAST)
        ink /= ink.max()
    return ink


def _with_edges(marked: np.ndarray) -> np.ndarray:
    """The marked pixels and those close to them: a stroke's soft edge is no noise. A lone speck brings nothing in."""
    picture = Image.fromarray(marked).convert("L")
    close = picture.filter(ImageFilter.BoxBlur(max(1, round(EDGE * max(marked.shape)))))
    return marked | (np.asarray(close) > 0)


def _paper(channel: np.ndarray) -> tuple[np.ndarray | np.float32, float]:
    """The level of the bare paper, one number where it is even and an array where not, and its grain (σ, in levels).

    The rim of a picture is mostly paper, even where the digit touches it, so the level that most of the rim shares is
    the paper's. Where no level is shared (a shadow, a lamp), the paper under each pixel is the median of its wide
    neighbourhood, in which ink is the smaller part.
    """
    height, width = channel.shape
    margin = max(1, round(0.03 * min(height, width)))
    sides = channel[:margin], channel[-margin:], channel[:, :margin], channel[:, -margin:]
    if all(side.min() == side.max() == channel[0, 0] for side in sides):  # a canvas: nothing to estimate
        return np.float32(channel[0, 0]), 0.0
    rim = np.concatenate([side.ravel() for side in sides])
    shared = np.convolve(np.bincount(rim, minlength=256), np.ones(LEVELS), mode="same")
    level = int(shared.argmax())
    tight = min(height, width) < SMALL
    if tight or shared[level] >= EVEN * len(rim):
        paper = rim[np.abs(rim.astype(np.int16) - level) <= LEVELS // 2 + 1].astype(np.float32)
        return np.median(paper), 0.0 if tight else max(_spread(paper), _grain(channel))
    small = Image.fromarray(channel)
    small.thumbnail((64, 64), Image.Resampling.BOX)
    window = max(3, min(small.size) // 3 | 1)
    paper = small.filter(ImageFilter.MedianFilter(window)).filter(ImageFilter.GaussianBlur(3))
    flat = np.asarray(paper.resize((width, height), Image.Resampling.BILINEAR)).astype(np.float32)
    return flat, max(_spread(channel[::4, ::4] - flat[::4, ::4]), _grain(channel))


def _spread(values: np.ndarray) -> float:
    """The standard deviation of most of the values, untouched by the few that are ink (from the median deviation)."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _grain(channel: np.ndarray) -> float:
    """The standard deviation of the paper's noise, from neighbouring pixels: few of them have an edge in between."""
    steps = np.abs(np.diff(channel[:: max(1, len(channel) // 32)].astype(np.int16), axis=1))
    # For noise of deviation σ the median step is 0.954 σ: √2 σ, times the median of |N(0, 1)|.
    return float(np.median(steps)) / 0.954
