"""Draws a walkthrough of one prediction as numbered pictures, from training data to a gradient step."""

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
from digits.pictures.canvas import INNER_PX, MARGIN_PX, SMALL_PX, TEXT_PX, WIDTH_PX, Canvas
from digits.pictures.charts import LABEL_PX, draw_probability_bars
from digits.pictures.gradient_step_picture import draw_gradient_step
from digits.pictures.number_format import format_number, format_percent, format_size
from digits.pictures.palette import ABOVE, BELOW, INK, MUTED, SOFT
from digits.recognition.results import Prediction

EXAMPLES_PER_DIGIT = 15  # shown in the first picture
UNSURE_WORDS = {"between": "unsure: between two digits", "no-digit": "unsure: perhaps no digit"}


@dataclass(frozen=True)
class Walkthrough:
    """The content of the pictures.

    steps: the layers in order, with their inputs and outputs.
    examples: digits of each class for the first picture.
    examples_are_mnist: True for MNIST's training digits, False for the bundled test digits.
    source: origin of the digit, in words.
    photo: the image that was given, RGB (H, W, 3) uint8; None for a bundled digit.
    box: x, y, width, height of the ink in `photo`, in pixels; None without a photo.
    label: the true digit, or the prediction if no label was given.
    label_is_given: True if the user gave the label or it comes with the digit.
    """

    network: Network
    metadata: CheckpointMetadata
    prediction: Prediction
    steps: list[LayerStep]
    examples: Digits
    examples_are_mnist: bool
    source: str
    photo: np.ndarray | None
    box: Box | None
    label: int
    label_is_given: bool


def draw_walkthrough(walkthrough: Walkthrough) -> Iterator[tuple[str, Callable[[], Canvas]]]:
    """Yields the name of each picture and a function that draws it, in order."""
    yield "00a_training_dataset", lambda: _draw_dataset(walkthrough)
    yield "00b_input", lambda: _draw_input(walkthrough)
    for place, step in enumerate(walkthrough.steps, 1):
        yield (
            f"{place:02}_{step.layer.name}",
            lambda place=place, step=step: layer_pictures.draw_layer(step, f"{place:02} {step.layer.name}"),
        )
    end = len(walkthrough.steps)
    update = gradient_step(walkthrough.network, walkthrough.prediction.image, walkthrough.label)
    yield (
        f"{end + 1:02}_learning_from_labels",
        lambda: draw_gradient_step(update, walkthrough.label_is_given, f"{end + 1:02}"),
    )
    yield f"{end + 2:02}_prediction_summary", lambda: _draw_summary(walkthrough, f"{end + 2:02}")


def _draw_dataset(walkthrough: Walkthrough) -> Canvas:
    canvas = Canvas()
    counts = np.bincount(walkthrough.examples.labels.numpy(), minlength=10)
    total = f"{counts.sum():,}"
    if walkthrough.examples_are_mnist:
        line = f"MNIST  ·  {total} digits to learn from  ·  28 × 28 pixels each"
        where = (
            f"{total} of MNIST’s pictures serve to learn from, each with its label: here the first of each digit, "
            f"and how many there are. {_describe_training_data(walkthrough.metadata)}"
        )
    else:
        line = f"{total} MNIST test digits that come with the project  ·  28 × 28 pixels each"
        where = (
            f"MNIST’s training digits are not on this machine, so these are from the {total} of its test set that come "
            "with the project; they look alike. Once train_mnist.py has fetched MNIST, this picture shows those."
        )
    canvas.heading("00a training dataset", line, f"{where} Nobody ever tells it what a {walkthrough.label} looks like.")
    canvas.section("Label, digits, how many of them")
    cell, step = 2, 60
    for digit in range(10):
        y = canvas.y + step * digit
        canvas.words(MARGIN_PX, y + 28, str(digit), 26, bold=True)
        rows = np.flatnonzero(walkthrough.examples.labels.numpy() == digit)[:EXAMPLES_PER_DIGIT]
        for place, row in enumerate(rows):
            image = walkthrough.examples.images[row].numpy() / 255
            canvas.tile(MARGIN_PX + 44 + place * step, y, palette.ink_colours(image), cell, framed=False)
        x = MARGIN_PX + 44 + EXAMPLES_PER_DIGIT * step + 8
        canvas.block(x, y + 18, 80 * counts[digit] / counts.max(), 20, MUTED)
        canvas.words(WIDTH_PX - MARGIN_PX, y + 28, f"{counts[digit]:,}", SMALL_PX + 1, SOFT, align="right")
    canvas.y += 10 * step
    return canvas


