"""Paper, ink and light: what lies between a written sheet and its photo. All of it is made by code.

A surface is (3, H, W) float32: red, green and blue, 0 = black, 1 = white. A field is (H, W) float32.
"""

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Rng = np.random.Generator
Shape = tuple[int, int]  # height, width
TILE = 512  # side of the noise that is made; a page is covered by it over and over, which nobody sees
COARSE, FACETS = 96, 400  # longer side of the small fields in which light and creases are worked out


# --- noise ------------------------------------------------------------------------------------------------------------


def noise(shape: Shape, rng: Rng, size: float = 1) -> np.ndarray:
    """White noise of mean 0 and deviation 1, its grains `size` pixels wide."""
    tile = rng.standard_normal((TILE, TILE), dtype=np.float32)
    if size > 1:
        side = round(TILE * size)
        tile = np.asarray(Image.fromarray(tile).resize((side, side), Image.Resampling.BICUBIC))
        tile = tile / tile.std()
    times = [-(-wanted // have) for wanted, have in zip(shape, tile.shape, strict=True)]
    return np.tile(tile, times)[: shape[0], : shape[1]]


def clouds(shape: Shape, cells: float | tuple[float, float], rng: Rng) -> np.ndarray:
    """A smooth field of about −1…1 with so many ups and downs along its longer side, or along height and width."""
    down, across = cells if isinstance(cells, tuple) else (cells * side / max(shape) for side in shape)
    coarse = rng.uniform(-1, 1, (max(2, round(down)), max(2, round(across)))).astype(np.float32)
    return enlarged(coarse, shape)


def enlarged(field: np.ndarray, shape: Shape) -> np.ndarray:
    """A small field at a page's size."""
    return np.asarray(Image.fromarray(field.astype(np.float32)).resize(shape[::-1], Image.Resampling.BICUBIC))


def _small(shape: Shape, longer: int) -> Shape:
    """A shape of the same proportions with a longer side of at most so many pixels."""
    scale = min(1, longer / max(shape))
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))


