"""Untrusted bytes → one grey page with the ink bright.

Whatever arrives (a drawing, a scan, a photo; dark ink on light paper or chalk on a board; blue ink; transparent; 16
bits deep; turned by EXIF) leaves here as the same thing: a float32 array, 0 = paper, 1 = the strongest ink.
"""

import io
import re
from dataclasses import dataclass
from functools import reduce

import numpy as np
from PIL import Image, ImageChops, ImageFilter

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
MIN_CONTRAST = 25  # of the 256 levels: less than this between ink and paper is no ink
NOISE_SIGMAS = 6  # ink must stand out this far above the paper's own grain
EDGE = 0.012  # of the longer side: this near to such ink, fainter ink belongs to it
LEVELS, EVEN = 17, 0.45  # paper is even where this share of its rim lies within so many of the 256 levels
SMALL = 64  # pixels: a picture below this is cut tightly around its digit, which fills most of any neighbourhood
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
class Page:
    """`ink`: (H, W) float32, 0 = paper, 1 = ink, at working size; width and height are those of the sent picture."""

    ink: np.ndarray
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """`channels`: one or three of (H, W) uint8, 0 = black, at working size; width and height are those sent."""

    channels: list[np.ndarray]
    width: int
    height: int


def read_picture(data: bytes, side: int = WORKING_SIDE) -> Picture:
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


def page_of(picture: Picture) -> Page:
    """The ink of a picture, all of which belongs to one digit; a blank one is a page without ink."""
    return Page(_ink(picture.channels), picture.width, picture.height)


def read_page(data: bytes) -> Page:
    """Decode a picture of one digit and find its ink; raises what `read_picture` does."""
    return page_of(read_picture(data))


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


def _ink(channels: list[np.ndarray]) -> np.ndarray:
    """How far each pixel is from the paper, on the side (darker or lighter) where the ink is."""
    papers, grains = zip(*map(_paper, channels), strict=True)
    away = [np.subtract(*pair, dtype=np.float32) for pair in zip(papers, channels, strict=True)]
    dark, light = max(float(part.max()) for part in away), max(-float(part.min()) for part in away)
    top, floor = max(dark, light), NOISE_SIGMAS * max(grains)
    if top < max(MIN_CONTRAST, 1.5 * floor):
        return np.zeros(channels[0].shape, np.float32)
    # In place from here on: these arrays are large, and a new one costs more than the arithmetic in it.
    for part in away:
        part *= np.float32(1 / top if dark >= light else -1 / top)
    ink = reduce(np.maximum, away)
    if min(dark, light) > 0:
        np.maximum(ink, 0, out=ink)
    if floor:
        ink[~_with_edges(ink >= floor / top)] = 0
    if dark >= light and np.ndim(papers[0]):
        # The lamp shines on ink and paper alike: where the paper is dim, so is the difference between the two.
        ink /= np.maximum(reduce(np.maximum, papers), MIN_CONTRAST)
        ink /= ink.max()
    return ink


def _with_edges(marked: np.ndarray) -> np.ndarray:
    """The marked pixels and those close to them: a stroke's soft edge is no noise. A lone speck brings nothing in."""
    picture = Image.fromarray(marked).convert("L")
    close = picture.filter(ImageFilter.BoxBlur(max(1, round(EDGE * max(marked.shape)))))
    return marked | (np.asarray(close) > 0)


def _paper(channel: np.ndarray) -> tuple[np.ndarray | np.float32, float]:
    """The level of the bare paper, one number where it is even and an array where not, and its grain (σ, in levels).

    The rim of a picture is mostly paper, even where the digit touches it, so the level that most of the rim shares is
    the paper's. Where no level is shared (a shadow, a lamp), the paper under each pixel is the median of its wide
    neighbourhood, in which ink is the smaller part.
    """
    height, width = channel.shape
    margin = max(1, round(0.03 * min(height, width)))
    sides = channel[:margin], channel[-margin:], channel[:, :margin], channel[:, -margin:]
    if all(side.min() == side.max() == channel[0, 0] for side in sides):  # a canvas: nothing to estimate
        return np.float32(channel[0, 0]), 0.0
    rim = np.concatenate([side.ravel() for side in sides])
    shared = np.convolve(np.bincount(rim, minlength=256), np.ones(LEVELS), mode="same")
    level = int(shared.argmax())
    tight = min(height, width) < SMALL
    if tight or shared[level] >= EVEN * len(rim):
        paper = rim[np.abs(rim.astype(np.int16) - level) <= LEVELS // 2 + 1].astype(np.float32)
        return np.median(paper), 0.0 if tight else max(_spread(paper), _grain(channel))
    small = Image.fromarray(channel)
    small.thumbnail((64, 64), Image.Resampling.BOX)
    window = max(3, min(small.size) // 3 | 1)
    paper = small.filter(ImageFilter.MedianFilter(window)).filter(ImageFilter.GaussianBlur(3))
    flat = np.asarray(paper.resize((width, height), Image.Resampling.BILINEAR)).astype(np.float32)
    return flat, max(_spread(channel[::4, ::4] - flat[::4, ::4]), _grain(channel))


def _spread(values: np.ndarray) -> float:
    """The standard deviation of most of the values, untouched by the few that are ink (from the median deviation)."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _grain(channel: np.ndarray) -> float:
    """The standard deviation of the paper's noise, from neighbouring pixels: few of them have an edge in between."""
    steps = np.abs(np.diff(channel[:: max(1, len(channel) // 32)].astype(np.int16), axis=1))
    # For noise of deviation σ the median step is 0.954 σ: √2 σ, times the median of |N(0, 1)|.
    return float(np.median(steps)) / 0.954
