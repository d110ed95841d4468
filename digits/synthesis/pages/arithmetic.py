"""Writes sums one under the other, as in homework; the signs between the digits are no digits."""

import numpy as np
from PIL import Image, ImageDraw

from digits.data.dataset import Digits
from digits.imaging.preprocessing import DIGIT_SIDE_PX, IMAGE_SIDE_PX
from digits.synthesis.handwriting import Glyph, Line, Lines, Rng, end_of_line, place_glyph, rotation

# Strokes of x,y around the middle, y down; 1 is half the width of a sign.
SIGNS = {
    "+": [[(-1, 0), (1, 0)], [(0, -1), (0, 1)]],
    "−": [[(-1, 0), (1, 0)]],
    "×": [[(-0.8, -0.8), (0.8, 0.8)], [(0.8, -0.8), (-0.8, 0.8)]],
    "·": [[(0, 0), (0.1, 0.05)]],
    ":": [[(0, -0.6), (0.1, -0.55)], [(0, 0.6), (0.1, 0.65)]],
    "÷": [[(-1, 0), (1, 0)], [(0, -0.8), (0.1, -0.75)], [(0, 0.8), (0.1, 0.85)]],
    "=": [[(-1, -0.45), (1, -0.45)], [(-1, 0.45), (1, 0.45)]],
}
MAX_SUMS = 3
SIGN_WIDTH_RANGE_PX = 9.0, 14.0  # in pixels of MNIST, where a digit is 20 high
STROKE_WIDTH_RANGE_PX = 1.6, 3.2  # in the same pixels
SUPERSAMPLING = 8


def write_sums(digits: Digits, rng: Rng) -> Lines:
    """Returns one to three random sums, right or wrong, in units of the digit height."""
    spacing, gap = rng.uniform(1.6, 2.4), rng.uniform(0.2, 0.55)
    lines = []
    for row in range(int(rng.integers(1, MAX_SUMS + 1))):
        move = rotation(np.radians(rng.uniform(-1, 1)))
        move[:2, 2] = rng.uniform(0, 0.4), row * spacing
        lines.append([glyph.moved(move) for glyph in _write_sum(digits, gap, rng)])
    return lines


def _write_sum(digits: Digits, gap: float, rng: Rng) -> Line:
    """Returns one sum, such as 3 + 4 = 12, on the baseline y = 0; gap: beside signs, in digit heights."""
    middle = list(SIGNS)[rng.integers(len(SIGNS) - 1)]  # any sign but =
    line: Line = []
    for what in ["digit", middle, "digit", "=", "digit", *["digit"] * int(rng.integers(2))]:
        beside = gap if what in SIGNS or (line and line[-1].label is None) else rng.uniform(0.12, 0.3)
        x = end_of_line(line) + (beside * rng.uniform(0.8, 1.2) if line else 0)
        line.append(_draw_sign(what, x, rng) if what in SIGNS else place_glyph(digits, x, rng))
    return line


def _draw_sign(name: str, x: float, rng: Rng) -> Glyph:
    """Returns a handwritten sign with its left edge at x and its middle half-way up a digit."""
    wide, pen = SUPERSAMPLING * rng.uniform(*SIGN_WIDTH_RANGE_PX), SUPERSAMPLING * rng.uniform(*STROKE_WIDTH_RANGE_PX)
    picture = Image.new("L", (SUPERSAMPLING * IMAGE_SIDE_PX, SUPERSAMPLING * IMAGE_SIDE_PX))
    brush = ImageDraw.Draw(picture)
    for stroke in SIGNS[name]:
        knots = np.array(stroke) * rng.uniform(0.85, 1.15)
        middle = knots.mean(axis=0) + rng.normal(0, 0.06, 2)  # bends the stroke
        line = (
            np.stack([knots[0], middle, knots[-1]]) + rng.normal(0, 0.08, (3, 2))
        ) * wide / 2 + SUPERSAMPLING * IMAGE_SIDE_PX / 2
        brush.line(line.ravel().tolist(), fill=255, width=round(pen), joint="curve")
        for dot in line:
            brush.ellipse([*(dot - pen / 2), *(dot + pen / 2)], fill=255)
    image = np.asarray(picture.resize((IMAGE_SIDE_PX, IMAGE_SIDE_PX), Image.Resampling.BOX), np.float32) / 255
    scale = rng.uniform(0.9, 1.1) / DIGIT_SIDE_PX
    down = rng.normal(-0.5, 0.03) - scale * IMAGE_SIDE_PX / 2
    glyph = Glyph(None, image, np.array([[scale, 0, 0], [0, scale, down], [0, 0, 1]]))
    return glyph.moved(np.array([[1, 0, x - glyph.corners[:, 0].min()], [0, 1, 0], [0, 0, 1]]))