def _axes(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """y (H, 1) and x (1, W) of each pixel from the page's middle, 1 = half its longer side."""
    half = max(shape) / 2
    y, x = ((np.arange(side, dtype=np.float32) + 0.5 - side / 2) / half for side in shape)
    return y[:, None], x[None]


# --- surfaces ---------------------------------------------------------------------------------------------------------


def paper_sheet(shape: Shape, colour: Sequence[float], field: np.ndarray | float = 1) -> np.ndarray:
    """A surface of one colour (three of 0–1), lighter and darker as the field says (1 = as it is)."""
    surface = np.empty((3, *shape), np.float32)
    for plane, level in zip(surface, colour, strict=True):
        plane[:] = np.float32(level) * field
    return surface


def lay_ink(surface: np.ndarray, cover: np.ndarray, colour: Sequence[float]) -> None:
    """Put colour onto a surface, as far as `cover` (H, W, 0–1) says, in place."""
    for plane, level in zip(surface, colour, strict=True):
        plane += cover * (np.float32(level) - plane)


def crumpled_paper(shape: Shape, rng: Rng) -> np.ndarray:
    """Paper that was crushed and smoothed again: facets that lie in the light or away from it, around 1."""
    small = _small(shape, FACETS)
    y, x = _axes(small)
    field = np.zeros(small, np.float32)
    for _ in range(int(rng.integers(10, 26))):
        angle, at, sharp = rng.uniform(0, 2 * np.pi), rng.uniform(-0.9, 0.9), rng.uniform(15, 80)
        field += rng.uniform(0.2, 1) * np.tanh(sharp * (math.cos(angle) * x + math.sin(angle) * y - at))
    return 1 + rng.uniform(0.03, 0.09) * enlarged(field / field.std(), shape)


def cloth(shape: Shape, rng: Rng) -> np.ndarray:
    """A weave of threads, a little uneven, around 1."""
    period = max(shape) * rng.uniform(0.004, 0.012)
    y, x = (np.arange(side, dtype=np.float32) for side in shape)
    wave = [np.sin(2 * np.pi / max(3.0, period) * axis) for axis in (y, x)]
    uneven = 1 + 0.3 * clouds(shape, 30, rng)
    return 1 + rng.uniform(0.03, 0.08) * (wave[0][:, None] * wave[1] * uneven + 0.4 * noise(shape, rng))


def wood(shape: Shape, rng: Rng) -> np.ndarray:
    """Grain along one side: long streaks, broad and fine, around 1."""
    along = (3, 60) if rng.random() < 0.5 else (60, 3)
    fine = tuple(4 * cells for cells in along)
    return 1 + rng.uniform(0.06, 0.14) * (clouds(shape, along, rng) + 0.6 * clouds(shape, fine, rng))


def ruled_lines(
    shape: Shape, spacing: float, width: float, turn: float, offset: float, down: bool = False
) -> np.ndarray:
    """Straight lines all over the page, level ones or (`down`) upright ones: how far they cover it, 0–1.

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
    """Light that falls off across the page from 1 to `darkest`; small, to be `enlarged`."""
    small = _small(shape, COARSE)
    y, x = _axes(small)
    angle = rng.uniform(0, 2 * np.pi)
    away = math.cos(angle) * x + math.sin(angle) * y + 0.25 * clouds(small, 3, rng)
    away = (away - away.min()) / np.ptp(away)
    return 1 - (1 - darkest) * away ** rng.uniform(0.7, 1.8)


def vignette(shape: Shape, depth: float) -> np.ndarray:
    """The dim corners of a lens; small, to be `enlarged`."""
    y, x = _axes(_small(shape, COARSE))
    return 1 - depth * (y**2 + x**2) / 1.6


def shadow(shape: Shape, depth: float, rng: Rng) -> np.ndarray:
    """The shadow of a hand or of the phone, from one side into the page; small, to be `enlarged`.

    depth: the share of the light that it takes away.
    """
    small = _small(shape, COARSE)
    corners, reach = int(rng.integers(4, 9)), rng.uniform(0.3, 0.8, 2) * COARSE
    angles = (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) * 2 * np.pi / corners
    side, middle = rng.uniform(0, 2 * np.pi), np.array(small[::-1]) / 2
    middle = middle + rng.uniform(0.5, 1.1) * middle * (math.cos(side), math.sin(side))
    away = (reach * rng.uniform(0.6, 1, (corners, 1))) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    picture = Image.new("L", small[::-1])
    ImageDraw.Draw(picture).polygon([tuple(point) for point in (middle + away).tolist()], fill=255)
    soft = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(1, 8))))
    return 1 - np.float32(depth / 255) * np.asarray(soft, np.float32)


# --- the picture ------------------------------------------------------------------------------------------------------


def photo(surface: np.ndarray, light: np.ndarray | None, grain: float, rng: Rng) -> Image.Image:
    """A surface as a camera sees it: RGB. Changes the surface.

    light: (H, W), a small one is enlarged. grain: deviation of the noise, 1 = from black to white.
    """
    shape = surface.shape[1:]
    if light is not None:
        surface *= enlarged(light, shape)
    if grain:
        specks = noise((shape[0] + 64, shape[1] + 64), rng) * np.float32(grain)
        for plane, shift in zip(surface, (0, 29, 64), strict=True):  # each colour its own noise
            plane += specks[shift : shift + shape[0], shift : shift + shape[1]]
    surface *= 255
    surface += 0.5
    return Image.merge("RGB", [Image.fromarray(plane.astype(np.uint8)) for plane in surface.clip(0, 255, out=surface)])


def recompressed(picture: Image.Image, quality: int) -> Image.Image:
    """The picture after it was kept as a JPEG."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    file.seek(0)
    with Image.open(file) as again:
        again.load()
        return again