def _describe_training_data(metadata: CheckpointMetadata) -> str:
    """Returns sentences about the training data recorded in a checkpoint."""
    if not metadata.recipe:
        return "What this network learnt from, its file does not say."
    changed = metadata.recipe.get("augment", "none") != "none"
    drawn = metadata.recipe.get("forms", 0)
    words = "The network saw each of them many times"
    words += ", turned, bent, thickened or thinned at random" if changed else ""
    return words + (f"; besides, {format_percent(drawn, 0)} were drawn by code." if drawn else ".")


def _draw_input(walkthrough: Walkthrough) -> Canvas:
    canvas = Canvas()
    image = walkthrough.prediction.image
    ink = int((image > 0).sum())
    canvas.heading(
        "00b input",
        f"{walkthrough.source}  ·  28 × 28 = 784 numbers",
        f"This is all that the network gets: 784 numbers from 0 (paper) to 1 (ink), {ink} of them above 0. It came "
        "to it as MNIST’s digits were made: scaled to fit 20 × 20, its centre of mass in the middle. The first thing "
        f"done to it is a change of scale, (x − {MEAN}) ÷ {STD}: paper becomes {format_number((0 - MEAN) / STD)}, "
        f"full ink {format_number((1 - MEAN) / STD)}, so that the numbers lie around zero.",
    )
    if walkthrough.photo is not None:
        _draw_photo(canvas, walkthrough)
    cell, gap = 18, INNER_PX - 2 * 28 * 18
    canvas.section("The picture that the network gets" if walkthrough.photo is not None else "The picture")
    canvas.y -= 26
    canvas.words(MARGIN_PX + 28 * cell + gap, canvas.y, "As numbers around zero", TEXT_PX, bold=True)
    canvas.y += 26
    canvas.scale((1 - MEAN) / STD, (image.min() - MEAN) / STD, (image.max() - MEAN) / STD, 120)
    canvas.tile(MARGIN_PX, canvas.y, palette.ink_colours(image), cell)
    colours = palette.signed_colours((image - MEAN) / STD, (1 - MEAN) / STD)
    canvas.tile(MARGIN_PX + 28 * cell + gap, canvas.y, colours, cell)
    top, left, side = *_find_busiest_square(image), 9
    for x in (MARGIN_PX, MARGIN_PX + 28 * cell + gap):
        canvas.frame(x + left * cell, canvas.y + top * cell, side * cell, side * cell, ABOVE, 3)
    canvas.y += 28 * cell + 8
    canvas.section("The frame, number by number")
    part, y, wide = image[top : top + side, left : left + side], canvas.y, 56
    canvas.numbers(MARGIN_PX, y, part, wide, 1.0, colours=palette.ink_colours(part))
    canvas.numbers(MARGIN_PX + 28 * cell + gap, y, (part - MEAN) / STD, wide, (1 - MEAN) / STD)
    canvas.y += side * wide
    return canvas


def _draw_photo(canvas: Canvas, walkthrough: Walkthrough) -> None:
    """Draws the photo with a frame around its ink."""
    if walkthrough.photo is None or walkthrough.box is None:
        return
    high, wide = walkthrough.photo.shape[:2]
    x, y, width, height = walkthrough.box
    canvas.section("The picture that was sent")
    top = canvas.y
    canvas.tile(MARGIN_PX, top, walkthrough.photo, 1)
    canvas.frame(MARGIN_PX + x, top + y, width, height, ABOVE, 3)
    _, _, across, down = walkthrough.prediction.box
    words = f"All ink in the frame, {format_size((across, down))} pixels of the picture, is taken for one digit."
    canvas.y = top + 20
    canvas.paragraph(words, MARGIN_PX + wide + 40, INNER_PX - wide - 40)
    canvas.y = max(canvas.y, top + high)


