"""The whole way of one digit through a network, as numbered pictures: from the training digits to what is learnt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from digits.data.dataset import Digits
from digits.explain.computation import LayerStep
from digits.explain.gradient_step import gradient_step
from digits.imaging.preprocessing import Box
from digits.networks.architectures import ARCHITECTURES, MEAN, STD, Network
from digits.networks.checkpoint import CheckpointMetadata
from digits.pictures import layer_pictures, palette
from digits.pictures.canvas import INNER, MARGIN, SMALL, TEXT, WIDTH, Canvas
from digits.pictures.charts import LABEL, probability_bars
from digits.pictures.gradient_step_picture import draw_gradient_step
from digits.pictures.number_format import format_number, format_percent, format_size
from digits.pictures.palette import ABOVE, BELOW, INK, MUTED, SOFT
from digits.recognition.results import Prediction

ACROSS = 15  # digits of each class that the first picture shows
DOUBTS = {"between": "unsure: between two digits", "no-digit": "unsure: perhaps no digit"}


@dataclass(frozen=True)
class Walkthrough:
    """All that the pictures are made from.

    `examples`: digits of each class for the first picture · `official`: whether those are MNIST's training digits, not
    the few that come with the project · `source`: where the picture comes from, in words · `sent`: that picture, RGB
    (H, W, 3) uint8, and `box`, where its ink is: x, y, width, height in its pixels; None for a digit of MNIST ·
    `label`: what the digit is; `given`: whether somebody said so, or the network's own reading stands in for it.
    """

    network: Network
    facts: CheckpointMetadata
    reading: Prediction
    steps: list[LayerStep]
    examples: Digits
    official: bool
    source: str
    sent: np.ndarray | None
    box: Box | None
    label: int
    given: bool


def draw_walkthrough(way: Walkthrough) -> Iterator[tuple[str, Callable[[], Canvas]]]:
    """The name of each picture and what draws it, in order."""
    yield "00a_training_dataset", lambda: _dataset(way)
    yield "00b_input", lambda: _input(way)
    for place, step in enumerate(way.steps, 1):
        yield (
            f"{place:02}_{step.layer.name}",
            lambda place=place, step=step: layer_pictures.draw_layer(step, f"{place:02} {step.layer.name}"),
        )
    end = len(way.steps)
    descent = gradient_step(way.network, way.reading.image, way.label)
    yield f"{end + 1:02}_learning_from_labels", lambda: draw_gradient_step(descent, way.given, f"{end + 1:02}")
    yield f"{end + 2:02}_prediction_summary", lambda: _summary(way, f"{end + 2:02}")


def _dataset(way: Walkthrough) -> Canvas:
    drawing = Canvas()
    counts = np.bincount(way.examples.labels.numpy(), minlength=10)
    total = f"{counts.sum():,}"
    if way.official:
        line = f"MNIST  ·  {total} digits to learn from  ·  28 × 28 pixels each"
        where = (
            f"{total} of MNIST’s pictures serve to learn from, each with its label: here the first of each digit, "
            f"and how many there are. {_learnt(way.facts)}"
        )
    else:
        line = f"{total} MNIST test digits that come with the project  ·  28 × 28 pixels each"
        where = (
            f"MNIST’s training digits are not on this machine, so these are from the {total} of its test set that come "
            "with the project; they look alike. Once train_mnist.py has fetched MNIST, this picture shows those."
        )
    drawing.heading("00a training dataset", line, f"{where} Nobody ever tells it what a {way.label} looks like.")
    drawing.section("Label, digits, how many of them")
    cell, step = 2, 60
    for digit in range(10):
        y = drawing.y + step * digit
        drawing.words(MARGIN, y + 28, str(digit), 26, bold=True)
        rows = np.flatnonzero(way.examples.labels.numpy() == digit)[:ACROSS]
        for place, row in enumerate(rows):
            image = way.examples.images[row].numpy() / 255
            drawing.tile(MARGIN + 44 + place * step, y, palette.ink_colours(image), cell, framed=False)
        x = MARGIN + 44 + ACROSS * step + 8
        drawing.block(x, y + 18, 80 * counts[digit] / counts.max(), 20, MUTED)
        drawing.words(WIDTH - MARGIN, y + 28, f"{counts[digit]:,}", SMALL + 1, SOFT, align="right")
    drawing.y += 10 * step
    return drawing


def _learnt(facts: CheckpointMetadata) -> str:
    """What a checkpoint says about the digits that its network learnt from."""
    if not facts.recipe:
        return "What this network learnt from, its file does not say."
    changed = facts.recipe.get("augment", "none") != "none"
    drawn = facts.recipe.get("forms", 0)
    words = "The network saw each of them many times"
    words += ", turned, bent, thickened or thinned at random" if changed else ""
    return words + (f"; besides, {format_percent(drawn, 0)} were drawn by code." if drawn else ".")


def _input(way: Walkthrough) -> Canvas:
    drawing = Canvas()
    image = way.reading.image
    ink = int((image > 0).sum())
    drawing.heading(
        "00b input",
        f"{way.source}  ·  28 × 28 = 784 numbers",
        f"This is all that the network gets: 784 numbers from 0 (paper) to 1 (ink), {ink} of them above 0. It came "
        "to it as MNIST’s digits were made: scaled to fit 20 × 20, its centre of mass in the middle. The first thing "
        f"done to it is a change of scale, (x − {MEAN}) ÷ {STD}: paper becomes {format_number((0 - MEAN) / STD)}, full ink "
        f"{format_number((1 - MEAN) / STD)}, so that the numbers lie around zero.",
    )
    if way.sent is not None:
        _sent(drawing, way)
    cell, gap = 18, INNER - 2 * 28 * 18
    drawing.section("The picture that the network gets" if way.sent is not None else "The picture")
    drawing.y -= 26
    drawing.words(MARGIN + 28 * cell + gap, drawing.y, "As numbers around zero", TEXT, bold=True)
    drawing.y += 26
    drawing.scale((1 - MEAN) / STD, (image.min() - MEAN) / STD, (image.max() - MEAN) / STD, 120)
    drawing.tile(MARGIN, drawing.y, palette.ink_colours(image), cell)
    colours = palette.signed_colours((image - MEAN) / STD, (1 - MEAN) / STD)
    drawing.tile(MARGIN + 28 * cell + gap, drawing.y, colours, cell)
    top, left, side = *_busiest(image), 9
    for x in (MARGIN, MARGIN + 28 * cell + gap):
        drawing.frame(x + left * cell, drawing.y + top * cell, side * cell, side * cell, ABOVE, 3)
    drawing.y += 28 * cell + 8
    drawing.section("The frame, number by number")
    part, y, wide = image[top : top + side, left : left + side], drawing.y, 56
    drawing.numbers(MARGIN, y, part, wide, 1.0, colours=palette.ink_colours(part))
    drawing.numbers(MARGIN + 28 * cell + gap, y, (part - MEAN) / STD, wide, (1 - MEAN) / STD)
    drawing.y += side * wide
    return drawing


def _sent(drawing: Canvas, way: Walkthrough) -> None:
    """The picture as it was sent, with a frame around its ink."""
    high, wide = way.sent.shape[:2]
    x, y, width, height = way.box
    drawing.section("The picture that was sent")
    top = drawing.y
    drawing.tile(MARGIN, top, way.sent, 1)
    drawing.frame(MARGIN + x, top + y, width, height, ABOVE, 3)
    _, _, across, down = way.reading.box
    words = f"All ink in the frame, {format_size((across, down))} pixels of the picture, is taken for one digit."
    drawing.y = top + 20
    drawing.paragraph(words, MARGIN + wide + 40, INNER - wide - 40)
    drawing.y = max(drawing.y, top + high)


def _busiest(image: np.ndarray, side: int = 9) -> tuple[int, int]:
    """Row and column of the square in which the numbers differ most."""
    squares = np.lib.stride_tricks.sliding_window_view(image, (side, side))
    spread = squares.std(axis=(2, 3))
    row, column = np.unravel_index(spread.argmax(), spread.shape)
    return int(row), int(column)


def _summary(way: Walkthrough, place: str) -> Canvas:
    drawing = Canvas()
    reading, facts = way.reading, way.facts
    said = "sure" if reading.sure else DOUBTS[reading.unsure_reason]
    agrees = way.label == reading.digit
    right = "" if not way.given else ", as its label says" if agrees else f", though its label is {way.label}"
    title = ARCHITECTURES[facts.architecture].title
    accuracy = "" if facts.test_accuracy is None else f"  ·  {facts.test_accuracy:.2f} % of the test digits read right"
    share = format_percent(reading.probabilities[reading.digit])
    drawing.heading(
        f"{place} prediction summary",
        f"{title}  ·  {way.network.parameter_count:,} parameters{accuracy}",
        f"{way.source}: the network reads a {reading.digit} at {share}{right}. Next comes "
        f"{reading.runner_up}, at {format_percent(reading.probabilities[reading.runner_up])}. {_believe(reading)}",
    )
    colour = ABOVE if (agrees if way.given else reading.sure) else BELOW
    drawing.y += 16
    y = drawing.y
    drawing.tile(MARGIN, y, palette.ink_colours(reading.image), 11)
    drawing.words(MARGIN + 455, y + 130, str(reading.digit), 220, colour, bold=True, align="center")
    drawing.words(MARGIN + 455, y + 280, said, TEXT, INK if reading.sure else BELOW, align="center")
    probability_bars(drawing, np.array(reading.probabilities), MARGIN + 620, INNER - 620, reading.digit, 31)
    drawing.y = y + 11 * 28 + 12
    _thumbnails(drawing, way.steps)
    return drawing


def _believe(reading: Prediction) -> str:
    if reading.sure:
        return "That counts as sure: one digit is clearly ahead, and the picture looks like a digit."
    if reading.unsure_reason == "between":
        return "It is unsure, because two digits come near each other."
    return "It is unsure whether this is one digit at all; its shares only say which digit it would be."


def _thumbnails(drawing: Canvas, steps: list[LayerStep]) -> None:
    """Of each layer of maps the one with the highest number."""
    shown = [step for step in steps if step.values.ndim == 3]
    if not shown:
        return
    drawing.section("On its way: of each layer the map with the highest number")
    across = 12 if len(shown) <= 12 else 9
    wide = INNER / across
    for place, step in enumerate(shown):
        x, y = round(MARGIN + place % across * wide), drawing.y + place // across * 142
        values = step.values[step.peak[0]]
        cell = max(1, 84 // len(values))
        drawing.words(x, y + LABEL / 2, step.layer.name, SMALL + 1)
        drawing.tile(x, y + LABEL + 2, palette.signed_colours(values, np.abs(values).max()), cell)
        drawing.words(x, y + LABEL + 102, f"map {step.peak[0] + 1}", SMALL, SOFT)
    drawing.y += -(-len(shown) // across) * 142
