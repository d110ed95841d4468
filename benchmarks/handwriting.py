"""Measures the accuracy on digits outside of the test set: moved, rare, or of other collections.

    python benchmarks/handwriting.py
    python benchmarks/handwriting.py --others FOLDER

Every picture is a canvas of 280×280 as PNG, as the web page sends drawings, and goes through `DigitClassifier`. Shapes
that are rare in MNIST (a 1 with a foot, a crossed 7) are drawn by code of this file, with other curves, pens and
proportions than the training data of `digits/synthesis/digit_shapes.py`. FOLDER may contain `usps_train.npz` and
`optdigits_train.npz` (arrays `images` and `labels`) and `pendigits_train.json` (pen paths of the UCI collection). No
network is trained on them and the project does not ship them. They served as validation sets for the recipe.
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

CANVAS_SIDE_PX = 280
Rng = np.random.Generator
Point = tuple[float, float]


def png(ink: Image.Image) -> bytes:
    """Encodes ink (mode L, bright) as dark ink on white paper, as the web page does."""
    body = io.BytesIO()
    Image.eval(ink, lambda level: 255 - level).save(body, "PNG", compress_level=1)
    return body.getvalue()


# --- test digits, moved about -----------------------------------------------------------------------------------------


def moved(image: np.ndarray, across: float = 0, down: float = 0, turn: float = 0, scale: float = 1) -> Image.Image:
    """Returns a test digit, enlarged five times, on the canvas; shifts are in pixels of the 28×28."""
    size = round(140 * scale)
    digit = Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC)
    canvas = Image.new("L", (CANVAS_SIDE_PX, CANVAS_SIDE_PX))
    canvas.paste(
        digit, (round((CANVAS_SIDE_PX - size) / 2 + 5 * across), round((CANVAS_SIDE_PX - size) / 2 + 5 * down))
    )
    return canvas.rotate(turn, Image.Resampling.BICUBIC) if turn else canvas


# --- shapes, drawn by other code than the training data ---------------------------------------------------------------


def bent(start: Point, end: Point, bend: float) -> list[Point]:
    """Returns points of a quadratic Bézier curve whose middle is moved sideways by `bend` of its length."""
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
    """Draws strokes of a 1×1 box at a random place and size, with a random pen and a little jitter."""
    tall, pen = rng.uniform(90, 230), rng.uniform(6, 22)
    points = np.array([point for stroke in strokes for point in stroke]) * tall
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(CANVAS_SIDE_PX - (high - low) - pen - 4, 0)
    move = rng.uniform(0, 1, 2) * room + pen / 2 + 2 - low
    return pen_on_canvas(
        [np.array(stroke) * tall + move + rng.normal(0, 0.4, (len(stroke), 2)) for stroke in strokes], pen
    )


def pen_on_canvas(strokes: list[np.ndarray], pen: float) -> Image.Image:
    """Draws lines with round ends and joints, at twice the size for smooth edges."""
    canvas = Image.new("L", (2 * CANVAS_SIDE_PX, 2 * CANVAS_SIDE_PX))
    brush = ImageDraw.Draw(canvas)
    for stroke in strokes:
        points = [(2 * x, 2 * y) for x, y in stroke]
        brush.line(points, fill=255, width=round(2 * pen))
        for x, y in points:
            brush.ellipse((x - pen, y - pen, x + pen, y + pen), fill=255)
    return canvas.resize((CANVAS_SIDE_PX, CANVAS_SIDE_PX), Image.Resampling.BOX)


SHAPES: dict[str, tuple[int, Callable[[Rng], list[list[Point]]]]] = {
    "hooked 1": (1, hooked_one),
    "footed 1": (1, footed_one),
    "crossed 7": (7, crossed_seven),
    "open 4": (4, open_four),
}

SIMILAR_DIGITS = 1, 4, 7, 9

# --- other collections ------------------------------------------------------------------------------------------------


def collection(path: Path, resampling: Image.Resampling) -> Iterator[tuple[Image.Image, int]]:
    """Yields small pictures, ink bright, enlarged to 200×200 in the middle of the canvas, and labels."""
    with np.load(path) as arrays:
        for image, label in zip(arrays["images"], arrays["labels"], strict=True):
            canvas = Image.new("L", (CANVAS_SIDE_PX, CANVAS_SIDE_PX))
            canvas.paste(Image.fromarray(image).resize((200, 200), resampling), (40, 40))
            yield canvas, int(label)


def pen_paths(path: Path, rng: Rng) -> Iterator[tuple[Image.Image, int]]:
    """Yields smoothed pen paths at a random place, size and pen width, and labels."""
    content = json.loads(path.read_text())
    for sample in content["samples"]:
        wide = content["suggested_w_over_h"][str(sample["label"])]
        tall, pen = rng.uniform(90, 220), rng.uniform(6, 24)
        scale = np.array([wide * tall, tall]) / content["box"]
        margin = pen / 2 + 2
        move = margin + rng.uniform(0, 1, 2) * np.maximum(CANVAS_SIDE_PX - 2 * margin - scale * content["box"], 0)
        strokes = [
            spline(np.array(stroke, float), 12 * len(stroke) - 11) * scale + move for stroke in sample["strokes"]
        ]
        yield pen_on_canvas(strokes, pen), sample["label"]


# --- the table --------------------------------------------------------------------------------------------------------


def new_rng() -> Rng:
    """Returns the same random state for each row, so that rows are independent."""
    return np.random.default_rng(2026)


def read(classifier: DigitClassifier, name: str, pictures: Iterator[tuple[Image.Image, int]]) -> None:
    """Prints the percentages of right and of unsure predictions."""
    pairs = [(classifier.predict(png(picture)), label) for picture, label in pictures]
    right = 100 * sum(prediction.digit == label for prediction, label in pairs) / len(pairs)
    unsure = 100 * sum(not prediction.sure for prediction, _ in pairs) / len(pairs)
    print(f"| {name} | {right:.2f} % | {unsure:.1f} % | {len(pairs):,} |", flush=True)


@click.command()
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth")
@click.option("--digits", "count", default=10_000, show_default=True, help="Number of test digits to move.")
@click.option("--others", type=click.Path(path_type=Path, exists=True), help="Folder with other collections.")
@click.option("--data", "folder", type=click.Path(path_type=Path), default=ROOT / "data")
def main(checkpoint: Path, count: int, others: Path | None, folder: Path) -> None:
    """Print the shares of right and of unsure predictions for each kind of digits."""
    classifier = DigitClassifier.from_checkpoint(checkpoint)
    print(f"{checkpoint.name}: {classifier.metadata.architecture}\n")
    print("| digits | right | unsure | n |\n|---|---|---|---|")
    if others:
        for name, resampling in (("usps", Image.Resampling.BILINEAR), ("optdigits", Image.Resampling.NEAREST)):
            if (path := others / f"{name}_train.npz").exists():
                read(classifier, name, collection(path, resampling))
        if (path := others / "pendigits_train.json").exists():
            read(classifier, "pendigits, redrawn", pen_paths(path, new_rng()))
    for name, (label, draw) in SHAPES.items():
        rng = new_rng()
        read(classifier, name, ((drawn(draw(rng), rng), label) for _ in range(500)))
    rng = new_rng()
    _, test = mnist.load(folder)
    transforms: dict[str, Callable[[], dict[str, float]]] = {
        "test digits on the canvas": dict,
        "… shifted by up to ±8 px": lambda: {"across": rng.uniform(-8, 8), "down": rng.uniform(-8, 8)},
        "… turned by −20°": lambda: {"turn": -20},
        "… turned by +20°": lambda: {"turn": 20},
        "… turned by up to ±20°": lambda: {"turn": rng.uniform(-20, 20)},
        "… scaled by 0.5": lambda: {"scale": 0.5},
        "… scaled by 1.5": lambda: {"scale": 1.5},
    }
    pairs = list(zip(test.images[:count].numpy(), test.labels[:count].tolist(), strict=True))
    for name, draw_parameters in transforms.items():
        read(classifier, name, ((moved(image, **draw_parameters()), label) for image, label in pairs))
    for digit in SIMILAR_DIGITS:  # training on the shapes must not harm these
        read(
            classifier,
            f"… not moved, the {digit}s",
            ((moved(image), label) for image, label in pairs if label == digit),
        )


if __name__ == "__main__":
    main()
