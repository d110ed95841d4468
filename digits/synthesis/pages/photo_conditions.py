"""A written sheet → its photo, under each of the conditions in which people photograph: paper, pen, light, camera.

What is drawn here is what a person would still send: no ink fainter than a pencil's, no printed line darker than it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from digits.synthesis.pages import photo_effects

Rng = np.random.Generator
Field = Callable[[photo_effects.Shape, Rng], np.ndarray]
BALLPOINTS = (0.12, 0.2, 0.62), (0.2, 0.3, 0.75), (0.78, 0.12, 0.16), (0.08, 0.45, 0.22)
CHALKS = (0.93, 0.93, 0.9), (0.93, 0.93, 0.9), (0.93, 0.88, 0.5), (0.95, 0.68, 0.72), (0.62, 0.8, 0.93)
BOARDS = (0.12, 0.26, 0.2), (0.13, 0.14, 0.14), (0.1, 0.2, 0.17)
MARKERS = (0.06, 0.06, 0.08), (0.1, 0.2, 0.62), (0.78, 0.1, 0.14), (0.05, 0.42, 0.24)
METALS = (0.68, 0.69, 0.7), (0.8, 0.8, 0.8), (0.1, 0.1, 0.1)
RULINGS = (0.62, 0.74, 0.88), (0.68, 0.68, 0.7), (0.6, 0.8, 0.82), (0.72, 0.68, 0.8)
MARGIN = 0.9, 0.55, 0.55
WORDS = (  # without digits
    "the of and to in is that for with as was on are by this from at have or an they which one you were all her she "
    "there would their we him been has when who will more no if out so said what up its about into than them can only "
    "other new some could time these two may then do first any my now such like our over man me even most made after "
    "Inkling paper network window garden Thursday reading Minister kitchen weather QUIET NOTICE Menu OPEN please"
)
FONTS = "DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "DejaVuSans-Bold", "DejaVuSerif-Italic", "STIXGeneral"


@dataclass(frozen=True)
class Scene:
    """`ink`: (H, W) float32 0–1 · `height`: of the digits in pixels · `outline`: the paper's corners, (4, 2) x, y."""

    ink: np.ndarray
    height: float
    outline: np.ndarray


def _white(rng: Rng) -> list[float]:
    """Paper, from white to a little grey or yellow."""
    level = rng.uniform(0.84, 0.98)
    return [level, level - rng.uniform(0, 0.02), level - rng.uniform(0, 0.06)]


def _dark(rng: Rng) -> list[float]:
    """Black or dark blue ink."""
    level = rng.uniform(0.03, 0.3)
    return [level, level, level + (rng.uniform(0.05, 0.2) if rng.random() < 0.3 else 0)]


