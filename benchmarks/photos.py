"""Measures how many digits are found and predicted on photographed pages.

    python benchmarks/photos.py
    python benchmarks/photos.py --condition "touching pairs" --pages 100 --failures FOLDER

For each condition of `digits/synthesis/pages/compose.py`, pages are composed of MNIST test digits, encoded as JPEG
(quality 90; PNG for conditions without a camera) and read by `PageReader`. A predicted digit is right if its box
overlaps a true one with an IoU of at least 0.5, one to one, and its label is right. Recall: right / true. Precision:
right / found. On pages without digits every digit found is an error. Signs of sums are errors only if they are
predicted as sure digits. The same seed composes the same pages, whatever other options are set.
"""

import io
import math
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import mnist
from digits.imaging.preprocessing import Box
from digits.recognition.classifier import DigitClassifier
from digits.recognition.page_reader import PageReader
from digits.recognition.results import PagePrediction
from digits.synthesis.pages.compose import CONDITIONS, ComposedPage, compose_page

MIN_IOU = 0.5
LOSSLESS_CONDITIONS = "clean scan", "touching pairs"
NO_DIGITS = "no digits"
SUMS = "sums"


@dataclass(frozen=True)
class Score:
    """Result of one page: counts of digits, `exact` if all text is right, and the time."""

    true: int
    found: int
    right: int
    sure: int
    sure_right: int
    exact: bool
    milliseconds: float


def iou(one: Box, other: Box) -> float:
    """Returns the intersection of two boxes over their union, 0–1."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(across, 0) * max(down, 0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def matched(found: Sequence[Box], true: Sequence[Box]) -> dict[int, int]:
    """Returns the index of the true box for each found one; largest overlaps first, each box at most once."""
    overlaps = ((iou(box, goal), i, j) for i, box in enumerate(found) for j, goal in enumerate(true))
    pairs: dict[int, int] = {}
    for _, i, j in sorted((o for o in overlaps if o[0] >= MIN_IOU), key=lambda o: (-o[0], *o[1:])):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def scored(prediction: PagePrediction, page: ComposedPage, milliseconds: float) -> Score:
    """Returns the score of a prediction for a composed page."""
    labels = [int(label) for line in page.lines for label in line]
    pairs = matched([digit.box for digit in prediction.digits], page.boxes)
    right = {i for i, j in pairs.items() if prediction.digits[i].digit == labels[j]}
    sure = {i for i, digit in enumerate(prediction.digits) if digit.sure}
    exact = prediction.text == page.text
    return Score(len(labels), len(prediction.digits), len(right), len(sure), len(sure & right), exact, milliseconds)


def wilson(right: int, count: int) -> tuple[float, float]:
    """Returns the 95 % confidence interval of a share, by Wilson's score."""
    z, share = 1.96, right / count
    middle, spread = share + z**2 / (2 * count), z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    return max(0.0, middle - spread) / (1 + z**2 / count), min(1.0, (middle + spread) / (1 + z**2 / count))


# --- pages ------------------------------------------------------------------------------------------------------------


def encoded(page: ComposedPage, condition: str) -> bytes:
    file = io.BytesIO()
    if condition in LOSSLESS_CONDITIONS:
        page.picture.save(file, "PNG", compress_level=1)
    else:
        page.picture.save(file, "JPEG", quality=90)
    return file.getvalue()


class PageScorer:
    """Composes pages, reads and scores them, and keeps those that were not read exactly."""

    def __init__(self, checkpoint: Path, folder: Path, seed: int, failures: Path | None) -> None:
        torch.set_num_threads(1)
        self.classifier, self.seed, self.failures = DigitClassifier.from_checkpoint(checkpoint), seed, failures
        self.classifier.warm()
        _, self.test = mnist.load(folder)

    def page(self, condition: str, number: int) -> Score:
        """Composes, reads and scores a page; each page has its own random state."""
        rng = np.random.default_rng([self.seed, list(CONDITIONS).index(condition), number])
        page = compose_page(condition, self.test, rng)
        body = encoded(page, condition)
        started = time.perf_counter()
        prediction = PageReader(self.classifier).read(body)
        score = scored(prediction, page, 1000 * (time.perf_counter() - started))
        if self.failures and not score.exact:
            folder = self.failures / condition.replace(",", "").replace(" ", "-")
            folder.mkdir(parents=True, exist_ok=True)
            text = "-".join(page.lines) or "none"
            with_boxes(page, prediction).save(folder / f"{number:04}-{text}.jpg", quality=85)
        return score


