"""Draws layers with maps as output: all maps, and the computation of the highest value."""

import numpy as np
from torch import nn

from digits.explain.computation import LayerStep, convolution_terms
from digits.pictures import layer_captions, palette
from digits.pictures.canvas import INNER_PX, MARGIN_PX, SMALL_PX, TEXT_PX, WIDTH_PX, Canvas
from digits.pictures.charts import draw_mosaic
from digits.pictures.number_format import format_number
from digits.pictures.palette import ABOVE, SOFT

CLOSE_UP_PX = 196  # side of an enlarged map
MAX_PARTS = 5  # input maps shown in the sum of a convolution


def colour_limit(values: np.ndarray) -> float:
    """Returns the largest absolute value, used as the end of a colour scale; 1 if all values are 0."""
    return float(np.abs(values).max()) or 1.0


def draw_all_maps(canvas: Canvas, step: LayerStep) -> None:
    """Draws all output maps and frames the one with the highest value; the first layer adds its filters."""
    limit = colour_limit(step.values)
    first = step.layer.kind == "conv" and len(step.below) == 1
    beside = ", each beside its filter" if first else ""
    canvas.section(f"All {len(step.values)} maps{beside}")
    canvas.scale(limit, step.values.min(), step.values.max())
    kernels = step.module_as(nn.Conv2d).weight.detach().numpy()[:, 0] if first else None
    draw_mosaic(canvas, step.values, limit, 560, step.peak[0], kernels)


def draw_convolution(canvas: Canvas, step: LayerStep) -> None:
    """Draws all maps and the sum behind the highest value."""
    draw_all_maps(canvas, step)
    channel = step.peak[0]
    terms, total = convolution_terms(step, step.peak), float(step.values[step.peak])
    canvas.section(f"The highest number worked out: {layer_captions.format_place(step.peak)}")
    order = np.argsort(-np.abs(terms.parts))[:MAX_PARTS]
    small = len(terms.parts) == 1
    cell = (60 if small else 52) if terms.patches.shape[1] == 3 else 50
    seen, weights = np.abs(terms.patches[order]).max(), np.abs(terms.weights[order]).max()
    side = cell * terms.patches.shape[1]
    y = canvas.y
    if small:
        products = terms.patches[0] * terms.weights[0]
        for x, values, limit, above in (
            (MARGIN_PX, terms.patches[0], seen, "under the window"),
            (MARGIN_PX + side + 60, terms.weights[0], weights, f"filter {channel + 1}"),
            (MARGIN_PX + 2 * side + 120, products, np.abs(products).max(), "products"),
        ):
            canvas.words(x, y, above, SMALL_PX, SOFT)
            canvas.numbers(x, y + 14, values, cell, limit)
        canvas.words(MARGIN_PX + side + 30, y + 14 + side / 2, "×", 26, align="center")
        canvas.words(MARGIN_PX + 2 * side + 90, y + 14 + side / 2, "=", 26, align="center")
        x = MARGIN_PX + 3 * side + 150
        canvas.y = y + 34
        canvas.paragraph(_describe_sum(terms.parts, order, terms.bias, total), x, WIDTH_PX - MARGIN_PX - x)
        canvas.y = y + side + 24
    else:
        step_right = INNER_PX / len(order)
        for place, index in enumerate(order):
            x = round(MARGIN_PX + place * step_right)
            canvas.words(x, y, f"map {index + 1} below", SMALL_PX, SOFT)
            canvas.numbers(x, y + 14, terms.patches[index], cell, seen)
            canvas.words(x + side / 2, y + side + 30, "×", 22, align="center")
            canvas.numbers(x, y + side + 46, terms.weights[index], cell, weights)
            canvas.words(
                x + side / 2,
                y + 2 * side + 66,
                f"= {format_number(float(terms.parts[index]))}",
                TEXT_PX,
                align="center",
            )
        canvas.y = y + 2 * side + 98
        canvas.paragraph(_describe_sum(terms.parts, order, terms.bias, total))


