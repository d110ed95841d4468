"""Photos of one stroke in different light → the share of the paper's light that each pixel lacks."""

import numpy as np
import pytest

from digits.segmentation.illumination import normalize_illumination

STROKE = np.s_[100:200, 180:190]


def page(paper=200.0, darkness=0.8, shape=(300, 400)):
    """Paper of a level (a number or an array) with one stroke that takes a share of its light."""
    levels = np.full(shape, paper)
    levels[STROKE] *= 1 - darkness
    return levels.round().astype(np.uint8)


def test_blank_paper_has_no_ink():
    assert not normalize_illumination([page(darkness=0)]).any()


def test_ink_is_the_share_of_light_that_it_takes():
    ink = normalize_illumination([page()])
    assert ink.shape == (300, 400)
    assert ink.dtype == np.float32
    assert ink[110:190, 183:187] == pytest.approx(0.8, abs=0.01)
    ink[95:205, 175:195] = 0
    assert not ink.any()


def test_chalk_on_a_board_is_ink_as_well():
    np.testing.assert_array_equal(normalize_illumination([255 - page()]), normalize_illumination([page()]))


def test_a_lamp_changes_neither_ink_nor_paper():
    lit = normalize_illumination([page(np.linspace(240, 110, 400))])
    assert lit[110:190, 183:187] == pytest.approx(0.8, abs=0.02)
    lit[95:205, 175:195] = 0
    assert not lit.any()


def test_the_grain_of_the_paper_is_no_ink():
    grain = np.random.default_rng(5).normal(0, 4, (300, 400))
    ink = normalize_illumination([(page() + grain).clip(0, 255).astype(np.uint8)])
    ink[95:205, 175:195] = 0
    assert not ink.any()


def test_ink_counts_in_the_channel_where_it_is_darkest():
    red = normalize_illumination([page(darkness=0), page(darkness=0.5), page(darkness=0.6)])
    assert red[110:190, 183:187] == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize(
    ("shape", "expected"), [((70, 100), (196, 280)), ((280, 20), (280, 20)), ((300, 400), (300, 400))]
)
def test_a_small_picture_is_enlarged_to_280_pixels(shape, expected):
    assert normalize_illumination([np.full(shape, 200, np.uint8)]).shape == expected


def test_a_picture_without_room_for_a_digit_has_no_ink():
    narrow = np.random.default_rng(6).integers(0, 255, (7, 400), np.uint8)
    assert not normalize_illumination([narrow]).any()


def test_what_lies_around_a_sheet_is_as_dark_as_the_strongest_ink():
    photo = np.full((300, 400), 60, np.uint8)
    photo[40:260, 60:340] = page()[40:260, 60:340]
    ink = normalize_illumination([photo])
    assert ink[150, 185] == pytest.approx(0.8, abs=0.01)
    assert not ink[60:240, 200:320].any()
    outside = ink[:, :50]
    assert outside.min() == outside.max() == ink[:20].max() == pytest.approx(0.8, abs=0.05)
