"""Digits written in lines: where a hand puts them, and the ink they leave in a picture of the sheet.

Lines are laid out in units of the page's digit height, the first baseline at y = 0; `fitted` brings them to a page, and
`render_ink` draws them through any view of it. Each digit is drawn once, straight from its 28×28 pixels to the picture's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from digits.data.dataset import Digits
from digits.imaging.preprocessing import BOX, SIDE, Box

HALF = 0.4  # the level where a stroke's edge is: below one half, or thin strokes come apart
SCRAP = 5  # of MNIST's pixels: what stands beside a digit and is narrower is no stroke of it; the bar of a 5 is wider
HOLDING = 0.45  # the level at which a digit must not come apart: a little above, or it hangs by a thread
FAINT = 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1  # what a faint digit has for HALF: the first that holds it together best
WIDTH = 0.7  # of its height: a usual digit
GAPS, NEXT_NUMBER = (0.15, 1.5), (1.5, 3.0)  # in digit widths
TOUCH, OVERLAP = 0.6, 0.12  # at least so many of MNIST's pixels of ink on ink, at most this share of the narrower digit
DEEP = 0.3  # of the narrower one's width: boxes of touching digits overlap by no more
FINE = 8  # an enlargement above this is done by straight lines between such pixels
Rng = np.random.Generator


@dataclass(frozen=True)
class Glyph:
    """`image`: (28, 28) float32, 0 = paper, 1 = ink · `place`: (3, 3), from its pixels to the sheet's.

    `label`: the digit that it is; None for a sign.
    """

    label: int | None
    image: np.ndarray
    place: np.ndarray

    def moved(self, matrix: np.ndarray) -> "Glyph":
        """The same digit after a further move of the sheet, (3, 3)."""
        return replace(self, place=matrix @ self.place)

    @property
    def corners(self) -> np.ndarray:
        """The corners of its ink on the sheet, (4, 2) x and y."""
        x, y, width, height = _extent(self.image > HALF)
        return transform(self.place, [(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


Line = list[Glyph]
Lines = list[Line]


def write_pair(digits: Digits, rng: Rng) -> Line:
    """Two digits that touch, in units of their height, the baseline at y = 0."""
    return _line(digits, 2, 0.0, True, rng)


def _line(digits: Digits, count: int, usual: float, joined: bool, rng: Rng) -> Line:
    """Digits from left to right on the baseline y = 0. usual: the gap between them, in digit widths."""
    line: Line = []
    while len(line) < count:
        if joined and len(line) % 2:
            line.append(_touching(line[-1], digits, rng))
        else:
            line.append(place_glyph(digits, end_of_line(line) + (WIDTH * _gap(usual, rng) if line else 0), rng))
    return line


def end_of_line(line: Line) -> float:
    """How far to the right the ink of a line's last glyph goes; an empty one's begins at 0."""
    return float(line[-1].corners[:, 0].max()) if line else 0.0


def _gap(usual: float, rng: Rng) -> float:
    if rng.random() < 0.1:
        return float(rng.uniform(*NEXT_NUMBER))
    return float(np.clip(usual * rng.lognormal(0, 0.35), *GAPS))


def place_glyph(digits: Digits, x: float, rng: Rng) -> Glyph:
    """Any digit with the left edge of its ink at x, its foot near the baseline, its size near the page's."""
    row = int(rng.integers(len(digits)))
    image = digits.images[row].numpy().astype(np.float32)
    image = _without_scraps(_whole(image / image.max()))
    left, top, _, height = _extent(image > HALF)
    scale, drop = rng.uniform(0.85, 1.15) / BOX, rng.uniform(-0.06, 0.06)
    place = np.array([[scale, 0, x - scale * left], [0, scale, drop - scale * (top + height)], [0, 0, 1]])
    return Glyph(int(digits.labels[row]), image, place)


def _whole(image: np.ndarray) -> np.ndarray:
    """A digit (28, 28), 0–1, with the ink of a faint hand darkened so far that its strokes do not come apart.

    MNIST's grey is how much of a pixel a thin stroke covers; cut at the half level, it would leave dots.
    """
    if _pieces(image) == 1:
        return image
    return min((image ** (math.log(HALF) / math.log(level)) for level in FAINT), key=_pieces)


