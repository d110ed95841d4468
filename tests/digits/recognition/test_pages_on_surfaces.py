"""Boards on walls and paper on tables: the surface is found, and its surroundings are left out."""

import cv2
import numpy as np
import pytest
from pictures import read, written
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def on_a_wall(board: Image.Image, wall: int, frame: int, turn: float) -> Image.Image:
    """A board in its frame on a wall, turned by so many degrees."""
    width, height = board.size
    picture = Image.new("L", (width + 400, height + 300), wall)
    picture.paste(frame, (185, 135, 215 + width, 165 + height))
    picture.paste(board, (200, 150))
    return picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=wall)


@pytest.mark.parametrize("turn", [0, 3])
@pytest.mark.parametrize(
    ("board", "ink", "wall", "frame"),
    [(50, 210, 220, 110), (50, 210, 220, 180), (50, 210, 95, 180), (60, 200, 150, 90), (235, 40, 140, 60)],
    ids=["in wood", "in metal", "on a dark wall", "on a grey wall", "white"],
)
def test_a_board_on_a_wall_is_read_without_its_frame(board, ink, wall, frame, turn, classifier, ten):
    page = written(["4217", "906"], ten, size=(1000, 700)).point(lambda level: ink + (board - ink) * level // 255)
    assert read(classifier, on_a_wall(page, wall, frame, turn)) == "4217\n906"


def seen(sheet: Image.Image, corners: list[tuple[int, int]], around: int) -> Image.Image:
    """A sheet as a camera sees it whose picture has 1200×900 pixels: its corners there, clockwise."""
    size = np.array(sheet.size)
    places = np.float32(size * [(0, 0), (1, 0), (1, 1), (0, 1)])
    view = cv2.getPerspectiveTransform(places, np.float32(corners))
    return Image.fromarray(cv2.warpPerspective(np.asarray(sheet), view, (1200, 900), borderValue=around))


@pytest.mark.parametrize(
    "corners",
    [
        [(420, 260), (900, 200), (1060, 640), (300, 700)],
        [(-60, 160), (800, -80), (1000, 620), (180, 960)],
        [(4, 150), (840, 120), (880, 700), (20, 740)],
    ],
    ids=["from the front", "cut off at the corners", "along the edge"],
)
@pytest.mark.parametrize("shade", [255, 120], ids=["in the light", "in part in a shadow"])
def test_a_sheet_on_a_table_is_read_however_it_lies(corners, shade, classifier, ten):
    page = written(["4217", "906"], ten, size=(1000, 700), paper=230)
    picture = seen(page, corners, around=80)
    shadow = Image.new("L", picture.size, 255)
    ImageDraw.Draw(shadow).polygon([(560, -60), (1300, -60), (1300, 1000), (640, 1000)], fill=shade)
    picture = ImageChops.multiply(picture, shadow.filter(ImageFilter.GaussianBlur(18)))
    assert read(classifier, picture) == "4217\n906"


@pytest.mark.parametrize(
    ("level", "over"),
    [(80, [(1040, 180), (920, 190), (1050, 320)]), (30, [(900, 860), (1090, 450), (1120, 460), (930, 870)])],
    ids=["a folded corner", "a pen over its edge"],
)
def test_a_sheet_that_is_no_more_a_rectangle_is_read(level, over, classifier, ten):
    page = written(["4217", "906"], ten, size=(1000, 700), paper=230)
    picture = seen(page, [(180, 250), (1040, 180), (1120, 720), (130, 780)], around=80)
    ImageDraw.Draw(picture).polygon(over, fill=level)
    assert read(classifier, picture) == "4217\n906"


def test_a_whiteboard_on_a_wall_as_white_as_it_is_read(classifier, ten):
    page = written(["4217", "906"], ten, size=(1000, 700))
    page = ImageOps.expand(page.point(lambda level: level * 230 // 255), 18, fill=120)
    assert read(classifier, seen(page, [(300, 200), (1000, 140), (1080, 700), (260, 640)], around=226)) == "4217\n906"


def test_a_number_in_a_box_and_another_outside_it_are_both_read(classifier, ten):
    page = written(["4217"], ten, 120, size=(1000, 700))
    page.paste(written(["906"], ten, 120, size=(460, 240)), (440, 400))
    ImageDraw.Draw(page).rectangle((430, 390, 910, 650), outline=0, width=9)
    assert read(classifier, page) == "4217\n906"


def test_a_window_beside_a_board_is_no_sheet_of_paper(classifier, ten):
    page = ImageOps.invert(written(["4217", "906"], ten, size=(1300, 700))).point(lambda level: 50 + level * 160 // 255)
    page.paste(250, (760, 40, 1240, 460))
    assert read(classifier, page) == "4217\n906"


def test_two_notes_on_a_dark_table_are_both_read(classifier, ten):
    table = Image.new("L", (1300, 700), 60)
    table.paste(written(["42", "17"], ten, 120, size=(600, 500)), (40, 60))
    table.paste(written(["906"], ten, 90, size=(420, 300)), (780, 60))
    assert read(classifier, table) == "42906\n17"
