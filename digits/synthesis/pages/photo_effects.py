"""Effects between a written page and its photo: paper, ink, light and camera.

A surface is (3, H, W) float32: red, green and blue, 0 = black, 1 = white. A field is (H, W) float32.
"""

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Rng = np.random.Generator
Shape = tuple[int, int]  # height, width
Colour = Sequence[float] | np.ndarray  # red, green, blue, 0–1
NOISE_TILE_PX = 512  # side of the noise tile that is repeated over a page; the repetition is invisible
LIGHT_FIELD_PX = 96  # longer side of the small field of light
CREASE_FIELD_PX = 400  # longer side of the small field of creases


# --- noise ------------------------------------------------------------------------------------------------------------


def noise(shape: Shape, rng: Rng, size: float = 1) -> np.ndarray:
    """Returns white noise of mean 0 and deviation 1, its grains `size` pixels wide."""
    tile = rng.standard_normal((NOISE_TILE_PX, NOISE_TILE_PX), dtype=np.float32)
    if size > 1:
        side = round(NOISE_TILE_PX * size)
        tile = np.asarray(Image.fromarray(tile).resize((side, side), Image.Resampling.BICUBIC))
        tile = tile / tile.std()
    times = [-(-needed // available) for needed, available in zip(shape, tile.shape, strict=True)]
    return np.tile(tile, times)[: shape[0], : shape[1]]


def clouds(shape: Shape, cells: float | tuple[float, float], rng: Rng) -> np.ndarray:
    """Returns a smooth field of about −1…1; cells: along the longer side, or along height and width."""
    down, across = cells if isinstance(cells, tuple) else (cells * side / max(shape) for side in shape)
    coarse = rng.uniform(-1, 1, (max(2, round(down)), max(2, round(across)))).astype(np.float32)
    return enlarge(coarse, shape)


def enlarge(field: np.ndarray, shape: Shape) -> np.ndarray:
    """Returns a small field at the size of a page."""
    return np.asarray(Image.fromarray(field.astype(np.float32)).resize(image_size(shape), Image.Resampling.BICUBIC))


def image_size(shape: Shape) -> tuple[int, int]:
    """Returns a shape (height, width) as Pillow takes it."""
    return shape[1], shape[0]


def _small_shape(shape: Shape, longer: int) -> Shape:
    """Returns a shape of the same proportions whose longer side is at most `longer`."""
    scale = min(1, longer / max(shape))
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))


