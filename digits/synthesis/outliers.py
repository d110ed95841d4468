"""Draws outliers, pictures that are no digit, for training and measuring the OOD head.

`TRAIN_KINDS` are for training, `TEST_KINDS` for measuring. No kind is in both, so that the measurement is about kinds
that were never seen. All pass through `imaging.preprocessing`, like any drawing.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch
from PIL import Image

from digits.data.dataset import Digits
from digits.imaging.preprocessing import DIGIT_SIDE_PX, digit_image, find_ink_box
from digits.synthesis import doodles, handwriting
from digits.synthesis.doodles import CAPITALS, SMALL
from digits.synthesis.stroke_templates import LETTERS

Doodle = Callable[[np.random.Generator], np.ndarray]
Composite = Callable[[np.random.Generator, Digits], np.ndarray]
MAX_STROKE_ASPECT = 0.2  # spread across a stroke / spread along it; half of MNIST's 1s are below 0.16


def draw_outliers(count: int, kinds: Sequence[str], digits: Digits, rng: np.random.Generator) -> torch.Tensor:
    """Draws outliers, equally many of each kind: (count, 28, 28) uint8, ink bright.

    kinds: names from `TRAIN_KINDS` or `TEST_KINDS`. digits: real ones, from which some kinds are composed.
    """
    return torch.from_numpy(np.stack([_draw_one(kinds[index % len(kinds)], digits, rng) for index in range(count)]))


def _draw_one(kind: str, digits: Digits, rng: np.random.Generator) -> np.ndarray:
    while True:
        ink = COMPOSITES[kind](rng, digits) if kind in COMPOSITES else DOODLES[kind](rng)
        if ink.max() > 0.5:  # a half may be empty
            ink = ink / ink.max()
            return (255 * digit_image(ink, find_ink_box(ink))).round().astype(np.uint8)


# Real digits are enlarged and sharpened, so that blur does not reveal a cut.

ENLARGEMENT = 4


def _pick_digit(digits: Digits, rng: np.random.Generator, among: Sequence[int] = range(10)) -> np.ndarray:
    """Returns a random real digit of these classes, enlarged and cropped, (H, W) float32 0–1."""
    while True:
        row = int(rng.integers(len(digits)))
        if int(digits.labels[row]) in among:
            ink = digits.images[row].numpy() / np.float32(255)
            x, y, width, height = find_ink_box(ink)
            soft = _resize(ink[y : y + height, x : x + width], ENLARGEMENT)
            return (2 * soft - 0.5).clip(0, 1)


def _superimpose(first: np.ndarray, second: np.ndarray, x: int, y: int) -> np.ndarray:
    """Returns two pictures on one page, the second shifted by x, y pixels of MNIST; the maximum of both."""
    page = np.zeros((110 * ENLARGEMENT, 110 * ENLARGEMENT), np.float32)
    for part, left, top in ((first, 30, 30), (second, 30 + x, 30 + y)):
        left, top = left * ENLARGEMENT, top * ENLARGEMENT
        place = page[top : top + part.shape[0], left : left + part.shape[1]]
        np.maximum(place, part, out=place)
    return page


def _overlaid_digits(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns two digits on the same spot; not if one hides the other, as an 8 hides a 3."""
    while True:
        first, second = _pick_digit(digits, rng), _pick_digit(digits, rng)
        x, y = rng.integers(-6, 7, 2)
        both = _superimpose(first, second, x, y)
        if both.sum() > 1.5 * max(first.sum(), second.sum()):
            return both