def _find_busiest_square(image: np.ndarray, side: int = 9) -> tuple[int, int]:
    """Returns row and column of the square with the largest standard deviation."""
    squares = np.lib.stride_tricks.sliding_window_view(image, (side, side))
    spread = squares.std(axis=(2, 3))
    row, column = np.unravel_index(spread.argmax(), spread.shape)
    return int(row), int(column)


def _draw_summary(walkthrough: Walkthrough, place: str) -> Canvas:
    canvas = Canvas()
    prediction, metadata = walkthrough.prediction, walkthrough.metadata
    reason = prediction.unsure_reason
    confidence = UNSURE_WORDS[reason] if reason else "sure"
    agrees = walkthrough.label == prediction.digit
    verdict = ", as its label says" if agrees else f", though its label is {walkthrough.label}"
    verdict = verdict if walkthrough.label_is_given else ""
    title = ARCHITECTURES[metadata.architecture].title
    accuracy = (
        "" if metadata.test_accuracy is None else f"  ·  {metadata.test_accuracy:.2f} % of the test digits read right"
    )
    share = format_percent(prediction.probabilities[prediction.digit])
    canvas.heading(
        f"{place} prediction summary",
        f"{title}  ·  {walkthrough.network.parameter_count:,} parameters{accuracy}",
        f"{walkthrough.source}: the network reads a {prediction.digit} at {share}{verdict}. Next comes "
        f"{prediction.runner_up}, at {format_percent(prediction.probabilities[prediction.runner_up])}. "
        f"{_describe_confidence(prediction)}",
    )
    colour = ABOVE if (agrees if walkthrough.label_is_given else prediction.sure) else BELOW
    canvas.y += 16
    y = canvas.y
    canvas.tile(MARGIN_PX, y, palette.ink_colours(prediction.image), 11)
    canvas.words(MARGIN_PX + 455, y + 130, str(prediction.digit), 220, colour, bold=True, align="center")
    canvas.words(MARGIN_PX + 455, y + 280, confidence, TEXT_PX, INK if prediction.sure else BELOW, align="center")
    draw_probability_bars(
        canvas, np.array(prediction.probabilities), MARGIN_PX + 620, INNER_PX - 620, prediction.digit, 31
    )
    canvas.y = y + 11 * 28 + 12
    _draw_thumbnails(canvas, walkthrough.steps)
    return canvas


def _describe_confidence(prediction: Prediction) -> str:
    if prediction.sure:
        return "That counts as sure: one digit is clearly ahead, and the picture looks like a digit."
    if prediction.unsure_reason == "between":
        return "It is unsure, because two digits come near each other."
    return "It is unsure whether this is one digit at all; its shares only say which digit it would be."


def _draw_thumbnails(canvas: Canvas, steps: list[LayerStep]) -> None:
    """Draws the map with the highest value of each layer."""
    shown = [step for step in steps if step.values.ndim == 3]
    if not shown:
        return
    canvas.section("On its way: of each layer the map with the highest number")
    across = 12 if len(shown) <= 12 else 9
    wide = INNER_PX / across
    for place, step in enumerate(shown):
        x, y = round(MARGIN_PX + place % across * wide), canvas.y + place // across * 142
        values = step.values[step.peak[0]]
        cell = max(1, 84 // len(values))
        canvas.words(x, y + LABEL_PX / 2, step.layer.name, SMALL_PX + 1)
        canvas.tile(x, y + LABEL_PX + 2, palette.signed_colours(values, np.abs(values).max()), cell)
        canvas.words(x, y + LABEL_PX + 102, f"map {step.peak[0] + 1}", SMALL_PX, SOFT)
    canvas.y += -(-len(shown) // across) * 142
