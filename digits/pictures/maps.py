"""Layers that answer with maps, drawn: all of their maps, and their highest number worked out."""

import numpy as np

from digits.explain.computation import LayerStep, convolution_terms
from digits.pictures import layer_captions, palette
from digits.pictures.canvas import INNER, MARGIN, SMALL, TEXT, WIDTH, Canvas
from digits.pictures.charts import mosaic
from digits.pictures.number_format import format_number
from digits.pictures.palette import ABOVE, SOFT

CLOSE = 196  # pixels to a map seen from near
PARTS = 5  # maps below that a convolution's sum is shown for


def strongest(values: np.ndarray) -> float:
    """The size of the strongest number, where the scale of colours ends; never 0."""
    return float(np.abs(values).max()) or 1.0


def everything(drawing: Canvas, step: LayerStep) -> None:
    """All maps of the answer, the one with the highest number framed; beside those of the first layer their filters."""
    limit = strongest(step.values)
    first = step.layer.kind == "conv" and len(step.below) == 1
    beside = ", each beside its filter" if first else ""
    drawing.section(f"All {len(step.values)} maps{beside}")
    drawing.scale(limit, step.values.min(), step.values.max())
    kernels = step.module.weight.detach().numpy()[:, 0] if first else None
    mosaic(drawing, step.values, limit, 560, step.peak[0], kernels)


def conv(drawing: Canvas, step: LayerStep) -> None:
    """All maps, and the sum behind the highest number."""
    everything(drawing, step)
    channel = step.peak[0]
    found, total = convolution_terms(step, step.peak), float(step.values[step.peak])
    drawing.section(f"The highest number worked out: {layer_captions.where(step.peak)}")
    order = np.argsort(-np.abs(found.parts))[:PARTS]
    small = len(found.parts) == 1
    cell = (60 if small else 52) if found.patches.shape[1] == 3 else 50
    seen, weights = np.abs(found.patches[order]).max(), np.abs(found.weights[order]).max()
    side = cell * found.patches.shape[1]
    y = drawing.y
    if small:
        products = found.patches[0] * found.weights[0]
        for x, values, limit, above in (
            (MARGIN, found.patches[0], seen, "under the window"),
            (MARGIN + side + 60, found.weights[0], weights, f"filter {channel + 1}"),
            (MARGIN + 2 * side + 120, products, np.abs(products).max(), "products"),
        ):
            drawing.words(x, y, above, SMALL, SOFT)
            drawing.numbers(x, y + 14, values, cell, limit)
        drawing.words(MARGIN + side + 30, y + 14 + side / 2, "×", 26, align="center")
        drawing.words(MARGIN + 2 * side + 90, y + 14 + side / 2, "=", 26, align="center")
        x = MARGIN + 3 * side + 150
        drawing.y = y + 34
        drawing.paragraph(_sum(found.parts, order, found.bias, total), x, WIDTH - MARGIN - x)
        drawing.y = y + side + 24
    else:
        step_right = INNER / len(order)
        for place, index in enumerate(order):
            x = round(MARGIN + place * step_right)
            drawing.words(x, y, f"map {index + 1} below", SMALL, SOFT)
            drawing.numbers(x, y + 14, found.patches[index], cell, seen)
            drawing.words(x + side / 2, y + side + 30, "×", 22, align="center")
            drawing.numbers(x, y + side + 46, found.weights[index], cell, weights)
            drawing.words(
                x + side / 2, y + 2 * side + 66, f"= {format_number(found.parts[index])}", TEXT, align="center"
            )
        drawing.y = y + 2 * side + 98
        drawing.paragraph(_sum(found.parts, order, found.bias, total))


