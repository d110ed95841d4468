"""Measures of ink and of components that several stages share."""

import cv2
import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE

STRONG_INK_QUANTILE = 0.97  # of all ink: the quantile that stands for the strongest strokes
PAGE_EDGE_MARGIN_SHARE = 0.006  # of the page's longer side: the table and shadows begin this near to the edge
MIN_SINGLE_CONTENT_SHARE = 0.3  # of a frame's height: a single digit in it is at least this high
MIN_CONTENT_SHARE = 0.08  # of a frame's height: each of several digits in it is at least this high
MAX_SPECKS_IN_DIGIT = 5  # a digit has no more specks of dirt inside
MAX_STRIP_ASPECT = 0.5  # shorter over longer side: in a narrower page one digit may be as long as a ruling


def strongest_ink(ink: np.ndarray) -> float:
    """Returns the darkness of the strongest strokes, 0–1; 0 for an array without ink.

    ink: float32 of any shape, the share of the paper's light that each pixel lacks.
    """
    inked = ink[ink > 0]
    return float(np.quantile(inked, STRONG_INK_QUANTILE)) if len(inked) else 0.0


def stroke_width(mask: np.ndarray) -> float:
    """Returns the typical stroke width of a mask (H, W) uint8 0 or 1, in pixels; 0 for an empty mask.

    The median over the ridge of the distance transform, so that every stroke counts by its length.
    """
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)  # there is no ink outside the page
    ridge = (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)))
    return float(2 * np.median(depth[ridge]) - 0.5) if ridge.any() else 0.0


def shrink(channel: np.ndarray, side: int) -> np.ndarray:
    """Returns a channel (H, W) with its longer side reduced to at most `side` pixels."""
    scale = side / max(channel.shape)
    if scale >= 1:
        return channel
    size = [max(1, round(length * scale)) for length in reversed(channel.shape)]
    return cv2.resize(channel, size, interpolation=cv2.INTER_AREA)


def extend_from(channel: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Returns a channel (H, W); pixels outside a mask have the value of the nearest pixel inside.

    mask: (H, W) uint8 0 or 1, not empty.
    """
    _, labels = cv2.distanceTransformWithLabels(1 - mask, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = labels.astype(np.int32, copy=False)  # pixels with the same nearest pixel inside share a label
    levels = np.zeros(nearest.max() + 1, channel.dtype)
    levels[nearest[mask > 0]] = channel[mask > 0]
    return levels[nearest]


def along_edge(channel: np.ndarray) -> np.ndarray:
    """Returns the pixels of the four edges of a channel (H, W), as a vector; corners count twice."""
    return np.concatenate([channel[0], channel[-1], channel[:, 0], channel[:, -1]])


def enclosing_components(stats: np.ndarray, page: tuple[int, int]) -> dict[int, bool]:
    """Returns the labels of the components that have digits inside their box, and if several are inside.

    stats: (n, 5), as `cv2.connectedComponentsWithStats` returns them; row 0 is the paper. page: (height, width).
    """
    starts, sizes = stats[:, :2], stats[:, 2:4]
    no_speck = np.flatnonzero(sizes.max(axis=1) > SPECK_SHARE * max(page))[1:]  # 0 is the paper
    enclosing = {}
    for label in no_speck[sizes[no_speck].max(axis=1) > 2 * SPECK_SHARE * max(page)].tolist():
        ends = starts[label] + sizes[label]
        inside = (starts[no_speck] > starts[label]) & (starts[no_speck] + sizes[no_speck] < ends)
        heights = sizes[no_speck[inside.all(axis=1)], 1] / sizes[label, 1]
        several = bool((heights > MIN_CONTENT_SHARE).sum() > 1 or len(heights) > MAX_SPECKS_IN_DIGIT)
        if several or (heights > MIN_SINGLE_CONTENT_SHARE).any():
            enclosing[label] = several
    return enclosing


def at_edge(stats: np.ndarray, page: tuple[int, int]) -> np.ndarray:
    """Returns for each component if it lies at the edge of the page, (n,) bool.

    stats, page: as for `enclosing_components`.
    """
    x, y, width, height = stats[:, :4].T
    margin = max(1, PAGE_EDGE_MARGIN_SHARE * max(page))
    return (x <= margin) | (y <= margin) | (x + width >= page[1] - margin) | (y + height >= page[0] - margin)


def is_strip(page: tuple[int, int]) -> bool:
    """Returns True for a page (height, width) so narrow that it may be cut out around one written line."""
    return min(page) <= MAX_STRIP_ASPECT * max(page)
