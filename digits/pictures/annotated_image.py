"""A picture as it was sent, with a box around every digit that was found and the digit over it."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from digits.atomic_file import atomic_write
from digits.imaging.decoding import decode_picture
from digits.imaging.preprocessing import Box
from digits.pictures.palette import ABOVE, BELOW
from digits.recognition.results import PagePrediction, Prediction

LARGEST, SMALLEST = 1600, 280  # pixels of the longer side: a larger picture is reduced, a smaller one enlarged
WORDS = "#ffffff"
DASH = 6, 4  # widths of the line: a dash, and the gap after it
TALLEST, LOWEST = 0.05, 11  # the words: at most this share of the longer side, at least so many pixels high


def annotate(data: bytes, page: PagePrediction, path: Path) -> None:
    """Draw a picture with its boxes into a PNG, making its folder; unsure digits have a dashed box and a “?”.

    data: the bytes of the picture that `page` was read from. It lies upright, its longer side 280 to 1600 pixels.
    Raises what `decode_picture` does, and OSError.
    """
    picture = _not_tiny(upright(data, LARGEST))
    scale = picture.width / page.width, picture.height / page.height
    pen = ImageDraw.Draw(picture)
    line = max(2, round(max(picture.size) / 400))
    for reading in page.digits:
        x, y, width, height = (side * scale[index % 2] for index, side in enumerate(reading.box))
        box = round(x), round(y), max(1, round(width)), max(1, round(height))
        _frame(pen, box, line, reading.sure)
        _label(pen, box, line, reading, picture.size)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        picture.save(temporary, "PNG", compress_level=4)


def upright(data: bytes, side: int) -> Image.Image:
    """A picture as it was read, in RGB, its longer side `side` pixels at most; raises what `decode_picture` does."""
    channels = [Image.fromarray(channel) for channel in decode_picture(data, side).channels]
    return Image.merge("RGB", channels if len(channels) == 3 else 3 * channels)


def _not_tiny(picture: Image.Image) -> Image.Image:
    longer = max(picture.size)
    if longer >= SMALLEST:
        return picture
    size = [max(1, round(side * SMALLEST / longer)) for side in picture.size]
    return picture.resize(size, Image.Resampling.BICUBIC)


def _frame(pen: ImageDraw.ImageDraw, box: Box, line: int, sure: bool) -> None:
    x, y, width, height = box
    if sure:
        pen.rectangle((x, y, x + width - 1, y + height - 1), outline=ABOVE, width=line)
        return
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    for (x0, y0), (x1, y1) in pairwise(corners):
        length = max(abs(x1 - x0), abs(y1 - y0))
        for start in range(0, length, sum(DASH) * line):
            stop = min(length, start + DASH[0] * line)
            ends = [(x0 + (x1 - x0) * part / length, y0 + (y1 - y0) * part / length) for part in (start, stop)]
            pen.line(ends, fill=BELOW, width=line)


def _label(pen: ImageDraw.ImageDraw, box: Box, line: int, reading: Prediction, size: tuple[int, int]) -> None:
    """Write the digit above its box, below it where there is no room, or else into its corner."""
    x, y, _, height = box
    words = f"{reading.digit}" if reading.sure else f"{reading.digit}?"
    font = _font(max(LOWEST, round(min(TALLEST * max(size), 0.6 * height))))
    left, top, right, bottom = font.getbbox(words)
    wide, high = round(right - left) + 4 * line, round(bottom - top) + 4 * line
    x = max(0, min(x, size[0] - wide))
    room = [place for place in (y - high, y + height) if 0 <= place <= size[1] - high]
    y = room[0] if room else max(0, y)
    pen.rectangle((x, y, x + wide - 1, y + high - 1), fill=ABOVE if reading.sure else BELOW)
    pen.text((x + 2 * line - left, y + 2 * line - top), words, fill=WORDS, font=font)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
