"""Measures a network on moved and rotated test digits, on rare forms, and on other collections.

    python benchmarks/handwriting.py
    python benchmarks/handwriting.py --others FOLDER

Every image takes the path of a drawing on the page: a 280×280 canvas as PNG, then the classifier. The rare forms are
drawn here by code of their own, with other curves, pens and proportions than `digits/synthesis/digit_shapes.py`, which
serves training. FOLDER may hold `usps_train.npz` and `optdigits_train.npz` (arrays `images` and `labels`) and
`pendigits_train.json` (pen paths of the UCI collection). They do not come with this project and are not trained on.
They served as a validation set when the recipe was chosen.
"""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import mnist
from digits.recognition.classifier import DigitClassifier
from digits.synthesis.digit_shapes import spline

SIDE = 280
Rng = np.random.Generator
Point = tuple[float, float]


def png(ink: Image.Image) -> bytes:
    """Encodes ink (mode L, bright) as dark ink on white paper, as a canvas is sent."""
    body = io.BytesIO()
    Image.eval(ink, lambda level: 255 - level).save(body, "PNG", compress_level=1)
    return body.getvalue()


# --- test digits, moved about -----------------------------------------------------------------------------------------


def moved(image: np.ndarray, across: float = 0, down: float = 0, turn: float = 0, scale: float = 1) -> Image.Image:
    """Draws a test digit, enlarged five times, on the canvas; shifts are pixels of the 28×28."""
    size = round(140 * scale)
    digit = Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC)
    canvas = Image.new("L", (SIDE, SIDE))
    canvas.paste(digit, (round((SIDE - size) / 2 + 5 * across), round((SIDE - size) / 2 + 5 * down)))
    return canvas.rotate(turn, Image.Resampling.BICUBIC) if turn else canvas


# --- rare forms, drawn by other code than in training -----------------------------------------------------------------


def bent(start: Point, end: Point, bend: float) -> list[Point]:
    """Returns a quadratic Bézier curve whose middle is shifted aside by `bend` of its length."""
    (x0, y0), (x1, y1) = start, end
    middle = ((x0 + x1) / 2 - bend * (y1 - y0), (y0 + y1) / 2 + bend * (x1 - x0))
    t = np.linspace(0, 1, 20)[:, None]
    points = (1 - t) ** 2 * np.array(start) + 2 * t * (1 - t) * np.array(middle) + t**2 * np.array(end)
    return [tuple(point) for point in points]


def hooked_one(rng: Rng) -> list[list[Point]]:
    lean, length, below = rng.uniform(-0.05, 0.3), rng.uniform(0.2, 0.45), np.radians(rng.uniform(35, 60))
    top, foot = (lean, 0.0), (0.0, 1.0)
    tip = (lean - length * np.cos(below), length * np.sin(below))
    return [bent(tip, top, rng.uniform(-0.12, 0.12)) + bent(top, foot, rng.uniform(-0.05, 0.05))]


def footed_one(rng: Rng) -> list[list[Point]]:
    strokes = hooked_one(rng) if rng.random() < 0.7 else [bent((0.05, 0), (0, 1), rng.uniform(-0.04, 0.04))]
    tilt = rng.uniform(-0.04, 0.04)
    return [*strokes, bent((-rng.uniform(0.15, 0.32), 1 + tilt), (rng.uniform(0.15, 0.32), 1 - tilt), 0.03)]


def crossed_seven(rng: Rng) -> list[list[Point]]:
    wide, foot = rng.uniform(0.45, 0.75), rng.uniform(0.05, 0.35)
    head = bent((0, rng.uniform(-0.05, 0.08)), (wide, 0), rng.uniform(-0.1, 0.1))
    stem = bent((wide, 0), (foot, 1), rng.uniform(-0.1, 0.1))
    height = rng.uniform(0.4, 0.6)
    middle = wide + (foot - wide) * height
    reach, tilt = rng.uniform(0.15, 0.3), rng.uniform(-0.06, 0.06)
    return [head + stem, bent((middle - reach, height + tilt), (middle + reach, height - tilt), 0.02)]


def open_four(rng: Rng) -> list[list[Point]]:
    bar, wide = rng.uniform(0.45, 0.65), rng.uniform(0.5, 0.75)
    left = bent((rng.uniform(0.05, 0.25), 0), (0, bar), rng.uniform(-0.08, 0.08))
    across = bent((0, bar), (wide + rng.uniform(0.1, 0.25), bar + rng.uniform(-0.05, 0.05)), rng.uniform(-0.06, 0.06))
    return [
        left + across,
        bent((wide, rng.uniform(0, 0.2)), (wide - rng.uniform(0, 0.15), 1), rng.uniform(-0.05, 0.05)),
    ]


def drawn(strokes: list[list[Point]], rng: Rng) -> Image.Image:
    """Draws strokes of a 1×1 box at a random place and size, with a random pen and some jitter."""
    tall, pen = rng.uniform(90, 230), rng.uniform(6, 22)
    points = np.array([point for stroke in strokes for point in stroke]) * tall
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(SIDE - (high - low) - pen - 4, 0)
    move = rng.uniform(0, 1, 2) * room + pen / 2 + 2 - low
    return pen_on_canvas(
        [np.array(stroke) * tall + move + rng.normal(0, 0.4, (len(stroke), 2)) for stroke in strokes], pen
    )


