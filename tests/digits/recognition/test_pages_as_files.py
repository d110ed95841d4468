"""Pages in files of every kind: turned, in HEIC, in CMYK, cut off, or no picture."""

import io
import sys

import numpy as np
import pytest
from pictures import blank, drawn, encoded, read, written
from PIL import Image, ImageOps

from digits.errors import BadImage, ImageTooLarge, UnsupportedImage
from digits.recognition.page_reader import PageReader


def test_boxes_lie_around_the_digits_in_pixels_of_the_sent_picture_upright(classifier, ten):
    page = written(["42"], ten, side=400, size=(3000, 2000))
    turned = page.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned back by 90°
    for picture, options in ((page, {}), (turned, {"exif": exif})):
        found = PageReader(classifier).read(encoded(picture, "JPEG", **options))
        assert (found.width, found.height, found.text) == (3000, 2000, "42")
        for reading, digit, left in zip(found.digits, (4, 2), (40, 520), strict=True):
            rows, columns = (np.flatnonzero((ten[digit] > 60).any(axis=axis)) for axis in (1, 0))
            corner = left + 400 / 28 * columns[0], 60 + 400 / 28 * rows[0]
            size = 400 / 28 * (np.ptp(columns) + 1), 400 / 28 * (np.ptp(rows) + 1)
            assert np.abs(np.subtract(reading.box, [*corner, *size])).max() < 20


def heic(picture: Image.Image) -> bytes:
    heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    heif.from_pillow(picture).save(file, quality=80)
    return file.getvalue()


def test_a_phones_heic_is_read(classifier, ten):
    assert PageReader(classifier).read(heic(written(["365"], ten).convert("RGB"))).text == "365"


def test_heic_without_its_library_says_what_to_do(classifier, ten, monkeypatch):
    data = heic(written(["3"], ten).convert("RGB"))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnsupportedImage, match="pip install pillow-heif"):
        PageReader(classifier).read(data)


@pytest.mark.parametrize(
    "data",
    [
        *(
            blank(colour, size)
            for colour in (0, 255)
            for size in ((280, 280), (3000, 2000), (20, 1600), (1600, 12), (1, 30_000), (30_000, 1))
        ),
        encoded(Image.new("CMYK", (600, 400)), "JPEG"),
        encoded(Image.fromarray(np.full((400, 600), 40_000, np.uint16))),
    ],
)
def test_pictures_of_nothing_have_no_digits(data, classifier):
    assert PageReader(classifier).read(data).digits == []


def test_other_kinds_of_picture_are_read(classifier, ten):
    page = written(["1234"], ten)
    assert read(classifier, page.convert("RGB").convert("CMYK"), "JPEG") == "1234"
    assert read(classifier, Image.fromarray(np.asarray(page).astype(np.uint16) * 257)) == "1234"
    frames = [page, Image.new("L", page.size, 255)]
    assert read(classifier, frames[0], "GIF", save_all=True, append_images=frames[1:]) == "1234"
    clear = Image.new("LA", page.size, (255, 0))
    clear.paste((0, 255), (0, 0), ImageOps.invert(page))
    assert read(classifier, clear) == "1234"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (encoded(drawn(np.eye(28, dtype=np.uint8) * 255), "JPEG")[:900], BadImage),
        (b"a letter, not a picture", UnsupportedImage),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedImage),
        (encoded(Image.new("1", (9000, 9000))), ImageTooLarge),
    ],
    ids=["a cut JPEG", "text", "SVG", "81 megapixels"],
)
def test_what_is_no_picture_is_refused(data, error, classifier):
    with pytest.raises(error):
        PageReader(classifier).read(data)
