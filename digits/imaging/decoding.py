"""Untrusted bytes → one grey page with the ink bright.

Whatever arrives (a drawing, a scan, a photo; dark ink on light paper or chalk on a board; blue ink; transparent; 16
bits deep; turned by EXIF) leaves here as the same thing: a float32 array, 0 = paper, 1 = the strongest ink.
"""

import io
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops

from digits.errors import BadImage, ImageTooLarge, UnsupportedImage
from digits.imaging import fast_png

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
# An iPhone's photo begins so, from the fifth byte on (ISO/IEC 23008-12): ftyp and one of these brands.
HEIC = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
MAX_PIXELS = 40_000_000
# A progressive JPEG draws the whole picture anew with each scan, of which a few bytes are enough; real ones have ten.
# A scan begins with its length, which says of how many channels it is: one to four. Two bytes alone would be met by
# chance in the film that a phone keeps behind a photo.
START_OF_SCAN, MAX_SCANS = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)"), 64
WORKING_SIDE = 1024  # a longer side is reduced to this: plenty for a digit, and it bounds the work
COLOURFUL = 24  # levels: channels further apart than this carry ink that grey would weaken
TURNS = {  # what makes a picture of each EXIF orientation upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """`channels`: one or three of (H, W) uint8, 0 = black, at working size; width and height are those sent."""

    channels: list[np.ndarray]
    width: int
    height: int


def decode_picture(data: bytes, side: int = WORKING_SIDE) -> Picture:
    """Decode a picture, upright, its longer side reduced to `side` pixels at most.

    Takes PNG, JPEG, WebP, GIF (first frame) and BMP. Raises `UnsupportedImage`, `ImageTooLarge` (over 40 megapixels,
    told from the header before anything is decoded) and `BadImage` (damaged).
    """
    plain = fast_png.pixels(data, side)
    if plain is not None:
        return Picture([plain], plain.shape[1], plain.shape[0])
    picture = _open(data)
    width, height = picture.size
    small = _upright(picture, side)
    if _orientation(picture) >= 5:
        width, height = height, width
    return Picture(_channels(small), width, height)


# Our own limit is the stricter one and is checked as soon as the size is known.
Image.MAX_IMAGE_PIXELS = None


def _open(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    formats = (*FORMATS, _heif()) if data[4:12].startswith(HEIC) else FORMATS
    try:
        picture = Image.open(io.BytesIO(data), formats=formats)
    except Exception as error:
        raise UnsupportedImage(
            "This is not a picture that can be read here. Send a PNG, JPEG, WebP, GIF or BMP."
        ) from error
    if picture.format in ("JPEG", "MPO") and sum(1 for _ in START_OF_SCAN.finditer(data)) > MAX_SCANS:
        raise UnsupportedImage(
            "This JPEG is built of too many scans. Save it again as a plain JPEG or PNG, and send that."
        )
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageTooLarge(f"The picture has more than {MAX_PIXELS // 10**6} megapixels. Send a smaller copy.")
    return picture


def _heif() -> str:
    """Teach Pillow to open HEIC and give the format's name; raises `UnsupportedImage` without pillow-heif."""
    try:
        import pillow_heif  # optional: with its decoder of HEVC it is large
    except ImportError as error:
        raise UnsupportedImage(
            "This is an iPhone's HEIC picture. Send it as JPEG, or have pillow-heif installed: pip install pillow-heif."
        ) from error
    pillow_heif.register_heif_opener(thumbnails=False)
    return "HEIF"


def _upright(picture: Image.Image, side: int) -> Image.Image:
    """The decoded picture at working size, turned as its EXIF data says: L, RGB, or RGBA where it is transparent."""
    try:
        # A JPEG can be decoded straight to half, quarter, … of its size; never below the working size.
        longer = max(picture.size)
        picture.draft(None, (max(1, picture.width * side // longer), max(1, picture.height * side // longer)))
        picture.load()
        plain = _plain(picture)
        if max(plain.size) > side:
            plain.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=None)
    except Exception as error:  # decoders meet damaged bytes with many kinds of error
        raise BadImage("The picture is damaged or cut off. Save or take it again, and send it once more.") from error
    turn = TURNS.get(_orientation(picture))
    return plain if turn is None else plain.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1–8; a picture with broken EXIF data is taken as it lies."""
    try:
        orientation = picture.getexif().get(0x0112)
    except Exception:  # whatever the parser raises: the pixels are still good
        orientation = 1
    return orientation if orientation in TURNS else 1


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be reduced and split: L, RGB or RGBA."""
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
    """The picture as one grey channel, or three where its ink is a colour: (H, W) uint8, 0 = black, 255 = white."""
    if picture.mode == "RGBA":
        picture = _on_paper(picture)
    bands = picture.split()[:3] if _colourful(picture) else (picture.convert("L"),)
    return [np.asarray(band) for band in bands]


def _on_paper(picture: Image.Image) -> Image.Image:
    """A picture in RGBA on white or, where nothing that is seen of it is dark, on black."""
    alpha = np.asarray(picture.getchannel("A"))
    if alpha.min() == 255:
        return picture
    seen = np.asarray(picture.convert("L"))[alpha > 127]
    light = len(seen) and np.quantile(seen, 0.01) > 127
    return Image.alpha_composite(Image.new("RGBA", picture.size, "black" if light else "white"), picture)


def _colourful(picture: Image.Image) -> bool:
    if picture.mode == "L":
        return False
    sample = picture.resize((min(64, picture.width), min(64, picture.height)), Image.Resampling.NEAREST)
    red, *others = sample.split()[:3]
    return max(ImageChops.difference(red, other).getextrema()[1] for other in others) > COLOURFUL
