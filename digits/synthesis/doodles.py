"""Draws pictures that are no digit: scribbles, shapes, letters, faces, and textures.

Each kind is a function of a random generator that returns one page (H, W) float32, 0 = paper, 1 = ink. Lines are arrays
of points in 0–1, x to the right and y down.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from digits.synthesis.digit_shapes import spline
from digits.synthesis.stroke_templates import DRAWINGS, LETTERS, OBJECTS, SIGNS

PAGE_SIDE_PX = 140  # seven pixels for each of the digit's 20
STROKE_WIDTH_RANGE = 0.05, 0.16  # of the page side
THICK_STROKE_WIDTH_RANGE = 0.08, 0.32  # of the page side; small signs are drawn with the pen of digits
Rng = np.random.Generator


def draw_strokes(
    lines: Sequence[np.ndarray], rng: Rng, fill: bool = False, widths: tuple[float, float] = STROKE_WIDTH_RANGE
) -> np.ndarray:
    """Draws lines with one pen of random width, slanted a little, on a page (H, W) float32 0–1."""
    lean, wide = rng.uniform(-0.2, 0.2), rng.uniform(0.7, 1.1)
    width = round(PAGE_SIDE_PX * rng.uniform(*widths))
    picture = Image.new("L", (2 * PAGE_SIDE_PX, 2 * PAGE_SIDE_PX))
    brush = ImageDraw.Draw(picture)
    for line in lines:
        x = PAGE_SIDE_PX * (0.5 + wide * (line[:, 0] - lean * (line[:, 1] - 0.5)))
        y = PAGE_SIDE_PX * (0.5 + line[:, 1])
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        if fill:
            brush.polygon(points, fill=255)
        brush.line(points, fill=255, width=width, joint="curve")
        for end in (points[0], points[-1]):
            brush.ellipse([end[0] - width / 2, end[1] - width / 2, end[0] + width / 2, end[1] + width / 2], fill=255)
    return np.asarray(picture, np.float32) / 255


def jitter_strokes(text: str, rng: Rng, round_share: float = 0.5) -> list[np.ndarray]:
    """Parses strokes written as in `digit_shapes`; moves each knot a little, joins straight or curved."""
    rounded = rng.random() < round_share
    lines = []
    for stroke in text.split("|"):
        knots = np.array([[int(number) / 100 for number in point.split(",")] for point in stroke.split()])
        knots = knots + rng.normal(0, 0.025, knots.shape)
        lines.append(spline(knots, 12 * len(knots)) if rounded and len(knots) > 2 else knots)
    return lines


def arc(x: float, y: float, rx: float, ry: float, start: float = 0, stop: float = 360) -> np.ndarray:
    """Returns a part of an ellipse as 40 points (40, 2); angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, stop, 40))
    return np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], axis=1)


def scribble(rng: Rng) -> np.ndarray:
    """Draws a line that crosses itself many times."""
    return draw_strokes([spline(rng.random((rng.integers(10, 24), 2)), 300)], rng)


def polygon(rng: Rng) -> np.ndarray:
    """Draws triangles to octagons, filled or nested; plain ones of many corners would be zeros."""
    filled = rng.random() < 0.4
    nested = not filled and rng.random() < 0.5
    corners = int(rng.integers(3, 9 if filled or nested else 5))
    angles = (np.arange(corners) + rng.uniform(-0.35, 0.35, corners)) * 2 * np.pi / corners
    away = rng.uniform(0.25, 0.5, (corners, 1))
    knots = 0.5 + away * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    inner = [knots.mean(0) + 0.4 * (knots - knots.mean(0))] if nested else []
    return draw_strokes([np.concatenate([line, line[:1]]) for line in [knots, *inner]], rng, fill=filled)


