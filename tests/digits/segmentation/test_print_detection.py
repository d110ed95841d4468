"""Components and predictions → whether they are print; solid components look like digits, hollow ones like none."""

import pytest
from made_up_components import boxes, component, row, solid_cost

from digits.segmentation.print_detection import (
    drop_printed_text,
    drop_texture,
    is_dense_print,
    is_rejected_print,
)
from digits.segmentation.text_lines import TextLine


def line(digits, others, y=0, height=30):
    """A line of so many components that look like digits, and so many that do not."""
    step = height
    left = row(digits, y=y, height=height, step=step)
    return TextLine([*left, *row(others, step * digits, y, height=height, step=step, digit=False)], height)


@pytest.mark.parametrize(("digits", "others", "kept"), [(3, 1, True), (2, 1, False), (0, 2, False)])
def test_pale_components_go_if_few_of_them_look_like_digits(digits, others, kept):
    dark = row(2, y=60)
    pale = [
        component(part.box[0], 0, *part.box[2:], digit=index < digits, pale=True)
        for index, part in enumerate(row(digits + others))
    ]
    assert drop_texture([*dark, *pale], solid_cost()) == ([*dark, *pale] if kept else dark)


@pytest.mark.parametrize(
    ("digits", "others", "kept"),
    [
        (3, 3, True),  # 0.98 − 1.2/√6 = 0.49
        (2, 4, False),
        (0, 5, True),  # fewer than 6 are no print
        (13, 7, True),  # 0.98 − 1.2/√10 = 0.60 from ten on
        (12, 8, False),
        (29, 12, True),  # a line of more than 40 has to look like digits: 0.7
        (28, 13, False),
    ],
)
def test_a_line_is_print_if_too_few_of_its_components_look_like_digits(digits, others, kept):
    text = line(digits, others)
    assert drop_printed_text([text], solid_cost()) == ([text] if kept else [])


@pytest.mark.parametrize(
    ("height", "digits", "others", "kept"), [(40, 4, 0, True), (38, 4, 0, False), (40, 3, 1, False)]
)
def test_handwriting_on_a_form_is_larger_than_the_print_and_all_of_it_looks_like_digits(height, digits, others, kept):
    form = [line(2, 12, y=0), line(2, 12, y=60)]
    answer = line(digits, others, y=200, height=height)
    assert drop_printed_text([*form, answer], solid_cost()) == ([answer] if kept else [])


def test_low_and_slightly_wide_components_do_not_count():
    digits = row(6)
    signs = [component(200 + 20 * index, 12, 8, 8, digit=False) for index in range(6)]
    pairs = [component(400 + 60 * index, 0, 45, 30, digit=False) for index in range(6)]
    text = TextLine([*digits, *signs, *pairs], 30)
    assert drop_printed_text([text], solid_cost()) == [text]
    assert boxes(drop_printed_text([TextLine(row(12, digit=False), 30)], solid_cost())) == []


def test_a_page_of_lines_that_are_each_too_short_for_print_may_be_print():
    lines = [line(1, 4, y=60 * index) for index in range(4)]
    assert drop_printed_text(lines, solid_cost()) == []
    assert drop_printed_text(lines[:1], solid_cost()) == lines[:1]


def test_only_hundreds_of_components_are_dense_print():
    assert is_dense_print(row(601, digit=False), solid_cost())
    assert not is_dense_print(row(600, digit=False), solid_cost())
    assert not is_dense_print(row(601), solid_cost())


@pytest.mark.parametrize(
    ("heights", "known", "expected"),
    [
        ([30, 30, 30, 30], [True, True, False, False], False),  # half
        ([30, 30, 30, 30], [True, False, False, False], True),
        ([30, 30, 30], [False, False, False], False),  # fewer than four
        ([30, 30, 30, 18, 18], [True, True, False, False, False], False),  # signs are low
        ([30, 30, 30, 19, 19], [True, True, False, False, False], True),
    ],
)
def test_predictions_are_print_if_most_are_out_of_distribution(heights, known, expected):
    assert is_rejected_print(heights, known, 4) is expected
