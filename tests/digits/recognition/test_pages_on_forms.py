"""Pages with printed boxes and tables, notes, and paper that is too dark or ink that is too faint."""

import numpy as np
import pytest
from pictures import read, written
from PIL import Image, ImageDraw, ImageFilter

pytestmark = [pytest.mark.quality, pytest.mark.slow]


def boxed(page, left, top, width, height, columns, rows, gap=0, line=3):
    """The page with printed boxes on it, side by side or apart."""
    pen = ImageDraw.Draw(page)
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * (width + gap), top + row * (height + gap)
            pen.rectangle([x, y, x + width, y + height], outline=60, width=line)
    return page


def turned(page, degrees):
    return page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


@pytest.mark.parametrize("gap", [0, 24], ids=["a comb", "apart"])
@pytest.mark.parametrize("turn", [0, 2])
@pytest.mark.parametrize("side", [80, 140])
def test_a_digit_in_each_printed_box_is_read(side, turn, gap, classifier, ten):
    pitch = side + gap
    page = written(["20468", "13579"], ten, side=side, gap=pitch / side, size=(1200, 700))
    for row in range(2):
        page = boxed(page, 40, round(60 + row * 1.7 * side), side, side, 5, 1, gap)
    assert read(classifier, turned(page, turn)) == "20468\n13579"


@pytest.mark.parametrize("turn", [0, 1.5])
def test_a_table_is_read_row_by_row(turn, classifier, ten):
    page = written(["12 34 5", "6 78 90", "24 6 8"], ten, side=70, gap=0.9, size=(1000, 600))
    assert read(classifier, turned(boxed(page, 30, 45, 190, 119, 3, 3), turn)) == "12345\n67890\n2468"


def test_digits_that_touch_their_box_are_read(classifier, ten):
    page = boxed(written(["2468"], ten, side=130, gap=1.25, size=(900, 400)), 55, 78, 100, 92, 4, 1, gap=62)
    assert read(classifier, page) == "2468"


@pytest.mark.parametrize("below", [2, 25], ids=["joined", "apart"])
def test_a_line_under_a_number_is_none_of_it(below, classifier, ten):
    page = written(["2468", "13579"], ten, side=130, size=(1000, 600))
    pen = ImageDraw.Draw(page)
    for row, end in ((0, 640), (1, 800)):
        foot = 60 + row * 221 + 112 + below
        pen.line([(30, foot), (end, foot + 6)], fill=20, width=8)
    assert read(classifier, page) == "2468\n13579"


@pytest.mark.parametrize("table", [20, 60, 100])
def test_a_note_on_a_dark_table_is_read(table, classifier, ten):
    picture = Image.new("L", (1600, 1200), table)
    picture.paste(written(["204", "816"], ten, side=160, size=(700, 640), paper=225), (430, 250))
    assert read(classifier, picture) == "204\n816"


@pytest.mark.parametrize("light", [0.25, 0.4])
def test_paper_in_the_dark_is_no_board(light, classifier, ten):
    page = np.asarray(written(["2046", "8139"], ten, side=120).filter(ImageFilter.GaussianBlur(1)))
    noise = np.random.default_rng(1).normal(0, 3, page.shape)
    assert read(classifier, Image.fromarray((page * light + noise).clip(0, 255).astype(np.uint8))) == "2046\n8139"


def test_a_faint_pencil_is_read(classifier, ten):
    page = written(["2046", "8139"], ten, side=120)
    assert read(classifier, Image.eval(page, lambda level: round(240 - 0.22 * (255 - level)))) == "2046\n8139"


def test_small_digits_on_a_whole_sheet_are_read(classifier, ten):
    rows = ["20468", "13579", "8139", "2046"]
    assert read(classifier, written(rows, ten, side=24, size=(1200, 1600))) == "\n".join(rows)


@pytest.mark.parametrize("ink", [255, 0], ids=["white", "black"])
def test_strokes_on_nothing_are_read(ink, classifier, ten):
    strokes = Image.eval(written(["2046"], ten, side=120), lambda level: 255 - level)
    picture = Image.new("LA", strokes.size, (ink, 0))
    picture.putalpha(strokes)
    assert read(classifier, picture) == "2046"
