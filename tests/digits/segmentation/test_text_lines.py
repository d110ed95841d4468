"""Boxes on a page → text lines in reading order."""

import random

import pytest
from made_up_components import boxes, component, row, solid_cost

from digits.segmentation.text_lines import TextLine, gap_to, group_into_lines, merge_adjacent_lines, typical_size

SIZE = 30.0


def lines_of(components, size=SIZE):
    """The lines of components that come in any order."""
    shuffled = random.Random(3).sample(components, len(components))
    return group_into_lines(shuffled, size, solid_cost())


def test_lines_come_from_the_top_and_digits_from_the_left():
    upper, lower = row(4, x=50, y=20), row(3, x=10, y=70)
    assert lines_of([*lower, *upper]) == [TextLine(upper, SIZE), TextLine(lower, SIZE)]


@pytest.mark.parametrize("slope", [-0.2, 0.1, 0.2])
def test_lines_may_lean(slope):
    upper, lower = (
        [component(30 * index, round(200 + y + slope * 30 * index), 12, 30) for index in range(12)] for y in (0, 45)
    )
    assert [line.components for line in lines_of([*upper, *lower])] == [upper, lower]


def test_the_second_line_of_a_leaning_page_may_start_above_the_end_of_the_first():
    upper = [component(30 * index, 100 + 6 * index, 12, 30) for index in range(12)]
    lower = [component(30 * index, 145 + 6 * index, 12, 30) for index in range(4)]
    assert lower[0].box[1] < upper[-1].box[1]
    assert [line.components for line in lines_of([*upper, *lower])] == [upper, lower]


def test_a_low_component_belongs_to_the_line_at_its_level():
    digits = row(3)
    bar = component(45, 4, 10, 5)
    ((components, size),) = lines_of([*digits, bar])
    assert boxes(components) == sorted(boxes([*digits, bar]))
    assert size == SIZE


def test_smaller_handwriting_is_a_line_of_its_own():
    large, small = row(4, y=20), row(3, y=100, width=5, height=10, step=12)
    assert lines_of([*large, *small]) == [TextLine(large, SIZE), TextLine(small, 10.0)]


def test_small_components_that_look_like_no_digits_are_left_out():
    large, dirt = row(4, y=20), row(3, y=100, width=5, height=10, step=12, digit=False)
    assert lines_of([*large, *dirt]) == [TextLine(large, SIZE)]


@pytest.mark.parametrize(("width", "digit", "kept"), [(24, True, True), (24, False, False), (18, True, False)])
def test_a_flat_component_alone_on_its_line_stays_if_it_is_wide_and_looks_like_a_digit(width, digit, kept):
    large, flat = row(4, y=20), component(20, 100, width, 12, digit)
    assert lines_of([*large, flat]) == [TextLine(large, SIZE), *([TextLine([flat], SIZE)] if kept else [])]


def test_smaller_digits_that_go_on_where_larger_ones_end_are_one_line():
    large, small = row(2, height=60, width=30, step=40), row(3, x=100, y=20, height=20, width=8, step=12)
    assert merge_adjacent_lines([large, small]) == [[*large, *small]]
    assert merge_adjacent_lines([small, large]) == [[*large, *small]]


@pytest.mark.parametrize(
    "other",
    [row(3, x=100, y=70, height=20), row(3, x=30, y=20, height=20), row(3, x=100, y=5, height=50)],
    ids=["below", "overlapping", "as high"],
)
def test_lines_stay_apart_if_they_are(other):
    large = row(2, height=60, width=30, step=40)
    assert merge_adjacent_lines([large, other]) == [large, other]


def test_the_typical_size_is_that_of_most_ink():
    specks = [component(0, 0, 2, 2) for _ in range(9)]
    assert typical_size([*specks, component(0, 0, 10, 30), component(0, 0, 10, 32)]) == 30
    assert typical_size([component(0, 0, 100, 5)]) == 70  # a bar counts by its width


def test_the_gap_is_measured_to_the_nearest():
    others = [component(0, 0, 10, 30), component(40, 0, 10, 30)]
    assert gap_to(others, component(56, 0, 10, 30)) == 6
    assert gap_to(others, component(12, 0, 10, 30)) == 2
    assert gap_to(others, component(45, 90, 10, 30)) == 0
