"""Pages composed of MNIST digits, a few under each condition; benchmarks/photos.py measures many."""

from difflib import SequenceMatcher

import numpy as np
import pytest
from pictures import encoded, read

from digits.recognition.page_reader import PageReader
from digits.synthesis.pages.compose import compose_page

pytestmark = [pytest.mark.quality, pytest.mark.slow]

CONDITIONS = {  # the shares of digits that must be read, on few pages: benchmarks/photos.py measures
    "clean scan": 0.97,
    "shadow and warm light": 0.95,
    "ruled or squared paper": 0.95,
    "coloured ink, pencil, chalk": 0.94,
    "turned, in perspective, blurred": 0.94,
    "touching pairs": 0.85,
    "sheet on a table": 0.94,
    "board on a wall": 0.94,
    "sums": 0.92,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_composed_pages_are_read(condition, classifier, sheet):
    rng = np.random.default_rng(5)
    right = total = 0
    for _ in range(10):
        page = compose_page(condition, sheet, rng)
        found = read(classifier, page.picture, "JPEG", quality=90)
        right += sum(
            block.size for block in SequenceMatcher(None, page.text, found, autojunk=False).get_matching_blocks()
        )
        total += len(page.text)
    assert right >= CONDITIONS[condition] * total


def test_pages_without_digits_have_none(classifier, sheet):
    rng = np.random.default_rng(6)
    pages = [compose_page("no digits", sheet, rng) for _ in range(20)]
    sure = [
        sum(digit.sure for digit in PageReader(classifier).read(encoded(page.picture, "JPEG")).digits) for page in pages
    ]
    assert sum(sure) <= 2
