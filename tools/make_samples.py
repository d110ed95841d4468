"""Makes the pictures in samples/: digits drawn by code, each with one difficulty.

The strokes are control points on a unit square (x to the right, y down), joined by Catmull-Rom curves.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

ROOT = Path(__file__).resolve().parents[1]
SIDE, FINE = 280, 4  # pixels; factor by which strokes are drawn larger, then reduced

STROKES: dict[int, list[list[tuple[float, float]]]] = {
    0: [[(0.5, 0.02), (0.22, 0.25), (0.2, 0.7), (0.48, 0.98), (0.77, 0.74), (0.78, 0.28), (0.52, 0.02)]],
    1: [[(0.54, 0.02), (0.5, 0.5), (0.47, 0.98)]],
    2: [[(0.22, 0.25), (0.42, 0.03), (0.72, 0.14), (0.68, 0.44), (0.4, 0.76), (0.2, 0.95)],
        [(0.2, 0.95), (0.82, 0.93)]],
    3: [[(0.25, 0.1), (0.52, 0.02), (0.74, 0.2), (0.62, 0.42), (0.44, 0.48)],
        [(0.44, 0.48), (0.72, 0.56), (0.76, 0.8), (0.5, 0.98), (0.22, 0.88)]],
    4: [[(0.34, 0.02), (0.24, 0.4), (0.2, 0.6)], [(0.2, 0.6), (0.84, 0.56)], [(0.66, 0.1), (0.62, 0.55), (0.6, 0.98)]],
    5: [[(0.74, 0.05), (0.34, 0.06)], [(0.34, 0.06), (0.29, 0.44)],
        [(0.29, 0.44), (0.56, 0.4), (0.76, 0.6), (0.68, 0.88), (0.42, 0.98), (0.22, 0.88)]],
    6: [[(0.66, 0.03), (0.38, 0.28), (0.25, 0.64), (0.36, 0.94), (0.62, 0.94), (0.72, 0.7), (0.55, 0.54), (0.3, 0.66)]],
    7: [[(0.18, 0.08), (0.5, 0.07), (0.82, 0.05)], [(0.82, 0.05), (0.58, 0.5), (0.42, 0.98)]],
    8: [[(0.66, 0.14), (0.42, 0.03), (0.27, 0.2), (0.46, 0.44), (0.72, 0.66), (0.66, 0.94), (0.38, 0.97), (0.26, 0.76),
         (0.48, 0.48), (0.7, 0.26), (0.62, 0.1)]],
    9: [[(0.72, 0.2), (0.5, 0.03), (0.27, 0.2), (0.36, 0.46), (0.6, 0.44), (0.72, 0.2)],
        [(0.72, 0.2), (0.68, 0.6), (0.58, 0.98)]],
}  # fmt: skip


def curve(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Returns a smooth line through the points (uniform Catmull-Rom spline), 16 steps to each."""
    knots = np.array([points[0], *points, points[-1]])
    line = []
    for before, here, there, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        for t in np.linspace(0, 1, 16):
            line.append(
                0.5 * (2 * here + (there - before) * t + (2 * before - 5 * here + 4 * there - after) * t**2
                       + (3 * here - before - 3 * there + after) * t**3)
            )  # fmt: skip
    return [tuple(point) for point in line]


def ink(digit: int, left: float, top: float, size: float, pen: float, canvas: tuple[int, int] = (SIDE, SIDE)) -> Image:
    """Draws a digit as a grey mask, 255 = ink; place, size and pen width in pixels."""
    mask = Image.new("L", (canvas[0] * FINE, canvas[1] * FINE))
    draw = ImageDraw.Draw(mask)
    radius = pen * FINE / 2
    for stroke in STROKES[digit]:
        line = [((left + x * size) * FINE, (top + y * size) * FINE) for x, y in curve(stroke)]
        draw.line(line, fill=255, width=round(2 * radius), joint="curve")
        for x, y in (line[0], line[-1]):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask.resize(canvas, Image.Resampling.BOX)


def paint(mask: Image.Image, pen: str, paper: Image.Image | str) -> Image.Image:
    """Paints ink of a colour on paper."""
    sheet = Image.new("RGB", mask.size, paper) if isinstance(paper, str) else paper.copy()
    sheet.paste(Image.new("RGB", mask.size, pen), mask=mask)
    return sheet


def shaded_paper(width: int, height: int, seed: int) -> Image.Image:
    """Returns warm paper with a lamp at one corner and a camera's grain."""
    rows, columns = np.mgrid[0:height, 0:width]
    light = 0.97 - 0.45 * np.hypot(rows / height, columns / width) / np.sqrt(2)
    grain = np.random.default_rng(seed).normal(0, 0.012, (height, width, 1))
    colour = np.array([1.0, 0.97, 0.88])
    return Image.fromarray(((light[..., None] * colour + grain).clip(0, 1) * 255).astype(np.uint8))


def main() -> None:
    """Write all samples; each name begins with its digit."""
    folder = ROOT / "samples"
    folder.mkdir(exist_ok=True)
    paint(ink(3, 50, 40, 190, 20), "black", "white").save(folder / "3_drawn.png")
    paint(ink(5, 50, 40, 190, 20), "white", "black").save(folder / "5_inverted.png")
    paint(ink(7, 190, 12, 70, 7), "black", "white").save(folder / "7_off_centre.png")
    paint(ink(2, 50, 40, 190, 18), "#1d4fa3", "#fdf6e3").save(folder / "2_blue_ink.png")
    paint(ink(4, 50, 40, 190, 18), "#f2f0e6", "#2d4a3e").save(folder / "4_chalk.webp")
    paint(ink(8, 150, 120, 260, 16, (640, 480)), "#2b2b33", shaded_paper(640, 480, 8)).save(
        folder / "8_lamp.jpg", quality=88
    )
    paint(ink(9, 60, 30, 200, 3), "black", "white").save(folder / "9_thin_pen.gif")
    clear = Image.new("RGBA", (SIDE, SIDE))
    clear.putalpha(ink(0, 50, 40, 190, 22))
    clear.save(folder / "0_transparent.png")
    sideways = paint(ink(6, 90, 60, 230, 16, (400, 360)), "#333333", "#f4f1ea")
    exif = Image.Exif()
    exif[0x0112] = 6  # EXIF orientation: rotate 90° clockwise to display
    sideways.transpose(Image.Transpose.ROTATE_90).save(folder / "6_sideways_phone.jpg", quality=90, exif=exif)
    ImageOps.invert(ink(1, 60, 40, 190, 20)).save(folder / "1_drawn.bmp")


if __name__ == "__main__":
    main()
