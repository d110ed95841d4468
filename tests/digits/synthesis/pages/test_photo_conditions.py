"""How the benchmark of photographed pages judges what was read."""

import numpy as np
import pytest
from PIL import Image

from benchmarks import photos
from digits.data.bundled import page_digits
from digits.recognition.results import PagePrediction, Prediction
from digits.synthesis.pages.compose import ComposedPage, compose_page


def reading(digit: int, box, sure: bool = True) -> Prediction:
    return Prediction(digit, sure, True, [0.1] * 10, 0.1, box, np.zeros((28, 28), np.float32))


def read(text: str, *found: Prediction) -> PagePrediction:
    return PagePrediction(100, 100, text, list(found))


def test_a_perfect_reader_is_right_throughout():
    sheet = compose_page("clean scan", page_digits(), np.random.default_rng(1))
    labels = map(int, sheet.text.replace("\n", ""))
    found = [reading(digit, box) for digit, box in zip(labels, sheet.boxes, strict=True)]
    score = photos.scored(read(sheet.text, *found), sheet, 1.0)
    assert score.true == score.found == score.right == score.sure == score.sure_right == len(sheet.boxes)
    assert score.exact


def test_a_digit_is_right_where_place_and_label_are():
    sheet = ComposedPage(Image.new("L", (100, 100)), ["12", "3"], [(0, 0, 10, 20), (20, 0, 10, 20), (0, 40, 10, 20)])
    score = photos.scored(
        read(
            "12\n39",
            reading(1, (1, 0, 10, 20)),  # right
            reading(1, (0, 4, 10, 20), sure=False),  # the same digit again
            reading(7, (20, 0, 10, 20)),  # another label
            reading(3, (0, 52, 10, 20)),  # too far below
        ),
        sheet,
        1.0,
    )
    assert (score.true, score.found, score.right) == (3, 4, 1)
    assert (score.sure, score.sure_right) == (3, 1)
    assert not score.exact


def test_boxes_are_matched_best_first_and_once():
    true = [(0, 0, 10, 10), (5, 0, 10, 10)]
    assert photos.matched([(4, 0, 10, 10), (1, 0, 10, 10)], true) == {0: 1, 1: 0}
    assert photos.matched([(0, 0, 10, 10)] * 2, true[:1]) == {0: 0}
    assert photos.matched([], true) == photos.matched(true, []) == {}
    assert photos.iou((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert photos.iou((0, 0, 10, 10), (10, 0, 10, 10)) == 0


def test_the_interval_of_a_share():
    low, high = photos.wilson(90, 100)
    assert (low, high) == pytest.approx((0.826, 0.945), abs=0.001)
    assert photos.wilson(0, 10)[0] == pytest.approx(0)
