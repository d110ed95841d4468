"""Draws one gradient step on one digit: forward pass, loss, gradient, update."""

import math

import numpy as np

from digits.explain.gradient_step import GradientStep, ParameterUpdate
from digits.pictures.canvas import INNER_PX, MARGIN_PX, SMALL_PX, TEXT_PX, Canvas
from digits.pictures.charts import draw_digit_bars, draw_probability_bars
from digits.pictures.number_format import format_number, format_percent, format_percent_exactly
from digits.pictures.palette import ABOVE, BELOW, INK, LINE, MUTED, SOFT

HALF_PX = (INNER_PX - 64) // 2
RIGHT_PX = MARGIN_PX + HALF_PX + 64
CURVE_HEIGHT_PX = 250  # of the loss curve
MIN_LOSS_AXIS = 5  # smallest loss at the upper end of the axis
MAX_LOSS_AXIS = 40  # largest
COLUMNS_PX = (0, 340, 400, 760, 940, 1104)  # of the table: left edge of text, right edge of numbers
TEXT_COLUMNS = ("layer", "the weight, counted from 1")


def draw_gradient_step(step: GradientStep, label_is_given: bool, place: str) -> Canvas:
    """Draws a gradient step.

    label_is_given: False if the prediction serves as the label.
    place: number of the picture, for its title.
    """
    canvas = Canvas()
    label = step.label
    label_text = (
        f"its label is {label}" if label_is_given else f"the label taken for true is what the network reads, {label}"
    )
    canvas.heading(
        f"{place} learning from labels",
        "forward  ·  loss  ·  gradient  ·  update",
        "So a network learns: it reads a digit, is told the label, and changes every weight a little so that the label "
        f"would have got a larger share. Here that is done with this digit, once; {label_text}. "
        "In training it is done with some hundred digits at a time, thousands of times. "
        "The shares are those of plain softmax, as in training. "
        f"{_describe_loss(step)}",
    )
    y = canvas.y
    canvas.section("1  Forward: what the network says")
    draw_probability_bars(canvas, step.probabilities, MARGIN_PX, HALF_PX, label, 27)
    below = canvas.y
    canvas.y = y
    canvas.section("2  Loss: −ln of the label’s share", RIGHT_PX)
    _draw_loss_curve(canvas, step)
    canvas.y = below + 4
    y = canvas.y
    canvas.section("3  Gradient: share minus truth, for each score")
    limit = max(np.abs(step.gradient).max(), 1e-12)
    words = [format_number(value) for value in step.gradient]
    draw_digit_bars(canvas, step.gradient, MARGIN_PX, HALF_PX, words, label, limit, 27)
    below = canvas.y
    canvas.y = y
    canvas.section("4  Update: every weight against its gradient", RIGHT_PX)
    _draw_update(canvas, step)
    canvas.y = max(below + 4, canvas.y)
    canvas.section("The same step, layer by layer, and the one weight in each that it changes most")
    _draw_table(canvas, step)
    return canvas


def _describe_loss(step: GradientStep) -> str:
    share = step.probabilities[step.label]
    if step.loss < 0.001:
        other = int(np.argsort(-step.probabilities)[1])
        return (
            f"At {format_percent(share)} hardly anything is left to learn; "
            f"with --label {other} you see a large correction."
        )
    if share < 0.5:
        return f"The label had only {format_percent(share)}, so there is much to learn."
    return f"The label had {format_percent(share)}, so there is a little to learn."


def _draw_loss_curve(canvas: Canvas, step: GradientStep) -> None:
    """Draws the loss over the label's probability, with a dot before and after the step."""
    top = max(MIN_LOSS_AXIS, math.ceil(min(MAX_LOSS_AXIS, max(step.loss, step.loss_after))))
    y, points = canvas.y, np.exp(-np.linspace(0, top, 200))
    across, down = HALF_PX - 40, CURVE_HEIGHT_PX

    def at(share: float, loss: float) -> tuple[float, float]:
        return RIGHT_PX + 40 + share * across, y + (1 - min(loss, top) / top) * down

    for loss in range(0, top + 1, math.ceil(top / 8)):
        place = at(0, loss)[1]
        canvas.block(RIGHT_PX + 40, place, across, 1, LINE)
        canvas.words(RIGHT_PX + 30, place, str(loss), SMALL_PX, SOFT, align="right")
    canvas.curve([at(share, -np.log(share)) for share in points])
    for share, loss, colour, filled in (
        (step.probabilities[step.label], step.loss, BELOW, True),
        (step.probabilities_after[step.label], step.loss_after, ABOVE, False),
    ):
        canvas.dot(*at(share, loss), colour, filled)
    for share in (0, 0.5, 1):
        canvas.words(at(share, 0)[0], y + down + 16, format_percent(share, 0), SMALL_PX, SOFT, align="center")
    x = RIGHT_PX + 100  # between the grid lines
    canvas.dot(x, y + 25, BELOW, True)
    share = step.probabilities[step.label]
    canvas.words(
        x + 16, y + 25, f"before: −ln {format_percent_exactly(share)} = {format_number(step.loss)}", TEXT_PX - 2
    )
    canvas.dot(x, y + 75, ABOVE, False)
    share = step.probabilities_after[step.label]
    canvas.words(
        x + 16, y + 75, f"after: −ln {format_percent_exactly(share)} = {format_number(step.loss_after)}", TEXT_PX - 2
    )


