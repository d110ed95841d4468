"""A picture 1200 pixels wide that grows downwards: words, maps and bars put where they belong, to the pixel.

Drawn by Pillow: matplotlib takes ten times as long for so many words.
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from digits.pictures import palette
from digits.pictures.number_format import format_number
from digits.pictures.palette import ABOVE, BELOW, GROUND, INK, LINE, MUTED, SOFT

WIDTH, MARGIN = 1200, 48
INNER = WIDTH - 2 * MARGIN
SMALL, TEXT, SECTION, TITLE = 13, 17, 17, 34  # pixels
MARK = "Inkling visualize"  # by which later runs know pictures of their own kind
ANCHORS = {"left": "lm", "center": "mm", "right": "rm"}
SHADES = [round(value / 255 * 7) * 255 // 7 for value in range(256)]  # eight between paper and ink: small files
FINER = 4  # times: words, slanted lines and round marks are drawn so much larger, and reduced


@cache
def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which has − × → ⁻⁵ and comes with matplotlib."""
    fonts = Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf"
    face = fonts / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(str(face), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def _lettering(text: str, size: int, bold: bool, align: str) -> tuple[tuple[int, int], Image.Image]:
    """The mask of a line of words, and its corner as seen from the point where the line is put."""
    font, anchor = _font(size * FINER, bold), ANCHORS[align]
    left, top, right, bottom = (side / FINER for side in font.getbbox(text, anchor=anchor))
    # At their own size the font's hints would make − + = heavier than the letters around them.
    return _smooth([(0, 0), (left, top), (right, bottom)], 2, lambda pen, at: pen.text(at[0], text, 255, font, anchor))


@lru_cache(maxsize=4096)
def _length(text: str, size: int) -> float:
    return _font(size * FINER).getlength(text) / FINER


def _smooth(
    points: Sequence[tuple[float, float]],
    around: int,
    paint: Callable[[ImageDraw.ImageDraw, list[tuple[float, float]]], None],
) -> tuple[tuple[int, int], Image.Image]:
    """Paint a mask some times larger, around the points, and reduce it; returns its corner and itself."""
    left, top = (int(min(axis)) - around for axis in zip(*points, strict=True))
    right, bottom = (int(max(axis)) + around for axis in zip(*points, strict=True))
    size = right - left, bottom - top
    mask = Image.new("L", (size[0] * FINER, size[1] * FINER))
    paint(ImageDraw.Draw(mask), [((x - left) * FINER, (y - top) * FINER) for x, y in points])
    return (left, top), mask.reduce(FINER).point(SHADES)


def is_ours(path: Path) -> bool:
    """Whether a picture bears the mark of what is drawn here: no other one is ever removed."""
    try:
        with Image.open(path) as picture:
            return picture.info.get("Software") == MARK
    except (OSError, ValueError):
        return False


class Canvas:
    """Everything is placed in pixels, x to the right and y downwards; `y` is where the next thing goes.

    `said`: all words so far, line by line.
    """

    def __init__(self) -> None:
        self.y: float = MARGIN
        self.said: list[str] = []
        self._marks: list[Callable[[Image.Image, ImageDraw.ImageDraw], None]] = []

    def save(self, path: Path) -> None:
        """Write the PNG, as high as it has grown."""
        picture = Image.new("RGB", (WIDTH, round(self.y + MARGIN)), GROUND)
        pen = ImageDraw.Draw(picture)
        for mark in self._marks:
            mark(picture, pen)
        info = PngImagePlugin.PngInfo()
        info.add_text("Software", MARK)
        picture.save(path, "PNG", pnginfo=info)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: int = TEXT,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        """One line of words; y is its middle."""
        self.said.append(text)
        place, mask = _lettering(text, size, bold, align)
        corner = round(x) + place[0], round(y) + place[1]
        self._marks.append(lambda picture, _: picture.paste(colour, corner, mask))

    def length(self, text: str, size: int = TEXT) -> float:
        """How many pixels a line of words is long."""
        return _length(text, size)

    def heading(self, title: str, facts: str, caption: str) -> None:
        """The picture's name, what it is in a line, and the explanation."""
        self.words(MARGIN, self.y + 14, title, TITLE, bold=True)
        self.words(MARGIN, self.y + 54, facts, TEXT, SOFT)
        self.y += 88
        self.paragraph(caption)

    def paragraph(self, text: str, x: float = MARGIN, width: float = INNER, size: int = TEXT) -> None:
        """Words folded to a width; `y` moves below them."""
        line = ""
        for word in [*text.split(" "), None]:  # a no-break space is no place to fold
            longer = f"{line} {word}".strip()
            if word is not None and self.length(longer, size) <= width:
                line = longer
                continue
            self.words(x, self.y, line, size)
            self.y += round(1.5 * size)
            line = word or ""
        self.y += 8

    def section(self, title: str, x: float = MARGIN) -> None:
        """A part of the picture begins."""
        self.y += 24
        self.words(x, self.y, title, SECTION, bold=True)
        self.y += 26

    def tile(self, x: float, y: float, colours: np.ndarray, cell: int, framed: bool = True) -> tuple[int, int]:
        """A map as RGB (H, W, 3), each number a square of `cell` pixels; returns its width and height in pixels."""
        place, size = (round(x), round(y)), (cell * colours.shape[1], cell * colours.shape[0])

        def paste(picture: Image.Image, _: ImageDraw.ImageDraw) -> None:
            small = Image.fromarray(np.ascontiguousarray(colours))
            picture.paste(small.resize(size, Image.Resampling.NEAREST), place)

        self._marks.append(paste)
        if framed:
            self.frame(x, y, *size, LINE, 1)
        return size

    def frame(self, x: float, y: float, width: float, height: float, colour: str = ABOVE, line: int = 2) -> None:
        """The outline of a rectangle, just outside of it."""
        left, top = round(x), round(y)
        corners = (left - line, top - line, round(left + width) + line - 1, round(top + height) + line - 1)
        self._marks.append(lambda _, pen: pen.rectangle(corners, outline=colour, width=line))

    def block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle, a pixel wide and high at least."""
        left, top, right, bottom = round(x), round(y), round(x + width) - 1, round(y + height) - 1
        corners = (left, top, max(left, right), max(top, bottom))
        self._marks.append(lambda _, pen: pen.rectangle(corners, fill=colour))

    def curve(self, points: Sequence[tuple[float, float]], colour: str = MUTED) -> None:
        """A smooth line through points."""
        self._smooth(points, 3, lambda pen, fine: pen.line(fine, 255, 2 * FINER, "curve"), colour)

    def dot(self, x: float, y: float, colour: str, filled: bool = True) -> None:
        """A round mark."""
        for radius, shade in ((7, colour), (4, colour if filled else GROUND)):
            self._smooth([(x, y)], 9, lambda pen, fine, r=radius: pen.circle(fine[0], r * FINER, 255), shade)

    def _smooth(
        self,
        points: Sequence[tuple[float, float]],
        around: int,
        paint: Callable[[ImageDraw.ImageDraw, list[tuple[float, float]]], None],
        colour: str,
    ) -> None:
        """Paint a mask some times larger, around the points, and put the colour through it."""
        corner, mask = _smooth(points, around, paint)
        self._marks.append(lambda picture, _: picture.paste(colour, corner, mask))

    def numbers(
        self, x: float, y: float, values: np.ndarray, cell: int, limit: float, colours: np.ndarray | None = None
    ) -> None:
        """A small map with its numbers written into its cells; `colours` in place of the signed ones."""
        colours = palette.signed_colours(values, limit) if colours is None else colours
        self.tile(x, y, colours, cell)
        for (row, column), value in np.ndenumerate(values):
            dark = colours[row, column].astype(float) @ (0.299, 0.587, 0.114) < 140
            place = x + (column + 0.5) * cell, y + (row + 0.5) * cell
            words = f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")
            self.words(*place, words, SMALL, palette.PAPER if dark else INK, align="center")

    def scale(self, limit: float, lowest: float, highest: float, width: int = 220) -> None:
        """What the colours mean, at the right, beside the title of a section that was just begun."""
        y = self.y - 26
        x = round(WIDTH - MARGIN - width - 8 - self.length(format_number(limit), SMALL))
        stripe = palette.signed_colours(np.linspace(-limit, limit, width), limit)[None].repeat(12, axis=0)
        self.tile(x, y - 6, stripe, 1)
        self.words(x - 8, y, f"−{format_number(limit)}", SMALL, SOFT, align="right")
        self.words(x + width + 8, y, format_number(limit), SMALL, SOFT)
        self.words(x + width / 2, y + 17, "0", SMALL, SOFT, align="center")
        for value, colour in ((lowest, BELOW), (highest, ABOVE)):
            place = x + width * (value / limit + 1) / 2
            self.block(place - 1, y - 11, 2, 22, colour if value else SOFT)
