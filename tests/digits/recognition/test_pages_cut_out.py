"""Pictures cut out around one number or one digit: ink at their edges counts."""

import cv2
import numpy as np
import pytest
from pictures import mask, read, written
from PIL import Image, ImageDraw, ImageFilter

pytestmark = pytest.mark.quality


@pytest.mark.parametrize("pen", [4, 8])
@pytest.mark.parametrize("lean", [0, 6])
@pytest.mark.parametrize("paper", [None, 12, 40], ids=["sheet", "narrow strip", "strip"])
def test_a_thin_upright_one_is_read(paper, lean, pen, classifier, ten):
    page = written(["2 7 3"], ten, side=160, size=(1200, 700)).filter(ImageFilter.MaxFilter(9))
    for x in (40 + 270, 40 + 654):
        ImageDraw.Draw(page).line([(x + lean, 84), (x, 196)], fill=20, width=pen)
    if paper is not None:
        page = page.crop((0, 84 - paper, 1200, 197 + paper))
    assert read(classifier, page) == "21713"


@pytest.mark.parametrize("text", ["2024", "1984"])
def test_a_speck_in_a_cut_out_number_does_no_harm(text, classifier):
    ink = np.zeros((400, 1000), np.uint8)
    cv2.putText(ink, text, (60, 260), cv2.FONT_HERSHEY_SIMPLEX, 5, 230, 12, cv2.LINE_AA)
    left, top, right, bottom = Image.fromarray(ink).getbbox()
    ink = ink[top:bottom, left:right]
    between = np.flatnonzero(ink.max(axis=0) < 10)
    middle = between[len(between) // 2]
    ink[60:63, middle - 1 : middle + 2] = 170
    assert read(classifier, Image.fromarray(255 - ink)) == text


def test_a_digit_at_the_edge_of_the_picture_is_read(classifier, ten):
    page = written(["8", "3"], ten, side=150)
    assert read(classifier, page.crop((60, 70, 1000, 700)).crop((0, 0, 800, 600))) == "8\n3"


@pytest.mark.parametrize("side", [28, 120, 900])
@pytest.mark.parametrize("light", [False, True], ids=["dark on light", "light on dark"])
def test_a_small_picture_of_one_digit_is_read(light, side, classifier, sheet):
    right = 0
    for image, label in zip(sheet.images[::20].numpy(), sheet.labels[::20].tolist(), strict=True):
        picture = mask(image if light else 255 - image, side)
        right += read(classifier, picture) == str(label)
    assert right >= 19


@pytest.mark.parametrize("side", [16, 24, 120])
def test_digits_cut_out_tightly_are_read(side, classifier, ten):
    for digit, image in enumerate(ten):
        rows, columns = (np.flatnonzero((image > 60).any(axis=axis)) for axis in (1, 0))
        tight = Image.fromarray(255 - image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        tight = tight.resize((max(4, round(tight.width * side / tight.height)), side), Image.Resampling.BICUBIC)
        assert read(classifier, tight) == str(digit)


@pytest.mark.parametrize("corner", [30, 50, 70])
@pytest.mark.parametrize("pen", [40, 55])
def test_an_angular_0_by_a_thick_pen_is_no_board(pen, corner, classifier):
    page = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(page).rounded_rectangle((50, 68, 232, 215), corner, outline=0, width=pen)
    assert read(classifier, page) == "0"
