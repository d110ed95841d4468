"""Composes photographed pages of MNIST digits, to measure how well pages are read.

Each condition is one difficulty of real photos: light, paper, pen, the place of the camera, touching digits, or no
digits at all. The place of every digit is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from digits.data.dataset import Digits
from digits.imaging.preprocessing import Box
from digits.synthesis.handwriting import Line, Lines, Rng, render_ink, rotation, transform
from digits.synthesis.pages import photo_conditions
from digits.synthesis.pages.arithmetic import write_sums
from digits.synthesis.pages.layout import MIN_HEIGHT_PX, fit_to_page, write_lines
from digits.synthesis.pages.photo_conditions import Scene

PAGE_SIDE_RANGE_PX = 400, 2400  # of the longer side
PROPORTIONS = 4 / 3, 1.4142, 1.5
MARGIN_SHARE = 0.04  # of the longer side: free of ink on every side
DISTANT_SHARE_RANGE = 0.55, 0.95  # of the picture's sides: the share that a distant page fills


@dataclass(frozen=True)
class ComposedPage:
    """A composed page and its labels.

    `lines`: a string of digits for each written line, from the top · `boxes`: x, y, width, height of the ink of each
    digit in pixels of the picture, in reading order.
    """

    picture: Image.Image
    lines: list[str]
    boxes: list[Box]

    @property
    def text(self) -> str:
        """The expected text."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class PhotoCondition:
    """One condition under which pages are photographed.

    `meaning`: a few words · `photograph`: a scene to its photo · `write`: the lines on it, None for no digits ·
    `handheld`: seen in perspective · `distant`: seen from further away, with other things around the page.
    """

    meaning: str
    photograph: Callable[[Scene, Rng], Image.Image]
    write: Callable[[Digits, Rng], Lines] | None = write_lines
    handheld: bool = False
    distant: bool = False


def compose_page(condition: str, digits: Digits, rng: Rng) -> ComposedPage:
    """Returns a page under a condition of `CONDITIONS`, with random digits.

    Deterministic for a state of rng.

    The longer side has 400–2400 pixels. The digits are 3–60 % of it high, and at least 16 pixels.
    """
    settings = CONDITIONS[condition]
    size = _random_page_size(rng)
    lines = settings.write(digits, rng) if settings.write else []
    height, share = 0.0, rng.uniform(*DISTANT_SHARE_RANGE) if settings.distant else 1.0
    if lines:
        lines, height = fit_to_page(lines, size, MARGIN_SHARE, rng, MIN_HEIGHT_PX / share)
    view = _handheld_view(lines, size, rng) if settings.handheld else np.eye(3)
    if settings.distant:
        view = _distant_view(share, size, rng) @ view
    seen = [[glyph.moved(view) for glyph in line] for line in lines]
    ink, boxes = render_ink(seen, size)
    outline = transform(view, _corners(size))
    picture = settings.photograph(Scene(ink, share * height, outline), rng)
    return ComposedPage(picture, [_digits_of(line) for line in lines], boxes)


def _digits_of(line: Line) -> str:
    """Returns the labels of a line as text, without signs."""
    return "".join(str(glyph.label) for glyph in line if glyph.label is not None)


def _random_page_size(rng: Rng) -> tuple[int, int]:
    """Returns width and height; two pages in five are portraits."""
    longer = float(np.exp(rng.uniform(*np.log(PAGE_SIDE_RANGE_PX))))
    shorter = max(300.0, longer / PROPORTIONS[rng.integers(len(PROPORTIONS))])
    width, height = round(longer), round(shorter)
    return (height, width) if rng.random() < 0.4 else (width, height)


# --- camera -----------------------------------------------------------------------------------------------------------


def _handheld_view(lines: Lines, size: tuple[int, int], rng: Rng) -> np.ndarray:
    """Returns the (3, 3) perspective of a hand-held camera, with all ink in the picture."""
    whole = np.array(size, float)
    corners = _corners(size)
    view = _homography(corners, corners + whole * rng.uniform(-0.06, 0.06, (4, 2)))
    middle = np.array([[1, 0, -whole[0] / 2], [0, 1, -whole[1] / 2], [0, 0, 1]])
    closer = np.diag([*[rng.uniform(0.85, 1.02)] * 2, 1])
    view = np.linalg.inv(middle) @ closer @ rotation(np.radians(rng.uniform(-8, 8))) @ middle @ view
    back = np.linalg.inv(middle) @ np.diag([0.96, 0.96, 1]) @ middle
    while any(_is_near_border(glyph.moved(view).corners, whole) for line in lines for glyph in line):
        view = back @ view
    return view


def _distant_view(share: float, size: tuple[int, int], rng: Rng) -> np.ndarray:
    """Returns the (3, 3) view in which the page fills this share of the picture's sides."""
    corner = rng.random(2) * (1 - share) * np.array(size)
    return np.array([[share, 0, corner[0]], [0, share, corner[1]], [0, 0, 1]])


def _corners(size: tuple[int, int]) -> np.ndarray:
    """Returns the four corners of a page, (4, 2) x, y, clockwise."""
    return np.array(size, float) * [(0, 0), (1, 0), (1, 1), (0, 1)]


def _is_near_border(points: np.ndarray, size: np.ndarray) -> bool:
    """Returns whether a point is near the border of the picture."""
    return bool(((points < 0.015 * size.max()) | (points > size - 0.015 * size.max())).any())


def _homography(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns the (3, 3) matrix that maps four points (4, 2) to four targets."""
    rows, values = [], []
    for (x, y), (u, v) in zip(points, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(values)), 1).reshape(3, 3)


# --- conditions -------------------------------------------------------------------------------------------------------

CONDITIONS: dict[str, PhotoCondition] = {
    "clean scan": PhotoCondition("dark ink on white, even light", photo_conditions.clean_scan),
    "shadow and warm light": PhotoCondition(
        "a lamp aside, the shadow of a hand, a noisy JPEG", photo_conditions.shadowed
    ),
    "ruled or squared paper": PhotoCondition("digits across printed lines", photo_conditions.on_lines),
    "coloured ink, pencil, chalk": PhotoCondition(
        "ballpoint, graphite down to faint, chalk on a board", photo_conditions.coloured
    ),
    "turned, in perspective, blurred": PhotoCondition(
        "by up to 8°, as a hand holds a phone", photo_conditions.handheld, handheld=True
    ),
    "touching pairs": PhotoCondition(
        "neighbours whose ink meets, clean paper", photo_conditions.clean_scan, partial(write_lines, joined=True)
    ),
    "no digits": PhotoCondition(
        "bare, ruled or printed paper, cloth, wood", photo_conditions.without_digits, None, handheld=True
    ),
    "sheet on a table": PhotoCondition(
        "all of a sheet, bare or ruled, on wood or cloth, held by a thumb",
        photo_conditions.on_a_table,
        handheld=True,
        distant=True,
    ),
    "board on a wall": PhotoCondition(
        "chalk or a marker, the frame and the wall", photo_conditions.on_a_wall, handheld=True, distant=True
    ),
    "sums": PhotoCondition("on printed lines, signs between the numbers", photo_conditions.on_lines, write_sums),
}
