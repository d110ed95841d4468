"""Photographs a written page under one condition: paper, pen, light, camera.

Every page stays readable: no ink is fainter than pencil, no printed line is darker than the ink.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from digits.synthesis.pages import photo_effects
from digits.synthesis.pages.printed_text import printed_page

Rng = np.random.Generator
Field = Callable[[photo_effects.Shape, Rng], np.ndarray]
BALLPOINT_COLOURS = (0.12, 0.2, 0.62), (0.2, 0.3, 0.75), (0.78, 0.12, 0.16), (0.08, 0.45, 0.22)
CHALK_COLOURS = (0.93, 0.93, 0.9), (0.93, 0.93, 0.9), (0.93, 0.88, 0.5), (0.95, 0.68, 0.72), (0.62, 0.8, 0.93)
BOARD_COLOURS = (0.12, 0.26, 0.2), (0.13, 0.14, 0.14), (0.1, 0.2, 0.17)
MARKER_COLOURS = (0.06, 0.06, 0.08), (0.1, 0.2, 0.62), (0.78, 0.1, 0.14), (0.05, 0.42, 0.24)
FRAME_COLOURS = (0.68, 0.69, 0.7), (0.8, 0.8, 0.8), (0.1, 0.1, 0.1)
RULING_COLOURS = (0.62, 0.74, 0.88), (0.68, 0.68, 0.7), (0.6, 0.8, 0.82), (0.72, 0.68, 0.8)
MARGIN_LINE_COLOUR = 0.9, 0.55, 0.55


@dataclass(frozen=True)
class Scene:
    """A written page before it is photographed.

    `ink`: (H, W) float32 0–1 · `height`: of the digits in pixels · `outline`: the corners of the paper, (4, 2) x, y.
    """

    ink: np.ndarray
    height: float
    outline: np.ndarray


def _paper_colour(rng: Rng) -> list[float]:
    """Returns the colour of paper, from white to slightly grey or yellow."""
    level = rng.uniform(0.84, 0.98)
    return [level, level - rng.uniform(0, 0.02), level - rng.uniform(0, 0.06)]


def _ink_colour(rng: Rng) -> list[float]:
    """Returns black or dark blue."""
    level = rng.uniform(0.03, 0.3)
    return [level, level, level + (rng.uniform(0.05, 0.2) if rng.random() < 0.3 else 0)]


def _soft_light(shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    return photo_effects.lamp(shape, rng.uniform(0.7, 0.97), rng)


def clean_scan(scene: Scene, rng: Rng) -> Image.Image:
    """Dark ink on white, evenly lit, with the faint noise of a scanner or none."""
    level = rng.uniform(0.95, 1)
    surface = photo_effects.paper_sheet(scene.ink.shape, [level, level, level - rng.uniform(0, 0.02)])
    photo_effects.lay_ink(surface, scene.ink, [rng.uniform(0, 0.4)] * 3)
    picture = photo_effects.photo(surface, None, rng.uniform(0, 0.008), rng)
    return picture.convert("L") if rng.random() < 0.5 else picture


def shadowed(scene: Scene, rng: Rng) -> Image.Image:
    """A lamp aside, the shadow of a hand or phone, warm light, sensor noise, saved as JPEG."""
    shape = scene.ink.shape
    warm = rng.uniform(0, 1)
    tint = np.array([1, 1 - 0.15 * warm, 1 - 0.38 * warm])
    surface = photo_effects.paper_sheet(
        shape, _paper_colour(rng) * tint, 1 + 0.015 * photo_effects.clouds(shape, 40, rng)
    )
    photo_effects.lay_ink(surface, scene.ink, _ink_colour(rng) * tint)
    return photo_effects.recompress(
        photo_effects.photo(surface, _hard_light(shape, rng), rng.uniform(0.004, 0.02), rng), int(rng.integers(60, 91))
    )


def _hard_light(shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    """Returns a lamp, a shadow and a vignette; nowhere too dark for a camera."""
    light = photo_effects.lamp(shape, rng.uniform(0.4, 0.8), rng) * photo_effects.vignette(shape, rng.uniform(0, 0.25))
    return np.maximum(light * photo_effects.shadow(shape, rng.uniform(0.2, 0.5), rng), 0.28)


def on_lines(scene: Scene, rng: Rng) -> Image.Image:
    """Ink across printed lines or squares."""
    shape = scene.ink.shape
    surface = photo_effects.paper_sheet(shape, _paper_colour(rng))
    _print_ruling(surface, scene.height * rng.uniform(0.6, 1.6), rng)
    photo_effects.lay_ink(surface, scene.ink, _ink_colour(rng))
    return photo_effects.photo(surface, _soft_light(shape, rng), rng.uniform(0.003, 0.012), rng)


def _print_ruling(surface: np.ndarray, spacing: float, rng: Rng, lie: float = 0.0) -> None:
    """Prints lines or squares on paper rotated by `lie` degrees, in place; paler than any ink."""
    shape = surface.shape[1:]
    colour = RULING_COLOURS[rng.integers(len(RULING_COLOURS))]
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
            surface, strength * photo_effects.ruled_lines(shape, np.inf, width, turn, at, True), MARGIN_LINE_COLOUR
        )


def coloured(scene: Scene, rng: Rng) -> Image.Image:
    """Ballpoint, pencil, or chalk on a board."""
    surface = (_ballpoint, _pencil, _chalk)[rng.integers(3)](scene, rng)
    return photo_effects.photo(surface, _soft_light(scene.ink.shape, rng), rng.uniform(0.003, 0.012), rng)


def _ballpoint(scene: Scene, rng: Rng) -> np.ndarray:
    surface = photo_effects.paper_sheet(scene.ink.shape, _paper_colour(rng))
    colour = np.clip(np.array(BALLPOINT_COLOURS[rng.integers(len(BALLPOINT_COLOURS))]) + rng.normal(0, 0.04, 3), 0, 1)
    photo_effects.lay_ink(surface, scene.ink * _uneven_pressure(scene, rng, 0.12), colour)
    return surface


def _pencil(scene: Scene, rng: Rng) -> np.ndarray:
    """Returns a page with pencil: grey, grainy, sometimes faint."""
    white = np.array(_paper_colour(rng))
    surface = photo_effects.paper_sheet(scene.ink.shape, white)
    photo_effects.lay_ink(surface, scene.ink * _uneven_pressure(scene, rng, 0.3), white * (1 - rng.uniform(0.48, 0.85)))
    return surface


def _chalk(scene: Scene, rng: Rng) -> np.ndarray:
    """Returns a green or black board with chalk, and with traces of the sponge."""
    shape = scene.ink.shape
    board = np.array(BOARD_COLOURS[rng.integers(len(BOARD_COLOURS))]) * rng.uniform(0.8, 1.3)
    surface = photo_effects.paper_sheet(shape, board)
    wiped = (3.0, 9.0) if rng.random() < 0.5 else (8.0, 4.0)
    smudges = photo_effects.clouds(shape, wiped, rng) + 0.5 * photo_effects.clouds(shape, 25, rng)
    chalk = CHALK_COLOURS[rng.integers(len(CHALK_COLOURS))]
    photo_effects.lay_ink(surface, rng.uniform(0.03, 0.12) * (0.7 + smudges).clip(0, 2), chalk)
    photo_effects.lay_ink(surface, scene.ink * _uneven_pressure(scene, rng, 0.35), chalk)
    return surface


def _uneven_pressure(scene: Scene, rng: Rng, depth: float) -> np.ndarray:
    """Returns the share of ink that sticks, 0–1: varying pressure, rough paper; `depth` 0 = all of it."""
    shape = scene.ink.shape
    tooth = photo_effects.noise(shape, rng, max(1.0, scene.height / 120))
    pressure = photo_effects.clouds(shape, 1.5 * max(shape) / max(scene.height, 1), rng)
    return (1 - depth * (0.4 + 0.6 * tooth + 0.4 * pressure)).clip(0.25, 1)


def handheld(scene: Scene, rng: Rng) -> Image.Image:
    """Paper seen by a hand-held camera, slightly out of focus; beyond its edges more paper, or a table."""
    surface = photo_effects.paper_sheet(scene.ink.shape, _paper_colour(rng))
    photo_effects.lay_ink(surface, scene.ink, _ink_colour(rng))
    if rng.random() < 0.5:
        _lay_on_table(surface, scene.outline, photo_effects.wood, rng)
    blur = rng.uniform(0, min(0.03 * scene.height, 0.0025 * max(scene.ink.shape)))
    sharp = photo_effects.photo(surface, _soft_light(scene.ink.shape, rng), 0, rng).filter(
        ImageFilter.GaussianBlur(blur)
    )
    return _add_sensor_noise(sharp, rng)


def _add_sensor_noise(picture: Image.Image, rng: Rng) -> Image.Image:
    """Returns the picture with the noise of a sensor, which comes after the blur of the lens."""
    surface = np.stack([np.asarray(band, np.float32) for band in picture.split()]) / 255
    return photo_effects.photo(surface, None, rng.uniform(0.003, 0.01), rng)


def on_a_table(scene: Scene, rng: Rng) -> Image.Image:
    """A whole sheet, bare or ruled, on wood or cloth, in any light; sometimes a thumb holds it."""
    shape = scene.ink.shape
    surface = photo_effects.paper_sheet(shape, _paper_colour(rng))
    if rng.random() < 0.3:
        across, down = scene.outline[1] - scene.outline[0]
        _print_ruling(surface, scene.height * rng.uniform(0.6, 1.6), rng, math.degrees(-math.atan2(down, across)))
    photo_effects.lay_ink(surface, scene.ink, _ink_colour(rng))
    _lay_on_table(surface, scene.outline, photo_effects.wood if rng.random() < 0.7 else photo_effects.cloth, rng)
    if rng.random() < 0.3:
        level = rng.uniform(0.4, 0.85)
        photo_effects.lay_ink(surface, _thumb(scene.outline, shape, rng), [level, 0.75 * level, 0.6 * level])
    light = _hard_light(shape, rng) if rng.random() < 0.5 else _soft_light(shape, rng)
    return photo_effects.photo(surface, light, rng.uniform(0.003, 0.012), rng)


def on_a_wall(scene: Scene, rng: Rng) -> Image.Image:
    """A blackboard or a whiteboard in its frame on a painted wall."""
    shape = scene.ink.shape
    if rng.random() < 0.5:
        surface = _chalk(scene, rng)
    else:
        surface = photo_effects.paper_sheet(shape, [rng.uniform(0.88, 0.98)] * 3)
        photo_effects.lay_ink(surface, scene.ink, MARKER_COLOURS[rng.integers(len(MARKER_COLOURS))])
    wall = photo_effects.paper_sheet(
        shape, _material_colour(rng, rng.uniform(0.6, 0.95)), 1 + 0.01 * photo_effects.clouds(shape, 30, rng)
    )
    surface += _outside_mask(scene.outline, shape) * (wall - surface)
    frame = (
        FRAME_COLOURS[rng.integers(len(FRAME_COLOURS))]
        if rng.random() < 0.6
        else _material_colour(rng, rng.uniform(0.3, 0.65))
    )
    photo_effects.lay_ink(surface, _frame_mask(scene.outline, shape, rng.uniform(0.008, 0.03)), frame)
    return photo_effects.photo(surface, _soft_light(shape, rng), rng.uniform(0.003, 0.012), rng)


def _lay_on_table(surface: np.ndarray, outline: np.ndarray, field: Field, rng: Rng) -> None:
    """Replaces everything outside the paper by a table, in place."""
    shape = surface.shape[1:]
    table = photo_effects.paper_sheet(shape, _material_colour(rng, rng.uniform(0.15, 0.5)), field(shape, rng))
    surface += _outside_mask(outline, shape) * (table - surface)


def _thumb(outline: np.ndarray, shape: photo_effects.Shape, rng: Rng) -> np.ndarray:
    """Returns the mask of a thumb across an edge of the paper, (H, W) float32 0–1; it covers no writing."""
    side = rng.integers(4)
    edge = outline[side] + rng.uniform(0.2, 0.8) * (outline[(side + 1) % 4] - outline[side])
    width = 0.025 * float(np.linalg.norm(outline[2] - outline[0]))
    out = edge - outline.mean(axis=0)
    out *= width / np.linalg.norm(out)
    tip, hand = edge - 0.1 * out, edge + 12 * out
    cover = Image.new("L", photo_effects.image_size(shape))
    brush = ImageDraw.Draw(cover)
    brush.line([*tip, *hand], 255, round(2 * width))
    brush.ellipse([*(tip - width), *(tip + width)], 255)
    return np.asarray(cover.filter(ImageFilter.GaussianBlur(0.1 * width)), np.float32) / 255


def _outside_mask(outline: np.ndarray, shape: photo_effects.Shape) -> np.ndarray:
    """Returns the mask of the pixels outside an outline, (H, W) float32 0–1."""
    cut = Image.new("L", photo_effects.image_size(shape), 255)
    ImageDraw.Draw(cut).polygon([tuple(point) for point in outline.tolist()], fill=0)
    return np.asarray(cut.filter(ImageFilter.GaussianBlur(0.7)), np.float32) / 255


def _frame_mask(outline: np.ndarray, shape: photo_effects.Shape, width: float) -> np.ndarray:
    """Returns the mask of a frame along an outline, (H, W) float32 0–1; width: share of the longer side."""
    cover = Image.new("L", photo_effects.image_size(shape))
    corners = [tuple(point) for point in outline.tolist()]
    ImageDraw.Draw(cover).line([*corners, *corners[:2]], 255, max(2, round(width * max(shape))), joint="curve")
    return np.asarray(cover.filter(ImageFilter.GaussianBlur(0.7)), np.float32) / 255


# --- no digits --------------------------------------------------------------------------------------------------------


def without_digits(scene: Scene, rng: Rng) -> Image.Image:
    """Paper, bare, ruled or printed, and materials that resemble paper, in any light."""
    shape = scene.ink.shape
    kind = rng.integers(7)
    fields = (photo_effects.crumpled_paper, photo_effects.cloth, photo_effects.wood)
    if kind < 3:
        surface = photo_effects.paper_sheet(
            shape, _material_colour(rng, rng.uniform(0.3, 0.95)), fields[kind](shape, rng)
        )
    else:
        surface = photo_effects.paper_sheet(shape, _paper_colour(rng))
    if kind == 3:
        _print_ruling(surface, max(shape) * rng.uniform(0.02, 0.15), rng)
    if kind in (4, 5):
        photo_effects.lay_ink(surface, printed_page(shape, rng), _ink_colour(rng))
    elif rng.random() < 0.2:
        _lay_on_table(surface, scene.outline, photo_effects.wood, rng)
    light = [None, _soft_light(shape, rng), _hard_light(shape, rng)][rng.integers(3)]
    picture = photo_effects.photo(surface, light, rng.uniform(0, 0.015), rng)
    return photo_effects.recompress(picture, int(rng.integers(60, 91))) if rng.random() < 0.5 else picture


def _material_colour(rng: Rng, level: float) -> np.ndarray:
    """Returns the colour of wood, cloth or stained paper, from grey to brown; `level` of its red."""
    warm = rng.random()
    return level * np.array([1, 1 - 0.22 * warm, 1 - 0.45 * warm])