def _two_digits(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns two digits beside each other in any direction, one of them often smaller."""
    first, second = _pick_digit(digits, rng), _pick_digit(digits, rng)
    if rng.random() < 0.5:
        second = _resize(second, rng.uniform(0.5, 1))
    arrangement = rng.random()
    if arrangement < 0.4:  # in a row, as in writing
        return _superimpose(first, second, _width_px(first) + int(rng.integers(-1, 7)), int(rng.integers(-6, 9)))
    if arrangement < 0.7:
        return _superimpose(first, second, int(rng.integers(-9, 13)), _width_px(first.T) + int(rng.integers(-1, 5)))
    angle = rng.uniform(0, 2 * np.pi)
    away = rng.uniform(18, 26) * np.array([np.cos(angle), np.sin(angle)])
    x, y = away.round().astype(int)
    return _superimpose(first, second, x, y)


def _touching_digits(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns two touching digits of one handwritten line."""
    height = DIGIT_SIDE_PX * ENLARGEMENT
    onto = np.array([[height, 0, height], [0, height, 2 * height], [0, 0, 1]])
    ink, _ = handwriting.render_ink(
        [[glyph.moved(onto) for glyph in handwriting.write_pair(digits, rng)]], (5 * height, 3 * height)
    )
    return ink


def _width_px(picture: np.ndarray) -> int:
    """Returns the width in pixels of MNIST."""
    return round(picture.shape[1] / ENLARGEMENT)


def _resize(picture: np.ndarray, scale: float) -> np.ndarray:
    size = [max(1, round(side * scale)) for side in reversed(picture.shape)]
    return np.asarray(
        Image.fromarray(picture).resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)
    )


