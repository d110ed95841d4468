"""Draws digits by code, in shapes of everyday handwriting that MNIST hardly has.

MNIST was written in the USA. Elsewhere a 1 has a flag and perhaps a foot, a 7 has a bar, a 4 stays open or is one
angular line, and a 9 ends in a curl. With a mouse, people do not lift the pen. A network that never saw these takes a
flagged 1 for a 7. Here they are strokes: a few points per digit, moved at random, joined straight or by a curve, drawn
with a pen of random width.

The flag separates a flagged 1 from a 7. The flag of a 1 falls 34–65° below the horizontal, and a flatter one is
shorter; or it begins level far below the top and rises with an elbow. The top of a 7 is nearly level (at most 15°) and
long. Shapes between the two are ambiguous for people as well. They are not drawn, except for a wide 1 with its flag.
"""

import numpy as np
import torch

from digits.imaging.preprocessing import DIGIT_SIDE_PX, IMAGE_SIDE_PX

POINTS_PER_DIGIT = 48
RENDER_BATCH = 8  # digits rendered together: more do not fit into the cache

Strokes = list[list[tuple[float, float]]]

# Points x,y in a box of about 100×100, x to the right and y down; | lifts the pen.
SHAPES = {
    0: [
        "50,0 15,15 0,50 20,90 50,100 80,85 95,50 80,10 48,0",
        "60,2 20,10 0,50 20,95 60,95 90,60 85,15 45,5",
    ],
    2: [
        "5,25 30,0 75,5 85,30 55,65 5,100 50,98 100,97",
        "0,20 40,0 80,20 60,60 10,95 5,80 35,85 95,100",
    ],
    3: [
        "10,10 50,0 85,20 40,47 90,70 60,97 5,90",
        "10,3 85,0 40,40 85,60 75,95 5,95",
    ],
    4: [
        "20,0 10,35 5,60 50,60 95,57  |  70,15 65,60 62,100",
        "65,0 30,35 0,68 50,68 100,67  |  65,0 65,50 65,100",
        "75,100 75,50 75,0 35,35 0,66 50,66 100,66",
        "10,0 8,25 12,50 50,52 80,48  |  80,0 80,50 78,100",
        "60,0 35,35 0,75 50,76 95,73  |  65,40 62,70 58,100",
        "50,0 30,30 10,62 50,64 90,60  |  85,25 70,60 60,100",
        "55,0 30,35 2,78 45,80 85,72  |  68,45 62,75 55,100",
        "45,0 25,40 5,75 40,78 75,66  |  75,40 65,70 58,95",
    ],
    5: [
        "20,0 15,40 55,37 90,65 65,97 5,93  |  20,0 50,0 90,0",
        "90,0 55,0 20,2 12,42 55,40 90,68 60,98 5,90",
    ],
    6: [
        "75,0 30,25 5,65 30,100 75,90 80,60 45,52 8,75",
        "50,0 15,40 10,80 50,100 85,80 50,58 15,72",
    ],
    8: [
        "75,12 40,0 15,20 45,45 85,72 50,100 12,78 50,47 80,25 70,8",
        "50,45 15,20 50,0 85,20 50,45 10,75 50,100 90,75 52,46",
    ],
    9: [
        "85,20 50,0 10,20 25,48 70,42 86,15 80,60 70,100",
        "85,20 50,0 10,22 30,50 75,40 88,20 85,70 60,100 20,97 8,82",
        "80,10 35,2 10,30 40,50 80,35 85,5 85,50 85,100",
        "85,8 40,0 10,20 30,45 80,40  |  87,5 85,50 70,100",
        "90,10 45,0 5,22 35,45 85,30 90,12 85,60 55,95 10,90",
    ],
}
# Weights of the digits: those whose shapes MNIST lacks are drawn most often.
DIGIT_WEIGHTS = np.array([0.5, 2.6, 0.7, 0.9, 2.2, 0.9, 0.5, 3.0, 0.7, 1.8])


