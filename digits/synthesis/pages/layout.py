"""TODO."""

import math

import numpy as np

from digits.data.dataset import Digits
from digits.synthesis.handwriting import Lines, Rng, _line, rotation

MOST_LINES, MOST_DIGITS, MOST_PAIRS = 3, 12, 4


SMALLEST, LARGEST, LEGIBLE = 0.03, 0.6, 16  # digit height: shares of the page's longer side, and pixels


def write_lines(digits: Digits, rng: Rng, joined: bool = False) -> Lines:
    """One to twelve digits in one to three lines, in units of their height; `joined`: up to four touching pairs."""
    count = int(rng.integers(1, (MOST_PAIRS if joined else MOST_DIGITS) + 1))
    rows = int(rng.integers(1, min(MOST_LINES, count) + 1))
    cuts = [0, *sorted(rng.choice(np.arange(1, count), rows - 1, replace=False).tolist()), count] if rows > 1 else None
    counts = np.diff(cuts or [0, count]) * (2 if joined else 1)
    usual = float(rng.uniform(0.2, 0.8))
    spacing, slope = rng.uniform(1.6, 2.5), math.radians(rng.uniform(-2, 2))
    ragged = 0.3 if rng.random() < 0.7 else 2.5
    lines = []
    for row, number in enumerate(counts):
        move = rotation(slope + math.radians(rng.uniform(-0.5, 0.5)))
        move[:2, 2] = rng.uniform(0, ragged), row * spacing
        lines.append([glyph.moved(move) for glyph in _line(digits, int(number), usual, joined, rng)])
    return lines


def fit_to_page(
    lines: Lines, size: tuple[int, int], margin: float, rng: Rng, legible: float = LEGIBLE
) -> tuple[Lines, float]:
    """The lines somewhere on a page of `size` (width, height), and the digit height in its pixels.

    margin: share of the longer side that stays free all around · legible: the digits are at least so many pixels high.
    """
    longer = max(size)
    corners = np.concatenate([glyph.corners for line in lines for glyph in line])
    low, extent = corners.min(axis=0), np.ptp(corners, axis=0)
    room = np.array(size) - 2 * margin * longer
    most = min(*(room / extent), LARGEST * longer)
    least = min(most, max(SMALLEST * longer, legible))
    height = float(least * (most / least) ** rng.random() ** 0.7)  # people fill their page rather than not
    corner = margin * longer + rng.random(2) * (room - height * extent) - height * low
    move = np.array([[height, 0, corner[0]], [0, height, corner[1]], [0, 0, 1]])
    return [[glyph.moved(move) for glyph in line] for line in lines], height
