"""Small pictures of sheets and boards with other things around them → where they are."""

import cv2
import numpy as np
import pytest

from digits.segmentation.surfaces import RAGGED_EDGE_PX, find_surfaces

SHAPE = 240, 320
LEFT, TOP, RIGHT, BOTTOM = 60, 50, 260, 190


def picture(surface=220, table=90, ink=60, box=(LEFT, TOP, RIGHT, BOTTOM)):
    """A flat surface with two strokes on it, or none for ink=None, on something of another level."""
    left, top, right, bottom = box
    levels = np.full(SHAPE, table, np.uint8)
    levels[top:bottom, left:right] = surface
    if ink is not None:
        x, y = (left + right) // 2, (top + bottom) // 2
        levels[y - 25 : y + 25, x - 20 : x - 16] = ink
        levels[y - 25 : y + 25, x + 16 : x + 20] = ink
    return levels


def test_a_sheet_on_a_table_is_found_without_its_edge():
    (sheet,) = find_surfaces(picture())
    assert sheet.lighter == 1
    assert sheet.ink < 0
    x, y, width, height = cv2.boundingRect(sheet.mask)
    inset = 1 + RAGGED_EDGE_PX  # the outermost pixels lie on the slope
    assert (x, y, x + width, y + height) == (LEFT + inset, TOP + inset, RIGHT - inset, BOTTOM - inset)
    assert sheet.mask.mean() == pytest.approx(width * height / sheet.mask.size, rel=0.01)  # all but the corners


def test_a_board_on_a_wall_is_darker_and_its_chalk_lighter():
    (board,) = find_surfaces(picture(surface=50, table=210, ink=230))
    assert board.lighter == -1
    assert board.ink > 0


def test_its_ink_is_what_its_strokes_differ_by():
    faint, strong = (find_surfaces(picture(ink=ink))[0].ink for ink in (160, 60))
    pixels = 2 * 4 * 50
    assert faint == -pixels * (220 - 160 - 12)
    assert strong == -pixels * (220 - 60 - 12)


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(np.full(SHAPE, 200, np.uint8), id="one level"),
        pytest.param(picture(ink=None), id="a blank sheet"),
        pytest.param(picture(box=(0, 0, 320, 240)), id="a sheet that fills the picture"),
        pytest.param(picture(box=(140, 80, 175, 160)), id="something narrow"),
        pytest.param(cv2.GaussianBlur(picture(table=160), (0, 0), 12), id="a soft outline"),
        pytest.param(picture()[100:140], id="a strip"),
    ],
)
def test_no_surface_is_found_in(photo):
    assert find_surfaces(photo) == []


def test_a_disc_has_no_straight_sides():
    photo = cv2.circle(np.full(SHAPE, 90, np.uint8), (160, 120), 80, 220, -1)
    photo[100:140, 158:162] = 60
    assert find_surfaces(photo) == []


def test_two_notes_are_two_surfaces_the_smaller_one_first():
    photo = picture(box=(20, 40, 120, 200))
    photo[60:160, 180:270] = picture(box=(180, 60, 270, 160))[60:160, 180:270]
    small, large = find_surfaces(photo)
    assert small.mask[110, 200] == large.mask[120, 30] == 1
    assert not (small.mask & large.mask).any()


def test_a_sheet_may_lie_partly_outside_of_the_picture():
    (sheet,) = find_surfaces(picture(box=(0, 0, 200, 200)))
    assert sheet.mask[100, 40] == 1
    assert sheet.mask[:, 200:].sum() == sheet.mask[200:].sum() == 0
