"""Draws a photo with a box around every digit found and the prediction beside it."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from digits.atomic_file import atomic_write
from digits.imaging.decoding import decode_picture
from digits.imaging.preprocessing import Box
from digits.pictures.palette import ABOVE, BELOW
from digits.recognition.results import PagePrediction, Prediction

MAX_SIDE_PX = 1600  # longer side; a larger photo is reduced
MIN_SIDE_PX = 280  # longer side; a smaller photo is enlarged
TEXT_COLOUR = "#ffffff"
DASH_LINE_WIDTHS = 6  # length of a dash, in line widths
GAP_LINE_WIDTHS = 4  # length of the gap after it
MAX_TEXT_SHARE = 0.05  # text height, as a share of the longer side
MIN_TEXT_PX = 11


def draw_annotated_image(data: bytes, page: PagePrediction, path: Path) -> None:
    """Writes a photo with the boxes and predictions of its digits as a PNG; creates the folder.

    data: encoded bytes of the photo that `page` was read from.
    The PNG is upright. Its longer side has 280 to 1600 pixels. Unsure digits get a dashed box and a “?”.
    Raises the errors of `decode_picture`, and OSError.
    """
    picture = _enlarge_tiny(load_upright(data, MAX_SIDE_PX))
    scale = picture.width / page.width, picture.height / page.height
    pen = ImageDraw.Draw(picture)
    line = max(2, round(max(picture.size) / 400))
    for prediction in page.digits:
        x, y, width, height = (side * scale[index % 2] for index, side in enumerate(prediction.box))
        box = round(x), round(y), max(1, round(width)), max(1, round(height))
        _draw_box(pen, box, line, prediction.sure)
        _draw_label(pen, box, line, prediction, picture.size)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        picture.save(temporary, "PNG", compress_level=4)


def load_upright(data: bytes, side: int) -> Image.Image:
    """Decodes a photo as an upright RGB image; its longer side has at most `side` pixels.

    Raises the errors of `decode_picture`.
    """
    channels = [Image.fromarray(channel) for channel in decode_picture(data, side).channels]
    return Image.merge("RGB", channels if len(channels) == 3 else 3 * channels)


def _enlarge_tiny(picture: Image.Image) -> Image.Image:
    longer = max(picture.size)
    if longer >= MIN_SIDE_PX:
        return picture
    size = [max(1, round(side * MIN_SIDE_PX / longer)) for side in picture.size]
    return picture.resize(size, Image.Resampling.BICUBIC)


def _draw_box(pen: ImageDraw.ImageDraw, box: Box, line: int, sure: bool) -> None:
    x, y, width, height = box
    if sure:
        pen.rectangle((x, y, x + width - 1, y + height - 1), outline=ABOVE, width=line)
        return
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    for (x0, y0), (x1, y1) in pairwise(corners):
        length = max(abs(x1 - x0), abs(y1 - y0))
        for start in range(0, length, (DASH_LINE_WIDTHS + GAP_LINE_WIDTHS) * line):
            stop = min(length, start + DASH_LINE_WIDTHS * line)
            ends = [(x0 + (x1 - x0) * part / length, y0 + (y1 - y0) * part / length) for part in (start, stop)]
            pen.line(ends, fill=BELOW, width=line)


def _draw_label(pen: ImageDraw.ImageDraw, box: Box, line: int, prediction: Prediction, size: tuple[int, int]) -> None:
    """Writes the digit above its box; below it or inside it if the image ends there."""
    x, y, _, height = box
    text = f"{prediction.digit}" if prediction.sure else f"{prediction.digit}?"
    font = _load_font(max(MIN_TEXT_PX, round(min(MAX_TEXT_SHARE * max(size), 0.6 * height))))
    left, top, right, bottom = font.getbbox(text)
    wide, high = round(right - left) + 4 * line, round(bottom - top) + 4 * line
    x = max(0, min(x, size[0] - wide))
    places = [top_y for top_y in (y - high, y + height) if 0 <= top_y <= size[1] - high]
    y = places[0] if places else max(0, y)
    pen.rectangle((x, y, x + wide - 1, y + high - 1), fill=ABOVE if prediction.sure else BELOW)
    pen.text((x + 2 * line - left, y + 2 * line - top), text, fill=TEXT_COLOUR, font=font)


@cache
def _load_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
