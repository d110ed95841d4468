"""Draws one moment of training: the first filters, their gradients, and the curves so far."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digits.pictures import palette
from digits.pictures.canvas import INNER_PX, MARGIN_PX, SMALL_PX, TEXT_PX, TITLE_PX, Canvas
from digits.pictures.number_format import format_number, format_percent
from digits.pictures.palette import ABOVE, BELOW, INK, LINE, MUTED, SOFT

COLUMNS = 8  # filters side by side
FILTER_GAP_PX = 10
MAX_FILTERS = 32  # shown
MAX_FILTER_PX = 128  # side of one filter
PART_GAP_PX = 48  # between two parts of the picture
HALF_PX = (INNER_PX - PART_GAP_PX) // 2
THIRD_PX = (INNER_PX - 2 * PART_GAP_PX) // 3
CHART_HEIGHT_PX = 230
CHART_LEFT_PX = 44  # for the axis labels
CHART_TITLE_PX = 50
CURVE_STEP_PX = 2  # between two points of a curve

Point = tuple[int, float]  # digits seen, value


@dataclass(frozen=True)
class TrainingFrame:
    """The content of one training picture.

    settings: the recipe in one line.
    layer: name of the first layer with weights.
    filters, gradients: (N, height, width), the first N filters of `layer`.
    filter_count: number of all its filters.
    weight_limit: weight at the end of the filters' colour scale.
    gradient_norms: norm of each layer's gradient.
    norm_range: ends of their axis, powers of ten.
    losses, accuracies, validations: curves over digits seen; accuracies in percent.
    batch_digits, total_digits: digits seen after the first step and at the end of the run.
    """

    name: str
    settings: str
    layer: str
    filters: np.ndarray
    gradients: np.ndarray
    filter_count: int
    weight_limit: float
    gradient_norms: dict[str, float]
    norm_range: tuple[float, float]
    losses: Sequence[Point]
    accuracies: Sequence[Point]
    validations: Sequence[Point]
    batch_digits: int
    total_digits: int

    @property
    def digits_seen(self) -> int:
        """The number of digits seen so far."""
        return self.losses[-1][0]


def draw_training_frame(frame: TrainingFrame) -> Canvas:
    """Draws a training picture."""
    canvas = Canvas()
    top = canvas.y
    canvas.heading(
        f"{frame.name} learns",
        frame.settings,
        "After every batch the gradient says how the loss would grow with each weight, and the step goes against it: "
        "where a gradient is orange, the filter turns bluer. Orange weights look for ink, blue ones for its absence.",
    )
    canvas.words(MARGIN_PX + INNER_PX, top + 14, f"{frame.digits_seen:,}", TITLE_PX, ABOVE, bold=True, align="right")
    canvas.words(MARGIN_PX + INNER_PX, top + 54, f"of {frame.total_digits:,} digits", TEXT_PX, SOFT, align="right")
    canvas.block(MARGIN_PX, canvas.y, INNER_PX, 6, LINE)
    canvas.block(MARGIN_PX, canvas.y, INNER_PX * frame.digits_seen / frame.total_digits, 6, ABOVE)
    canvas.y += 6
    top = canvas.y
    shown = (
        f"All {frame.filter_count}"
        if frame.filter_count == len(frame.filters)
        else f"{len(frame.filters)} of the {frame.filter_count:,}"
    )
    _draw_filters(canvas, MARGIN_PX, f"{shown} filters of {frame.layer}", frame.filters, frame.weight_limit)
    canvas.y = top
    strongest = float(np.abs(frame.gradients).max())
    _draw_filters(canvas, MARGIN_PX + HALF_PX + PART_GAP_PX, "and their gradients", frame.gradients, strongest)
    top = canvas.y + 8
    _draw_curves(canvas, MARGIN_PX, top, frame)
    _draw_gradient_norms(canvas, MARGIN_PX + 2 * (THIRD_PX + PART_GAP_PX), top, frame)
    canvas.y = top + CHART_TITLE_PX + CHART_HEIGHT_PX + 24
    return canvas


def _draw_filters(canvas: Canvas, x: float, title: str, values: np.ndarray, limit: float) -> None:
    """Draws filters or their gradients in rows, with their colour scale."""
    canvas.section(title, x)
    y = canvas.y - 26
    right, width = x + HALF_PX - 60, 100
    stripe = palette.signed_colours(np.linspace(-limit, limit, width), limit)[None].repeat(12, axis=0)
    canvas.tile(right - width, y - 6, stripe, 1)
    canvas.words(right - width - 8, y, f"−{format_number(limit)}", SMALL_PX, SOFT, align="right")
    canvas.words(right + 8, y, format_number(limit), SMALL_PX, SOFT)
    count, rows, columns = values.shape
    across = min(COLUMNS, count)
    step = min(MAX_FILTER_PX, (HALF_PX + FILTER_GAP_PX) // across)
    cell = (step - FILTER_GAP_PX) // max(rows, columns)
    for index, each in enumerate(values):
        left, top = x + index % across * step, canvas.y + index // across * step
        canvas.tile(left + 1, top + 1, palette.signed_colours(each, limit), cell)
    canvas.y += -(-count // across) * step


def _draw_curves(canvas: Canvas, x: float, top: float, frame: TrainingFrame) -> None:
    """Draws the curves of loss and accuracy."""
    loss, right = frame.losses[-1][1], frame.accuracies[-1][1]
    highest = max(2.5, math.ceil(2 * max(value for _, value in frame.losses)) / 2)
    chart = _Chart(
        canvas, x + CHART_LEFT_PX, top, THIRD_PX - CHART_LEFT_PX, (frame.batch_digits, frame.total_digits), highest
    )
    canvas.y = top
    canvas.section(f"Loss: {format_number(loss)}", x)
    chart.draw_grid([(value, str(value)) for value in range(0, int(highest) + 1, max(1, int(highest) // 4))])
    chart.draw_curve(frame.losses, MUTED, BELOW)
    x += THIRD_PX + PART_GAP_PX
    chart = _Chart(
        canvas, x + CHART_LEFT_PX, top, THIRD_PX - CHART_LEFT_PX, (frame.batch_digits, frame.total_digits), 100
    )
    canvas.y = top
    canvas.section(f"Read right this epoch: {format_percent(right / 100, 1)}", x)
    chart.draw_grid([(value, f"{value} %") for value in (0, 50, 100)])
    chart.draw_curve(frame.accuracies, MUTED, MUTED)
    if frame.validations:
        held_back = f"held back: {format_percent(frame.validations[-1][1] / 100, 1)}"
        canvas.words(x + CHART_LEFT_PX, top + CHART_TITLE_PX + CHART_HEIGHT_PX + 36, held_back, SMALL_PX, ABOVE)
        chart.draw_curve(frame.validations, ABOVE, ABOVE)


@dataclass(frozen=True)
class _Chart:
    """A line chart over the number of digits seen, on a logarithmic axis."""

    canvas: Canvas
    x: float
    top: float
    width: float
    ends: tuple[int, int]  # digits seen at the left and the right end
    highest: float

    def place(self, digits: float, value: float) -> tuple[float, float]:
        low, high = map(math.log, self.ends)
        share = (math.log(max(digits, self.ends[0])) - low) / ((high - low) or 1)
        return self.x + share * self.width, self.top + CHART_TITLE_PX + CHART_HEIGHT_PX * (1 - value / self.highest)

    def draw_grid(self, values: list[tuple[float, str]]) -> None:
        """Draws the grid and its labels."""
        for value, text in values:
            y = self.place(1, value)[1]
            self.canvas.block(self.x, y, self.width, 1, LINE)
            self.canvas.words(self.x - 8, y, text, SMALL_PX, SOFT, align="right")
        for digits in (10**power for power in range(1, 9)):
            if self.ends[0] <= digits <= self.ends[1]:
                x, y = self.place(digits, 0)
                self.canvas.block(x, y - CHART_HEIGHT_PX, 1, CHART_HEIGHT_PX, LINE)
                self.canvas.words(x, y + 14, f"{digits:,}", SMALL_PX, SOFT, align="center")
        self.canvas.words(self.x + self.width, y + 36, "digits learnt from", SMALL_PX, SOFT, align="right")

    def draw_curve(self, points: Sequence[Point], colour: str, end: str) -> None:
        """Draws a line through the points, averaged over a few pixels, and a dot on the last point."""
        bins: dict[int, list[tuple[float, float]]] = {}
        for digits, value in points:
            x, y = self.place(digits, value)
            bins.setdefault(int(x / CURVE_STEP_PX), []).append((x, y))
        line = [tuple(np.mean(near, axis=0)) for near in bins.values()]
        last = self.place(*points[-1])
        if len(line) > 1:
            self.canvas.curve([*line, last], colour)
        self.canvas.dot(*last, end)


def _draw_gradient_norms(canvas: Canvas, x: float, top: float, frame: TrainingFrame) -> None:
    """Draws the norm of each layer's gradient as a bar on a logarithmic axis."""
    canvas.y = top
    canvas.section("Length of each layer’s gradient", x)
    y, names = top + CHART_TITLE_PX, max(canvas.length(name, SMALL_PX) for name in frame.gradient_norms) + 10
    width, row = THIRD_PX - names, min(48, CHART_HEIGHT_PX / len(frame.gradient_norms))
    low, high = (math.log10(end) for end in frame.norm_range)
    for power in range(round(low), round(high) + 1):
        place = x + names + (power - low) / (high - low) * width
        canvas.block(place, y, 1, CHART_HEIGHT_PX, LINE)
        canvas.words(place, y + CHART_HEIGHT_PX + 14, _format_power(power), SMALL_PX, SOFT, align="center")
    for index, (name, norm) in enumerate(frame.gradient_norms.items()):
        middle = y + (index + 0.5) * row
        canvas.words(x + names - 10, middle, name, SMALL_PX, INK, align="right")
        share = (math.log10(norm) - low) / (high - low) if norm > 0 else 0
        canvas.block(x + names, middle - 0.32 * row, max(1, share * width), 0.64 * row, MUTED)


def _format_power(power: int) -> str:
    return f"{10.0**power:g}" if -4 <= power <= 3 else format_number(10.0**power)