def _draw_update(canvas: Canvas, step: GradientStep) -> None:
    label, rate = step.label, step.rate
    before, after = step.probabilities[label], step.probabilities_after[label]
    count = sum(change.parameters for change in step.changes)
    for text in (
        f"The label’s truth is 1 and that of the nine others 0. So the gradient of the score of {label} is "
        f"{format_percent_exactly(before)} − 1 = {format_number(step.gradient[label])}, and each other’s is its share: "
        "orange scores shall fall, the blue one shall rise.",
        f"Backpropagation carries these ten numbers down through all layers, to every one of the {count:,} weights. "
        f"Each then moves by −{rate} times its gradient.",
    ):
        canvas.paragraph(text, RIGHT_PX, HALF_PX, TEXT_PX - 1)
    canvas.y += 8
    for text, was, now in (
        ("loss", format_number(step.loss), format_number(step.loss_after)),
        (f"share of {label}", format_percent(before), format_percent(after)),
    ):
        canvas.words(RIGHT_PX, canvas.y, text, TEXT_PX, SOFT)
        canvas.words(RIGHT_PX + 260, canvas.y, was, TEXT_PX, BELOW, align="right")
        canvas.words(RIGHT_PX + 290, canvas.y, "→", TEXT_PX, align="center")
        canvas.words(RIGHT_PX + 320, canvas.y, now, TEXT_PX, ABOVE, bold=True)
        canvas.y += 32
    if after - before > 0.5:
        text = "So long a step for one digit overturns the reading. Among many digits each pulls but a little."
        canvas.paragraph(text, RIGHT_PX, HALF_PX, TEXT_PX - 1)
    if step.loss_after > step.loss:
        text = "The loss has grown: for this digit the step was too long, and went beyond the goal."
        canvas.paragraph(text, RIGHT_PX, HALF_PX, TEXT_PX - 1)


def _draw_table(canvas: Canvas, step: GradientStep) -> None:
    heads = (
        "layer",
        "length of its gradient",
        "the weight, counted from 1",
        "before",
        f"− {step.rate} × gradient",
        "after",
    )
    for text, x in zip(heads, COLUMNS_PX, strict=True):
        canvas.words(
            MARGIN_PX + x, canvas.y, text, SMALL_PX + 1, SOFT, align="left" if text in TEXT_COLUMNS else "right"
        )
    canvas.y += 24
    longest = max(change.length for change in step.changes) or 1
    for change in step.changes:
        _draw_table_row(canvas, change, longest)


def _draw_table_row(canvas: Canvas, change: ParameterUpdate, longest: float) -> None:
    y = canvas.y
    layer, length, name, before, gradient, after = (MARGIN_PX + place for place in COLUMNS_PX)
    leaf = change.tensor.removeprefix(f"{change.layer}.")
    index = ", ".join(str(place + 1) for place in change.place)
    canvas.words(layer, y, change.layer, TEXT_PX - 1)
    canvas.block(layer + 150, y - 7, max(1, 110 * change.length / longest), 14, MUTED)
    canvas.words(length, y, format_number(change.length), TEXT_PX - 2, SOFT, align="right")
    canvas.words(name, y, f"{leaf} [{index}]", TEXT_PX - 2, SOFT)
    for x, text, colour in (
        (before, f"{change.before:.6f}", INK),
        (gradient, format_number(change.after - change.before), SOFT),
        (after, f"{change.after:.6f}", INK),
    ):
        canvas.words(x, y, text.replace("-", "−"), TEXT_PX - 2, colour, align="right")
    canvas.y += 28
