"""Draws text, maps and bars on a surface 1200 pixels wide that grows downwards.

Uses Pillow, because matplotlib takes ten times as long for this much text.
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

WIDTH_PX = 1200
MARGIN_PX = 48
INNER_PX = WIDTH_PX - 2 * MARGIN_PX
# Font sizes.
SMALL_PX = 13
TEXT_PX = 17
SECTION_PX = 17
TITLE_PX = 34
SOFTWARE_MARK = "Inkling visualize"  # PNG metadata; later runs replace only pictures with this mark
ANCHORS = {"left": "lm", "center": "mm", "right": "rm"}
SHADE_LEVELS = [
    round(value / 255 * 7) * 255 // 7 for value in range(256)
]  # lookup table to eight levels; keeps files small
SUPERSAMPLING = 4  # text, curves and dots are drawn at 4 times their size and reduced


@cache
def _load_font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Returns DejaVu Sans, which comes with matplotlib and has the glyphs − × → ⁻⁵."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib is not installed: pip install matplotlib")
    fonts = Path(spec.origin).parent / "mpl-data/fonts/ttf"
    face = fonts / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(str(face), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def _draw_text_mask(text: str, size: int, bold: bool, align: str) -> tuple[tuple[int, int], Image.Image]:
    """Returns the mask of one line of text and the offset of its corner from the anchor point."""
    font, anchor = _load_font(size * SUPERSAMPLING, bold), ANCHORS[align]
    left, top, right, bottom = (side / SUPERSAMPLING for side in font.getbbox(text, anchor=anchor))
    # Supersampled, because font hinting at the final size draws − + = heavier than letters.
    return _draw_smooth_mask(
        [(0, 0), (left, top), (right, bottom)], 2, lambda pen, at: pen.text(at[0], text, 255, font, anchor)
    )


@lru_cache(maxsize=4096)
def _measure_text(text: str, size: int) -> float:
    return _load_font(size * SUPERSAMPLING).getlength(text) / SUPERSAMPLING


def _draw_smooth_mask(
    points: Sequence[tuple[float, float]],
    around: int,
    paint: Callable[[ImageDraw.ImageDraw, list[tuple[float, float]]], None],
) -> tuple[tuple[int, int], Image.Image]:
    """Paints a supersampled mask around the points and reduces it; returns its corner and the mask."""
    left, top = (int(min(axis)) - around for axis in zip(*points, strict=True))
    right, bottom = (int(max(axis)) + around for axis in zip(*points, strict=True))
    size = right - left, bottom - top
    mask = Image.new("L", (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING))
    paint(ImageDraw.Draw(mask), [((x - left) * SUPERSAMPLING, (y - top) * SUPERSAMPLING) for x, y in points])
    return (left, top), mask.reduce(SUPERSAMPLING).point(SHADE_LEVELS)


def is_ours(path: Path) -> bool:
    """Returns True if an image file carries the mark of the pictures drawn here.

    Files without the mark are never deleted.
    """
    try:
        with Image.open(path) as picture:
            return picture.info.get("Software") == SOFTWARE_MARK
    except (OSError, ValueError):
        return False


class Canvas:
    """Collects drawing operations; coordinates are pixels, x to the right and y downwards.

    y: vertical position of the next element.
    texts: all text drawn so far, one item a line.
    """

    def __init__(self) -> None:
        self.y: float = MARGIN_PX
        self.texts: list[str] = []
        self._marks: list[Callable[[Image.Image, ImageDraw.ImageDraw], None]] = []

    def save(self, path: Path) -> None:
        """Writes the PNG; its height follows from `y`."""
        picture = Image.new("RGB", (WIDTH_PX, round(self.y + MARGIN_PX)), GROUND)
        pen = ImageDraw.Draw(picture)
        for mark in self._marks:
            mark(picture, pen)
        info = PngImagePlugin.PngInfo()
        info.add_text("Software", SOFTWARE_MARK)
        picture.save(path, "PNG", pnginfo=info)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: int = TEXT_PX,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        """Draws one line of text; `y` is its vertical centre."""
        self.texts.append(text)
        place, mask = _draw_text_mask(text, size, bold, align)
        corner = round(x) + place[0], round(y) + place[1]
        self._marks.append(lambda picture, _: picture.paste(colour, corner, mask))

    def length(self, text: str, size: int = TEXT_PX) -> float:
        """Returns the width of a line of text in pixels."""
        return _measure_text(text, size)

    def heading(self, title: str, summary: str, caption: str) -> None:
        """Draws the title, a one-line summary and the explanation of the picture; moves `y` below them."""
        self.words(MARGIN_PX, self.y + 14, title, TITLE_PX, bold=True)
        self.words(MARGIN_PX, self.y + 54, summary, TEXT_PX, SOFT)
        self.y += 88
        self.paragraph(caption)

    def paragraph(self, text: str, x: float = MARGIN_PX, width: float = INNER_PX, size: int = TEXT_PX) -> None:
        """Draws text wrapped to a width; moves `y` below it."""
        line = ""
        for word in [*text.split(" "), None]:  # a no-break space does not split
            longer = f"{line} {word}".strip()
            if word is not None and self.length(longer, size) <= width:
                line = longer
                continue
            self.words(x, self.y, line, size)
            self.y += round(1.5 * size)
            line = word or ""
        self.y += 8

    def section(self, title: str, x: float = MARGIN_PX) -> None:
        """Draws a section title; moves `y` below it."""
        self.y += 24
        self.words(x, self.y, title, SECTION_PX, bold=True)
        self.y += 26

    def tile(self, x: float, y: float, colours: np.ndarray, cell: int, framed: bool = True) -> tuple[int, int]:
        """Draws an RGB array (H, W, 3), `cell` pixels a value; returns width and height in pixels."""
        place, size = (round(x), round(y)), (cell * colours.shape[1], cell * colours.shape[0])

        def paste(picture: Image.Image, _: ImageDraw.ImageDraw) -> None:
            small = Image.fromarray(np.ascontiguousarray(colours))
            picture.paste(small.resize(size, Image.Resampling.NEAREST), place)

        self._marks.append(paste)
        if framed:
            self.frame(x, y, *size, LINE, 1)
        return size

    def frame(self, x: float, y: float, width: float, height: float, colour: str = ABOVE, line: int = 2) -> None:
        """Draws the outline of a rectangle, just outside of it."""
        left, top = round(x), round(y)
        corners = (left - line, top - line, round(left + width) + line - 1, round(top + height) + line - 1)
        self._marks.append(lambda _, pen: pen.rectangle(corners, outline=colour, width=line))

    def block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Draws a filled rectangle, at least one pixel wide and high."""
        left, top, right, bottom = round(x), round(y), round(x + width) - 1, round(y + height) - 1
        corners = (left, top, max(left, right), max(top, bottom))
        self._marks.append(lambda _, pen: pen.rectangle(corners, fill=colour))

    def curve(self, points: Sequence[tuple[float, float]], colour: str = MUTED) -> None:
        """Draws a smooth line through points."""
        self._paint_smooth(points, 3, lambda pen, fine: pen.line(fine, 255, 2 * SUPERSAMPLING, "curve"), colour)

    def dot(self, x: float, y: float, colour: str, filled: bool = True) -> None:
        """Draws a round mark, 7 pixels in radius."""
        for radius, shade in ((7, colour), (4, colour if filled else GROUND)):
            self._paint_smooth(
                [(x, y)], 9, lambda pen, fine, r=radius: pen.circle(fine[0], r * SUPERSAMPLING, 255), shade
            )

    def _paint_smooth(
        self,
        points: Sequence[tuple[float, float]],
        around: int,
        paint: Callable[[ImageDraw.ImageDraw, list[tuple[float, float]]], None],
        colour: str,
    ) -> None:
        """Draws a colour through an antialiased mask."""
        corner, mask = _draw_smooth_mask(points, around, paint)
        self._marks.append(lambda picture, _: picture.paste(colour, corner, mask))

    def numbers(
        self, x: float, y: float, values: np.ndarray, cell: int, limit: float, colours: np.ndarray | None = None
    ) -> None:
        """Draws a small map (H, W) with each value written into its cell.

        colours: RGB (H, W, 3) of the cells; None: the signed palette up to ±`limit`.
        """
        colours = palette.signed_colours(values, limit) if colours is None else colours
        self.tile(x, y, colours, cell)
        for (row, column), value in np.ndenumerate(values):
            dark = colours[row, column].astype(float) @ (0.299, 0.587, 0.114) < 140
            place = x + (column + 0.5) * cell, y + (row + 0.5) * cell
            words = f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")
            self.words(*place, words, SMALL_PX, palette.PAPER if dark else INK, align="center")

    def scale(self, limit: float, lowest: float, highest: float, width: int = 220) -> None:
        """Draws the colour scale −`limit` … `limit` beside the section title; marks both extremes."""
        y = self.y - 26
        x = round(WIDTH_PX - MARGIN_PX - width - 8 - self.length(format_number(limit), SMALL_PX))
        stripe = palette.signed_colours(np.linspace(-limit, limit, width), limit)[None].repeat(12, axis=0)
        self.tile(x, y - 6, stripe, 1)
        self.words(x - 8, y, f"−{format_number(limit)}", SMALL_PX, SOFT, align="right")
        self.words(x + width + 8, y, format_number(limit), SMALL_PX, SOFT)
        self.words(x + width / 2, y + 17, "0", SMALL_PX, SOFT, align="center")
        for value, colour in ((lowest, BELOW), (highest, ABOVE)):
            place = x + width * (value / limit + 1) / 2
            self.block(place - 1, y - 11, 2, 22, colour if value else SOFT)