def flower(rng: Rng) -> np.ndarray:
    """Draws a round outline with three to six lobes, sometimes with a circle in the middle."""
    angles = np.linspace(0, 2 * np.pi, 120)
    away = 0.5 * (1 + rng.uniform(0.2, 0.5) * np.cos(rng.integers(3, 7) * angles + rng.uniform(0, 6))) / 1.3
    line = 0.5 + away[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    middle = [arc(0.5, 0.5, 0.1, 0.1)] if rng.random() < 0.3 else []
    return draw_strokes([line, *middle], rng)


def tangle(rng: Rng) -> np.ndarray:
    """Draws a few unrelated strokes."""
    lines = [rng.random((int(rng.integers(2, 5)), 2)) for _ in range(rng.integers(3, 7))]
    return draw_strokes([spline(line, 40) if len(line) > 2 else line for line in lines], rng)


def zigzag(rng: Rng) -> np.ndarray:
    """Draws a line with seven corners or more, upright or level."""
    turns = int(rng.integers(7, 13))  # fewer may look like a 2 or a 3
    along, across = np.linspace(0, 1, turns), np.arange(turns) % 2 * rng.uniform(0.4, 1)
    knots = np.stack([along, across], axis=1) + rng.normal(0, 0.05, (turns, 2))
    return draw_strokes([knots if rng.random() < 0.5 else knots[:, ::-1]], rng)


def rings(rng: Rng) -> np.ndarray:
    """Draws a spiral, or circles inside or beside each other."""
    if rng.random() < 0.4:
        angles = np.linspace(0, rng.uniform(3.5, 7) * np.pi, 200)
        away = np.linspace(0.03, 0.5, 200)
        return draw_strokes([0.5 + away[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)], rng)
    circles = [arc(*rng.uniform(0.2, 0.8, 2), *rng.uniform(0.1, 0.45, 2)) for _ in range(rng.integers(3, 6))]
    return draw_strokes(circles, rng)


def lattice(rng: Rng) -> np.ndarray:
    """Draws parallel lines, or two sets of them."""
    count = int(rng.integers(3, 6))
    places = np.linspace(0, 1, count) + rng.normal(0, 0.03, count)
    lines = [np.array([[place, 0.0], [place, 1.0]]) for place in places]
    lines += [line[:, ::-1] for line in lines] if rng.random() < 0.6 else []
    turn = rng.uniform(0, np.pi)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return draw_strokes([(line - 0.5) @ rotation + 0.5 for line in lines], rng)


def composition(rng: Rng) -> np.ndarray:
    """Draws circles, arcs, corners and lines at random places."""

    def place() -> np.ndarray:
        return rng.uniform(0.1, 0.9, 2)

    def ellipse() -> np.ndarray:
        (x, y), (rx, ry) = place(), rng.uniform(0.03, 0.45, 2)
        return arc(x, y, rx, ry)

    def part_of_ellipse() -> np.ndarray:
        (x, y), (rx, ry), start = place(), rng.uniform(0.1, 0.45, 2), rng.uniform(0, 360)
        return arc(x, y, rx, ry, start, start + rng.uniform(60, 250))

    makers = (
        ellipse,
        part_of_ellipse,
        lambda: np.array([place(), place()]),
        lambda: np.array([place(), place(), place()]),
    )
    lines = [makers[rng.integers(len(makers))]() for _ in range(rng.integers(3, 5))]
    frame = rng.random()
    if frame < 0.3:
        lines.append(arc(0.5, 0.5, rng.uniform(0.35, 0.5), 0.5))
    elif frame < 0.5:
        lines.append(np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float) * rng.uniform(0.6, 1, 2))
    return draw_strokes(lines, rng)


def smiley(rng: Rng) -> np.ndarray:
    """Draws a face, happy or sad."""
    width, mouth = rng.uniform(0.4, 0.5), rng.uniform(0.15, 0.3)
    sad = rng.random() < 0.25
    smile = arc(0.5, 0.85, mouth, 0.15, 200, 340) if sad else arc(0.5, 0.55, mouth, rng.uniform(0.12, 0.28), 20, 160)
    apart = rng.uniform(0.12, 0.2)
    eyes = [arc(0.5 + side * apart, rng.uniform(0.33, 0.4), 0.015, rng.uniform(0.01, 0.06)) for side in (-1, 1)]
    return draw_strokes([arc(0.5, 0.5, width, 0.5), smile, *eyes], rng)