def _digit_and_letter(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns a digit and a letter, as in 4a or x2."""
    digit = _pick_digit(digits, rng)
    letter = doodles.handwritten_letters(list(LETTERS))(rng)
    x, y, width, height = find_ink_box(letter)
    letter = _resize(letter[y : y + height, x : x + width], ENLARGEMENT * rng.uniform(12, 18) / height)
    left, right = (digit, letter) if rng.random() < 0.6 else (letter, digit)
    return _superimpose(left, right, _width_px(left) + int(rng.integers(1, 6)), int(rng.integers(-3, 6)))


def _three_digits(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns three digits in a row."""
    page = np.zeros((40 * ENLARGEMENT, 90 * ENLARGEMENT), np.float32)
    left = 2
    for _ in range(3):
        part, top = _pick_digit(digits, rng), ENLARGEMENT * int(rng.integers(5, 12))
        page[top : top + part.shape[0], left : left + part.shape[1]] = part
        left += part.shape[1] + ENLARGEMENT * int(rng.integers(1, 6))
    return page


# Digits whose half is not a digit: half a 1 is a 1, half an 8 may be a 3, and the top of a 9 is a 0.
UPPER_HALF_OUTLIERS, LOWER_HALF_OUTLIERS, LEFT_HALF_OUTLIERS, RIGHT_HALF_OUTLIERS = (
    (0, 5),
    (0, 2, 3, 5),
    (0, 3, 4, 5, 8),
    (0, 5, 6),
)


def _upper_or_lower_half(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns the upper or the lower half of a digit, cut level or slanted."""
    upper = rng.random() < 0.4
    ink = _pick_digit(digits, rng, UPPER_HALF_OUTLIERS if upper else LOWER_HALF_OUTLIERS)
    y, x = np.mgrid[: ink.shape[0], : ink.shape[1]]
    depth = y + np.tan(np.radians(rng.uniform(-50, 50))) * x
    share = rng.uniform(0.4, 0.5)
    kept = depth < np.quantile(depth, share) if upper else depth > np.quantile(depth, 1 - share)
    return np.pad(ink * kept, 2 * ENLARGEMENT)


def _left_or_right_half(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns the left or the right half of a digit."""
    left = rng.random() < 0.5
    ink = _pick_digit(digits, rng, LEFT_HALF_OUTLIERS if left else RIGHT_HALF_OUTLIERS)
    kept = round(ink.shape[1] * rng.uniform(0.4, 0.5))
    return np.pad(ink[:, :kept] if left else ink[:, -kept:], 2 * ENLARGEMENT)


def _half_shape(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns half of a shape or a letter."""
    return _cut_in_half(lambda: DOODLES[CUT_KINDS[rng.integers(len(CUT_KINDS))]](rng), rng)


def _half_sign(rng: np.random.Generator, digits: Digits) -> np.ndarray:
    """Returns half of a sign."""
    return _cut_in_half(lambda: doodles.arithmetic_sign(rng), rng)


def _cut_in_half(whole: Callable[[], np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Returns one side of a picture (H, W) cut as on a page; never a bare upright stroke, which is a 1."""
    while True:
        ink = whole()
        x, y, width, height = find_ink_box(ink)
        ink = ink[y : y + height, x : x + width]
        rows, columns = np.mgrid[:height, :width]
        kept = columns + rng.uniform(-0.5, 0.25) * (rows - height / 2) < width * rng.uniform(0.3, 0.7)
        half = ink * (kept if rng.random() < 0.5 else ~kept)
        if not _is_upright_stroke(half):
            return np.pad(half, 8)


def _is_upright_stroke(ink: np.ndarray) -> bool:
    """Returns whether ink (H, W) is one straight upright stroke, as narrow along its axis as many a 1."""
    pieces, _ = cv2.connectedComponents((ink > 0.5).view(np.uint8))
    moments = cv2.moments(ink)
    across, both, down = moments["mu20"], moments["mu11"], moments["mu02"]
    spread, elongation = (across + down) / 2, np.hypot((down - across) / 2, both)
    return (
        pieces == 2 and down > across and spread - elongation < MAX_STROKE_ASPECT**2 * (spread + elongation)
    )  # the paper is a component, too


SANS_FONTS = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSans-Bold", "DejaVuSansMono-Oblique")
SERIF_FONTS = ("DejaVuSerif", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralItalic", "DejaVuSerif-Bold")

DOODLES: dict[str, Doodle] = {
    "scribbles": doodles.scribble,
    "polygons": doodles.polygon,
    "flowers": doodles.flower,
    "tangles": doodles.tangle,
    "rings": doodles.rings,
    "lattices": doodles.lattice,
    "compositions": doodles.composition,
    "blobs": doodles.soft_blobs,
    "noise": doodles.pixel_noise,
    "things": doodles.small_object,
    "signs": doodles.arithmetic_sign,
    "dented outlines": doodles.dented_outline,
    "bows": doodles.open_arc,
    "printed letters": doodles.printed_letters(CAPITALS + SMALL, SANS_FONTS),
    "smileys": doodles.smiley,
    "stars": doodles.star,
    "drawings": doodles.simple_drawing,
    "zigzags": doodles.zigzag,
    "stripes": doodles.stripes,
    # Without X, which is a times sign.
    "letters by hand": doodles.handwritten_letters("AEFHKMNPRTVWehkmnrw"),
    "Greek and Cyrillic": doodles.printed_letters("ΓΔΘΛΞΠΣΦΨΩαλπφψωЖШЮЯДЛ", SERIF_FONTS),
}
COMPOSITES: dict[str, Composite] = {
    "overlaid digits": _overlaid_digits,
    "two digits": _two_digits,
    "touching digits": _touching_digits,
    "halves of shapes": _half_shape,
    "halves of signs": _half_sign,
    "upper and lower halves": _upper_or_lower_half,
    "digit and letter": _digit_and_letter,
    "three digits": _three_digits,
    "left and right halves": _left_or_right_half,
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
CUT_KINDS = [
    kind for kind in SHAPES if kind not in ("blobs", "noise", "bows")
]  # kinds whose halves are outliers as well
# Outliers made from digits are the most similar to digits, and come three times as often.
TRAIN_KINDS = (
    *SHAPES,
    *("halves of shapes",) * 3,
    *("signs", "halves of signs") * 2,
    *("overlaid digits", "two digits", "touching digits", "upper and lower halves") * 3,
)
TEST_KINDS = tuple(kind for kind in {**DOODLES, **COMPOSITES} if kind not in TRAIN_KINDS)