def _axes(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Returns y (H, 1) and x (1, W) of each pixel from the middle; 1 = half the longer side."""
    half = max(shape) / 2
    y, x = ((np.arange(side, dtype=np.float32) + 0.5 - side / 2) / half for side in shape)
    return y[:, None], x[None]


# --- surfaces ---------------------------------------------------------------------------------------------------------


def paper_sheet(shape: Shape, colour: Colour, field: np.ndarray | float = 1) -> np.ndarray:
    """Returns a surface of one colour (three of 0–1), multiplied by a field."""
    surface = np.empty((3, *shape), np.float32)
    for plane, level in zip(surface, colour, strict=True):
        plane[:] = np.float32(level) * field
    return surface


def lay_ink(surface: np.ndarray, cover: np.ndarray, colour: Colour) -> None:
    """Blends a colour into a surface by `cover` (H, W), 0–1, in place."""
    for plane, level in zip(surface, colour, strict=True):
        plane += cover * (np.float32(level) - plane)


def crumpled_paper(shape: Shape, rng: Rng) -> np.ndarray:
    """Returns the field of paper that was crushed and smoothed: light and dark facets, around 1."""
    small = _small_shape(shape, CREASE_FIELD_PX)
    y, x = _axes(small)
    field = np.zeros(small, np.float32)
    for _ in range(int(rng.integers(10, 26))):
        angle, at, sharp = rng.uniform(0, 2 * np.pi), rng.uniform(-0.9, 0.9), rng.uniform(15, 80)
        field += rng.uniform(0.2, 1) * np.tanh(sharp * (math.cos(angle) * x + math.sin(angle) * y - at))
    return 1 + rng.uniform(0.03, 0.09) * enlarge(field / field.std(), shape)


def cloth(shape: Shape, rng: Rng) -> np.ndarray:
    """Returns the field of woven threads, slightly uneven, around 1."""
    period = max(shape) * rng.uniform(0.004, 0.012)
    y, x = (np.arange(side, dtype=np.float32) for side in shape)
    wave = [np.sin(2 * np.pi / max(3.0, period) * axis) for axis in (y, x)]
    uneven = 1 + 0.3 * clouds(shape, 30, rng)
    return 1 + rng.uniform(0.03, 0.08) * (wave[0][:, None] * wave[1] * uneven + 0.4 * noise(shape, rng))


def wood(shape: Shape, rng: Rng) -> np.ndarray:
    """Returns the field of wood grain: long streaks, broad and fine, around 1."""
    along = (3, 60) if rng.random() < 0.5 else (60, 3)
    fine = (4 * along[0], 4 * along[1])
    return 1 + rng.uniform(0.06, 0.14) * (clouds(shape, along, rng) + 0.6 * clouds(shape, fine, rng))


def ruled_lines(
    shape: Shape, spacing: float, width: float, turn: float, offset: float, down: bool = False
) -> np.ndarray:
    """Returns the cover, 0–1, of parallel lines over the whole page, level or (`down`) upright.

    spacing, width, offset: pixels. turn: degrees.
    """
    y, x = (np.arange(side, dtype=np.float32) for side in shape)
    angle = math.radians(turn)
    if down:
        away = math.cos(angle) * x[None] - math.sin(angle) * y[:, None]
    else:
        away = math.sin(angle) * x[None] + math.cos(angle) * y[:, None]
    away -= np.float32(offset)
    if math.isfinite(spacing):
        away -= np.float32(spacing) * np.rint(away / np.float32(spacing))
    return (np.float32(width / 2 + 0.5) - np.abs(away)).clip(0, min(1, width))


# --- light ------------------------------------------------------------------------------------------------------------


def lamp(shape: Shape, darkest: float, rng: Rng) -> np.ndarray:
    """Returns light that falls from 1 to `darkest` across the page; a small field, to `enlarge`."""
    small = _small_shape(shape, LIGHT_FIELD_PX)
    y, x = _axes(small)
    angle = rng.uniform(0, 2 * np.pi)
    away = math.cos(angle) * x + math.sin(angle) * y + 0.25 * clouds(small, 3, rng)
    away = (away - away.min()) / np.ptp(away)
    return 1 - (1 - darkest) * away ** rng.uniform(0.7, 1.8)


def vignette(shape: Shape, depth: float) -> np.ndarray:
    """Returns the dark corners of a lens; a small field, to `enlarge`."""
    y, x = _axes(_small_shape(shape, LIGHT_FIELD_PX))
    return 1 - depth * (y**2 + x**2) / 1.6


def shadow(shape: Shape, depth: float, rng: Rng) -> np.ndarray:
    """Returns the shadow of a hand or phone from one side of the page; a small field, to `enlarge`.

    depth: the share of light that it takes away.
    """
    small = _small_shape(shape, LIGHT_FIELD_PX)
    corners, reach = int(rng.integers(4, 9)), rng.uniform(0.3, 0.8, 2) * LIGHT_FIELD_PX
    angles = (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) * 2 * np.pi / corners
    side, middle = rng.uniform(0, 2 * np.pi), np.array(small[::-1]) / 2
    middle = middle + rng.uniform(0.5, 1.1) * middle * (math.cos(side), math.sin(side))
    away = (reach * rng.uniform(0.6, 1, (corners, 1))) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    picture = Image.new("L", image_size(small))
    ImageDraw.Draw(picture).polygon([tuple(point) for point in (middle + away).tolist()], fill=255)
    soft = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(1, 8))))
    return 1 - np.float32(depth / 255) * np.asarray(soft, np.float32)


# --- the picture ------------------------------------------------------------------------------------------------------


def photo(surface: np.ndarray, light: np.ndarray | None, grain: float, rng: Rng) -> Image.Image:
    """Returns the RGB photo of a surface; changes the surface.

    light: (H, W), enlarged if small. grain: deviation of the noise, 1 = from black to white.
    """
    shape = surface.shape[1:]
    if light is not None:
        surface *= enlarge(light, shape)
    if grain:
        specks = noise((shape[0] + 64, shape[1] + 64), rng) * np.float32(grain)
        for plane, shift in zip(surface, (0, 29, 64), strict=True):  # independent noise in each colour
            plane += specks[shift : shift + shape[0], shift : shift + shape[1]]
    surface *= 255
    surface += 0.5
    return Image.merge("RGB", [Image.fromarray(plane.astype(np.uint8)) for plane in surface.clip(0, 255, out=surface)])


def recompress(picture: Image.Image, quality: int) -> Image.Image:
    """Returns the picture after saving it as JPEG."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    file.seek(0)
    with Image.open(file) as again:
        again.load()
        return again
