"""Ink of every colour, place and size → 28×28 as MNIST was made."""

import numpy as np
import pytest
import torch
from pictures import alike, drawn, encoded, mask, placed, png
from PIL import Image

from digits.errors import NoInk
from digits.imaging.preprocessing import bounding_box, digit_image, find_ink_box, place_digit

HOW = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def reads_all(classifier, make, ten):
    wrong = [digit for digit, image in enumerate(ten) if classifier.predict(make(image)).digit != digit]
    assert not wrong, f"read wrong: {wrong}"


@pytest.mark.parametrize("how", HOW)
@pytest.mark.slow
def test_enlarged_mnist_digits_come_back_and_are_read_as_well_as_the_originals(how, classifier, sheet):
    originals = sheet.images.numpy() / np.float32(255)
    with torch.inference_mode():
        expected = classifier.network(torch.from_numpy(originals)[:, None]).argmax(dim=1)
    readings = [
        classifier.predict(encoded(mask(image, how=HOW[how]).point(lambda value: 255 - value), "BMP"))
        for image in sheet.images.numpy()
    ]
    likeness = [alike(reading.image, image) for reading, image in zip(readings, originals, strict=True)]
    assert np.mean(likeness) > 0.95
    assert np.quantile(likeness, 0.05) > 0.9
    right = sum(reading.digit == label for reading, label in zip(readings, sheet.labels.tolist(), strict=True))
    assert right >= (expected == sheet.labels).sum().item() - 1


COLOURS = {  # ink on paper
    "black on white": ((0, 0, 0), (255, 255, 255)),
    "white on black": ((255, 255, 255), (0, 0, 0)),
    "dark grey on light grey": ((80, 80, 80), (200, 200, 200)),
    "light grey on dark grey": ((200, 200, 200), (80, 80, 80)),
    "pencil": ((150, 150, 150), (235, 235, 235)),
    "blue on white": ((30, 60, 200), (255, 255, 255)),
    "red on white": ((225, 40, 40), (255, 255, 255)),
    "green on white": ((60, 200, 60), (255, 255, 255)),
    "yellow on white": ((255, 230, 0), (255, 255, 255)),
    "yellow on dark": ((250, 220, 60), (25, 25, 40)),
    "red on black": ((200, 20, 20), (0, 0, 0)),
    "blue on black": ((40, 40, 255), (0, 0, 0)),
    "chalk on a board": ((235, 235, 225), (30, 80, 60)),
    "red on blue, equally bright": ((190, 40, 40), (40, 70, 160)),
    "black on yellow": ((10, 10, 10), (255, 225, 60)),
}


@pytest.mark.parametrize("name", COLOURS)
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
@pytest.mark.slow
def test_ink_and_paper_of_any_colour_are_told_apart(name, format, classifier, ten):
    ink, paper = COLOURS[name]
    for digit, image in enumerate(ten):
        reading = classifier.predict(encoded(drawn(image, ink=ink, paper=paper), format))
        assert reading.digit == digit
        assert alike(reading.image, classifier.predict(png(image)).image) > (0.95 if format == "PNG" else 0.88)


RAMP, DOME = np.linspace(0, 1, 320), np.hypot(*np.meshgrid(np.linspace(-1, 1, 320), np.linspace(-1, 1, 320)))
SHADES = {  # brightness of the paper
    "from the left": np.tile(110 + 140 * RAMP, (320, 1)),
    "from above": np.tile(240 - 120 * RAMP[:, None], (1, 320)),
    "across": 100 + 75 * np.add.outer(RAMP, RAMP),
    "a lamp": 240 - 70 * DOME,
    "a dim room": np.tile(60 + 50 * RAMP, (320, 1)),
}


@pytest.mark.parametrize("shade", SHADES)
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
@pytest.mark.slow
def test_digits_on_shaded_noisy_paper_are_read(shade, format, classifier, ten):
    def photograph(image):
        ink = np.asarray(mask(image, 320)) / 255
        values = SHADES[shade] * (1 - 0.75 * ink) + np.random.default_rng(9).normal(0, 3, ink.shape)
        return encoded(Image.fromarray(values.clip(0, 255).astype(np.uint8)), format)

    reads_all(classifier, photograph, ten)


@pytest.mark.parametrize("sigma", [4, 12])
def test_digits_on_noisy_paper_are_read(sigma, classifier, ten):
    def noisy(image):
        values = 220.0 - 180 * (np.asarray(mask(image)) / 255)
        values += np.random.default_rng(9).normal(0, sigma, values.shape)
        return encoded(Image.fromarray(values.clip(0, 255).astype(np.uint8)))

    reads_all(classifier, noisy, ten)


