"""Decodes untrusted bytes into the channels of an upright picture, at working size.

The steps of a digit: bytes → `decoding` → `ink` → `preprocessing` → 28×28. A drawing, a scan or a photo may be
transparent, 16 bits deep or turned by EXIF; the result is always one or three channels of bytes.
"""

import io
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops

from digits.errors import BadImage, ImageTooLarge, UnsupportedImage
from digits.imaging import fast_png

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
# Bytes 5 to 12 of a HEIC picture, as an iPhone takes them (ISO/IEC 23008-12): "ftyp" and one of these brands.
HEIC_STARTS = tuple(
    b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
)
MAX_PIXELS = 40_000_000
# A scan begins with its length, which tells its number of channels, one to four. The two bytes of the marker alone
# would also occur by chance in the film that a phone keeps behind a photo.
JPEG_SCAN = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
MAX_JPEG_SCANS = 64  # each scan draws the whole picture again and needs few bytes; real pictures have about ten
WORKING_SIDE_PX = 1024  # of the longer side: plenty for one digit, and a bound on the work
COLOUR_SAMPLE_SIDE_PX = 64  # at most, of the sample that decides about colour
MIN_COLOUR_LEVELS = 24  # channels that differ by more carry ink that grey would weaken
MIN_OPAQUE_ALPHA = 128  # of 255: pixels below are not seen
MAX_DARK_LEVEL = 127  # of 255: ink that is lighter everywhere lies on black
EXIF_ORIENTATION_TAG = 0x0112
EXIF_TRANSPOSES = {  # orientation → what makes the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
MIN_SIDEWAYS_ORIENTATION = 5  # from this one on width and height are exchanged


@dataclass(frozen=True)
class Picture:
    """Decoded picture.

    `channels`: one or three of (H, W) uint8, 0 = black, 255 = white, at working size. `width`, `height`: of the
    picture that was sent, upright, in pixels.
    """

    channels: list[np.ndarray]
    width: int
    height: int


def decode_picture(data: bytes, side: int = WORKING_SIDE_PX) -> Picture:
    """Decodes a picture, upright, with its longer side reduced to at most `side` pixels.

    data: PNG, JPEG, WebP, GIF (first frame), BMP, or HEIC with pillow-heif. Raises `UnsupportedImage` for other bytes,
    `ImageTooLarge` for more than 40 megapixels (checked in the header, before anything is decoded), and `BadImage` for
    a damaged picture.
    """
    grey = fast_png.decode_grey(data, side)
    if grey is not None:
        return Picture([grey], grey.shape[1], grey.shape[0])
    picture = _open(data)
    width, height = picture.size
    small = _decode_upright(picture, side)
    if _orientation(picture) >= MIN_SIDEWAYS_ORIENTATION:
        width, height = height, width
    return Picture(_channels(small), width, height)


# `MAX_PIXELS` is stricter than Pillow's own limit and is checked as soon as the size is known.
Image.MAX_IMAGE_PIXELS = None


def _open(data: bytes) -> Image.Image:
    """Returns a picture with its header read and no pixel decoded."""
    formats = (*FORMATS, _register_heif()) if data[4:12].startswith(HEIC_STARTS) else FORMATS
    try:
        picture = Image.open(io.BytesIO(data), formats=formats)
    except Exception as error:
        raise UnsupportedImage("This is not a supported picture. Send a PNG, JPEG, WebP, GIF or BMP.") from error
    if picture.format in ("JPEG", "MPO") and sum(1 for _ in JPEG_SCAN.finditer(data)) > MAX_JPEG_SCANS:
        raise UnsupportedImage("This JPEG has too many scans. Save it again as a plain JPEG or PNG, and send that.")
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageTooLarge(f"The picture has more than {MAX_PIXELS // 10**6} megapixels. Send a smaller copy.")
    return picture


def _register_heif() -> str:
    """Registers HEIC with Pillow and returns the format's name.

    Raises `UnsupportedImage` without pillow-heif.
    """
    try:
        import pillow_heif  # optional, because its HEVC decoder is large
    except ImportError as error:
        raise UnsupportedImage(
            "This is an iPhone's HEIC picture. Send it as JPEG, or have pillow-heif installed: pip install pillow-heif."
        ) from error
    pillow_heif.register_heif_opener(thumbnails=False)
    return "HEIF"


def _decode_upright(picture: Image.Image, side: int) -> Image.Image:
    """Decodes a picture at working size, turned as its EXIF data says, in mode L, RGB or RGBA.

    Raises `BadImage` for damaged bytes.
    """
    try:
        # A JPEG can be decoded directly to 1/2, 1/4, … of its size; never below the working size.
        longer = max(picture.size)
        picture.draft(None, (max(1, picture.width * side // longer), max(1, picture.height * side // longer)))
        picture.load()
        simple = _simplify_mode(picture)
        if max(simple.size) > side:
            simple.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=None)
    except Exception as error:  # decoders raise many kinds of errors for damaged bytes
        raise BadImage("The picture is damaged or cut off. Save or take it again, and send it once more.") from error
    transpose = EXIF_TRANSPOSES.get(_orientation(picture))
    return simple if transpose is None else simple.transpose(transpose)


def _orientation(picture: Image.Image) -> int:
    """Returns the EXIF orientation, 1–8; 1 for missing or damaged EXIF data."""
    try:
        orientation = picture.getexif().get(EXIF_ORIENTATION_TAG)
    except Exception:  # the parser raises many kinds of errors, and the pixels are still good
        orientation = 1
    return orientation if orientation in EXIF_TRANSPOSES else 1


def _simplify_mode(picture: Image.Image) -> Image.Image:
    """Returns a picture in a mode that can be reduced and split: L, RGB or RGBA."""
    if picture.mode in ("L", "RGB", "RGBA") and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more, which convert() would clip
        deep = np.asarray(picture)
        scale = 255 / (65535 if deep.max() > 255 else 255)
        return Image.fromarray(np.multiply(deep, scale, dtype=np.float32).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _channels(picture: Image.Image) -> list[np.ndarray]:
    """Returns one grey channel, or three if the ink has a colour: (H, W) uint8, 0 = black, 255 = white."""
    if picture.mode == "RGBA":
        picture = _flatten_transparency(picture)
    bands = picture.split()[:3] if _is_colourful(picture) else (picture.convert("L"),)
    return [np.asarray(band) for band in bands]


def _flatten_transparency(picture: Image.Image) -> Image.Image:
    """Returns an RGBA picture on white or, if none of its visible pixels is dark, on black."""
    alpha = np.asarray(picture.getchannel("A"))
    if alpha.min() == 255:
        return picture
    visible = np.asarray(picture.convert("L"))[alpha >= MIN_OPAQUE_ALPHA]
    is_light = len(visible) and np.quantile(visible, 0.01) > MAX_DARK_LEVEL
    return Image.alpha_composite(Image.new("RGBA", picture.size, "black" if is_light else "white"), picture)


def _is_colourful(picture: Image.Image) -> bool:
    """Returns True if the channels of a sample of the pixels differ clearly."""
    if picture.mode == "L":
        return False
    size = min(COLOUR_SAMPLE_SIDE_PX, picture.width), min(COLOUR_SAMPLE_SIDE_PX, picture.height)
    red, *others = picture.resize(size, Image.Resampling.NEAREST).split()[:3]
    return any(_max_level(ImageChops.difference(red, other)) > MIN_COLOUR_LEVELS for other in others)


def _max_level(band: Image.Image) -> int:
    """Returns the largest value of a picture of one band."""
    return int(np.asarray(band).max())
