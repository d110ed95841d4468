"""What is written on: paper or a board, and where in the picture it lies."""

from functools import reduce

import cv2
import numpy as np

from digits.segmentation.measures import along_edge, shrink
from digits.segmentation.surfaces import find_surfaces

FINE = 320  # pixels of the longer side, at which all here is told: in less, fine squares make a grey with light spots
RIM = 0.15  # of each side
EVEN, LEVEL = 0.9, 12  # a rim is even where such a share of it lies so close to its middle level
TELLING = 0.1  # levels, on average: ink on so little of a page tells that it is ink
LITTLE = 0.01  # levels, on average: where no more is lighter, what is darker is ink
MOSTLY_DARK, MOSTLY_LIGHT = 80, 128  # levels of the middle pixel: a board, a sheet


def detect_polarity_and_surface(channels: list[np.ndarray]) -> tuple[bool, np.ndarray | None]:
    """Tell whether it is a board, darker than its ink, and where it lies if there is something else around it.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. Where: a mask uint8 0 or 1, of less than their size.
    """
    small = shrink(reduce(np.maximum, channels) // 2 + reduce(np.minimum, channels) // 2, FINE)
    found = find_surfaces(small)
    if not found:
        return _is_board(small), None
    most = max(found, key=lambda surface: abs(surface.ink))
    # Two notes on a table are read, and not the window beside a board.
    return most.ink > 0, reduce(np.maximum, [one.mask for one in found if one.lighter == most.lighter])


def _is_board(small: np.ndarray) -> bool:
    """Whether the ink is lighter than what it is on, all over the picture."""
    edge = along_edge(small).astype(int)
    level = np.median(edge)
    # Where the table may be, and not the ink; of a strip it leaves something.
    rim = [min(max(1, round(RIM * side)), (side - 1) // 2) for side in small.shape]
    inner = slice(rim[0], small.shape[0] - rim[0]), slice(rim[1], small.shape[1] - rim[1])
    away = _standing_out(small)
    if np.mean(np.abs(edge - level) < LEVEL) > EVEN:
        # A dark rim is a board's, unless it is paper in the dark, on which hardly anything is lighter.
        light, dark = _lighter_and_darker(away[inner])
        return level < MOSTLY_LIGHT and not light < LITTLE < dark
    middle = np.median(small[inner])
    for part in (away[inner], away):  # all of it where the ink is near the rim
        light, dark = _lighter_and_darker(part)
        light *= 3 if middle < MOSTLY_DARK else 1
        dark *= 3 if middle > MOSTLY_LIGHT else 1
        if light + dark > TELLING:
            break
    return light > dark


def _standing_out(small: np.ndarray) -> np.ndarray:
    """How many levels lighter each pixel of a picture (H, W) uint8 is than the usual around it; below 0 if darker."""
    return small.astype(np.float32) - cv2.medianBlur(small, max(3, max(small.shape) // 4 | 1))


def _lighter_and_darker(away: np.ndarray) -> tuple[float, float]:
    """How many levels, on average, of what is clearly lighter than the usual around it, and of what is darker."""
    return float(np.maximum(away - LEVEL, 0).mean()), float(np.maximum(-away - LEVEL, 0).mean())
