"""Draws pages of printed words, which hold no digits."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digits.synthesis.pages.photo_effects import Rng, Shape, image_size

WORDS = (  # no digits among them
    "the of and to in is that for with as was on are by this from at have or an they which one you were all her she "
    "there would their we him been has when who will more no if out so said what up its about into than them can only "
    "other new some could time these two may then do first any my now such like our over man me even most made after "
    "Inkling paper network window garden Thursday reading Minister kitchen weather QUIET NOTICE Menu OPEN please"
)
FONTS = "DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "DejaVuSans-Bold", "DejaVuSerif-Italic", "STIXGeneral"


@lru_cache(64)  # each font keeps a file open
def _load_font(name: str, size: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", size)


def printed_page(shape: Shape, rng: Rng) -> np.ndarray:
    """Returns the ink of a page of printed words without digits, (H, W) float32 0–1."""
    picture = Image.new("L", image_size(shape))
    brush = ImageDraw.Draw(picture)
    longer, margin = max(shape), round(rng.uniform(0.04, 0.1) * max(shape))
    name, y = FONTS[rng.integers(len(FONTS))], margin
    while True:
        size = max(10, round(longer * (rng.uniform(0.018, 0.035) if rng.random() < 0.8 else rng.uniform(0.04, 0.1))))
        if y + 1.4 * size > shape[0] - margin or rng.random() < 0.06:
            break
        brush.text(
            (margin, y),
            _line_of_words(_load_font(name, size), shape[1] - 2 * margin, rng),
            fill=255,
            font=_load_font(name, size),
        )
        y += round(size * rng.uniform(1.25, 2))
    return np.asarray(picture.rotate(rng.uniform(-2, 2), Image.Resampling.BILINEAR), np.float32) / 255


def _line_of_words(font: ImageFont.FreeTypeFont, room: int, rng: Rng) -> str:
    """Returns random words that fill a line of `room` pixels, or a part of it."""
    words = WORDS.split()
    line, wanted = "", room * (1 if rng.random() < 0.8 else rng.uniform(0.2, 1))
    while True:
        longer = f"{line} {words[rng.integers(len(words))]}".strip()
        if font.getlength(longer) > wanted:
            return line
        line = longer