def _mild(shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    return photo_effects.lamp(shape, rng.uniform(0.7, 0.97), rng)


def clean_scan(scene: Scene, rng: Rng) -> Image.Image:
    """Dark ink on white, evenly lit, with the faint grain of a scanner or none."""
    level = rng.uniform(0.95, 1)
    surface = photo_effects.paper_sheet(scene.ink.shape, [level, level, level - rng.uniform(0, 0.02)])
    photo_effects.lay_ink(surface, scene.ink, [rng.uniform(0, 0.4)] * 3)
    picture = photo_effects.photo(surface, None, rng.uniform(0, 0.008), rng)
    return picture.convert("L") if rng.random() < 0.5 else picture


def shadowed(scene: Scene, rng: Rng) -> Image.Image:
    """A lamp aside, the shadow of a hand or of the phone, warm light, a noisy sensor, and a JPEG of it."""
    shape = scene.ink.shape
    warm = rng.uniform(0, 1)
    tint = np.array([1, 1 - 0.15 * warm, 1 - 0.38 * warm])
    surface = photo_effects.paper_sheet(shape, _white(rng) * tint, 1 + 0.015 * photo_effects.clouds(shape, 40, rng))
    photo_effects.lay_ink(surface, scene.ink, _dark(rng) * tint)
    return photo_effects.recompressed(
        photo_effects.photo(surface, _hard_light(shape, rng), rng.uniform(0.004, 0.02), rng), int(rng.integers(60, 91))
    )


def _hard_light(shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    """A lamp aside, a shadow, a lens; nowhere so dark that a camera would not lift it."""
    light = photo_effects.lamp(shape, rng.uniform(0.4, 0.8), rng) * photo_effects.vignette(shape, rng.uniform(0, 0.25))
    return np.maximum(light * photo_effects.shadow(shape, rng.uniform(0.2, 0.5), rng), 0.28)


def on_lines(scene: Scene, rng: Rng) -> Image.Image:
    """Ink across printed lines or squares."""
    shape = scene.ink.shape
    surface = photo_effects.paper_sheet(shape, _white(rng))
    _rule(surface, scene.height * rng.uniform(0.6, 1.6), rng)
    photo_effects.lay_ink(surface, scene.ink, _dark(rng))
    return photo_effects.photo(surface, _mild(shape, rng), rng.uniform(0.003, 0.012), rng)


def _rule(surface: np.ndarray, spacing: float, rng: Rng, lie: float = 0.0) -> None:
    """Print lines or squares onto paper that lies turned by so many degrees, in place; paler than any ink."""
    shape = surface.shape[1:]
    colour = RULINGS[rng.integers(len(RULINGS))]
    width = max(1.0, max(shape) / 2400 * rng.uniform(1, 3))
    turn = lie + (rng.uniform(-2, 2) if rng.random() < 0.5 else 0.0)
    strength = rng.uniform(0.6, 1)
    ways = (False, True) if rng.random() < 0.5 else (False,)
    for down in ways:
        cover = photo_effects.ruled_lines(shape, spacing, width, turn, rng.uniform(0, spacing), down)
        photo_effects.lay_ink(surface, strength * cover, colour)
    if len(ways) == 1 and rng.random() < 0.5:
        at = shape[1] * rng.uniform(0.06, 0.2)
        photo_effects.lay_ink(
            surface, strength * photo_effects.ruled_lines(shape, np.inf, width, turn, at, True), MARGIN
        )


def coloured(scene: Scene, rng: Rng) -> Image.Image:
    """Ballpoint, pencil, or chalk on a board."""
    surface = (_ballpoint, _pencil, _chalk)[rng.integers(3)](scene, rng)
    return photo_effects.photo(surface, _mild(scene.ink.shape, rng), rng.uniform(0.003, 0.012), rng)


def _ballpoint(scene: Scene, rng: Rng) -> np.ndarray:
    surface = photo_effects.paper_sheet(scene.ink.shape, _white(rng))
    colour = np.clip(np.array(BALLPOINTS[rng.integers(len(BALLPOINTS))]) + rng.normal(0, 0.04, 3), 0, 1)
    photo_effects.lay_ink(surface, scene.ink * _uneven(scene, rng, 0.12), colour)
    return surface


def _pencil(scene: Scene, rng: Rng) -> np.ndarray:
    """Graphite on the paper's tooth: grey, grainy, sometimes faint."""
    white = np.array(_white(rng))
    surface = photo_effects.paper_sheet(scene.ink.shape, white)
    photo_effects.lay_ink(surface, scene.ink * _uneven(scene, rng, 0.3), white * (1 - rng.uniform(0.48, 0.85)))
    return surface


def _chalk(scene: Scene, rng: Rng) -> np.ndarray:
    """Chalk on a board, green or black, with what the sponge has left."""
    shape = scene.ink.shape
    board = np.array(BOARDS[rng.integers(len(BOARDS))]) * rng.uniform(0.8, 1.3)
    surface = photo_effects.paper_sheet(shape, board)
    wiped = (3.0, 9.0) if rng.random() < 0.5 else (8.0, 4.0)
    smudges = photo_effects.clouds(shape, wiped, rng) + 0.5 * photo_effects.clouds(shape, 25, rng)
    chalk = CHALKS[rng.integers(len(CHALKS))]
    photo_effects.lay_ink(surface, rng.uniform(0.03, 0.12) * (0.7 + smudges).clip(0, 2), chalk)
    photo_effects.lay_ink(surface, scene.ink * _uneven(scene, rng, 0.35), chalk)
    return surface


def _uneven(scene: Scene, rng: Rng, depth: float) -> np.ndarray:
    """How much ink sticks: pressure that comes and goes, and the tooth of the paper; 0–1, `depth` 0 = all of it."""
    shape = scene.ink.shape
    tooth = photo_effects.noise(shape, rng, max(1.0, scene.height / 120))
    pressure = photo_effects.clouds(shape, 1.5 * max(shape) / max(scene.height, 1), rng)
    return (1 - depth * (0.4 + 0.6 * tooth + 0.4 * pressure)).clip(0.25, 1)


def aslant(scene: Scene, rng: Rng) -> Image.Image:
    """Paper as a hand-held camera sees it, a little out of focus; beyond its edges lies more paper, or a table."""
    surface = photo_effects.paper_sheet(scene.ink.shape, _white(rng))
    photo_effects.lay_ink(surface, scene.ink, _dark(rng))
    if rng.random() < 0.5:
        _lay_on_table(surface, scene.outline, photo_effects.wood, rng)
    blur = rng.uniform(0, min(0.03 * scene.height, 0.0025 * max(scene.ink.shape)))
    sharp = photo_effects.photo(surface, _mild(scene.ink.shape, rng), 0, rng).filter(ImageFilter.GaussianBlur(blur))
    return _grainy(sharp, rng)


def _grainy(picture: Image.Image, rng: Rng) -> Image.Image:
    """The sensor's noise, which comes after the lens's blur."""
    surface = np.stack([np.asarray(band, np.float32) for band in picture.split()]) / 255
    return photo_effects.photo(surface, None, rng.uniform(0.003, 0.01), rng)


def on_a_table(scene: Scene, rng: Rng) -> Image.Image:
    """All of a sheet, bare or ruled, on a table of wood or on cloth, in any light; sometimes a thumb holds it."""
    shape = scene.ink.shape
    surface = photo_effects.paper_sheet(shape, _white(rng))
    if rng.random() < 0.3:
        across, down = scene.outline[1] - scene.outline[0]
        _rule(surface, scene.height * rng.uniform(0.6, 1.6), rng, math.degrees(-math.atan2(down, across)))
    photo_effects.lay_ink(surface, scene.ink, _dark(rng))
    _lay_on_table(surface, scene.outline, photo_effects.wood if rng.random() < 0.7 else photo_effects.cloth, rng)
    if rng.random() < 0.3:
        level = rng.uniform(0.4, 0.85)
        photo_effects.lay_ink(surface, _thumb(scene.outline, shape, rng), [level, 0.75 * level, 0.6 * level])
    light = _hard_light(shape, rng) if rng.random() < 0.5 else _mild(shape, rng)
    return photo_effects.photo(surface, light, rng.uniform(0.003, 0.012), rng)


def on_a_wall(scene: Scene, rng: Rng) -> Image.Image:
    """A blackboard or a whiteboard in its frame on a painted wall."""
    shape = scene.ink.shape
    if rng.random() < 0.5:
        surface = _chalk(scene, rng)
    else:
        surface = photo_effects.paper_sheet(shape, [rng.uniform(0.88, 0.98)] * 3)
        photo_effects.lay_ink(surface, scene.ink, MARKERS[rng.integers(len(MARKERS))])
    wall = photo_effects.paper_sheet(
        shape, _stuff(rng, rng.uniform(0.6, 0.95)), 1 + 0.01 * photo_effects.clouds(shape, 30, rng)
    )
    surface += _beyond(scene.outline, shape) * (wall - surface)
    frame = METALS[rng.integers(len(METALS))] if rng.random() < 0.6 else _stuff(rng, rng.uniform(0.3, 0.65))
    photo_effects.lay_ink(surface, _along(scene.outline, shape, rng.uniform(0.008, 0.03)), frame)
    return photo_effects.photo(surface, _mild(shape, rng), rng.uniform(0.003, 0.012), rng)


def _lay_on_table(surface: np.ndarray, outline: np.ndarray, field: Field, rng: Rng) -> None:
    """Darken what lies beyond the paper's edges, in place."""
    shape = surface.shape[1:]
    table = photo_effects.paper_sheet(shape, _stuff(rng, rng.uniform(0.15, 0.5)), field(shape, rng))
    surface += _beyond(outline, shape) * (table - surface)


def _thumb(outline: np.ndarray, shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    """How far a thumb covers each pixel, (H, W) float32 0–1: across a side, and no further than where people write."""
    side = rng.integers(4)
    edge = outline[side] + rng.uniform(0.2, 0.8) * (outline[(side + 1) % 4] - outline[side])
    width = 0.025 * float(np.linalg.norm(outline[2] - outline[0]))
    out = edge - outline.mean(axis=0)
    out *= width / np.linalg.norm(out)
    tip, hand = edge - 0.1 * out, edge + 12 * out
    cover = Image.new("L", shape[::-1])
    brush = ImageDraw.Draw(cover)
    brush.line([*tip, *hand], 255, round(2 * width))
    brush.ellipse([*(tip - width), *(tip + width)], 255)
    return np.asarray(cover.filter(ImageFilter.GaussianBlur(0.1 * width)), np.float32) / 255


def _beyond(outline: np.ndarray, shape: photo_effects.Shape) -> np.ndarray:
    """How far each pixel lies beyond an outline, (H, W) float32 0–1."""
    cut = Image.new("L", shape[::-1], 255)
    ImageDraw.Draw(cut).polygon([tuple(point) for point in outline.tolist()], fill=0)
    return np.asarray(cut.filter(ImageFilter.GaussianBlur(0.7)), np.float32) / 255


def _along(outline: np.ndarray, shape: photo_effects.Shape, width: float) -> np.ndarray:
    """How far a frame of this width (a share of the longer side) along an outline covers each pixel, as `_beyond`."""
    cover = Image.new("L", shape[::-1])
    corners = [tuple(point) for point in outline.tolist()]
    ImageDraw.Draw(cover).line([*corners, *corners[:2]], 255, max(2, round(width * max(shape))), joint="curve")
    return np.asarray(cover.filter(ImageFilter.GaussianBlur(0.7)), np.float32) / 255


# --- no digits --------------------------------------------------------------------------------------------------------


def without_digits(scene: Scene, rng: Rng) -> Image.Image:
    """Paper, bare, ruled or printed on, and things that are like paper, in any light."""
    shape = scene.ink.shape
    kind = rng.integers(7)
    fields = (photo_effects.crumpled_paper, photo_effects.cloth, photo_effects.wood)
    if kind < 3:
        surface = photo_effects.paper_sheet(shape, _stuff(rng, rng.uniform(0.3, 0.95)), fields[kind](shape, rng))
    else:
        surface = photo_effects.paper_sheet(shape, _white(rng))
    if kind == 3:
        _rule(surface, max(shape) * rng.uniform(0.02, 0.15), rng)
    if kind in (4, 5):
        photo_effects.lay_ink(surface, _printed(shape, rng), _dark(rng))
    elif rng.random() < 0.2:
        _lay_on_table(surface, scene.outline, photo_effects.wood, rng)
    light = [None, _mild(shape, rng), _hard_light(shape, rng)][rng.integers(3)]
    picture = photo_effects.photo(surface, light, rng.uniform(0, 0.015), rng)
    return photo_effects.recompressed(picture, int(rng.integers(60, 91))) if rng.random() < 0.5 else picture


def _stuff(rng: Rng, level: float) -> np.ndarray:
    """The colour of wood, cloth or stained paper, from grey to brown; `level` of its red."""
    warm = rng.random()
    return level * np.array([1, 1 - 0.22 * warm, 1 - 0.45 * warm])


@lru_cache(64)  # each holds its file open
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", size)


def _printed(shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    """Lines of printed words, letters only, down the page: their ink, (H, W) float32 0–1."""
    picture = Image.new("L", shape[::-1])
    brush = ImageDraw.Draw(picture)
    longer, margin = max(shape), round(rng.uniform(0.04, 0.1) * max(shape))
    name, y = FONTS[rng.integers(len(FONTS))], margin
    while True:
        size = max(10, round(longer * (rng.uniform(0.018, 0.035) if rng.random() < 0.8 else rng.uniform(0.04, 0.1))))
        if y + 1.4 * size > shape[0] - margin or rng.random() < 0.06:
            break
        brush.text((margin, y), _words(_font(name, size), shape[1] - 2 * margin, rng), fill=255, font=_font(name, size))
        y += round(size * rng.uniform(1.25, 2))
    return np.asarray(picture.rotate(rng.uniform(-2, 2), Image.Resampling.BILINEAR), np.float32) / 255


def _words(font: ImageFont.FreeTypeFont, room: int, rng: Rng) -> str:
    """Words that fill a line of so many pixels, or less of it."""
    words = WORDS.split()
    line, wanted = "", room * (1 if rng.random() < 0.8 else rng.uniform(0.2, 1))
    while True:
        longer = f"{line} {words[rng.integers(len(words))]}".strip()
        if font.getlength(longer) > wanted:
            return line
        line = longer
