"""A photo's light, taken away: what is left is ink on even paper.

A lamp, a shadow and the warm white of a bulb brighten and darken paper and ink alike. So the bare paper is estimated
under every pixel, and ink is how much darker than that a pixel is, as a share.
"""

from functools import reduce

import cv2
import numpy as np

from digits.segmentation.ground import detect_polarity_and_surface
from digits.segmentation.measures import extend_from, shrink, stroke_width, strongest_ink

COARSE = 512  # pixels of the longer side, at which light is estimated: it changes slowly
SMALLEST = 280  # pixels of the longer side
NARROWEST = 8  # and of the shorter one: there is no room for a digit in less
FAINTEST = 0.1  # ink takes at least this share of the paper's light
NOISE_SIGMAS = 4.5  # and stands out this far above the paper's grain
WIDEST = 0.2  # of the longer side: no stroke is wider


def normalize_illumination(channels: list[np.ndarray]) -> np.ndarray:
    """The ink of a photo, whatever its light: (H, W) float32, the share of the paper's light that each pixel lacks.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. Chalk on a board is ink too. What is no more than
    the grain of the paper is 0; the rest is as strong as it is, ballpoint near 0.8, pencil near 0.4. A small picture
    is enlarged: finding the ink of a digit needs more pixels than reading it.
    """
    scale = SMALLEST / max(channels[0].shape)
    if scale > 1:
        channels = [cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) for part in channels]
    if min(channels[0].shape) < NARROWEST:
        return np.zeros(channels[0].shape, np.float32)
    board, place = detect_polarity_and_surface(channels)
    if board:
        channels = [255 - channel for channel in channels]
    if place is None:
        return _ink(channels, np.ones_like(channels[0]))
    # Beyond it lies the table, or a wall: one thing with its frame, which reaches to the edge and so is no digit.
    place = cv2.resize(place, channels[0].shape[::-1], interpolation=cv2.INTER_NEAREST)
    x, y, width, height = cv2.boundingRect(place)
    part = np.s_[y : y + height, x : x + width]
    there = place[part] > 0
    found = _ink([channel[part] for channel in channels], place[part])
    ink = np.full(place.shape, strongest_ink(found[there]), np.float32)
    ink[part][there] = found[there]
    return ink


def _ink(channels: list[np.ndarray], place: np.ndarray) -> np.ndarray:
    """The ink at a place (a mask) of a picture of dark ink, as `normalize_illumination` has it; beyond the place is no telling."""
    ink = reduce(_larger, (_relative_darkness(channel, place) for channel in channels))
    ink = cv2.GaussianBlur(ink, (0, 0), 0.7)  # half of the grain, and nothing of a stroke
    some = ink[::2, ::2]
    ink -= np.quantile(some[place[::2, ::2] > 0], 0.3)  # paper even where half of the picture is ink
    ink[ink < max(FAINTEST, NOISE_SIGMAS * _grain(ink, place))] = 0
    return ink


def _larger(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The larger of each two numbers, written over the first ones: a page has two million of them."""
    return np.maximum(one, other, out=one)


def _grain(ink: np.ndarray, place: np.ndarray) -> float:
    """The standard deviation of the paper's noise, from pixels two apart: few of them have an edge in between."""
    there = (place[::2, 2:] & place[::2, :-2]) > 0
    return float(np.median(np.abs(ink[::2, 2:] - ink[::2, :-2])[there])) / 0.954


def _relative_darkness(channel: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The share of the paper's light that each pixel at a place lacks, (H, W) float32, below 0 where it has more."""
    small = cv2.medianBlur(shrink(channel, COARSE), 3)
    there = cv2.resize(place, small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    if not there.all():
        small = extend_from(small, there)
    paper = _closed(small, WIDEST * max(small.shape))
    stroke = _stroke_width(1 - small / np.maximum(paper, 1))
    if stroke:  # with the strokes known, a window that follows shadows closely
        paper = _closed(small, 4 * stroke + 9)
    # In place from here on, as the arithmetic needs no more room than its result.
    lacking = cv2.resize(paper, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.maximum(lacking, 8, out=lacking)
    np.divide(channel, lacking, out=lacking)
    return np.subtract(1, lacking, out=lacking)


def _closed(channel: np.ndarray, window: float) -> np.ndarray:
    """The channel without its dark parts narrower than a window, a little smoothed: the paper's level, float32."""
    side = int(window) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    closed = cv2.morphologyEx(channel, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    # A wide blur is as good, and quick, on a small picture; of a strip something must be left.
    shrunk = max(1, min(int(window / 12), *channel.shape))
    small = cv2.resize(closed, None, fx=1 / shrunk, fy=1 / shrunk, interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.GaussianBlur(small, (0, 0), window / 4 / shrunk)
    return cv2.resize(smooth, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _stroke_width(lacking: np.ndarray) -> float:
    """The width of most strokes in pixels, 0 where there are none."""
    strong = lacking[lacking > FAINTEST]
    if not len(strong):
        return 0.0
    mask = (lacking > max(FAINTEST, 0.5 * np.quantile(strong, 0.95))).astype(np.uint8)
    return stroke_width(mask)
