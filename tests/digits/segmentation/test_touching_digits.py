"""Blocks that touch → their parts; the made-up classifier takes slim images for digits."""

import numpy as np
import pytest
from made_up_components import boxes

from digits.segmentation import touching_digits
from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component
from digits.segmentation.touching_digits import low_part_cost, split_touching


def slim_cost(factor=10.0):
    """Costs 0 for images of digits that are no wider than 0.6 of their height, more for wider ones."""

    def cost(images):
        inked = images > 0.3
        widths, heights = inked.any(axis=1).sum(axis=1), inked.any(axis=2).sum(axis=1)
        return (factor * np.maximum(0, widths / heights - 0.6)).astype(np.float32)

    return ClassifierCost(cost)


def joined(count, gap=8, width=18, height=40):
    """Blocks in a row, joined by a thin bridge half-way down, at (100, 50) of a page."""
    ink = np.zeros((height, count * (width + gap) - gap), np.float32)
    for index in range(count):
        left = index * (width + gap)
        ink[:, left : left + width] = 1
    ink[height // 2] = 1
    return Component((100, 50, ink.shape[1], height), ink)


def test_two_that_touch_are_cut_between():
    pair = joined(2)
    left, right = split_touching(pair, slim_cost())
    assert left.box[0] == 100
    assert 118 <= left.box[0] + left.box[2] <= right.box[0] <= 126
    assert right.box[0] + right.box[2] == 144
    assert left.source is right.source is pair
    assert left.ink.sum() + right.ink.sum() == pair.ink.sum()


def test_three_that_touch_are_cut_twice():
    parts = split_touching(joined(3), slim_cost())
    assert len(parts) == 3
    assert [part.box[1::2] for part in parts] == 3 * [(50, 40)]
    assert boxes(parts) == sorted(boxes(parts))
    assert split_touching(joined(3), slim_cost(), depth=1) != parts


@pytest.mark.parametrize(
    ("width", "height", "factor"),
    [(20, 40, 10.0), (17, 40, 10.0), (164, 40, 10.0), (44, 40, 6.0)],
    ids=["a digit itself", "too narrow", "too wide", "cheaper than a cut"],
)
def test_it_is_not_cut_if_it_is(width, height, factor):
    piece = Component((0, 0, width, height), np.ones((height, width), np.float32))
    assert split_touching(piece, slim_cost(factor)) == [piece]


def test_a_cut_has_to_leave_better_parts():
    unreadable = ClassifierCost(lambda images: np.full(len(images), 9, np.float32))
    pair = joined(2)
    assert split_touching(pair, unreadable) == [pair]


def test_a_low_part_costs_what_its_height_lacks():
    assert low_part_cost(1.0) == low_part_cost(0.6) == 0
    assert low_part_cost(0.5) == pytest.approx(0.8)
    assert low_part_cost(0.1) == pytest.approx(4.0)


def test_a_seam_keeps_to_where_no_ink_is():
    ink = np.ones((9, 7), np.float32)
    for row, column in enumerate([1, 1, 2, 3, 3, 3, 4, 5, 5]):
        ink[row, column] = 0
    (seam,) = touching_digits._seams(ink, np.array([3.0]))
    np.testing.assert_array_equal(seam, [1, 1, 2, 3, 3, 3, 4, 5, 5])


def test_the_cost_of_a_seam_adds_up_from_the_top():
    total, step = touching_digits._seam_cost(np.array([[1.0, 5, 9], [1, 2, 1], [4, 0, 3]]))
    np.testing.assert_allclose(total, [[1, 5, 9], [2, 3.02, 6.02], [6, 2.02, 6.04]])
    np.testing.assert_array_equal(step[1:], [[0, -1, -1], [0, -1, -1]])
