"""Places MNIST digits in handwritten lines, and renders their ink on a page.

Lines are in units of the digit height of the page; the first baseline is y = 0. `fit_to_page` scales them to a page,
and `render_ink` draws them through any perspective. Each digit is resampled once, from its 28×28 pixels to the page.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from digits.data.dataset import Digits
from digits.imaging.preprocessing import DIGIT_SIDE_PX, IMAGE_SIDE_PX, Box

EDGE_LEVEL = 0.4  # the level at the edge of a stroke; at 0.5 thin strokes break
MAX_SCRAP_WIDTH_PX = 5  # px of MNIST: a narrower component beside a digit is dirt; the bar of a 5 is wider
CONNECTED_LEVEL = 0.45  # at this level a digit must be one component; a little above the edge level, for safety
FAINT_LEVELS = (
    0.4,
    0.35,
    0.3,
    0.25,
    0.2,
    0.15,
    0.1,
)  # edge levels to try for a faint digit; the first that connects it best
DIGIT_WIDTH = 0.7  # of the height
GAP_RANGE, WIDE_GAP_RANGE = (0.15, 1.5), (1.5, 3.0)  # in digit widths
MIN_OVERLAP_PX, MAX_OVERLAP_SHARE = (
    0.6,
    0.12,
)  # at least so many of MNIST's pixels of ink on ink, at most this share of the narrower digit
MAX_BOX_OVERLAP_SHARE = 0.3  # of the width of the narrower digit
MAX_SMOOTH_SCALE = 8  # above this enlargement, bilinear interpolation continues from here
Rng = np.random.Generator


@dataclass(frozen=True)
class Glyph:
    """A digit or a sign with its place on the page.

    `label`: the digit, None for a sign · `image`: (28, 28) float32, 0 = paper, 1 = ink · `place`: (3, 3), from pixels
    of the image to coordinates of the page.
    """

    label: int | None
    image: np.ndarray
    place: np.ndarray

    def moved(self, matrix: np.ndarray) -> "Glyph":
        """Returns the glyph after a further transform (3, 3) of the page."""
        return replace(self, place=matrix @ self.place)

    @property
    def corners(self) -> np.ndarray:
        """The corners of its ink on the page, (4, 2) x and y."""
        x, y, width, height = _bounding_box(self.image > EDGE_LEVEL)
        return transform(self.place, [(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


Line = list[Glyph]
Lines = list[Line]


def write_pair(digits: Digits, rng: Rng) -> Line:
    """Returns two digits that touch, in units of their height, the baseline at y = 0."""
    return write_line(digits, 2, 0.0, True, rng)


def write_line(digits: Digits, count: int, usual: float, joined: bool, rng: Rng) -> Line:
    """Returns `count` digits from left to right on the baseline y = 0.

    usual: the gap between them, in digit widths. joined: every second digit touches the one before.
    """
    line: Line = []
    while len(line) < count:
        if joined and len(line) % 2:
            line.append(_place_touching(line[-1], digits, rng))
        else:
            line.append(
                place_glyph(digits, end_of_line(line) + (DIGIT_WIDTH * _random_gap(usual, rng) if line else 0), rng)
            )
    return line


def end_of_line(line: Line) -> float:
    """Returns the right edge of the ink of the last glyph; 0 for an empty line."""
    return float(line[-1].corners[:, 0].max()) if line else 0.0


def _random_gap(usual: float, rng: Rng) -> float:
    if rng.random() < 0.1:
        return float(rng.uniform(*WIDE_GAP_RANGE))
    return float(np.clip(usual * rng.lognormal(0, 0.35), *GAP_RANGE))


def place_glyph(digits: Digits, x: float, rng: Rng) -> Glyph:
    """Returns a random digit with its left edge at x, its foot near the baseline, its size near 1."""
    row = int(rng.integers(len(digits)))
    image = digits.images[row].numpy().astype(np.float32)
    image = _remove_scraps(_darken_faint(image / image.max()))
    left, top, _, height = _bounding_box(image > EDGE_LEVEL)
    scale, drop = rng.uniform(0.85, 1.15) / DIGIT_SIDE_PX, rng.uniform(-0.06, 0.06)
    place = np.array([[scale, 0, x - scale * left], [0, scale, drop - scale * (top + height)], [0, 0, 1]])
    return Glyph(int(digits.labels[row]), image, place)


def _darken_faint(image: np.ndarray) -> np.ndarray:
    """Returns a digit (28, 28), 0–1, with faint ink darkened so far that its strokes stay connected.

    The grey of MNIST is the share of a pixel that a thin stroke covers. A cut at the half level would leave dots.
    """
    if _count_components(image) == 1:
        return image
    return min((image ** (math.log(EDGE_LEVEL) / math.log(level)) for level in FAINT_LEVELS), key=_count_components)


def _remove_scraps(image: np.ndarray) -> np.ndarray:
    """Returns a digit (28, 28) without the ink beside it.

    Some MNIST digits come with a piece of a printed line or with dirt. On a page that would look like another digit.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats((_enlarge(image) > EDGE_LEVEL).astype(np.uint8))
    left, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    digit = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    beside = (left >= left[digit] + width[digit]) | (left + width <= left[digit])
    scraps = np.isin(labels, np.flatnonzero(beside & (width < 4 * MAX_SCRAP_WIDTH_PX))).astype(np.uint8)
    if not scraps.any():
        return image
    halo = cv2.dilate(scraps, np.ones((9, 9), np.uint8)) & (labels != digit)  # with a pixel of grey around
    return image * (cv2.resize(halo, (IMAGE_SIDE_PX, IMAGE_SIDE_PX), interpolation=cv2.INTER_AREA) == 0)


