"""A picture of what a network learns from one digit: forward, loss, gradient, update."""

import math

import numpy as np

from digits.explain.gradient_step import GradientStep, ParameterUpdate
from digits.pictures.canvas import INNER, MARGIN, SMALL, TEXT, Canvas
from digits.pictures.charts import probability_bars, ten_bars
from digits.pictures.number_format import format_number, format_percent, format_percent_exactly
from digits.pictures.palette import ABOVE, BELOW, INK, LINE, MUTED, SOFT

HALF = (INNER - 64) // 2
RIGHT = MARGIN + HALF + 64
CURVE = 250  # pixels: how high the curve of the loss is
TOP, BEYOND = 5, 40  # the loss at its upper end: at least so much, and at most
COLUMNS = (0, 340, 400, 760, 940, 1104)  # of the table: where those of words begin, and those of numbers end
WORDED = ("layer", "the weight, counted from 1")


def draw_gradient_step(descent: GradientStep, given: bool, place: str) -> Canvas:
    """The picture; given: whether somebody told the label."""
    drawing = Canvas()
    label = descent.label
    told = f"its label is {label}" if given else f"the label taken for true is what the network reads, {label}"
    drawing.heading(
        f"{place} learning from labels",
        "forward  ·  loss  ·  gradient  ·  update",
        "So a network learns: it reads a digit, is told the label, and changes every weight a little so that the label "
        f"would have got a larger share. Here that is done with this digit, once; {told}. In training it is done with "
        f"some hundred digits at a time, thousands of times. The shares are those of plain softmax, as in training. "
        f"{_worth(descent)}",
    )
    y = drawing.y
    drawing.section("1  Forward: what the network says")
    probability_bars(drawing, descent.probabilities, MARGIN, HALF, label, 27)
    below = drawing.y
    drawing.y = y
    drawing.section("2  Loss: −ln of the label’s share", RIGHT)
    _curve(drawing, descent)
    drawing.y = below + 4
    y = drawing.y
    drawing.section("3  Gradient: share minus truth, for each score")
    limit = max(np.abs(descent.gradient).max(), 1e-12)
    words = [format_number(value) for value in descent.gradient]
    ten_bars(drawing, descent.gradient, MARGIN, HALF, words, label, limit, 27)
    below = drawing.y
    drawing.y = y
    drawing.section("4  Update: every weight against its gradient", RIGHT)
    _outcome(drawing, descent)
    drawing.y = max(below + 4, drawing.y)
    drawing.section("The same step, layer by layer, and the one weight in each that it changes most")
    _table(drawing, descent)
    return drawing


def _worth(descent: GradientStep) -> str:
    share = descent.probabilities[descent.label]
    if descent.loss < 0.001:
        other = int(np.argsort(-descent.probabilities)[1])
        return f"At {format_percent(share)} hardly anything is left to learn; with --label {other} you see a large correction."
    if share < 0.5:
        return f"The label had only {format_percent(share)}, so there is much to learn."
    return f"The label had {format_percent(share)}, so there is a little to learn."


def _curve(drawing: Canvas, descent: GradientStep) -> None:
    """The loss over the label's share, with the place before the step and the one after it."""
    top = max(TOP, math.ceil(min(BEYOND, max(descent.loss, descent.loss_after))))
    y, points = drawing.y, np.exp(-np.linspace(0, top, 200))
    across, down = HALF - 40, CURVE

    def at(share: float, loss: float) -> tuple[float, float]:
        return RIGHT + 40 + share * across, y + (1 - min(loss, top) / top) * down

    for loss in range(0, top + 1, math.ceil(top / 8)):
        place = at(0, loss)[1]
        drawing.block(RIGHT + 40, place, across, 1, LINE)
        drawing.words(RIGHT + 30, place, str(loss), SMALL, SOFT, align="right")
    drawing.curve([at(share, -np.log(share)) for share in points])
    for share, loss, colour, filled in (
        (descent.probabilities[descent.label], descent.loss, BELOW, True),
        (descent.probabilities_after[descent.label], descent.loss_after, ABOVE, False),
    ):
        drawing.dot(*at(share, loss), colour, filled)
    for share in (0, 0.5, 1):
        drawing.words(at(share, 0)[0], y + down + 16, format_percent(share, 0), SMALL, SOFT, align="center")
    x = RIGHT + 100  # between the lines
    drawing.dot(x, y + 25, BELOW, True)
    share = descent.probabilities[descent.label]
    drawing.words(
        x + 16, y + 25, f"before: −ln {format_percent_exactly(share)} = {format_number(descent.loss)}", TEXT - 2
    )
    drawing.dot(x, y + 75, ABOVE, False)
    share = descent.probabilities_after[descent.label]
    drawing.words(
        x + 16, y + 75, f"after: −ln {format_percent_exactly(share)} = {format_number(descent.loss_after)}", TEXT - 2
    )


