"""Pictures that are no digit, made by code: what a reader must learn to be unsure of.

Two families: a network learns from the kinds of `TRAIN_KINDS` to be unsure, and its doubt is measured on those of `TEST_KINDS`. No
kind is in both, so that what is measured is doubt of things never met. All go through the reader's own preprocessing,
cut out, 20×20, centred in 28×28, like anything that somebody draws.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch
from PIL import Image

from digits.data.dataset import Digits
from digits.imaging.preprocessing import BOX, digit_image, find_ink_box
from digits.synthesis import doodles, handwriting
from digits.synthesis.doodles import CAPITALS, SMALL
from digits.synthesis.stroke_templates import LETTERS

Doodle = Callable[[np.random.Generator], np.ndarray]
Composite = Callable[[np.random.Generator, Digits], np.ndarray]
STRAIGHT = 0.2  # the spread of ink across a stroke, as a share of that along it: half of MNIST's 1s are below 0.16


def draw_outliers(count: int, kinds: Sequence[str], digits: Digits, rng: np.random.Generator) -> torch.Tensor:
    """Draw outliers, equally many of each kind in turn: (count, 28, 28) uint8, ink bright.

    kinds: names out of `TRAIN_KINDS` or `TEST_KINDS`. digits: real ones, of which some kinds are put together.
    """
    return torch.from_numpy(np.stack([_one(kinds[index % len(kinds)], digits, rng) for index in range(count)]))


def _one(kind: str, digits: Digits, rng: np.random.Generator) -> np.ndarray:
    while True:
        ink = COMPOSITES[kind](rng, digits) if kind in COMPOSITES else DOODLES[kind](rng)
        if ink.max() > 0.5:  # half a digit may have been the empty half
            ink = ink / ink.max()
            return (255 * digit_image(ink, find_ink_box(ink))).round().astype(np.uint8)


# Of real digits, enlarged and with a hard edge: what is cut out of them must not be told by its blur.

ENLARGED = 4


def _digit(digits: Digits, rng: np.random.Generator, among: Sequence[int] = range(10)) -> np.ndarray:
    """Any real digit of these, enlarged, cut out tightly, (H, W) float32 0–1."""
    while True:
        row = int(rng.integers(len(digits)))
        if int(digits.labels[row]) in among:
            ink = digits.images[row].numpy() / np.float32(255)
            x, y, width, height = find_ink_box(ink)
            soft = _resized(ink[y : y + height, x : x + width], ENLARGED)
            return (2 * soft - 0.5).clip(0, 1)


def _stacked(first: np.ndarray, second: np.ndarray, x: int, y: int) -> np.ndarray:
    """Two pictures on one page, the second x, y (MNIST's pixels) away from the first, the stronger ink of both."""
    page = np.zeros((110 * ENLARGED, 110 * ENLARGED), np.float32)
    for part, left, top in ((first, 30, 30), (second, 30 + x, 30 + y)):
        left, top = left * ENLARGED, top * ENLARGED
        place = page[top : top + part.shape[0], left : left + part.shape[1]]
        np.maximum(place, part, out=place)
    return page


def _overlaid(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Two digits on the same spot; not where one of them hides the other, as an 8 does a 3."""
    while True:
        first, second = _digit(digits, rng), _digit(digits, rng)
        both = _stacked(first, second, *rng.integers(-6, 7, 2))
        if both.sum() > 1.5 * max(first.sum(), second.sum()):
            return both


def _number(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Two digits beside each other in any direction, close together or not, often one smaller than the other."""
    first, second = _digit(digits, rng), _digit(digits, rng)
    if rng.random() < 0.5:
        second = _resized(second, rng.uniform(0.5, 1))
    way = rng.random()
    if way < 0.4:  # in a row, as they are written
        return _stacked(first, second, _width(first) + int(rng.integers(-1, 7)), int(rng.integers(-6, 9)))
    if way < 0.7:
        return _stacked(first, second, int(rng.integers(-9, 13)), _width(first.T) + int(rng.integers(-1, 5)))
    angle = rng.uniform(0, 2 * np.pi)
    away = rng.uniform(18, 26) * np.array([np.cos(angle), np.sin(angle)])
    return _stacked(first, second, *away.round().astype(int))


def _joined(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Two digits that touch, as a hand writes them in one line."""
    height = BOX * ENLARGED
    onto = np.array([[height, 0, height], [0, height, 2 * height], [0, 0, 1]])
    ink, _ = handwriting.render_ink(
        [[glyph.moved(onto) for glyph in handwriting.write_pair(digits, rng)]], (5 * height, 3 * height)
    )
    return ink


def _width(picture: np.ndarray) -> int:
    """In MNIST's pixels."""
    return round(picture.shape[1] / ENLARGED)


def _resized(picture: np.ndarray, scale: float) -> np.ndarray:
    size = [max(1, round(side * scale)) for side in reversed(picture.shape)]
    return np.asarray(
        Image.fromarray(picture).resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)
    )


def _lettered_digit(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """A digit and a letter, as in 4a or x2."""
    digit = _digit(digits, rng)
    letter = doodles.lettered(list(LETTERS))(rng)
    x, y, width, height = find_ink_box(letter)
    letter = _resized(letter[y : y + height, x : x + width], ENLARGED * rng.uniform(12, 18) / height)
    pair = [digit, letter] if rng.random() < 0.6 else [letter, digit]
    return _stacked(*pair, _width(pair[0]) + int(rng.integers(1, 6)), int(rng.integers(-3, 6)))


def _three(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Three digits in a row."""
    page = np.zeros((40 * ENLARGED, 90 * ENLARGED), np.float32)
    left = 2
    for _ in range(3):
        part, top = _digit(digits, rng), ENLARGED * int(rng.integers(5, 12))
        page[top : top + part.shape[0], left : left + part.shape[1]] = part
        left += part.shape[1] + ENLARGED * int(rng.integers(1, 6))
    return page


# Which half of which digit is no digit by itself: half a 1 is a 1, half an 8 may be a 3, and the top of a 9 is a 0.
UPPER, LOWER, LEFT, RIGHT = (0, 5), (0, 2, 3, 5), (0, 3, 4, 5, 8), (0, 5, 6)


def _cut_across(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """The upper or the lower half of a digit, cut level or slanted."""
    upper = rng.random() < 0.4
    ink = _digit(digits, rng, UPPER if upper else LOWER)
    y, x = np.mgrid[: ink.shape[0], : ink.shape[1]]
    depth = y + np.tan(np.radians(rng.uniform(-50, 50))) * x
    share = rng.uniform(0.4, 0.5)
    kept = depth < np.quantile(depth, share) if upper else depth > np.quantile(depth, 1 - share)
    return np.pad(ink * kept, 2 * ENLARGED)


def _cut_down(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """The left or the right half of a digit."""
    left = rng.random() < 0.5
    ink = _digit(digits, rng, LEFT if left else RIGHT)
    kept = round(ink.shape[1] * rng.uniform(0.4, 0.5))
    return np.pad(ink[:, :kept] if left else ink[:, -kept:], 2 * ENLARGED)


def _half_shape(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Half of a shape or a letter."""
    return _half(lambda: DOODLES[CUT[rng.integers(len(CUT))]](rng), rng)


def _half_sign(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Half of a sign."""
    return _half(lambda: doodles.sign(rng), rng)


def _half(whole: Callable[[], np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """What a cut leaves of a picture (H, W) of what is no digit, as one is cut on a page; of an H not its stem, a 1."""
    while True:
        ink = whole()
        x, y, width, height = find_ink_box(ink)
        ink = ink[y : y + height, x : x + width]
        rows, columns = np.mgrid[:height, :width]
        kept = columns + rng.uniform(-0.5, 0.25) * (rows - height / 2) < width * rng.uniform(0.3, 0.7)
        half = ink * (kept if rng.random() < 0.5 else ~kept)
        if not _is_upright(half):
            return np.pad(half, 8)


def _is_upright(ink: np.ndarray) -> bool:
    """Whether ink (H, W) is one straight stroke, more upright than level: as narrow along its axes as many a 1."""
    pieces, _ = cv2.connectedComponents((ink > 0.5).view(np.uint8))
    moments = cv2.moments(ink)
    across, both, down = moments["mu20"], moments["mu11"], moments["mu02"]
    spread, way = (across + down) / 2, np.hypot((down - across) / 2, both)
    return pieces == 2 and down > across and spread - way < STRAIGHT**2 * (spread + way)  # the paper is a piece, too


SANS = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSans-Bold", "DejaVuSansMono-Oblique")
SERIF = ("DejaVuSerif", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralItalic", "DejaVuSerif-Bold")

DOODLES: dict[str, Doodle] = {
    "scribbles": doodles.scribble,
    "polygons": doodles.polygon,
    "flowers": doodles.flower,
    "tangles": doodles.tangle,
    "rings": doodles.rings,
    "lattices": doodles.lattice,
    "compositions": doodles.composition,
    "blobs": doodles.blobs,
    "noise": doodles.grain,
    "things": doodles.thing,
    "signs": doodles.sign,
    "dented outlines": doodles.dented,
    "bows": doodles.bow,
    "printed letters": doodles.printed(CAPITALS + SMALL, SANS),
    "smileys": doodles.smiley,
    "stars": doodles.star,
    "drawings": doodles.drawing,
    "zigzags": doodles.zigzag,
    "stripes": doodles.stripes,
    # Without X, which is a times sign.
    "letters by hand": doodles.lettered("AEFHKMNPRTVWehkmnrw"),
    "Greek and Cyrillic": doodles.printed("ΓΔΘΛΞΠΣΦΨΩαλπφψωЖШЮЯДЛ", SERIF),
}
COMPOSITES: dict[str, Composite] = {
    "overlaid digits": _overlaid,
    "two digits": _number,
    "touching digits": _joined,
    "halves of shapes": _half_shape,
    "halves of signs": _half_sign,
    "upper and lower halves": _cut_across,
    "digit and letter": _lettered_digit,
    "three digits": _three,
    "left and right halves": _cut_down,
}
SHAPES = (
    "scribbles",
    "polygons",
    "flowers",
    "tangles",
    "rings",
    "lattices",
    "compositions",
    "blobs",
    "noise",
    "things",
    "dented outlines",
    "bows",
    "printed letters",
)
CUT = [kind for kind in SHAPES if kind not in ("blobs", "noise", "bows")]  # of these, halves are learnt from as well
# What is made of digits is nearest to them, and comes three times as often as the rest.
TRAIN_KINDS = (
    *SHAPES,
    *("halves of shapes",) * 3,
    *("signs", "halves of signs") * 2,
    *("overlaid digits", "two digits", "touching digits", "upper and lower halves") * 3,
)
TEST_KINDS = tuple(kind for kind in {**DOODLES, **COMPOSITES} if kind not in TRAIN_KINDS)
