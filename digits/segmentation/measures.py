"""TODO."""

import cv2
import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE

STRONG = 0.97  # of all ink: so much is no stronger than the page's strongest strokes


def strongest_ink(ink: np.ndarray) -> float:
    """How much of the paper's light the strongest strokes among some ink take, 0–1; 0 where there is none."""
    there = ink[ink > 0]
    return float(np.quantile(there, STRONG)) if len(there) else 0.0


def stroke_width(mask: np.ndarray) -> float:
    """The width of most strokes of a mask (H, W) uint8 0 or 1, in pixels; 0 for an empty one."""
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)  # beyond the page is no ink
    ridge = (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)))
    return float(2 * np.median(depth[ridge]) - 0.5) if ridge.any() else 0.0


def shrink(channel: np.ndarray, side: int) -> np.ndarray:
    """A channel (H, W), its longer side of so many pixels at most."""
    scale = side / max(channel.shape)
    if scale >= 1:
        return channel
    size = [max(1, round(length * scale)) for length in reversed(channel.shape)]
    return cv2.resize(channel, size, interpolation=cv2.INTER_AREA)


def extend_from(picture: np.ndarray, place: np.ndarray) -> np.ndarray:
    """What a picture (H, W) has at a place (a mask) and, everywhere else, what it has at the nearest pixel of that."""
    _, nearest = cv2.distanceTransformWithLabels(1 - place, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    levels = np.zeros(nearest.max() + 1, picture.dtype)
    levels[nearest[place > 0]] = picture[place > 0]
    return levels[nearest]


def along_edge(picture: np.ndarray) -> np.ndarray:
    """The pixels along the four edges of a picture (H, W)."""
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


NEAR = 0.006  # of the page's longer side: so near to its edge lies what it cuts off, as the table


HIGH, LOW = 0.3, 0.08  # of its height: so high at least is what is written in it, where it is one digit, or several


SPECKS = 5  # others in it, of any height: there is no more dirt in a digit


def enclosing_components(stats: np.ndarray, page: tuple[int, int]) -> dict[int, bool]:
    """Which of OpenCV's components (n, 5) have others in their box that are no dirt, and whether several."""
    starts, sizes = stats[:, :2], stats[:, 2:4]
    some = np.flatnonzero(sizes.max(axis=1) > SPECK_SHARE * max(page))[1:]  # 0 is the paper
    found = {}
    for label in some[sizes[some].max(axis=1) > 2 * SPECK_SHARE * max(page)].tolist():
        inside = (starts[some] > starts[label]) & (starts[some] + sizes[some] < starts[label] + sizes[label])
        heights = sizes[some[inside.all(axis=1)], 1] / sizes[label, 1]
        several = bool((heights > LOW).sum() > 1 or len(heights) > SPECKS)
        if several or (heights > HIGH).any():
            found[label] = several
    return found


def at_edge(stats: np.ndarray, page: tuple[int, int]) -> np.ndarray:
    """Which of OpenCV's components (n, 5) lie at the edge of the page, (n,) bool."""
    x, y, width, height = stats[:, :4].T
    near = max(1, NEAR * max(page))
    return (x <= near) | (y <= near) | (x + width >= page[1] - near) | (y + height >= page[0] - near)


STRIP = 0.5  # of the longer side: in a page so narrow a digit may be as long as LONG


def is_strip(page: tuple[int, int]) -> bool:
    """Whether a page (height, width) is so narrow that it may be cut out around one written line."""
    return min(page) <= STRIP * max(page)