def _outcome(drawing: Canvas, descent: GradientStep) -> None:
    label, rate = descent.label, descent.rate
    before, after = descent.probabilities[label], descent.probabilities_after[label]
    count = sum(change.parameters for change in descent.changes)
    for text in (
        f"The label’s truth is 1 and that of the nine others 0. So the gradient of the score of {label} is "
        f"{format_percent_exactly(before)} − 1 = {format_number(descent.gradient[label])}, and each other’s is its share: orange scores shall "
        "fall, the blue one shall rise.",
        f"Backpropagation carries these ten numbers down through all layers, to every one of the {count:,} weights. "
        f"Each then moves by −{rate} times its gradient.",
    ):
        drawing.paragraph(text, RIGHT, HALF, TEXT - 1)
    drawing.y += 8
    for said, was, now in (
        ("loss", format_number(descent.loss), format_number(descent.loss_after)),
        (f"share of {label}", format_percent(before), format_percent(after)),
    ):
        drawing.words(RIGHT, drawing.y, said, TEXT, SOFT)
        drawing.words(RIGHT + 260, drawing.y, was, TEXT, BELOW, align="right")
        drawing.words(RIGHT + 290, drawing.y, "→", TEXT, align="center")
        drawing.words(RIGHT + 320, drawing.y, now, TEXT, ABOVE, bold=True)
        drawing.y += 32
    if after - before > 0.5:
        text = "So long a step for one digit overturns the reading. Among many digits each pulls but a little."
        drawing.paragraph(text, RIGHT, HALF, TEXT - 1)
    if descent.loss_after > descent.loss:
        text = "The loss has grown: for this digit the step was too long, and went beyond the goal."
        drawing.paragraph(text, RIGHT, HALF, TEXT - 1)


def _table(drawing: Canvas, descent: GradientStep) -> None:
    heads = (
        "layer",
        "length of its gradient",
        "the weight, counted from 1",
        "before",
        f"− {descent.rate} × gradient",
        "after",
    )
    for said, x in zip(heads, COLUMNS, strict=True):
        drawing.words(MARGIN + x, drawing.y, said, SMALL + 1, SOFT, align="left" if said in WORDED else "right")
    drawing.y += 24
    longest = max(change.length for change in descent.changes) or 1
    for change in descent.changes:
        _row(drawing, change, longest)


def _row(drawing: Canvas, change: ParameterUpdate, longest: float) -> None:
    y = drawing.y
    layer, length, name, before, gradient, after = (MARGIN + place for place in COLUMNS)
    leaf = change.tensor.removeprefix(f"{change.layer}.")
    index = ", ".join(str(place + 1) for place in change.place)
    drawing.words(layer, y, change.layer, TEXT - 1)
    drawing.block(layer + 150, y - 7, max(1, 110 * change.length / longest), 14, MUTED)
    drawing.words(length, y, format_number(change.length), TEXT - 2, SOFT, align="right")
    drawing.words(name, y, f"{leaf} [{index}]", TEXT - 2, SOFT)
    for x, text, colour in (
        (before, f"{change.before:.6f}", INK),
        (gradient, format_number(change.after - change.before), SOFT),
        (after, f"{change.after:.6f}", INK),
    ):
        drawing.words(x, y, text.replace("-", "−"), TEXT - 2, colour, align="right")
    drawing.y += 28