def _describe_sum(parts: np.ndarray, order: np.ndarray, bias: float | None, total: float) -> str:
    if len(parts) == 1:
        words = f"The products add up to {format_number(parts[0])}"
    else:
        words = "The products add up: " + " + ".join(format_number(float(parts[index])) for index in order)
        words += (
            f", and the other {len(parts) - len(order)} maps bring {format_number(parts.sum() - parts[order].sum())}"
        )
    words += "; this layer has no bias" if bias is None else f"; the filter’s bias is {format_number(bias)}"
    return f"{words.replace('+ −', '− ')}. Together: {format_number(total)} (all numbers here are rounded)."


def _draw_before_after(canvas: Canvas, before: np.ndarray, after: np.ndarray, lines: list[str]) -> tuple[float, ...]:
    """Draws an enlarged map before and after its layer, with lines of text to the right.

    Returns the left edge of both maps, their top edge, and the pixels a value of both.
    """
    limit = max(np.abs(before).max(), np.abs(after).max())
    y, cells = canvas.y, (max(1, CLOSE_UP_PX // len(before)), max(1, CLOSE_UP_PX // len(after)))
    canvas.words(MARGIN_PX, y, "before", SMALL_PX, SOFT)
    canvas.tile(MARGIN_PX, y + 14, palette.signed_colours(before, limit), cells[0])
    right = MARGIN_PX + CLOSE_UP_PX + 64
    canvas.words(right - 32, y + 14 + CLOSE_UP_PX / 2, "→", 28, align="center")
    canvas.words(right, y, "after", SMALL_PX, SOFT)
    canvas.tile(right, y + 14, palette.signed_colours(after, limit), cells[1])
    x = right + CLOSE_UP_PX + 56
    canvas.y = y + 60
    for line in lines:
        canvas.paragraph(line, x, WIDTH_PX - MARGIN_PX - x)
    canvas.y = max(canvas.y, y + 14 + CLOSE_UP_PX + 20)
    return MARGIN_PX, right, y + 14, *cells


def draw_batchnorm(canvas: Canvas, step: LayerStep) -> None:
    """Draws all maps and the normalisation of the highest value."""
    draw_all_maps(canvas, step)
    channel = step.peak[0]
    terms = step.batchnorm_terms(channel)
    mean, weight, bias = terms.mean, terms.weight, terms.bias
    canvas.section(f"Map {channel + 1} and its highest number")
    spread = (terms.variance + terms.epsilon) ** 0.5
    was, now = float(step.below[step.peak]), float(step.values[step.peak])
    sign = "+" if bias >= 0 else "−"
    learnt = f"× {format_number(weight)} {sign} {format_number(abs(bias))}"
    centred = f"({format_number(was)} − {format_number(mean)})".replace("− −", "+ ")
    lines = [
        f"In training this map had the mean {format_number(mean)} and the spread {format_number(spread)}; "
        f"learnt is {learnt}.",
        f"{centred} ÷ {format_number(spread)} {learnt} = {format_number(now)}",
    ]
    _draw_before_after(canvas, step.below[channel], step.values[channel], lines)


def draw_relu(canvas: Canvas, step: LayerStep) -> None:
    """Draws all maps, and the one with the highest value before and after."""
    draw_all_maps(canvas, step)
    channel = step.peak[0]
    silent = int((step.below[channel] < 0).sum())
    canvas.section(f"Map {channel + 1}")
    lines = [f"{silent:,} of its {step.below[channel].size:,} numbers were below zero, and are zero now."]
    _draw_before_after(canvas, step.below[channel], step.values[channel], lines)


def draw_pool(canvas: Canvas, step: LayerStep) -> None:
    """Draws all maps and the window of the highest value."""
    draw_all_maps(canvas, step)
    channel, row, column = step.peak
    side = step.window.side
    window = step.below[channel, row * side : (row + 1) * side, column * side : (column + 1) * side]
    canvas.section(f"Map {channel + 1} and its highest number")
    numbers = ", ".join(format_number(value) for value in window.ravel())
    lines = [f"Of {numbers} in the frame the largest, {format_number(step.values[step.peak])}, stays."]
    left, right, y, big, small = _draw_before_after(canvas, step.below[channel], step.values[channel], lines)
    canvas.frame(left + column * side * big, y + row * side * big, side * big, side * big, ABOVE, 3)
    canvas.frame(right + column * small, y + row * small, small, small, ABOVE, 3)