def _without_scraps(image: np.ndarray) -> np.ndarray:
    """A digit (28, 28) without what stands beside it, and not over or under any of it.

    MNIST's digits were cut out of forms, some with a piece of a printed line, or with dirt. On a page that would be a
    stroke that nobody wrote, and beside a 2 a 1 to any reader.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats((_enlarged(image) > HALF).astype(np.uint8))
    left, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    digit = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    beside = (left >= left[digit] + width[digit]) | (left + width <= left[digit])
    scraps = np.isin(labels, np.flatnonzero(beside & (width < 4 * SCRAP))).astype(np.uint8)
    if not scraps.any():
        return image
    halo = cv2.dilate(scraps, np.ones((9, 9), np.uint8)) & (labels != digit)  # a pixel of grey all round
    return image * (cv2.resize(halo, (SIDE, SIDE), interpolation=cv2.INTER_AREA) == 0)


def _pieces(image: np.ndarray) -> int:
    """How many strokes that do not touch a digit has."""
    return cv2.connectedComponents((_enlarged(image) > HOLDING).astype(np.uint8))[0] - 1  # the paper is one


def _enlarged(image: np.ndarray) -> np.ndarray:
    """A digit (28, 28) four times as large."""
    return np.asarray(Image.fromarray(image).resize((SIDE * 4, SIDE * 4), Image.Resampling.BICUBIC))


def _touching(left: Glyph, digits: Digits, rng: Rng) -> Glyph:
    """Any digit so far to the left that its ink lies over the other's a little."""
    end, start = left.corners[:, 0].max(), left.corners[:, 0].min()
    for _ in range(20):  # a digit that would slip far under its neighbour is not one that a hand puts there
        right = place_glyph(digits, end, rng)
        narrower = min(end - start, np.ptp(right.corners[:, 0]))
        shift = _apart(left, right) + rng.uniform(TOUCH / BOX, max(1.3 * TOUCH / BOX, OVERLAP * narrower))
        if shift <= DEEP * narrower:
            break
    return right.moved(np.array([[1, 0, -shift], [0, 1, 0], [0, 0, 1]]))


def _apart(left: Glyph, right: Glyph) -> float:
    """How far the right digit can go to the left until ink meets ink in some row."""
    heights = np.arange(-1.3, 0.3, 0.01)
    ends, starts = (_edges(glyph, heights) for glyph in (left, right))
    between = starts[0] - ends[1]
    return float(between[np.isfinite(between)].min(initial=1.0))


def _edges(glyph: Glyph, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the ink begins and ends at each height, both x (n,); infinite where there is none."""
    ink = _enlarged(glyph.image) > HALF
    scale = glyph.place[0, 0] / 4
    rows = np.floor((heights - glyph.place[1, 2]) / scale).astype(int)
    row = ink[rows.clip(0, len(ink) - 1)] & ((rows >= 0) & (rows < len(ink)))[:, None]
    some = row.any(axis=1)
    first, last = row.argmax(axis=1), row.shape[1] - row[:, ::-1].argmax(axis=1)
    x = glyph.place[0, 2]
    return np.where(some, x + scale * first, np.inf), np.where(some, x + scale * last, -np.inf)


def render_ink(lines: Lines, size: tuple[int, int]) -> tuple[np.ndarray, list[Box]]:
    """The ink of a page of `size` (width, height), (H, W) float32 0–1, and each digit's box in reading order."""
    page = np.zeros((size[1], size[0]), np.float32)
    drawn = [(glyph.label, _drawn(glyph, page)) for line in lines for glyph in line]
    return page, [box for label, box in drawn if label is not None]


def _drawn(glyph: Glyph, page: np.ndarray) -> Box:
    """Put a glyph's ink onto the page; the box of it."""
    corners = transform(glyph.place, [(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)])
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int).clip(0, page.shape[::-1])
    scale = float(np.linalg.norm(corners[2] - corners[0])) / (math.sqrt(2) * SIDE)  # pixels for each of MNIST's
    side = round(SIDE * min(scale, FINE))
    source = Image.fromarray(glyph.image).resize((side, side), Image.Resampling.BICUBIC)
    onto = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ glyph.place @ np.diag([SIDE / side, SIDE / side, 1])
    back = np.linalg.inv(onto)
    soft = np.asarray(
        source.transform(
            (right - left, bottom - top),
            Image.Transform.PERSPECTIVE,
            (back / back[2, 2]).ravel()[:8].tolist(),
            Image.Resampling.BILINEAR,
        )
    )
    ink = _sharp(soft, min(HALF, 0.4 / scale))
    place = page[top:bottom, left:right]
    np.maximum(place, ink, out=place)
    x, y, width, height = _extent(ink > 0.5 * ink.max())
    return left + x, top + y, width, height


def _sharp(soft: np.ndarray, half_width: float) -> np.ndarray:
    """A smooth step around the half level, so that strokes have edges as a pen leaves them."""
    step = ((soft - (HALF - half_width)) / (2 * half_width)).clip(0, 1)
    return step * step * (3 - 2 * step)


def _extent(marked: np.ndarray) -> Box:
    """The box around what is marked."""
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    return int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def rotation(angle: float) -> np.ndarray:
    """A turn around the origin, clockwise on the page (radians), (3, 3)."""
    return np.array(
        [[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1]], dtype=float
    )


def transform(matrix: np.ndarray, points: Sequence[tuple[float, float]] | np.ndarray) -> np.ndarray:
    """Points (n, 2) through a (3, 3) homography."""
    ahead = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return ahead[:, :2] / ahead[:, 2:]
