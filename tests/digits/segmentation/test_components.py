"""Masks and ink → connected components with boxes, soft edges and nothing that the edge of the page cuts off."""

import numpy as np
import pytest
from made_up_components import boxes, component

from digits.segmentation.components import (
    MAX_COMPONENTS,
    connected_components,
    merge,
    restore_left_out,
    trim,
    union_box,
)

SHAPE = 200, 300


def found_in(*blocks, shape=SHAPE, strongest=0.8):
    """The components of a page with these blocks: top, bottom, left, right, darkness."""
    ink = np.zeros(shape, np.float32)
    for top, bottom, left, right, darkness in blocks:
        ink[top:bottom, left:right] = darkness
    return connected_components(ink, (ink > 0.2).astype(np.uint8), strongest)


ONE, TWO = (50, 110, 60, 70, 0.8), (50, 110, 150, 160, 0.8)


def test_each_connected_piece_is_one_component():
    assert boxes(found_in(ONE, TWO)) == [(60, 50, 10, 60), (150, 50, 10, 60)]


def test_pieces_that_meet_in_a_corner_are_connected():
    assert boxes(found_in((50, 80, 60, 70, 0.8), (80, 110, 70, 80, 0.8))) == [(60, 50, 20, 60)]


def test_ink_is_a_share_of_the_component_s_own_strongest_ink():
    (pencil,) = found_in((50, 110, 60, 70, 0.4), (50, 110, 64, 66, 0.36), strongest=0.4)
    assert pencil.ink.shape == (60, 10)
    assert pencil.ink[30, 0] == 1
    assert pencil.ink[30, 5] == pytest.approx(0.9)


def test_a_component_has_its_soft_edge_and_no_ink_of_others():
    ink = np.zeros(SHAPE, np.float32)
    ink[50:110, 59] = 0.18  # a soft edge of one pixel
    ink[50:110, 60:70] = 0.8
    ink[60:100, 72:82] = 0.8  # within the margin of three pixels
    left, right = connected_components(ink, (ink > 0.2).astype(np.uint8), 0.8)
    assert left.box == (59, 50, 11, 60)
    assert left.ink[0, 0] == pytest.approx(0.225)
    assert right.box == (72, 60, 10, 40)
    assert right.ink.min() == 1


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ((150, 153, 200, 203, 0.8), "dirt"),
        ((50, 110, 220, 230, 0.25), "too pale"),
        ((0, 60, 200, 260, 0.8), "thick, at the edge"),
        ((190, 200, 100, 280, 0.8), "a bar along the edge"),
        ((0, 10, 200, 250, 0.8), "lying at the edge"),
    ],
)
def test_what_is_no_digit_is_left_out(block, why):
    assert boxes(found_in(ONE, TWO, block)) == boxes(found_in(ONE, TWO)), why


def test_a_rim_around_everything_else_is_left_out():
    rim = (5, 9, 10, 290, 0.8), (191, 195, 10, 290, 0.8), (5, 195, 10, 14, 0.8), (5, 195, 286, 290, 0.8)
    assert boxes(found_in(ONE, TWO, *rim)) == boxes(found_in(ONE, TWO))
    small = (35, 39, 40, 260, 0.8), (161, 165, 40, 260, 0.8), (35, 165, 40, 44, 0.8), (35, 165, 256, 260, 0.8)
    assert (40, 35, 220, 130) in boxes(found_in(ONE, TWO, *small))


def test_a_stroke_that_reaches_the_edge_stays():
    assert (200, 0, 10, 60) in boxes(found_in(ONE, TWO, (0, 60, 200, 210, 0.8)))


def test_ink_paler_than_pencil_is_marked_where_all_is_pale():
    pale, pencil = found_in((50, 110, 60, 70, 0.25), (50, 110, 150, 160, 0.3), strongest=0.3)
    assert (pale.pale, pencil.pale) == (True, False)


def test_more_components_than_a_page_of_squares_has_are_print():
    side = 65  # 65 × 65 > 4,000
    ink = np.kron(np.ones((side, side)), np.pad(np.ones((4, 4)), 4)).astype(np.float32)
    assert connected_components(ink, ink.astype(np.uint8), 1.0) == []
    fewer = np.kron(np.ones((side, side - 4)), np.pad(np.ones((4, 4)), 4)).astype(np.float32)
    assert len(connected_components(fewer, fewer.astype(np.uint8), 1.0)) == side * (side - 4) < MAX_COMPONENTS


def test_trim_keeps_the_part_with_ink():
    ink = np.zeros((10, 20), np.float32)
    ink[2:5, 4:10] = 1
    (part,) = trim((100, 200, 20, 10), ink)
    assert part.box == (104, 202, 6, 3)
    assert part.ink.min() == 1
    assert part.source is None
    assert trim((0, 0, 20, 10), 0 * ink) == []


def test_merge_puts_ink_at_its_place():
    low, high = component(10, 20, 2, 3), component(14, 18, 1, 2)
    whole = merge([low, high])
    assert whole.box == union_box([low, high]) == (10, 18, 5, 5)
    np.testing.assert_array_equal(
        whole.ink, [[0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]
    )
    assert merge([low]) is low


def test_what_lies_in_a_digit_and_belongs_to_none_is_kept_beside_it():
    face, eye, nose = component(10, 10, 40, 40, digit=False), component(25, 25, 4, 4), component(30, 35, 4, 8)
    other = component(60, 10, 10, 40)
    with_nose = merge([face, nose])
    zero, one = restore_left_out([with_nose, other], [face, eye, nose, other])
    assert zero.box == with_nose.box
    assert zero.full is not None
    np.testing.assert_array_equal(zero.full.ink, merge([face, eye, nose]).ink)
    assert one is other
