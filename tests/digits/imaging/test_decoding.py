"""Picture files of every kind → the same digit."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from pictures import WHITE, alike, blank, chunk, drawn, encoded, mask, placed, png
from PIL import Image, ImageOps

from digits.errors import BadImage, ImageTooLarge, NoInk, UnsupportedImage
from digits.imaging.ink import decode_page
from digits.recognition.page_reader import PageReader


def likeness(classifier, data, image):
    """How like the network's input is to that of a plain drawing."""
    return alike(classifier.predict(data).image, classifier.predict(png(image)).image)


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("PNG", {}),
        ("PNG", {"interlace": True}),
        ("JPEG", {"quality": 75}),
        ("JPEG", {"quality": 75, "progressive": True}),
        ("WEBP", {"quality": 75}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("BMP", {}),
    ],
)
def test_the_accepted_formats_are_read_alike(format, options, classifier, ten):
    for digit, image in enumerate(ten):
        data = encoded(drawn(image), format, **options)
        assert classifier.predict(data).digit == digit
        assert likeness(classifier, data, image) > 0.88


@pytest.mark.parametrize(
    "convert",
    [
        lambda picture: picture.convert("1", dither=Image.Dither.NONE),
        lambda picture: picture.convert("P"),
        lambda picture: picture.quantize(4),
        lambda picture: Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257),
        lambda picture: Image.fromarray(np.asarray(ImageOps.invert(picture.convert("L"))).astype(np.uint16) * 257),
        lambda picture: picture.convert("L").convert("LA"),
        lambda picture: picture.convert("RGBA"),
    ],
    ids=["1 bit", "palette", "4 colours", "16 bit", "16 bit, inverted", "grey and alpha", "RGBA"],
)
def test_every_depth_of_png_is_read_alike(convert, classifier, ten):
    for digit, image in enumerate(ten):
        data = encoded(convert(drawn(image)))
        assert classifier.predict(data).digit == digit
        assert likeness(classifier, data, image) > 0.88


def test_jpegs_for_printers_are_read(classifier, ten):
    for digit, image in enumerate(ten):
        assert classifier.predict(encoded(drawn(image).convert("CMYK"), "JPEG")).digit == digit


def test_the_first_frame_of_a_moving_gif_counts(classifier, ten):
    frames = [drawn(ten[digit]) for digit in (4, 7, 1)]
    assert classifier.predict(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])).digit == 4


def transparent(image, mode):
    ink = mask(image)
    if mode == "P":
        picture = ink.point(lambda value: value >= 128 and 1, "P")
        picture.putpalette([0, 0, 0, 0, 0, 0])  # paper and ink both black; only transparency tells them apart
        return encoded(picture, transparency=0)
    picture = Image.new(mode, ink.size, 0)
    picture.putalpha(ink)
    return encoded(picture)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_paper_counts_as_white(mode, classifier, ten):
    for digit, image in enumerate(ten):
        assert classifier.predict(transparent(image, mode)).digit == digit
        assert likeness(classifier, transparent(image, mode), image) > 0.88


def test_white_ink_on_transparent_paper_is_read_as_on_black(classifier, ten):
    picture = Image.new("RGBA", (280, 280), (*WHITE, 0))
    picture.putalpha(mask(ten[3]))
    assert classifier.predict(encoded(picture)).digit == 3
    picture.putalpha(0)
    with pytest.raises(NoInk):
        classifier.predict(encoded(picture))


# What a viewer does to show the picture upright (EXIF 2.32, tag 274), undone.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize(("format", "side"), [("PNG", 1), ("JPEG", 1), ("WEBP", 1), ("JPEG", 6)])
@pytest.mark.slow
def test_pictures_are_turned_as_exif_says(format, side, orientation, classifier, ten):
    upright = placed(ten[7], (300 * side, 220 * side), (150 * side, 20 * side), 140 * side)
    exif = Image.Exif()
    exif[0x0112] = orientation
    way = STORED[orientation]
    turned = upright if way is None else upright.transpose(way)
    found = PageReader(classifier).read(encoded(turned, format, exif=exif))
    plain = PageReader(classifier).read(encoded(upright))
    assert (found.width, found.height) == (300 * side, 220 * side)
    assert found.text == plain.text == "7"
    np.testing.assert_allclose(found.digits[0].box, plain.digits[0].box, atol=1 if format == "PNG" else 3 * side)
    assert alike(found.digits[0].image, plain.digits[0].image) > (0.999 if format == "PNG" else 0.9)


@pytest.mark.parametrize("colour", [0, 1, 90, 128, 200, 254, 255])
@pytest.mark.parametrize("size", [(280, 280), (28, 28), (1, 1), (1, 5000), (5000, 1), (1600, 1200)])
def test_paper_of_one_colour_has_no_ink(colour, size, classifier):
    with pytest.raises(NoInk):
        classifier.predict(blank(colour, size))
    page = PageReader(classifier).read(blank(colour, size))
    assert (page.width, page.height, page.text, page.digits) == (*size, "", [])


