"""Lays out random digits in written lines, and fits the lines to a page."""

import math

import numpy as np

from digits.data.dataset import Digits
from digits.synthesis.handwriting import Lines, Rng, rotation, write_line

MAX_LINES = 3
MAX_DIGITS = 12
MAX_PAIRS = 4
MIN_HEIGHT_SHARE = 0.03  # of a digit, of the longer side of the page
MAX_HEIGHT_SHARE = 0.6
MIN_HEIGHT_PX = 16


def write_lines(digits: Digits, rng: Rng, joined: bool = False) -> Lines:
    """Returns one to twelve digits in one to three lines; `joined`: one to four touching pairs."""
    count = int(rng.integers(1, (MAX_PAIRS if joined else MAX_DIGITS) + 1))
    rows = int(rng.integers(1, min(MAX_LINES, count) + 1))
    cuts = [0, *sorted(rng.choice(np.arange(1, count), rows - 1, replace=False).tolist()), count] if rows > 1 else None
    counts = np.diff(cuts or [0, count]) * (2 if joined else 1)
    usual = float(rng.uniform(0.2, 0.8))
    spacing, slope = rng.uniform(1.6, 2.5), math.radians(rng.uniform(-2, 2))
    ragged = 0.3 if rng.random() < 0.7 else 2.5
    lines = []
    for row, number in enumerate(counts):
        move = rotation(slope + math.radians(rng.uniform(-0.5, 0.5)))
        move[:2, 2] = rng.uniform(0, ragged), row * spacing
        lines.append([glyph.moved(move) for glyph in write_line(digits, int(number), usual, joined, rng)])
    return lines


def fit_to_page(
    lines: Lines, size: tuple[int, int], margin: float, rng: Rng, min_height_px: float = MIN_HEIGHT_PX
) -> tuple[Lines, float]:
    """Places lines at random on a page of `size` (width, height).

    Returns them and the digit height in pixels.

    margin: share of the longer side that stays free on every side · min_height_px: the digits are at least this high.
    """
    longer = max(size)
    corners = np.concatenate([glyph.corners for line in lines for glyph in line])
    low, extent = corners.min(axis=0), np.ptp(corners, axis=0)
    room = np.array(size) - 2 * margin * longer
    most = min(*(room / extent), MAX_HEIGHT_SHARE * longer)
    least = min(most, max(MIN_HEIGHT_SHARE * longer, min_height_px))
    height = float(least * (most / least) ** rng.random() ** 0.7)  # people tend to fill the page
    corner = margin * longer + rng.random(2) * (room - height * extent) - height * low
    move = np.array([[height, 0, corner[0]], [0, height, corner[1]], [0, 0, 1]])
    return [[glyph.moved(move) for glyph in line] for line in lines], height
