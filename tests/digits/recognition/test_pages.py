"""Photographed pages → every digit on them, in reading order."""

import numpy as np
import pytest
from pictures import encoded, read, shipped, written
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from digits.recognition.classifier import DigitClassifier
from digits.recognition.page_reader import PageReader

pytestmark = pytest.mark.quality


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        (["01234567"], {}),
        (["31", "415", "92"], {}),
        (["86 420", "1 97"], {}),
        (["27182", "31415"], {"slope": 0.12}),
        (["27182", "31415"], {"slope": -0.1, "side": 60}),
        (["    8991", "5"], {"slope": 0.2}),  # the second line is higher than the end of the first
        (["7"], {"side": 500}),
        (["5823", "1"], {"side": 40}),
        (["60", "21"], {"paper": 170}),
    ],
)
def test_digits_are_read_line_by_line_from_left_to_right(rows, options, classifier, ten):
    if options.get("slope", 0) < 0:
        options = {**options, "size": (1000, 900)}
    expected = "\n".join(row.replace(" ", "") for row in rows)
    assert read(classifier, written(rows, ten, **options)) == expected
    assert read(classifier, ImageOps.invert(written(rows, ten, **options))) == expected


@pytest.mark.parametrize(
    ("large", "small", "at", "expected"),
    [
        ("4217", "90283", (0, 420), "4217\n90283"),  # a row beneath
        ("42", "90283", (760, 60), "4290283"),  # level with the large ones, and far from them
        ("42", "9028", (540, 60), "429028"),  # and close to them
        ("42", "9028", (540, 330), "42\n9028"),
        ("421", "902 83", (0, 560), "421\n90283"),
    ],
)
def test_a_smaller_hand_on_the_same_page_is_read_too(large, small, at, expected, classifier, ten):
    page, row = (written([text], ten, side, size=(1400, 700)) for text, side in ((large, 220), (small, 80)))
    page = ImageChops.darker(page, ImageChops.offset(row, *at))
    assert read(classifier, page) == expected


def test_a_page_out_of_focus_is_no_print(classifier, ten):
    page = written(["2468013", "5791"], ten)
    assert read(classifier, page.filter(ImageFilter.GaussianBlur(5))) == "2468013\n5791"


def test_a_flat_digit_alone_on_its_line_is_read_and_a_dash_is_not(classifier, ten):
    page = written(["27"], ten, 120)
    rows, columns = np.nonzero(ten[2])
    flat = Image.fromarray(ten[2]).crop((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)).resize((78, 38))
    for mark, expected in ((flat, "27\n2"), (Image.new("L", (78, 8), 255), "27")):
        there = page.copy()
        there.paste(20, (60, 400), mark)
        assert read(classifier, there) == expected


@pytest.mark.parametrize("soft", [8, 40])
@pytest.mark.parametrize("reach", [0.35, 0.5, 0.65])
def test_what_is_in_a_shadow_is_read_too(reach, soft, classifier, ten):
    page = written(["4217390", "906"], ten)
    shade = Image.new("L", page.size, 255)
    shade.paste(130, (0, 0, round(reach * page.width), page.height))
    page = ImageChops.multiply(page, shade.filter(ImageFilter.GaussianBlur(soft)))
    assert read(classifier, page) == "4217390\n906"


def ruled(page: Image.Image, gap: int, squared: bool, level: int, turn: float, start: int = 0) -> Image.Image:
    lines = Image.new("L", page.size, 255)
    pen = ImageDraw.Draw(lines)
    far = max(page.size)
    for at in range(start - far, 2 * far, gap):
        pen.line([(-far, at), (2 * far, at + turn * 3 * far)], fill=level, width=2)
        if squared:
            pen.line([(at, -far), (at - turn * 3 * far, 2 * far)], fill=level, width=2)
    return ImageChops.darker(page, lines)


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("level", [200, 90], ids=["pale", "as dark as the ink"])
@pytest.mark.parametrize("turn", [0, 0.02])
def test_the_lines_of_the_paper_are_not_read(squared, level, turn, classifier, ten):
    page = ruled(written(["2468", "13579"], ten), 73, squared, level, turn)
    assert read(classifier, page) == "2468\n13579"
    assert read(classifier, ruled(Image.new("L", (900, 700), 255), 73, squared, level, turn)) == ""


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("start", [0, 20, 40, 60])
def test_lines_that_large_digits_hide_are_not_read_either(start, squared, classifier, ten):
    page = written(["7272", "5775"], ten, side=150)
    assert read(classifier, ruled(page, 73, squared, 90, 0, start)) == "7272\n5775"


def test_a_whole_sheet_of_small_dark_squares_is_no_print(classifier, ten):
    page = written(["2046", "8139"], ten, size=(1130, 1600))
    assert read(classifier, ruled(page, 26, True, 110, 0)) == "2046\n8139"