def pen_on_canvas(strokes: list[np.ndarray], pen: float) -> Image.Image:
    """Draws lines with round ends and joints, at twice their size for smoothing."""
    canvas = Image.new("L", (2 * SIDE, 2 * SIDE))
    brush = ImageDraw.Draw(canvas)
    for stroke in strokes:
        points = [(2 * x, 2 * y) for x, y in stroke]
        brush.line(points, fill=255, width=round(2 * pen))
        for x, y in points:
            brush.ellipse((x - pen, y - pen, x + pen, y + pen), fill=255)
    return canvas.resize((SIDE, SIDE), Image.Resampling.BOX)


FORMS: dict[str, tuple[int, Callable[[Rng], list[list[Point]]]]] = {
    "hooked 1": (1, hooked_one),
    "footed 1": (1, footed_one),
    "crossed 7": (7, crossed_seven),
    "open 4": (4, open_four),
}

LIKE_FORMS = 1, 4, 7, 9

# --- other collections ------------------------------------------------------------------------------------------------


def collection(path: Path, resampling: Image.Resampling) -> Iterator[tuple[Image.Image, int]]:
    """Yields small images, ink bright, enlarged to 200×200 in the middle of the canvas."""
    with np.load(path) as arrays:
        for image, label in zip(arrays["images"], arrays["labels"], strict=True):
            canvas = Image.new("L", (SIDE, SIDE))
            canvas.paste(Image.fromarray(image).resize((200, 200), resampling), (40, 40))
            yield canvas, int(label)


def pen_paths(path: Path, rng: Rng) -> Iterator[tuple[Image.Image, int]]:
    """Yields pen paths of a few points, smoothed, at a random place, size and pen width."""
    content = json.loads(path.read_text())
    for sample in content["samples"]:
        wide = content["suggested_w_over_h"][str(sample["label"])]
        tall, pen = rng.uniform(90, 220), rng.uniform(6, 24)
        scale = np.array([wide * tall, tall]) / content["box"]
        margin = pen / 2 + 2
        move = margin + rng.uniform(0, 1, 2) * np.maximum(SIDE - 2 * margin - scale * content["box"], 0)
        strokes = [
            spline(np.array(stroke, float), 12 * len(stroke) - 11) * scale + move for stroke in sample["strokes"]
        ]
        yield pen_on_canvas(strokes, pen), sample["label"]


# --- the table --------------------------------------------------------------------------------------------------------


def fresh() -> Rng:
    """Returns a new random generator for a row, so that no row depends on the others."""
    return np.random.default_rng(2026)


def read(classifier: DigitClassifier, name: str, pictures: Iterator[tuple[Image.Image, int]]) -> None:
    """Prints the percentages of images read right and called unsure."""
    pairs = [(classifier.predict(png(picture)), label) for picture, label in pictures]
    right = 100 * sum(reading.digit == label for reading, label in pairs) / len(pairs)
    unsure = 100 * sum(not reading.sure for reading, _ in pairs) / len(pairs)
    print(f"| {name} | {right:.2f} % | {unsure:.1f} % | {len(pairs):,} |", flush=True)


@click.command()
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth")
@click.option("--digits", "count", default=10_000, show_default=True, help="How many of the test digits to move about.")
@click.option("--others", type=click.Path(path_type=Path, exists=True), help="A folder with other collections.")
@click.option("--data", "folder", type=click.Path(path_type=Path), default=ROOT / "data")
def main(checkpoint: Path, count: int, others: Path | None, folder: Path) -> None:
    """Print the shares read right and called unsure, for each kind."""
    classifier = DigitClassifier.from_checkpoint(checkpoint)
    print(f"{checkpoint.name}: {classifier.metadata.architecture}\n")
    print("| digits | read right | unsure | n |\n|---|---|---|---|")
    if others:
        for name, resampling in (("usps", Image.Resampling.BILINEAR), ("optdigits", Image.Resampling.NEAREST)):
            if (path := others / f"{name}_train.npz").exists():
                read(classifier, name, collection(path, resampling))
        if (path := others / "pendigits_train.json").exists():
            read(classifier, "pendigits, redrawn", pen_paths(path, fresh()))
    for name, (label, form) in FORMS.items():
        rng = fresh()
        read(classifier, name, ((drawn(form(rng), rng), label) for _ in range(500)))
    rng = fresh()
    _, test = mnist.load(folder)
    ways: dict[str, Callable[[], dict[str, float]]] = {
        "test digits on the canvas": dict,
        "… shifted by up to ±8 px": lambda: {"across": rng.uniform(-8, 8), "down": rng.uniform(-8, 8)},
        "… turned by −20°": lambda: {"turn": -20},
        "… turned by +20°": lambda: {"turn": 20},
        "… turned by up to ±20°": lambda: {"turn": rng.uniform(-20, 20)},
        "… scaled by 0.5": lambda: {"scale": 0.5},
        "… scaled by 1.5": lambda: {"scale": 1.5},
    }
    pairs = list(zip(test.images[:count].numpy(), test.labels[:count].tolist(), strict=True))
    for name, way in ways.items():
        read(classifier, name, ((moved(image, **way()), label) for image, label in pairs))
    for digit in LIKE_FORMS:  # digits that the rare forms must not harm
        read(
            classifier,
            f"… not moved, the {digit}s",
            ((moved(image), label) for image, label in pairs if label == digit),
        )


if __name__ == "__main__":
    main()