PLACES = {  # canvas, corner, side of the 28×28
    "upper left": ((280, 280), (-20, -18), 120),
    "lower right": ((280, 280), (180, 175), 120),
    "small": ((280, 280), (130, 60), 40),
    "tiny": ((280, 280), (40, 200), 24),
    "huge": ((280, 280), (-40, -40), 360),
    "on a wide sheet": ((900, 300), (600, 50), 200),
    "on a tall sheet": ((300, 900), (40, 640), 220),
    "on a photo's worth": ((3000, 2000), (1500, 300), 1200),
    "small on a photo's worth": ((3000, 2000), (2000, 1500), 240),
}


@pytest.mark.parametrize("place", PLACES)
def test_place_and_size_do_not_matter(place, classifier, ten):
    canvas, corner, side = PLACES[place]
    reads_all(classifier, lambda image: encoded(placed(image, canvas, corner, side), "BMP"), ten)


@pytest.mark.parametrize("place", [name for name in PLACES if name not in ("upper left", "lower right", "huge")])
def test_the_box_lies_around_the_ink_in_pixels_of_the_picture(place, classifier, ten):
    canvas, corner, side = PLACES[place]
    slack = 0.06 * side + max(canvas) / 1000 + 2
    for image in ten:
        rows, columns = (np.flatnonzero((image > 60).any(axis=axis)) for axis in (1, 0))
        expected = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) * side / 28 + [*corner, *corner]
        x, y, width, height = classifier.predict(encoded(placed(image, canvas, corner, side), "BMP")).box
        np.testing.assert_allclose([x, y, x + width, y + height], expected, atol=slack)


def cropped(image, side, sides):
    """The digit with the paper cut off at some of its sides, so that it touches the frame there."""
    rows, columns = (np.flatnonzero((image > 60).any(axis=axis)) for axis in (1, 0))
    left, top = columns[0] if "l" in sides else 0, rows[0] if "t" in sides else 0
    right, bottom = columns[-1] + 1 if "r" in sides else 28, rows[-1] + 1 if "b" in sides else 28
    picture = Image.fromarray(255 - image[top:bottom, left:right])
    scale = side / 28
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("sides", ["l", "t", "r", "b", "lt", "rb", "ltr", "ltrb"])
@pytest.mark.parametrize("side", [280, 56])
def test_digits_that_touch_the_frame_are_read(sides, side, classifier, ten):
    reads_all(classifier, lambda image: encoded(cropped(image, side, sides)), ten)


def test_28_by_28_pictures_are_read(classifier, ten):
    reads_all(classifier, lambda image: encoded(Image.fromarray(image)), ten)
    reads_all(classifier, lambda image: encoded(Image.fromarray(255 - image)), ten)