def _sum(parts: np.ndarray, order: np.ndarray, bias: float | None, total: float) -> str:
    if len(parts) == 1:
        words = f"The products add up to {format_number(parts[0])}"
    else:
        words = "The products add up: " + " + ".join(format_number(parts[index]) for index in order)
        words += (
            f", and the other {len(parts) - len(order)} maps bring {format_number(parts.sum() - parts[order].sum())}"
        )
    words += "; this layer has no bias" if bias is None else f"; the filter’s bias is {format_number(bias)}"
    return f"{words.replace('+ −', '− ')}. Together: {format_number(total)} (all numbers here are rounded)."


def _pair(drawing: Canvas, before: np.ndarray, after: np.ndarray, lines: list[str]) -> tuple[float, ...]:
    """A map before and after its layer, seen from near, and lines about it; returns where both are, and their cells."""
    limit = max(np.abs(before).max(), np.abs(after).max())
    y, cells = drawing.y, (max(1, CLOSE // len(before)), max(1, CLOSE // len(after)))
    drawing.words(MARGIN, y, "before", SMALL, SOFT)
    drawing.tile(MARGIN, y + 14, palette.signed_colours(before, limit), cells[0])
    right = MARGIN + CLOSE + 64
    drawing.words(right - 32, y + 14 + CLOSE / 2, "→", 28, align="center")
    drawing.words(right, y, "after", SMALL, SOFT)
    drawing.tile(right, y + 14, palette.signed_colours(after, limit), cells[1])
    x = right + CLOSE + 56
    drawing.y = y + 60
    for line in lines:
        drawing.paragraph(line, x, WIDTH - MARGIN - x)
    drawing.y = max(drawing.y, y + 14 + CLOSE + 20)
    return MARGIN, right, y + 14, *cells


def batchnorm(drawing: Canvas, step: LayerStep) -> None:
    """All maps, and the change of scale of the highest number."""
    everything(drawing, step)
    channel = step.peak[0]
    own = step.module
    mean, variance, weight, bias = (
        part[channel].item() for part in (own.running_mean, own.running_var, own.weight, own.bias)
    )
    drawing.section(f"Map {channel + 1} and its highest number")
    spread = (variance + own.eps) ** 0.5
    was, now = float(step.below[step.peak]), float(step.values[step.peak])
    sign = "+" if bias >= 0 else "−"
    learnt = f"× {format_number(weight)} {sign} {format_number(abs(bias))}"
    centred = f"({format_number(was)} − {format_number(mean)})".replace("− −", "+ ")
    lines = [
        f"In training this map had the mean {format_number(mean)} and the spread {format_number(spread)}; learnt is {learnt}.",
        f"{centred} ÷ {format_number(spread)} {learnt} = {format_number(now)}",
    ]
    _pair(drawing, step.below[channel], step.values[channel], lines)


def relu(drawing: Canvas, step: LayerStep) -> None:
    """All maps, and of the one with the highest number what was cut off."""
    everything(drawing, step)
    channel = step.peak[0]
    silent = int((step.below[channel] < 0).sum())
    drawing.section(f"Map {channel + 1}")
    lines = [f"{silent:,} of its {step.below[channel].size:,} numbers were below zero, and are zero now."]
    _pair(drawing, step.below[channel], step.values[channel], lines)


def pool(drawing: Canvas, step: LayerStep) -> None:
    """All maps, and the window that the highest number came from."""
    everything(drawing, step)
    channel, row, column = step.peak
    side = step.layer.window.side
    window = step.below[channel, row * side : (row + 1) * side, column * side : (column + 1) * side]
    drawing.section(f"Map {channel + 1} and its highest number")
    numbers = ", ".join(format_number(value) for value in window.ravel())
    lines = [f"Of {numbers} in the frame the largest, {format_number(step.values[step.peak])}, stays."]
    left, right, y, big, small = _pair(drawing, step.below[channel], step.values[channel], lines)
    drawing.frame(left + column * side * big, y + row * side * big, side * big, side * big, ABOVE, 3)
    drawing.frame(right + column * small, y + row * small, small, small, ABOVE, 3)
