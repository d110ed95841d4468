"""Normalizes the illumination of a photo: shadows and lamps go, ink on even paper stays.

A lamp, a shadow and the warm white of a bulb scale the light of paper and ink alike. The level of the bare paper is
estimated under each pixel; ink is the share of that light that a pixel lacks.
"""

from functools import reduce

import cv2
import numpy as np

from digits.segmentation.measures import extend_from, shrink, stroke_width, strongest_ink
from digits.segmentation.polarity import detect_polarity_and_surface

ESTIMATION_SIDE_PX = 512  # of the longer side: light changes slowly, so a small picture is enough
MIN_LONGER_SIDE_PX = 280  # a smaller picture is enlarged to this
MIN_SHORTER_SIDE_PX = 8  # a digit does not fit into less
MIN_INK_SHARE = 0.1  # of the paper's light: ink takes at least this much
MIN_INK_SIGMAS = 4.5  # of the paper's grain: ink stands out at least this far
MAX_STROKE_SHARE = 0.2  # of the longer side: no stroke is wider
MIN_PAPER_LEVELS = 8  # estimates below this are raised to it, so that the division stays stable
BLUR_SIGMA_PX = 0.7  # halves the grain and leaves strokes as they are
PAPER_QUANTILE = 0.3  # of the darkness: paper, even if half of the picture is ink
MEDIAN_STEP_SIGMAS = 0.954  # median difference of two noisy pixels, in standard deviations of the noise


def normalize_illumination(channels: list[np.ndarray]) -> np.ndarray:
    """Returns the ink of a photo: (H, W) float32, the share of the paper's light that each pixel lacks.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. Chalk on a board counts as ink too. Whatever is
    within the grain of the paper is 0; ballpoint is near 0.8, pencil near 0.4. Everything outside the written surface
    has the darkness of the strongest ink. A picture smaller than 280 pixels is enlarged.
    """
    scale = MIN_LONGER_SIDE_PX / max(channels[0].shape)
    if scale > 1:
        channels = [cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) for part in channels]
    if min(channels[0].shape) < MIN_SHORTER_SIDE_PX:
        return np.zeros(channels[0].shape, np.float32)
    board, surface = detect_polarity_and_surface(channels)
    if board:
        channels = [255 - channel for channel in channels]
    if surface is None:
        return _darkness(channels, np.ones_like(channels[0]))
    # Outside lies the table or a wall. It becomes one component with the frame, and that reaches the edge.
    surface = cv2.resize(surface, channels[0].shape[::-1], interpolation=cv2.INTER_NEAREST)
    x, y, width, height = cv2.boundingRect(surface)
    crop = np.s_[y : y + height, x : x + width]
    inside = surface[crop] > 0
    darkness = _darkness([channel[crop] for channel in channels], surface[crop])
    ink = np.full(surface.shape, strongest_ink(darkness[inside]), np.float32)
    ink[crop][inside] = darkness[inside]
    return ink


def _darkness(channels: list[np.ndarray], surface: np.ndarray) -> np.ndarray:
    """Returns the ink on a surface (a mask) in a picture of dark ink, (H, W) float32.

    Values outside the mask are undefined.
    """
    ink = reduce(_maximum_in_place, (_relative_darkness(channel, surface) for channel in channels))
    ink = cv2.GaussianBlur(ink, (0, 0), BLUR_SIGMA_PX)
    sample = ink[::2, ::2]
    ink -= np.quantile(sample[surface[::2, ::2] > 0], PAPER_QUANTILE)
    ink[ink < max(MIN_INK_SHARE, MIN_INK_SIGMAS * _grain(ink, surface))] = 0
    return ink


def _maximum_in_place(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Writes the elementwise maximum over the first array, because a page has two million pixels."""
    return np.maximum(first, second, out=first)


def _grain(ink: np.ndarray, surface: np.ndarray) -> float:
    """Returns the standard deviation of the paper's noise, from pixels two apart.

    The median counts, because few pairs have an edge between.
    """
    inside = (surface[::2, 2:] & surface[::2, :-2]) > 0
    return float(np.median(np.abs(ink[::2, 2:] - ink[::2, :-2])[inside])) / MEDIAN_STEP_SIGMAS


def _relative_darkness(channel: np.ndarray, surface: np.ndarray) -> np.ndarray:
    """Returns the share of the paper's light that each pixel lacks, (H, W) float32.

    Values are negative where a pixel is lighter than the paper.
    """
    small = cv2.medianBlur(shrink(channel, ESTIMATION_SIDE_PX), 3)
    inside = cv2.resize(surface, small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    if not inside.all():
        small = extend_from(small, inside)
    paper = _paper_level(small, MAX_STROKE_SHARE * max(small.shape))
    stroke = _stroke_width(1 - small / np.maximum(paper, 1))
    if stroke:  # a window just wider than the strokes follows shadows closely
        paper = _paper_level(small, 4 * stroke + 9)
    # In place from here on: the arithmetic needs no more memory than its result.
    darkness = cv2.resize(paper, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.maximum(darkness, MIN_PAPER_LEVELS, out=darkness)
    np.divide(channel, darkness, out=darkness)
    return np.subtract(1, darkness, out=darkness)


def _paper_level(channel: np.ndarray, window: float) -> np.ndarray:
    """Returns the level of the bare paper, (H, W) float32: a morphological closing, then a blur.

    window: in pixels; dark parts that are narrower disappear.
    """
    side = int(window) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    closed = cv2.morphologyEx(channel, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    # A wide blur is as good on a small picture, and faster. Even of a strip at least one pixel stays.
    factor = max(1, min(int(window / 12), *channel.shape))
    small = cv2.resize(closed, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.GaussianBlur(small, (0, 0), window / 4 / factor)
    return cv2.resize(smooth, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _stroke_width(darkness: np.ndarray) -> float:
    """Returns the typical stroke width in pixels; 0 for a picture without ink."""
    strong = darkness[darkness > MIN_INK_SHARE]
    if not len(strong):
        return 0.0
    mask = (darkness > max(MIN_INK_SHARE, 0.5 * np.quantile(strong, 0.95))).astype(np.uint8)
    return stroke_width(mask)