def with_boxes(page: ComposedPage, prediction: PagePrediction) -> Image.Image:
    """Returns the page with predicted boxes (red: sure, orange: unsure) and true boxes (green)."""
    picture = page.picture.convert("RGB")
    brush, width = ImageDraw.Draw(picture), max(1, max(picture.size) // 500)
    font = ImageFont.load_default(max(12, max(picture.size) // 40))
    for x, y, wide, tall in page.boxes:
        brush.rectangle((x, y, x + wide, y + tall), outline=(0, 170, 0), width=width)
    for digit in prediction.digits:
        x, y, wide, tall = digit.box
        colour = (220, 0, 0) if digit.sure else (240, 140, 0)
        brush.rectangle((x, y, x + wide, y + tall), outline=colour, width=width)
        brush.text((x, y), str(digit.digit), fill=colour, font=font, anchor="lb")
    return picture


_scorer: PageScorer


def _start_worker(*settings) -> None:
    global _scorer
    _scorer = PageScorer(*settings)


def _score_page(job: tuple[str, int]) -> Score:
    return _scorer.page(*job)


def scores(conditions: Sequence[str], pages: int, jobs: int, settings: tuple) -> Iterator[tuple[str, list[Score]]]:
    """Yields each condition with the scores of its pages; `jobs` processes run at once."""
    if jobs == 1:
        scorer = PageScorer(*settings)
        for name in conditions:
            yield name, [scorer.page(name, number) for number in range(pages)]
        return
    with ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=settings) as pool:
        for name in conditions:
            yield name, list(pool.map(_score_page, [(name, number) for number in range(pages)], chunksize=5))


# --- the table --------------------------------------------------------------------------------------------------------


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


def table_row(name: str, pages: list[Score]) -> str:
    """Returns one row: recall with its interval, precision of all and of sure digits, exact pages, time."""
    true, found, right, sure, sure_right, exact = (
        sum(getattr(page, what) for page in pages) for what in ("true", "found", "right", "sure", "sure_right", "exact")
    )
    time_taken = f"{statistics.median(page.milliseconds for page in pages):.0f} ms"
    if name == NO_DIGITS:
        each = 20 / len(pages)
        note = f"{sure * each:.2f} sure digits per 20 pages, {found * each:.2f} with the unsure"
        return f"| {name} | {len(pages)} | {note} | – | – | {percent(exact, len(pages))} | {time_taken} |"
    low, high = wilson(right, true)
    recall = f"{percent(right, true)} ({100 * low:.1f}–{100 * high:.1f})"
    precision, exactly = ("–", "–") if name == SUMS else (percent(right, found), percent(exact, len(pages)))
    return (
        f"| {name} | {len(pages)} | {recall} | {precision} | {percent(sure_right, sure)} | {exactly} | {time_taken} |"
    )


@click.command()
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth")
@click.option("--pages", default=500, show_default=True, help="Number of pages of each condition.")
@click.option("--condition", "conditions", multiple=True, type=click.Choice(list(CONDITIONS)), help="[default: all]")
@click.option("--seed", default=1, show_default=True)
@click.option("--failures", type=click.Path(path_type=Path), help="Folder for pages that were not read exactly.")
@click.option("--jobs", default=1, show_default=True, help="Processes at once; times are valid only for one.")
@click.option("--data", "folder", type=click.Path(path_type=Path), default=ROOT / "data")
def main(
    checkpoint: Path, pages: int, conditions: tuple[str, ...], seed: int, failures: Path | None, jobs: int, folder: Path
) -> None:
    """Print how many digits are found and predicted, condition by condition."""
    names = conditions or tuple(CONDITIONS)
    print("| condition | pages | recall (95 %) | precision | precision of sure digits | exact pages | median time |")
    print("|---|---|---|---|---|---|---|")
    for name, results in scores(names, pages, jobs, (checkpoint, folder, seed, failures)):
        print(table_row(name, results), flush=True)


if __name__ == "__main__":
    main()
