"""Detects polarity (dark ink on paper, or light ink on a board) and the surface with the writing."""

from functools import reduce

import cv2
import numpy as np

from digits.segmentation.measures import along_edge, shrink
from digits.segmentation.surfaces import find_surfaces

WORKING_SIDE_PX = 320  # of the longer side; in smaller pictures squared paper blurs to a grey with light spots
RIM_SHARE = 0.15  # of each side: the rim that may be the table
EVEN_EDGE_SHARE = 0.9  # of the edge: an edge is even if this share of it lies close to its median level
CLEAR_LEVELS = 12  # smaller differences are noise
MIN_INK_LEVELS = 0.1  # mean over the page: more than this is ink
MAX_NOISE_LEVELS = 0.01  # mean over the page: no more than this is noise
MAX_BOARD_LEVEL = 80  # median level: a darker picture is mostly board
MIN_PAPER_LEVEL = 128  # median level: a lighter picture is mostly paper
BACKGROUND_WEIGHT = 3  # differences against a background of known polarity count this often


def detect_polarity_and_surface(channels: list[np.ndarray]) -> tuple[bool, np.ndarray | None]:
    """Returns True if the ink is lighter than its background, and the mask of the written surface.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. The mask is uint8 0 or 1, of reduced size; None if
    the surface fills the picture.
    """
    small = shrink(reduce(np.maximum, channels) // 2 + reduce(np.minimum, channels) // 2, WORKING_SIDE_PX)
    surfaces = find_surfaces(small)
    if not surfaces:
        return _is_board(small), None
    main = max(surfaces, key=lambda surface: abs(surface.ink))
    # Two notes on a table are both read; a window beside a board is not.
    return main.ink > 0, reduce(np.maximum, [one.mask for one in surfaces if one.lighter == main.lighter])


def _is_board(small: np.ndarray) -> bool:
    """Returns True if ink is lighter than its background in a picture (H, W) uint8 of one surface."""
    edge = along_edge(small).astype(int)
    edge_level = np.median(edge)
    # The rim may be the table. Even of a strip at least one row and one column stay.
    rim = [min(max(1, round(RIM_SHARE * side)), (side - 1) // 2) for side in small.shape]
    inner = slice(rim[0], small.shape[0] - rim[0]), slice(rim[1], small.shape[1] - rim[1])
    contrast = _local_contrast(small)
    if np.mean(np.abs(edge - edge_level) < CLEAR_LEVELS) > EVEN_EDGE_SHARE:
        # A dark edge is a board's, except if nearly nothing is lighter: then it is paper in the dark.
        lighter, darker = _lighter_and_darker(contrast[inner])
        return bool(edge_level < MIN_PAPER_LEVEL and not lighter < MAX_NOISE_LEVELS < darker)
    middle_level = np.median(small[inner])
    for part in (contrast[inner], contrast):  # the whole picture if the ink is near the rim
        lighter, darker = _lighter_and_darker(part)
        lighter *= BACKGROUND_WEIGHT if middle_level < MAX_BOARD_LEVEL else 1
        darker *= BACKGROUND_WEIGHT if middle_level > MIN_PAPER_LEVEL else 1
        if lighter + darker > MIN_INK_LEVELS:
            break
    return lighter > darker


def _local_contrast(small: np.ndarray) -> np.ndarray:
    """Returns how many levels each pixel is lighter than the median around it, (H, W) float32."""
    return small.astype(np.float32) - cv2.medianBlur(small, max(3, max(small.shape) // 4 | 1))


def _lighter_and_darker(contrast: np.ndarray) -> tuple[float, float]:
    """Returns the mean contrast of clearly lighter pixels, and of clearly darker ones, in levels."""
    lighter = np.maximum(contrast - CLEAR_LEVELS, 0)
    darker = np.maximum(-contrast - CLEAR_LEVELS, 0)
    return float(lighter.mean()), float(darker.mean())