def test_a_digit_image_is_made_as_mnist_was(classifier, ten):
    for image in ten:
        got = classifier.predict(encoded(placed(image, (300, 260), (30, 70), 150))).image
        assert got.shape == (28, 28)
        assert got.dtype == np.float32
        assert got.min() == 0
        assert got.max() == 1
        rows, columns = (np.flatnonzero((got > 0).any(axis=axis)) for axis in (1, 0))
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        middle = [(got.sum(axis=axis) @ np.arange(28)) / got.sum() for axis in (1, 0)]
        np.testing.assert_allclose(middle, 14, atol=0.51)


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (2, 3), (1, 2), (3000, 2), (40, 4000)])
def test_strange_shapes_get_a_reading_or_no_ink(size, classifier):
    width, height = size
    picture = Image.new("L", size, 255)
    picture.paste(0, (width // 3, height // 3, width // 3 + max(1, width // 3), height // 3 + max(1, height // 3)))
    try:
        reading = classifier.predict(encoded(picture))
    except NoInk:
        return
    x, y, wide, tall = reading.box
    assert x >= 0 and y >= 0 and x + wide <= width and y + tall <= height  # noqa: PT018
    assert wide * tall > 0
    assert sum(reading.probabilities) == pytest.approx(1, abs=1e-5)


def test_a_speck_is_no_digit(classifier):
    picture = Image.new("L", (280, 280), 255)
    picture.paste(0, (100, 100, 102, 102))
    with pytest.raises(NoInk):
        classifier.predict(encoded(picture))


def test_without_scaling_and_centring_the_page_is_only_shrunk(classifier, ten):
    corner, side = (10, 150), 84
    data = encoded(placed(ten[7], (280, 280), corner, side))
    plain = classifier.prepare(data, scaled=False, centred=False)
    x, y, width, height = plain.place
    assert (plain.width, plain.height) == (280, 280)
    np.testing.assert_allclose([x, y, width, height], np.divide(plain.box, 10), atol=1)
    assert np.count_nonzero(plain.image) <= width * height
    scaled = classifier.prepare(data, centred=False)
    assert max(scaled.place[2:]) == 20
    assert scaled.place[0] == 0
    centred = classifier.prepare(data, scaled=False)
    assert centred.place[2:] == plain.place[2:]
    rows, columns = np.indices((28, 28))
    mass = centred.image.sum()
    assert abs((rows * centred.image).sum() / mass - 14) <= 0.5
    assert abs((columns * centred.image).sum() / mass - 14) <= 0.5


def test_the_place_is_where_the_ink_lies_in_the_28_by_28(classifier, ten):
    for image in ten:
        digit = classifier.prepare(png(image))
        x, y, width, height = digit.place
        outside = digit.image.copy()
        outside[y : y + height, x : x + width] = 0
        assert max(width, height) == 20
        assert not outside.any()


# --- cropping and centring, on small made-up pages --------------------------------------------------------------------


def page_with(*blocks, shape=(100, 140)):
    """Ink 1 in blocks: top, bottom, left, right."""
    ink = np.zeros(shape, np.float32)
    for top, bottom, left, right in blocks:
        ink[top:bottom, left:right] = 1
    return ink


def test_the_box_is_the_smallest_around_all_ink():
    ink = page_with((20, 60, 30, 40), (70, 71, 90, 92))
    ink[5, 5] = 0.12  # a trace, which does not widen it
    assert bounding_box(ink) == find_ink_box(ink) == (30, 20, 62, 51)
    ink[5, 5] = 0.13
    assert bounding_box(ink) == (5, 5, 87, 66)


def test_a_blank_page_and_a_speck_have_no_digit():
    assert bounding_box(page_with()) is None
    with pytest.raises(NoInk, match="no ink"):
        find_ink_box(page_with())
    speck = page_with((50, 52, 50, 52), shape=(200, 200))  # 0.01 of the longer side
    assert bounding_box(speck) == (50, 50, 2, 2)
    with pytest.raises(NoInk, match="speck"):
        find_ink_box(speck)
    assert find_ink_box(page_with((50, 53, 50, 52), shape=(200, 200))) == (50, 50, 2, 3)


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ((20, 60, 30, 50), (10, 4, 10, 20)),  # 20 × 40 pixels
        ((20, 40, 30, 70), (4, 10, 20, 10)),
        ((20, 30, 30, 40), (4, 4, 20, 20)),  # enlarged
        ((0, 100, 0, 1), (14, 4, 1, 20)),  # one pixel at least
    ],
)
def test_the_longer_side_becomes_20_pixels_and_the_shorter_one_keeps_its_share(block, place):
    top, bottom, left, right = block
    image, at = place_digit(page_with(block), (left, top, right - left, bottom - top))
    assert at == place
    x, y, width, height = place
    expected = np.zeros((28, 28), np.float32)
    expected[y : y + height, x : x + width] = 1
    np.testing.assert_allclose(image, expected, atol=1e-6)


def test_the_centre_of_mass_comes_to_the_middle():
    ink = page_with((40, 60, 40, 44), (56, 60, 40, 60))  # an L, 20 × 20: its mass lies to the lower left
    image, (left, top, width, height) = place_digit(ink, (40, 40, 20, 20))
    columns, rows = (80 * 1.5 + 64 * 11.5) / 144, (80 * 9.5 + 64 * 17.5) / 144
    assert (left, top, width, height) == (round(14 - columns), 1, 20, 20)
    assert round(14 - rows) == 1
    np.testing.assert_array_equal(image[top : top + 20, left : left + 20], ink[40:60, 40:60])


def test_the_box_stays_inside_however_its_mass_lies():
    ink = page_with((40, 60, 58, 60), (58, 60, 40, 60))
    ink[40:58, 40:58] = 0.001
    image, place = place_digit(ink, (40, 40, 20, 20))
    assert place == (0, 0, 20, 20)
    assert image[19, 19] == 1
    assert not image[20:].any()


def test_the_strongest_ink_becomes_1():
    assert digit_image(page_with((20, 60, 30, 50)) / 4, (30, 20, 20, 40)).max() == 1


@pytest.mark.parametrize(
    ("shape", "block", "place"),
    [
        ((140, 140), (20, 60, 30, 50), (6, 4, 4, 8)),  # 5 pixels become one
        ((100, 140), (20, 60, 30, 50), (6, 8, 4, 8)),  # in the middle of 140 × 140
        ((140, 140), (100, 140, 120, 140), (24, 20, 4, 8)),
    ],
)
def test_neither_scaled_nor_centred_it_stays_where_it_is_on_the_page(shape, block, place):
    top, bottom, left, right = block
    box = (left, top, right - left, bottom - top)
    image, at = place_digit(page_with(block, shape=shape), box, scaled=False, centred=False)
    assert at == place
    assert image.sum() == pytest.approx(4 * 8)