def test_a_digit_in_two_pieces_is_one(classifier, ten):
    page = written(["555"], ten, side=200, size=(900, 400), paper=255)
    pen = ImageDraw.Draw(page)
    # The bar of the 5 is cut off its belly.
    for left in (40, 280, 520):
        pen.line([(left + 60, 60 + 80), (left + 200, 60 + 80)], fill=255, width=5)
    assert read(classifier, page) == "555"


@pytest.mark.parametrize("rise", [10, 22, 34])
def test_the_long_bar_of_a_5_that_stands_beside_it_is_no_line(rise, classifier, ten):
    page = written(["4"], ten, side=200, size=(1600, 1100))
    pen = ImageDraw.Draw(page)
    pen.line([(462, 100), (462, 160), (470, 168)], fill=20, width=18, joint="curve")
    pen.arc((430, 150, 530, 260), 215, 140, fill=20, width=18)
    pen.line([(484, 90), (604, 90 - rise)], fill=20, width=16)
    pen.ellipse((588, 76 - rise, 606, 102 - rise), fill=20)  # where the pen rests
    four, five = PageReader(classifier).read(encoded(page)).digits
    assert (four.digit, five.digit) == (4, 5)
    assert five.box[0] + five.box[2] > 595


def test_digits_that_touch_are_read_apart(classifier, ten):
    texts = ["38", "60", "25", "49", "03", "82"]
    right = sum(read(classifier, written([text], ten, side=200, gap=0.62)) == text for text in texts)
    assert right >= len(texts) - 1


def test_many_pairs_that_touch_stand_in_one_line(classifier, ten):
    page = Image.new("L", (1600, 400), 255)
    for place, pair in enumerate(["38", "60", "20", "49", "03", "82"]):
        page.paste(written([pair], ten, side=150, gap=0.55, size=(240, 220)), (20 + 260 * place, 60))
    assert len(read(classifier, page)) == 12


def test_a_line_may_have_more_digits_than_a_sheet_has_squares(classifier, ten):
    text = "2046813879" * 5
    assert read(classifier, written([text], ten, side=40, gap=0.75, size=(1580, 500))) == text


@pytest.mark.parametrize("count", [1, 2, 3])
def test_ones_close_below_ones_are_two_lines(count, classifier):
    page = Image.new("L", (500, 400), 255)
    for place in range(count):
        for top in (80, 176):
            ImageDraw.Draw(page).line([(100 + 100 * place, top), (100 + 100 * place, top + 80)], fill=20, width=10)
    assert read(classifier, page) == "\n".join(2 * ["1" * count])


@pytest.mark.parametrize("width", [8, 12, 16, 20])
def test_a_star_may_be_cut_but_is_no_sure_digit(width, classifier):
    star = Image.new("L", (280, 280), 255)
    angles = 4 / 5 * np.pi * np.arange(6) - np.pi / 2
    corners = zip(140 + 110 * np.cos(angles), 140 + 110 * np.sin(angles), strict=True)
    ImageDraw.Draw(star).line([*corners], fill=0, width=width, joint="curve")
    found = PageReader(classifier).read(encoded(star)).digits
    assert found
    assert not any(digit.sure for digit in found)


def test_dirt_and_the_edge_of_the_table_are_left_out(classifier, ten):
    page = written(["907", "16"], ten)
    pen = ImageDraw.Draw(page)
    for x, y in ((700, 600), (950, 300), (500, 650), (30, 500)):
        pen.ellipse([x, y, x + 5, y + 4], fill=60)
    pen.polygon([(0, 0), (1000, 0), (1000, 25), (0, 8)], fill=40)
    pen.polygon([(985, 0), (1000, 0), (1000, 700), (970, 700)], fill=40)
    assert read(classifier, page) == "907\n16"


def test_a_face_is_no_zero_though_its_outline_alone_would_be_one(classifier):
    page = Image.new("L", (400, 400), 255)
    brush = ImageDraw.Draw(page)
    brush.ellipse((130, 120, 270, 290), outline=0, width=12)
    outline = PageReader(classifier).read(encoded(page, "PNG"))
    assert (outline.text, outline.digits[0].sure) == ("0", True)
    brush.ellipse((168, 170, 180, 182), fill=0)
    brush.ellipse((220, 170, 232, 182), fill=0)
    brush.arc((165, 190, 235, 255), 20, 160, fill=0, width=12)
    assert not any(digit.sure for digit in PageReader(classifier).read(encoded(page, "PNG")).digits)


def test_specks_of_dirt_in_a_digit_change_nothing(classifier):
    page = Image.new("L", (400, 400), 255)
    brush = ImageDraw.Draw(page)
    brush.ellipse((130, 120, 270, 290), outline=0, width=12)
    for x, y in ((180, 170), (215, 230)):
        brush.ellipse((x, y, x + 5, y + 5), fill=0)
    zero = PageReader(classifier).read(encoded(page, "PNG"))
    assert (zero.text, zero.digits[0].sure) == ("0", True)


def test_any_network_finds_the_digits_of_a_page(ten):
    for name in ("two_conv", "mlp"):
        assert read(DigitClassifier.from_checkpoint(shipped(name)), written(["2468"], ten)) == "2468"