def _count_components(image: np.ndarray) -> int:
    """Counts the connected components of a digit."""
    return (
        cv2.connectedComponents((_enlarge(image) > CONNECTED_LEVEL).astype(np.uint8))[0] - 1
    )  # the paper is a component, too


def _enlarge(image: np.ndarray) -> np.ndarray:
    """Returns a digit (28, 28) four times as large."""
    return np.asarray(Image.fromarray(image).resize((IMAGE_SIDE_PX * 4, IMAGE_SIDE_PX * 4), Image.Resampling.BICUBIC))


def _place_touching(left: Glyph, digits: Digits, rng: Rng) -> Glyph:
    """Returns a random digit that overlaps the ink of its left neighbour a little."""
    end, start = left.corners[:, 0].max(), left.corners[:, 0].min()
    tries_left = 20
    while True:
        tries_left -= 1
        right = place_glyph(digits, end, rng)
        narrower = min(end - start, np.ptp(right.corners[:, 0]))
        shift = _distance(left, right) + rng.uniform(
            MIN_OVERLAP_PX / DIGIT_SIDE_PX, max(1.3 * MIN_OVERLAP_PX / DIGIT_SIDE_PX, MAX_OVERLAP_SHARE * narrower)
        )
        # A digit that would slip far under its neighbour is not realistic.
        if shift <= MAX_BOX_OVERLAP_SHARE * narrower or not tries_left:
            return right.moved(np.array([[1, 0, -shift], [0, 1, 0], [0, 0, 1]]))


def _distance(left: Glyph, right: Glyph) -> float:
    """Returns the shift to the left at which the ink of the right digit meets the left one."""
    heights = np.arange(-1.3, 0.3, 0.01)
    ends, starts = (_ink_edges(glyph, heights) for glyph in (left, right))
    between = starts[0] - ends[1]
    return float(between[np.isfinite(between)].min(initial=1.0))


def _ink_edges(glyph: Glyph, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the left and right edge of the ink at each height, both x (n,).

    Infinite where there is none.
    """
    ink = _enlarge(glyph.image) > EDGE_LEVEL
    scale = glyph.place[0, 0] / 4
    rows = np.floor((heights - glyph.place[1, 2]) / scale).astype(int)
    row = ink[rows.clip(0, len(ink) - 1)] & ((rows >= 0) & (rows < len(ink)))[:, None]
    some = row.any(axis=1)
    first, last = row.argmax(axis=1), row.shape[1] - row[:, ::-1].argmax(axis=1)
    x = glyph.place[0, 2]
    return np.where(some, x + scale * first, np.inf), np.where(some, x + scale * last, -np.inf)


def render_ink(lines: Lines, size: tuple[int, int]) -> tuple[np.ndarray, list[Box]]:
    """Draws the ink of a page of `size` (width, height).

    Returns (H, W) float32 0–1, and the box of each digit in reading order.
    """
    page = np.zeros((size[1], size[0]), np.float32)
    drawn = [(glyph.label, _draw_glyph(glyph, page)) for line in lines for glyph in line]
    return page, [box for label, box in drawn if label is not None]


def _draw_glyph(glyph: Glyph, page: np.ndarray) -> Box:
    """Draws a glyph onto the page, in place; returns the box of its ink."""
    corners = transform(glyph.place, [(0, 0), (IMAGE_SIDE_PX, 0), (IMAGE_SIDE_PX, IMAGE_SIDE_PX), (0, IMAGE_SIDE_PX)])
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int).clip(0, page.shape[::-1])
    diagonal = float(np.linalg.norm(corners[2] - corners[0]))
    scale = diagonal / (math.sqrt(2) * IMAGE_SIDE_PX)  # page pixels for each MNIST pixel
    side = round(IMAGE_SIDE_PX * min(scale, MAX_SMOOTH_SCALE))
    source = Image.fromarray(glyph.image).resize((side, side), Image.Resampling.BICUBIC)
    onto = (
        np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]])
        @ glyph.place
        @ np.diag([IMAGE_SIDE_PX / side, IMAGE_SIDE_PX / side, 1])
    )
    back = np.linalg.inv(onto)
    soft = np.asarray(
        source.transform(
            (right - left, bottom - top),
            Image.Transform.PERSPECTIVE,
            (back / back[2, 2]).ravel()[:8].tolist(),
            Image.Resampling.BILINEAR,
        )
    )
    ink = _sharpen(soft, min(EDGE_LEVEL, 0.4 / scale))
    place = page[top:bottom, left:right]
    np.maximum(place, ink, out=place)
    x, y, width, height = _bounding_box(ink > 0.5 * ink.max())
    return left + x, top + y, width, height


def _sharpen(soft: np.ndarray, half_width: float) -> np.ndarray:
    """Returns a smooth step around the edge level, so that strokes have sharp edges."""
    step = ((soft - (EDGE_LEVEL - half_width)) / (2 * half_width)).clip(0, 1)
    return step * step * (3 - 2 * step)


def _bounding_box(marked: np.ndarray) -> Box:
    """Returns the smallest box around the marked pixels."""
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    return int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def rotation(angle: float) -> np.ndarray:
    """Returns the (3, 3) rotation around the origin, clockwise on the page; the angle in radians."""
    return np.array(
        [[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1]], dtype=float
    )


def transform(matrix: np.ndarray, points: Sequence[tuple[float, float]] | np.ndarray) -> np.ndarray:
    """Maps points (n, 2) through a (3, 3) homography."""
    ahead = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return ahead[:, :2] / ahead[:, 2:]
