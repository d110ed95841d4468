"""One moment of a network that learns, as a picture: its first filters, their gradients, and how far it has come."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digits.pictures import palette
from digits.pictures.canvas import INNER, MARGIN, SMALL, TEXT, TITLE, Canvas
from digits.pictures.number_format import format_number, format_percent
from digits.pictures.palette import ABOVE, BELOW, INK, LINE, MUTED, SOFT

COLUMNS, GAP = 8, 10  # filters side by side, and pixels between them
MOST = 32  # filters that are shown
LARGEST = 128  # pixels to one at most
BETWEEN = 48  # pixels from one part of the picture to the next
HALF = (INNER - BETWEEN) // 2
THIRD = (INNER - 2 * BETWEEN) // 3
HIGH = 230  # pixels: how high the charts are
LEFT = 44  # pixels for the words at a chart's left
HEAD = 50  # and for its title
FINEST = 2  # pixels between two points of a curve

Point = tuple[int, float]  # after so many digits


@dataclass(frozen=True)
class TrainingFrame:
    """What a picture shows.

    `facts`: how it learns, in a line · `filters`, `gradients`: of `layer`, the first of its `of` many, (N, height,
    width) · `limit`: the weight at which the scale of the filters ends · `norms`: the length of each layer's gradient ·
    `lengths`: from where to where their scale goes, powers of ten · `losses`, `accuracies`, `validations` (percent):
    after so many digits · `batch`, `total`: digits of the first step, and of the whole run.
    """

    name: str
    facts: str
    layer: str
    filters: np.ndarray
    gradients: np.ndarray
    of: int
    limit: float
    norms: dict[str, float]
    lengths: tuple[float, float]
    losses: Sequence[Point]
    accuracies: Sequence[Point]
    validations: Sequence[Point]
    batch: int
    total: int

    @property
    def digits(self) -> int:
        """Learnt from so far."""
        return self.losses[-1][0]


def draw_training_frame(frame: TrainingFrame) -> Canvas:
    """Draw it."""
    drawing = Canvas()
    top = drawing.y
    drawing.heading(
        f"{frame.name} learns",
        frame.facts,
        "After every batch the gradient says how the loss would grow with each weight, and the step goes against it: "
        "where a gradient is orange, the filter turns bluer. Orange weights look for ink, blue ones for its absence.",
    )
    drawing.words(MARGIN + INNER, top + 14, f"{frame.digits:,}", TITLE, ABOVE, bold=True, align="right")
    drawing.words(MARGIN + INNER, top + 54, f"of {frame.total:,} digits", TEXT, SOFT, align="right")
    drawing.block(MARGIN, drawing.y, INNER, 6, LINE)
    drawing.block(MARGIN, drawing.y, INNER * frame.digits / frame.total, 6, ABOVE)
    drawing.y += 6
    top = drawing.y
    shown = f"All {frame.of}" if frame.of == len(frame.filters) else f"{len(frame.filters)} of the {frame.of:,}"
    _maps(drawing, MARGIN, f"{shown} filters of {frame.layer}", frame.filters, frame.limit)
    drawing.y = top
    strongest = float(np.abs(frame.gradients).max())
    _maps(drawing, MARGIN + HALF + BETWEEN, "and their gradients", frame.gradients, strongest)
    top = drawing.y + 8
    _curves(drawing, MARGIN, top, frame)
    _lengths(drawing, MARGIN + 2 * (THIRD + BETWEEN), top, frame)
    drawing.y = top + HEAD + HIGH + 24
    return drawing


def _maps(drawing: Canvas, x: float, title: str, values: np.ndarray, limit: float) -> None:
    """Filters or their gradients in rows, and what their colours mean."""
    drawing.section(title, x)
    y = drawing.y - 26
    right, width = x + HALF - 60, 100
    stripe = palette.signed_colours(np.linspace(-limit, limit, width), limit)[None].repeat(12, axis=0)
    drawing.tile(right - width, y - 6, stripe, 1)
    drawing.words(right - width - 8, y, f"−{format_number(limit)}", SMALL, SOFT, align="right")
    drawing.words(right + 8, y, format_number(limit), SMALL, SOFT)
    count, rows, columns = values.shape
    across = min(COLUMNS, count)
    step = min(LARGEST, (HALF + GAP) // across)
    cell = (step - GAP) // max(rows, columns)
    for index, each in enumerate(values):
        left, top = x + index % across * step, drawing.y + index // across * step
        drawing.tile(left + 1, top + 1, palette.signed_colours(each, limit), cell)
    drawing.y += -(-count // across) * step


def _curves(drawing: Canvas, x: float, top: float, frame: TrainingFrame) -> None:
    """Loss and accuracy so far."""
    loss, right = frame.losses[-1][1], frame.accuracies[-1][1]
    highest = max(2.5, math.ceil(2 * max(value for _, value in frame.losses)) / 2)
    chart = _Chart(drawing, x + LEFT, top, THIRD - LEFT, (frame.batch, frame.total), highest)
    drawing.y = top
    drawing.section(f"Loss: {format_number(loss)}", x)
    chart.lines([(value, str(value)) for value in range(0, int(highest) + 1, max(1, int(highest) // 4))])
    chart.curve(frame.losses, MUTED, BELOW)
    x += THIRD + BETWEEN
    chart = _Chart(drawing, x + LEFT, top, THIRD - LEFT, (frame.batch, frame.total), 100)
    drawing.y = top
    drawing.section(f"Read right this epoch: {format_percent(right / 100, 1)}", x)
    chart.lines([(value, f"{value} %") for value in (0, 50, 100)])
    chart.curve(frame.accuracies, MUTED, MUTED)
    if frame.validations:
        held_back = f"held back: {format_percent(frame.validations[-1][1] / 100, 1)}"
        drawing.words(x + LEFT, top + HEAD + HIGH + 36, held_back, SMALL, ABOVE)
        chart.curve(frame.validations, ABOVE, ABOVE)


@dataclass(frozen=True)
class _Chart:
    """Values over digits learnt from; equal ways to the right are equal factors."""

    drawing: Canvas
    x: float
    top: float
    width: float
    ends: tuple[int, int]  # digits at the left and at the right
    highest: float

    def place(self, digits: float, value: float) -> tuple[float, float]:
        low, high = map(math.log, self.ends)
        share = (math.log(max(digits, self.ends[0])) - low) / ((high - low) or 1)
        return self.x + share * self.width, self.top + HEAD + HIGH * (1 - value / self.highest)

    def lines(self, values: list[tuple[float, str]]) -> None:
        """The grid, and what its lines mean."""
        for value, said in values:
            y = self.place(1, value)[1]
            self.drawing.block(self.x, y, self.width, 1, LINE)
            self.drawing.words(self.x - 8, y, said, SMALL, SOFT, align="right")
        for digits in (10**power for power in range(1, 9)):
            if self.ends[0] <= digits <= self.ends[1]:
                x, y = self.place(digits, 0)
                self.drawing.block(x, y - HIGH, 1, HIGH, LINE)
                self.drawing.words(x, y + 14, f"{digits:,}", SMALL, SOFT, align="center")
        self.drawing.words(self.x + self.width, y + 36, "digits learnt from", SMALL, SOFT, align="right")

    def curve(self, points: Sequence[Point], colour: str, end: str) -> None:
        """A line through the points, those in the same few pixels as one, and a dot on the last."""
        bins: dict[int, list[tuple[float, float]]] = {}
        for digits, value in points:
            x, y = self.place(digits, value)
            bins.setdefault(int(x / FINEST), []).append((x, y))
        line = [tuple(np.mean(near, axis=0)) for near in bins.values()]
        last = self.place(*points[-1])
        if len(line) > 1:
            self.drawing.curve([*line, last], colour)
        self.drawing.dot(*last, end)


def _lengths(drawing: Canvas, x: float, top: float, frame: TrainingFrame) -> None:
    """The length of each layer's gradient; equal ways to the right are equal factors."""
    drawing.y = top
    drawing.section("Length of each layer’s gradient", x)
    y, names = top + HEAD, max(drawing.length(name, SMALL) for name in frame.norms) + 10
    width, row = THIRD - names, min(48, HIGH / len(frame.norms))
    low, high = (math.log10(end) for end in frame.lengths)
    for power in range(round(low), round(high) + 1):
        place = x + names + (power - low) / (high - low) * width
        drawing.block(place, y, 1, HIGH, LINE)
        drawing.words(place, y + HIGH + 14, _power(power), SMALL, SOFT, align="center")
    for index, (name, norm) in enumerate(frame.norms.items()):
        middle = y + (index + 0.5) * row
        drawing.words(x + names - 10, middle, name, SMALL, INK, align="right")
        share = (math.log10(norm) - low) / (high - low) if norm > 0 else 0
        drawing.block(x + names, middle - 0.32 * row, max(1, share * width), 0.64 * row, MUTED)


def _power(power: int) -> str:
    return f"{10.0**power:g}" if -4 <= power <= 3 else format_number(10.0**power)
