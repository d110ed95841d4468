"""Composed pages of handwriting."""

from functools import cache

import cv2
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from digits.data.bundled import page_digits
from digits.data.dataset import Digits
from digits.synthesis.pages.compose import CONDITIONS, ComposedPage, compose_page

pytestmark = pytest.mark.slow

WRITTEN = [name for name in CONDITIONS if name != "no digits"]
DIGITS = page_digits()


@cache
def page(condition: str, seed: int = 1) -> ComposedPage:
    return compose_page(condition, DIGITS, np.random.default_rng(seed))


def dark(sheet: ComposedPage) -> np.ndarray:
    """Which pixels are ink: nearer to the darkest level than to the paper's."""
    grey = np.asarray(sheet.picture.convert("L")).astype(float)
    return grey < (grey.min() + np.median(grey)) / 2


def inside(picture: np.ndarray, box) -> np.ndarray:
    x, y, width, height = box
    return picture[y : y + height, x : x + width]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_page_is_the_same_for_a_seed_and_another_for_another(condition):
    one, other = page(condition), page(condition, 2)
    same = compose_page(condition, DIGITS, np.random.default_rng(1))
    assert one.picture.tobytes() == same.picture.tobytes()
    assert (one.lines, one.boxes) == (same.lines, same.boxes)
    assert one.picture.tobytes() != other.picture.tobytes()


@pytest.mark.parametrize("condition", WRITTEN)
def test_every_digit_has_a_box_in_the_picture(condition):
    for seed in range(4):
        sheet = page(condition, seed)
        width, height = sheet.picture.size
        assert 300 <= min(width, height) <= max(width, height) <= 2400
        assert 1 <= len(sheet.text.replace("\n", "")) == len(sheet.boxes) <= 12
        assert 1 <= len(sheet.lines) <= 3
        assert all(line.isdigit() for line in sheet.lines)
        for x, y, wide, tall in sheet.boxes:
            assert 0 < x < x + wide < width, (seed, sheet.lines)
            assert 0 < y < y + tall < height, (seed, sheet.lines)


@pytest.mark.parametrize("condition", WRITTEN)
def test_boxes_stand_in_reading_order(condition):
    for seed in range(4):
        sheet = page(condition, seed)
        boxes, lowest = iter(sheet.boxes), []
        for line in sheet.lines:
            row = [next(boxes) for _ in line]
            middles = [x + width / 2 for x, _, width, _ in row]
            assert middles == sorted(middles)
            lowest.append(np.mean([y + height for _, y, _, height in row]))
        assert lowest == sorted(lowest)


def test_a_faint_stroke_does_not_come_apart():
    stroke = torch.zeros(1, 28, 28, dtype=torch.uint8)
    stroke[0, 4:24, 13:15] = 255
    stroke[0, 7:21:3, 13:15] = 60  # as a pen leaves it that hardly touches the paper
    for seed in range(6):
        sheet = compose_page("clean scan", Digits(stroke, torch.ones(1)), np.random.default_rng(seed))
        assert cv2.connectedComponents(dark(sheet).astype(np.uint8))[0] - 1 == len(sheet.boxes)


def test_a_clean_scan_has_ink_in_its_boxes_and_nowhere_else():
    for seed in range(6):
        sheet = page("clean scan", seed)
        ink = dark(sheet)
        for box in sheet.boxes:
            cut = inside(ink, box)
            # an edge is grey: it may fall on either side of the level
            assert all(side.any() for side in (cut[:2], cut[-2:], cut[:, :2], cut[:, -2:])), seed
        for x, y, width, height in sheet.boxes:
            ink[y - 1 : y + height + 1, x - 1 : x + width + 1] = False
        assert not ink.any(), seed


@pytest.mark.parametrize("condition", WRITTEN)
def test_what_stands_in_a_box_differs_from_the_paper_around_it(condition):
    for seed in range(3):
        sheet = page(condition, seed)
        grey = np.asarray(sheet.picture.convert("L")).astype(float)
        for box in sheet.boxes:
            x, y, width, height = box
            around = grey[max(0, y - 4) : y + height + 4, max(0, x - 4) : x + width + 4]
            # even pencil in the dark takes a fifth of the light away
            assert np.ptp(np.quantile(inside(grey, box), (0.02, 0.98))) > 0.2 * around.max(), (condition, seed)


def test_touching_pairs_are_each_one_piece_of_ink():
    pairs = 0
    for seed in range(6):
        sheet = page("touching pairs", seed)
        assert all(len(line) % 2 == 0 for line in sheet.lines)
        ink = Image.fromarray(dark(sheet)).convert("L")
        for left, right in zip(sheet.boxes[::2], sheet.boxes[1::2], strict=True):
            pairs += 1
            assert joined(ink, left, right), (seed, left, right)
    assert pairs > 8


def joined(ink: Image.Image, left, right) -> bool:
    """Whether some piece of ink goes from the outer side of the left box to the outer side of the right one."""
    picture = ink.copy()
    for mark, y in enumerate(range(left[1], left[1] + left[3])):
        spots = [x for x in range(left[0], min(right[0], left[0] + left[2])) if picture.getpixel((x, y)) == 255]
        if spots:
            ImageDraw.floodfill(picture, (spots[0], y), 1 + mark % 250)
    beyond = np.asarray(picture)[right[1] : right[1] + right[3], max(right[0], left[0] + left[2]) : right[0] + right[2]]
    return bool(((beyond > 0) & (beyond < 255)).any())


def test_a_page_without_digits_has_none():
    for seed in range(4):
        sheet = page("no digits", seed)
        assert (sheet.lines, sheet.boxes, sheet.text) == ([], [], "")


def test_scraps_of_the_form_beside_a_digit_are_no_strokes_on_the_page():
    stem, scraps, bar = np.zeros((3, 28, 28), np.uint8)
    stem[4:24, 6:9] = stem[4:7, 6:14] = 255
    scraps[5:20, 24:26] = scraps[22:24, 2:4] = 255  # of a printed line; dirt
    bar[2:5, 16:26] = 255  # a stroke of its own, as of a 5

    def composed(image):
        digits = Digits(torch.from_numpy(image)[None], torch.zeros(1, dtype=torch.int64))
        return compose_page("clean scan", digits, np.random.default_rng(3))

    assert composed(stem | scraps).boxes == composed(stem).boxes
    assert composed(stem | scraps).picture.tobytes() == composed(stem).picture.tobytes()
    assert composed(stem | bar).boxes != composed(stem).boxes
