"""Photographed pages of handwriting, composed of MNIST's digits: what finding and reading every digit is measured on.

Each condition is one thing that makes real pages hard: the light, the paper, the pen, the camera's place, a hand that
joins digits, or nothing on the page that is a digit. Where every digit lies is known.
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
from digits.synthesis.pages.layout import LEGIBLE, fit_to_page, write_lines
from digits.synthesis.pages.photo_conditions import Scene

SIDES = 400, 2400  # pixels of a page's longer side
PROPORTIONS = 4 / 3, 1.4142, 1.5
FRAME = 0.04  # of the longer side: free of ink all around
AWAY = 0.55, 0.95  # of the picture's sides: what is seen from further away fills so much of them


@dataclass(frozen=True)
class ComposedPage:
    """A page and what stands on it.

    `lines`: a string of digits for each written line, from the top · `boxes`: x, y, width, height of each digit's ink
    in the picture's pixels, in reading order.
    """

    picture: Image.Image
    lines: list[str]
    boxes: list[Box]

    @property
    def text(self) -> str:
        """What a reader should answer."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class PhotoCondition:
    """`meaning`: in a few words · `taken`: a scene to its photo · `write_lines`: what stands on it; None: nothing.

    Seen aslant is what a hand-held camera sees; what is seen from away has other things around it in the picture.
    """

    meaning: str
    taken: Callable[[Scene, Rng], Image.Image]
    written: Callable[[Digits, Rng], Lines] | None = write_lines
    aslant: bool = False
    away: bool = False


def compose_page(condition: str, digits: Digits, rng: Rng) -> ComposedPage:
    """A page under a condition of `CONDITIONS`, with digits taken at random; the same page for the same state of rng.

    The longer side has 400–2400 pixels; the digits are 3–60 % of it high, and at least 16 pixels.
    """
    how = CONDITIONS[condition]
    size = _page_size(rng)
    lines = how.written(digits, rng) if how.written else []
    height, share = 0.0, rng.uniform(*AWAY) if how.away else 1.0
    if lines:
        lines, height = fit_to_page(lines, size, FRAME, rng, LEGIBLE / share)
    view = _view(lines, size, rng) if how.aslant else np.eye(3)
    if how.away:
        view = _further(share, size, rng) @ view
    seen = [[glyph.moved(view) for glyph in line] for line in lines]
    ink, boxes = render_ink(seen, size)
    outline = transform(view, _corners(size))
    picture = how.taken(Scene(ink, share * height, outline), rng)
    return ComposedPage(picture, [_text(line) for line in lines], boxes)


def _text(line: Line) -> str:
    """Its digits."""
    return "".join(str(glyph.label) for glyph in line if glyph.label is not None)


def _page_size(rng: Rng) -> tuple[int, int]:
    """Width and height; two pages in five are portraits."""
    longer = float(np.exp(rng.uniform(*np.log(SIDES))))
    shorter = max(300.0, longer / PROPORTIONS[rng.integers(len(PROPORTIONS))])
    size = round(longer), round(shorter)
    return size[::-1] if rng.random() < 0.4 else size


# --- the camera's place -----------------------------------------------------------------------------------------------


def _view(lines: Lines, size: tuple[int, int], rng: Rng) -> np.ndarray:
    """The sheet (its pixels) as a camera held by hand sees it: (3, 3), with all its ink in the picture."""
    whole = np.array(size, float)
    corners = _corners(size)
    view = _homography(corners, corners + whole * rng.uniform(-0.06, 0.06, (4, 2)))
    middle = np.array([[1, 0, -whole[0] / 2], [0, 1, -whole[1] / 2], [0, 0, 1]])
    closer = np.diag([*[rng.uniform(0.85, 1.02)] * 2, 1])
    view = np.linalg.inv(middle) @ closer @ rotation(np.radians(rng.uniform(-8, 8))) @ middle @ view
    back = np.linalg.inv(middle) @ np.diag([0.96, 0.96, 1]) @ middle
    while any(_cut(glyph.moved(view).corners, whole) for line in lines for glyph in line):
        view = back @ view
    return view


def _further(share: float, size: tuple[int, int], rng: Rng) -> np.ndarray:
    """A view from so far away that it fills this share of the picture's sides, somewhere in it: (3, 3)."""
    corner = rng.random(2) * (1 - share) * np.array(size)
    return np.array([[share, 0, corner[0]], [0, share, corner[1]], [0, 0, 1]])


def _corners(size: tuple[int, int]) -> np.ndarray:
    """The four corners of a page, (4, 2) x, y, clockwise."""
    return np.array(size, float) * [(0, 0), (1, 0), (1, 1), (0, 1)]


def _cut(points: np.ndarray, size: np.ndarray) -> bool:
    """Whether a point comes too near the picture's frame."""
    return bool(((points < 0.015 * size.max()) | (points > size - 0.015 * size.max())).any())


def _homography(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The (3, 3) matrix that maps four points (4, 2) to four targets."""
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
        "by up to 8°, as a hand holds a phone", photo_conditions.aslant, aslant=True
    ),
    "touching pairs": PhotoCondition(
        "neighbours whose ink meets, clean paper", photo_conditions.clean_scan, partial(write_lines, joined=True)
    ),
    "no digits": PhotoCondition(
        "bare, ruled or printed paper, cloth, wood", photo_conditions.without_digits, None, aslant=True
    ),
    "sheet on a table": PhotoCondition(
        "all of a sheet, bare or ruled, on wood or cloth, held by a thumb",
        photo_conditions.on_a_table,
        aslant=True,
        away=True,
    ),
    "board on a wall": PhotoCondition(
        "chalk or a marker, the frame and the wall", photo_conditions.on_a_wall, aslant=True, away=True
    ),
    "sums": PhotoCondition("on printed lines, signs between the numbers", photo_conditions.on_lines, write_sums),
}
