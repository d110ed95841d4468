"""Masks of strokes, rulings and boxes → the strokes alone."""

import numpy as np
import pytest

from digits.segmentation.printed_lines import find_lines, max_line_thickness, remove_rulings, remove_tables

SHAPE = 200, 300


def mask(*blocks):
    """A mask with these blocks: top, bottom, left, right."""
    marked = np.zeros(SHAPE, np.uint8)
    for top, bottom, left, right in blocks:
        marked[top:bottom, left:right] = 1
    return marked


STROKE = (40, 110, 140, 150)
LEVEL, UPRIGHT = (80, 82, 0, 300), (0, 200, 60, 62)


CROSSING = (80, 82, 60, 62)


@pytest.mark.parametrize("line", [LEVEL, UPRIGHT])
def test_rulings_go_and_a_stroke_across_them_stays_whole(line):
    page = mask(STROKE, line)
    np.testing.assert_array_equal(remove_rulings(page, page), mask(STROKE))


def test_of_squared_paper_only_the_crossings_stay_as_specks():
    page = mask(STROKE, LEVEL, UPRIGHT)
    np.testing.assert_array_equal(remove_rulings(page, page), mask(STROKE, CROSSING))


def test_a_leaning_ruling_goes():
    page = mask(STROKE)
    for column in range(300):
        page[60 + column // 20, column] = 1
    np.testing.assert_array_equal(remove_rulings(page, page), mask(STROKE))


def test_a_pale_ruling_is_found_in_the_faint_mask():
    dark = mask(STROKE, (80, 82, 40, 60))
    np.testing.assert_array_equal(remove_rulings(dark, dark), dark)
    np.testing.assert_array_equal(remove_rulings(dark, mask(STROKE, LEVEL)), mask(STROKE))


@pytest.mark.parametrize("block", [(80, 82, 100, 240), (80, 90, 0, 300)], ids=["short", "thick"])
def test_what_is_short_or_thick_is_no_ruling(block):
    page = mask(STROKE, block)
    np.testing.assert_array_equal(remove_rulings(page, page), page)


def test_a_page_of_lines_alone_stays_as_it_is():
    page = mask(UPRIGHT)
    np.testing.assert_array_equal(remove_rulings(page, page), page)


def test_find_lines_returns_level_lines_and_upright_ones():
    page = mask(LEVEL, UPRIGHT)
    level, upright = find_lines(page, 3, (0.5, 0.5))
    np.testing.assert_array_equal(page & level, mask(LEVEL) & ~mask(CROSSING))
    np.testing.assert_array_equal(page & upright, mask(UPRIGHT) & ~mask(CROSSING))


def test_find_lines_returns_no_line_that_is_thicker_or_shorter_than_asked_for():
    page = mask(LEVEL, (0, 120, 60, 62))
    level, upright = find_lines(page, 1, (0.5, 0.5))  # both are 2 pixels thick
    assert not level.any()
    assert not upright.any()
    level, upright = find_lines(page, 3, (0.7, 0.7))  # the upright one covers 0.6 of the height
    assert level.any()
    assert not upright.any()


def test_a_line_is_at_most_three_pixels_thick_or_a_share_of_the_page():
    assert max_line_thickness(SHAPE) == 3
    assert max_line_thickness((1000, 500)) == 6


BORDERS = [(30, 32, 40, 260), (168, 170, 40, 260), (30, 170, 40, 42), (30, 170, 258, 260)]
CORNERS = [(y, y + 2, x, x + 2) for y in (30, 168) for x in (40, 258)]  # they stay as specks
DIGITS = [(60, 120, 80, 90), (60, 120, 150, 160), (60, 120, 210, 220)]


def test_a_box_around_digits_goes():
    np.testing.assert_array_equal(remove_tables(mask(*BORDERS, *DIGITS)), mask(*DIGITS, *CORNERS))


def test_a_box_that_is_joined_with_a_digit_goes_as_well():
    joined = (60, 170, 80, 90)  # through the lower border
    left = remove_tables(mask(*BORDERS, joined, *DIGITS[1:]))
    np.testing.assert_array_equal(left, mask(joined, *DIGITS[1:], *CORNERS))


def test_a_line_under_digits_goes():
    joined, above = (60, 122, 80, 90), (60, 118, 150, 160)
    np.testing.assert_array_equal(remove_tables(mask((120, 122, 40, 260), joined, above)), mask(joined, above))


def test_an_angular_0_stays():
    zero = mask((60, 66, 120, 160), (114, 120, 120, 160), (60, 120, 120, 126), (60, 120, 154, 160))
    np.testing.assert_array_equal(remove_tables(zero), zero)


def test_a_box_with_nothing_in_it_stays():
    np.testing.assert_array_equal(remove_tables(mask(*BORDERS)), mask(*BORDERS))