def draw_digits(count: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Draws random digits; returns (count, 28, 28) uint8, ink bright, and (count,) int64 labels.

    Size and place are as in MNIST: 20 pixels tall or wide, the centre of mass in the middle.
    """
    labels = rng.choice(10, count, p=DIGIT_WEIGHTS / DIGIT_WEIGHTS.sum())
    lines, ink = zip(*(_draw_line(int(label), rng) for label in labels), strict=True)
    # A thick pen keeps a 1 readable; other digits would fill up.
    pens = rng.uniform(0.9, np.where((labels == 1) & (rng.random(count) < 0.3), 7, 3.8))
    parts = (torch.from_numpy(np.asarray(part)).float().split(RENDER_BATCH) for part in (lines, ink, pens))
    return torch.cat([_render(*part) for part in zip(*parts, strict=True)]), torch.from_numpy(labels)


def _draw_line(digit: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns one digit as points (POINTS_PER_DIGIT, 2), and the mask of the segments that are drawn."""
    strokes = {1: _draw_one, 7: _draw_seven}[digit](rng) if digit in (1, 7) else _pick_shape(digit, rng)
    join = resample if digit in (1, 4, 7) and rng.random() < 0.7 else spline
    jitter = rng.uniform(0.005, 0.04)
    knots = [np.array(stroke) + rng.normal(0, jitter, (len(stroke), 2)) for stroke in strokes]
    closes = digit == 5 and len(strokes) > 1  # a 5 whose bar is joined would close into a 6
    crude = rng.random() < (0.5 if len(strokes) > 1 else 0.25)
    if crude and not closes:  # fast writing: few points, the pen is never lifted
        line = np.concatenate([join(stroke, POINTS_PER_DIGIT // len(knots)) for stroke in knots])
        line = spline(resample(line, int(rng.integers(7, 12))), POINTS_PER_DIGIT)
        ink = np.ones(POINTS_PER_DIGIT - 1, bool)
    else:
        each = POINTS_PER_DIGIT // len(knots)
        counts = [each] * (len(knots) - 1) + [POINTS_PER_DIGIT - each * (len(knots) - 1)]
        line = np.concatenate([join(stroke, count) for stroke, count in zip(knots, counts, strict=True)])
        ink = np.ones(POINTS_PER_DIGIT - 1, bool)
        ink[np.cumsum(counts[:-1], dtype=int) - 1] = False
    # The angle separates a 1 from a 7, so both are slanted less.
    slant, wide = (-0.1, 0.25), (0.8, 1.1)
    if digit not in (1, 7):
        slant, wide = (-0.25, 0.4), (0.45, 1.0)
    if digit == 1 and len(strokes) == 1 and rng.random() < 0.2:
        wide = (1.1, 2.2)  # a short, wide 1
    x = rng.uniform(*wide) * line[:, 0] - rng.uniform(*slant) * (line[:, 1] - 0.5)
    return np.stack([x, line[:, 1]], axis=1), ink


def _pick_shape(digit: int, rng: np.random.Generator) -> Strokes:
    """Returns a random shape of the table."""
    text = SHAPES[digit][rng.integers(len(SHAPES[digit]))]
    return [
        [(int(x) / 100, int(y) / 100) for x, y in (point.split(",") for point in stroke.split())]
        for stroke in text.split("|")
    ]


def _draw_one(rng: np.random.Generator) -> Strokes:
    """Returns a stem, mostly with a flag, a foot or both."""
    lean = rng.uniform(-0.05, 0.12)
    top, bottom = (lean, 0.0), (-lean, 1.0)
    stem = [top, bottom]
    kind = rng.random()
    if kind > 0.3:
        degrees = rng.uniform(34, 65)
        angle, length = np.radians(degrees), rng.uniform(0.15, 0.6 if degrees > 40 else 0.4)
        stem.insert(0, (top[0] - length * np.cos(angle), length * np.sin(angle)))
    elif kind > 0.12:  # a flag with an elbow: it begins level, half-way down, and rises steeply
        drop, reach = rng.uniform(0.22, 0.5), rng.uniform(0.2, 0.4)
        elbow = (top[0] - rng.uniform(0.2, 0.5) * reach, drop - rng.uniform(0, 0.1))
        stem[:0] = [(top[0] - reach, drop + rng.uniform(-0.05, 0.05)), elbow]
    if rng.random() < 0.55:
        return [stem]
    left, right = rng.uniform(0.15, 0.35, 2)
    return [stem, [(bottom[0] - left, 1 + rng.uniform(-0.03, 0.03)), (bottom[0] + right, 1.0)]]


def _draw_seven(rng: np.random.Generator) -> Strokes:
    """Returns a level top and a slanted stem, mostly with a bar, sometimes with a serif."""
    wide, drop = rng.uniform(0.5, 0.8), rng.uniform(-0.06, 0.12)
    corner, foot = (wide, 0.0), (wide * rng.uniform(0.1, 0.55), 1.0)
    middle = ((corner[0] + foot[0]) / 2 + rng.uniform(-0.06, 0.02), 0.5)
    body = [(0.0, drop), corner, middle, foot]
    if rng.random() < 0.25:
        body.insert(0, (rng.uniform(-0.05, 0.05), drop + rng.uniform(0.08, 0.2)))
    if rng.random() < 0.25:
        return [body]
    height, tilt = rng.uniform(0.38, 0.62), rng.uniform(-0.08, 0.08)
    centre = corner[0] + (foot[0] - corner[0]) * height
    left, right = rng.uniform(0.12, 0.35, 2)
    return [body, [(centre - left, height + tilt), (centre + right, height - tilt)]]


def resample(points: np.ndarray, count: int) -> np.ndarray:
    """Returns `count` points at equal distances along a polyline."""
    far = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    where = np.linspace(0, far[-1], count)
    return np.stack([np.interp(where, far, points[:, axis]) for axis in (0, 1)], axis=1)


def spline(knots: np.ndarray, count: int) -> np.ndarray:
    """Returns `count` points (count, 2) on the Catmull-Rom spline through the knots (K, 2)."""
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    where = np.linspace(0, len(knots) - 1, count)
    piece = np.minimum(where.astype(int), len(knots) - 2)
    t = (where - piece)[:, None]
    a, b, c, d = (padded[piece + index] for index in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _render(lines: torch.Tensor, ink: torch.Tensor, pens: torch.Tensor) -> torch.Tensor:
    """Renders lines (N, P, 2) as (N, 28, 28) uint8: bright within half the pen width of a drawn segment."""
    low, high = lines.amin(dim=1, keepdim=True), lines.amax(dim=1, keepdim=True)
    lines = (lines - low) / (high - low).amax(dim=2, keepdim=True) * (DIGIT_SIDE_PX - pens)[:, None, None]
    along = lines[:, 1:] - lines[:, :-1]
    weight = (ink * along.norm(dim=2))[..., None]
    centre = ((lines[:, 1:] + lines[:, :-1]) / 2 * weight).sum(dim=1) / weight.sum(dim=1)
    starts = (lines - centre[:, None] + (IMAGE_SIDE_PX - 1) / 2)[:, :-1]
    axis = torch.arange(IMAGE_SIDE_PX, dtype=torch.float32)
    pixels = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).reshape(1, -1, 2)
    # Squared distance from the start of each segment to each pixel, and its component along the segment. The nearest
    # point is the projection, clamped to the ends of the segment.
    square = (pixels**2).sum(2)[..., None] + (starts**2).sum(2)[:, None] - 2 * pixels @ starts.mT
    along_it = pixels @ along.mT - (starts * along).sum(2)[:, None]
    length = (along**2).sum(2).clamp(min=1e-9)[:, None]
    foot = (along_it / length).clamp_(0, 1)
    square -= foot * (2 * along_it - foot * length)
    distance = square.masked_fill_(ink[:, None] == 0, IMAGE_SIDE_PX**2).amin(dim=2).clamp(min=0).sqrt()
    picture = (pens[:, None] / 2 - distance + 0.5).clamp(0, 1)
    picture = picture / picture.amax(dim=1, keepdim=True)
    return (picture * 255).round().byte().reshape(-1, IMAGE_SIDE_PX, IMAGE_SIDE_PX)
