"""Sums on a page: signs are no digits, and the digits beside them are found."""

import numpy as np
import pytest
from pictures import encoded, written
from PIL import ImageDraw

from benchmarks.photos import matched
from digits.recognition.page_reader import PageReader
from digits.synthesis.pages.compose import compose_page

pytestmark = [pytest.mark.quality, pytest.mark.slow]


@pytest.mark.parametrize("width", [8, 14, 22])
def test_a_plus_between_digits_is_none(width, classifier, ten):
    page = written(["3 8"], ten, side=120)
    pen = ImageDraw.Draw(page)
    pen.line((207, 123, 285, 117), fill=20, width=width)
    pen.line((248, 80, 243, 160), fill=20, width=width)
    found = PageReader(classifier).read(encoded(page)).digits
    assert [digit.digit for digit in found if digit.sure] == [3, 8]


@pytest.mark.parametrize("plus", [False, True])
def test_a_sum_that_waits_for_its_answer_is_read(plus, classifier, ten):
    page = written(["3 2"], ten, side=120)
    pen = ImageDraw.Draw(page)
    pen.line((207, 123, 285, 117), fill=20, width=12)
    if plus:
        pen.line((248, 80, 243, 160), fill=20, width=12)
    for y in (105, 135):
        pen.line((420, y, 500, y - 2), fill=20, width=12)
    pen.line((560, 60, 660, 64, 662, 180, 556, 178, 560, 60), fill=20, width=8, joint="curve")
    found = PageReader(classifier).read(encoded(page)).digits
    assert [digit.digit for digit in found if digit.sure][:2] == [3, 2]


def test_signs_between_numbers_are_hardly_ever_taken_for_digits(classifier, sheet):
    rng = np.random.default_rng(9)
    sure = signs = 0
    for _ in range(20):
        page = compose_page("sums", sheet, rng)
        found = [digit.box for digit in PageReader(classifier).read(encoded(page.picture, "JPEG")).digits if digit.sure]
        sure += len(found)
        signs += len(found) - len(matched(found, page.boxes))
    assert sure > 80
    assert signs <= 3