def star(rng: Rng) -> np.ndarray:
    """Draws a star of five to seven points."""
    points = int(rng.integers(5, 8))
    away = np.where(np.arange(2 * points) % 2, rng.uniform(0.18, 0.3), 0.5)
    angles = np.arange(2 * points) * np.pi / points - np.pi / 2 + rng.normal(0, 0.05)
    knots = 0.5 + away[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return draw_strokes([np.concatenate([knots, knots[:1]])], rng, fill=rng.random() < 0.3)


def simple_drawing(rng: Rng) -> np.ndarray:
    """Draws one of `DRAWINGS`."""
    name = list(DRAWINGS)[rng.integers(len(DRAWINGS))]
    return draw_strokes(jitter_strokes(DRAWINGS[name], rng, round_share=1.0 if name in ("heart", "at") else 0.0), rng)


def small_object(rng: Rng) -> np.ndarray:
    """Draws one of `OBJECTS`."""
    name = list(OBJECTS)[rng.integers(len(OBJECTS))]
    return draw_strokes(jitter_strokes(OBJECTS[name], rng, round_share=0.4), rng)


def arithmetic_sign(rng: Rng) -> np.ndarray:
    """Draws one of `SIGNS`; mostly a plus or a cross, which are most similar to digits."""
    name = list(SIGNS)[rng.choice(len(SIGNS), p=(0.4, 0.1, 0.1, 0.3, 0.1))]
    strokes = jitter_strokes(SIGNS[name], rng, round_share=0.0)
    middle = strokes[-1].mean(axis=0)
    strokes[-1] = (strokes[-1] - middle) * rng.uniform(0.7, 1.3) + middle + rng.normal(0, 0.06, 2)
    return draw_strokes(strokes, rng, widths=THICK_STROKE_WIDTH_RANGE)


def dented_outline(rng: Rng) -> np.ndarray:
    """Draws a closed round outline with one deep dent, as of an apple or a bean."""
    angles = np.linspace(-np.pi, np.pi, 160)
    away = 1 - rng.uniform(0.4, 0.75) * np.exp(-((angles / rng.uniform(0.2, 0.5)) ** 2))
    turn = rng.uniform(0, 2 * np.pi)
    line = away[:, None] * np.stack([np.cos(angles + turn), rng.uniform(0.8, 1.2) * np.sin(angles + turn)], axis=1)
    low, high = line.min(axis=0), line.max(axis=0)
    return draw_strokes([(line - low) / (high - low).max()], rng)


def open_arc(rng: Rng) -> np.ndarray:
    """Draws half of a round line or more, as in C and U, open to any side."""
    start, tall = rng.uniform(0, 360), rng.uniform(0.35, 0.5)
    return draw_strokes([arc(0.5, 0.5, rng.uniform(0.25, 0.5), tall, start, start + rng.uniform(180, 300))], rng)


# Letters, printed and handwritten, without those that look like a digit: B D G I J L O Q S Y Z a b g i l o q s z …

CAPITALS, SMALL = "AEFHKMNRWX", "efhkmnrwx"


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    import matplotlib

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", PAGE_SIDE_PX)


def printed_letters(letters: Sequence[str], fonts: Sequence[str]) -> Callable[[Rng], np.ndarray]:
    """Returns a kind: one of these letters in one of matplotlib's fonts, rotated by up to 15°."""

    def make(rng: Rng) -> np.ndarray:
        picture = Image.new("L", (3 * PAGE_SIDE_PX, 3 * PAGE_SIDE_PX))
        letter, font = letters[int(rng.integers(len(letters)))], _font(fonts[int(rng.integers(len(fonts)))])
        ImageDraw.Draw(picture).text((1.5 * PAGE_SIDE_PX, 1.5 * PAGE_SIDE_PX), letter, fill=255, font=font, anchor="mm")
        turned = picture.rotate(rng.uniform(-15, 15), Image.Resampling.BILINEAR)
        return np.asarray(turned, np.float32) / 255

    return make


def handwritten_letters(letters: Sequence[str]) -> Callable[[Rng], np.ndarray]:
    """Returns a kind: one of `LETTERS`, handwritten."""

    def make(rng: Rng) -> np.ndarray:
        return draw_strokes(jitter_strokes(LETTERS[letters[int(rng.integers(len(letters)))]], rng), rng)

    return make


# Textures without strokes.


def soft_blobs(rng: Rng) -> np.ndarray:
    """Draws soft or hard spots without order."""
    noise = Image.fromarray(rng.integers(0, 256, (56, 56), dtype=np.uint8))
    field = np.asarray(noise.filter(ImageFilter.GaussianBlur(rng.uniform(1, 5))), np.float32)
    level = np.quantile(field, rng.uniform(0.5, 0.85))
    return np.clip((field - level) / max(field.max() - level, 1) * rng.uniform(1, 8), 0, 1)


def pixel_noise(rng: Rng) -> np.ndarray:
    """Draws independent noise in each pixel, dense or sparse."""
    side = int(rng.integers(10, 29))
    return (rng.random((side, side)) * (rng.random((side, side)) < rng.uniform(0.1, 1))).astype(np.float32)


def stripes(rng: Rng) -> np.ndarray:
    """Draws waves of light and dark."""
    y, x = np.mgrid[:28, :28] / 28
    angle, waves = rng.uniform(0, np.pi), rng.uniform(2, 6)
    wave = np.sin(2 * np.pi * waves * (np.cos(angle) * x + np.sin(angle) * y) + rng.uniform(0, 6))
    return np.clip(wave * rng.uniform(1, 4), 0, 1).astype(np.float32)