def noisy(values, sigma, seed=5):
    noise = np.random.default_rng(seed).normal(0, sigma, values.shape)
    return Image.fromarray((values + noise).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    "picture",
    [
        noisy(np.full((280, 280), 230.0), 2),
        noisy(np.full((280, 280), 60.0), 6),
        noisy(np.full((900, 1200), 180.0), 12),
        noisy(np.tile(np.linspace(140, 240, 320), (240, 1)), 2),
        noisy(np.add.outer(np.linspace(0, 60, 700), np.linspace(90, 180, 900)), 3),
        Image.new("RGBA", (280, 280), (0, 0, 0, 0)),
        Image.new("RGB", (280, 280), (30, 90, 60)),
    ],
    ids=["faint noise", "dark noise", "strong noise", "shadow", "lamp", "transparent", "blackboard"],
)
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_bare_paper_has_no_ink(picture, format, classifier):
    picture = picture if format == "PNG" or picture.mode != "RGBA" else picture.convert("RGB")
    with pytest.raises(NoInk):
        classifier.predict(encoded(picture, format))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a",
        b"just some words\n" * 20,
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7"/></svg>',
        encoded(Image.new("L", (40, 40)), "TIFF"),
        encoded(Image.new("L", (40, 40)), "ICO"),
        encoded(Image.new("L", (40, 40)), "PPM"),
        b"%PDF-1.4\n%%EOF",
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=["nothing", "a letter", "text", "SVG", "TIFF", "ICO", "PPM", "PDF", "only a signature"],
)
def test_what_is_no_accepted_picture_is_called_unsupported(data):
    with pytest.raises(UnsupportedImage, match="PNG, JPEG, WebP, GIF or BMP"):
        decode_page(data)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_picture_cut_off_is_called_damaged(format, keep, ten):
    data = encoded(drawn(ten[5]), format)
    with pytest.raises(BadImage) as caught:
        decode_page(data[: int(keep * len(data))])
    if format != "WEBP":  # whose header is read together with its picture
        assert caught.type is BadImage


def headed(width, height):
    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def resized(format, width, height):
    """A small file whose header says that it is huge."""
    data = bytearray(encoded(Image.new("L", (16, 16), 255), format))
    if format == "GIF":
        data[6:10] = struct.pack("<2H", width, height)
    elif format == "BMP":
        data[18:26] = struct.pack("<2i", width, height)
    else:
        start = data.index(b"\xff\xc0")
        data[start + 5 : start + 9] = struct.pack(">2H", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        *(headed(*size) for size in [(8000, 5001), (40_000_001, 1), (2**31 - 1, 2**31 - 1)]),
        *(resized(format, *size) for format in ("GIF", "BMP", "JPEG") for size in [(8000, 5001), (65_500, 65_500)]),
    ],
)
def test_more_than_forty_megapixels_are_refused_by_the_header(data):
    with pytest.raises(ImageTooLarge, match="40 megapixels"):
        decode_page(data)


def test_forty_megapixels_are_decoded(classifier):
    with pytest.raises(NoInk):
        classifier.predict(encoded(Image.new("1", (8000, 5000), 1)))


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_text_that_swells_inside_a_picture_is_refused_or_ignored(kind, ten):
    swelling = zlib.compress(bytes(80 * 2**20))
    text = b"a\0" + (b"\0" if kind == b"zTXt" else b"\1\0\0\0") + swelling
    data = png(ten[2])
    with contextlib.suppress(BadImage):
        decode_page(data[:33] + chunk(kind, text) + data[33:])


@pytest.mark.parametrize("kind", [b"eXIf", b"iCCP", b"gAMA", b"tRNS", b"pHYs"])
def test_rubbish_in_a_pictures_extras_never_escapes_as_another_error(kind, ten):
    data = png(ten[2])
    for rubbish in (b"", b"\xff" * 3, b"MM\0*\0\0\0\x08\xff\xff", bytes(300)):
        with contextlib.suppress(BadImage):
            decode_page(data[:33] + chunk(kind, rubbish) + data[33:])


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_picture_whose_exif_orientation_is_nonsense_is_taken_as_it_lies(orientation, classifier, ten):
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png(ten[4]))).convert("RGB").save(buffer, "JPEG", exif=exif)
    assert classifier.predict(buffer.getvalue()).digit == 4


def test_a_blank_page_is_of_the_same_kind_as_any_other():
    buffer = io.BytesIO()
    Image.new("L", (60, 40), 255).save(buffer, "PNG")
    ink = decode_page(buffer.getvalue()).ink
    assert (ink.shape, ink.dtype, ink.max()) == ((40, 60), np.float32, 0)


def with_two_pictures(data: bytes) -> bytes:
    """A JPEG whose header says that another one follows, as phones keep a depth map (CIPA DC-007)."""
    first, second = (Image.new("L", (8, 8), level) for level in (0, 255))
    two = encoded(first, "MPO", save_all=True, append_images=[second])
    start = two.index(b"MPF\0") - 4
    segment = two[start : start + 2 + int.from_bytes(two[start + 2 : start + 4], "big")]
    return data[:2] + segment + data[2:]


@pytest.mark.parametrize("wrapped", [bytes, with_two_pictures])
def test_a_jpeg_of_endless_scans_is_refused_unopened(wrapped):
    buffer = io.BytesIO()
    Image.new("L", (640, 640), 255).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = data.rindex(b"\xff\xda")
    with pytest.raises(UnsupportedImage, match="scans"):
        decode_page(wrapped(data[:-2] + data[last:-2] * 5_000 + data[-2:]))


def test_a_photo_with_a_film_behind_it_is_read(classifier, ten):
    photo = encoded(drawn(ten[4]), "JPEG")
    film = np.random.default_rng(1).bytes(8_000_000)
    assert classifier.predict(photo + film).digit == 4
    assert classifier.predict(with_two_pictures(photo)).digit == 4
