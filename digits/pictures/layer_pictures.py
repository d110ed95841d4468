"""Draws one picture for each layer: all of its output, and the computation of its highest value."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from digits.explain.computation import LayerStep, linear_terms
from digits.pictures import layer_captions, map_pictures, palette
from digits.pictures.canvas import INNER_PX, MARGIN_PX, SMALL_PX, TEXT_PX, Canvas
from digits.pictures.charts import (
    draw_digit_bars,
    draw_mosaic,
    draw_probability_bars,
    draw_stripes,
    draw_sum_bars,
    draw_vertical_bars,
)
from digits.pictures.map_pictures import colour_limit
from digits.pictures.number_format import format_number, format_size
from digits.pictures.palette import ABOVE, MUTED, SOFT


def draw_layer(step: LayerStep, title: str) -> Canvas:
    """Draws the picture of a layer."""
    canvas = Canvas()
    canvas.heading(title, layer_captions.describe_layer(step), layer_captions.write_caption(step))
    LAYER_DRAWERS[step.layer.kind](canvas, step)
    return canvas


def _draw_flatten(canvas: Canvas, step: LayerStep) -> None:
    limit = colour_limit(step.values)
    count, height, width = step.below.shape
    channel, row, _ = np.unravel_index(step.below.argmax(), step.below.shape)
    whole = height * width <= 16
    values = (step.below[channel] if whole else step.below[channel, row]).ravel()
    start = channel * height * width + (0 if whole else row * width)
    what = f"Map {channel + 1}" if count > 1 else "The picture"
    canvas.section(
        f"{what}{'' if whole else f', row {row + 1},'} becomes the numbers {start + 1:,} to {start + len(values):,}"
    )
    cell = max(1, 168 // height)
    y = canvas.y
    size = canvas.tile(MARGIN_PX, y, palette.signed_colours(step.below[channel], limit), cell)
    if not whole:
        canvas.frame(MARGIN_PX, y + row * cell, size[0], cell, ABOVE, 3)
    canvas.words(MARGIN_PX + 196, y + size[1] / 2, "→", 28, align="center")
    x, wide = MARGIN_PX + 224, (INNER_PX - 224) // max(len(values), 12)
    if wide >= 44:
        canvas.numbers(x, y + size[1] / 2 - wide / 2, values[None], wide, limit)
    else:
        canvas.tile(x, round(y + size[1] / 2 - wide / 2), palette.signed_colours(values, limit)[None], wide)
    canvas.y = y + max(size[1], 60) + 16
    canvas.section(f"The list, {len(step.values):,} numbers")
    canvas.scale(limit, step.values.min(), step.values.max())
    draw_stripes(canvas, step.values, limit)


def _draw_linear(canvas: Canvas, step: LayerStep) -> None:
    unit = step.peak[0]
    if step.layer.name == "logits":
        canvas.section("The ten scores")
        words, limit = [format_number(value) for value in step.values], colour_limit(step.values)
        draw_digit_bars(canvas, step.values, MARGIN_PX, INNER_PX, words, unit, limit)
        name = f"the score of {unit}"
    else:
        canvas.section("All units")
        draw_vertical_bars(canvas, step.values, 260)
        name = f"unit {unit + 1}"
    canvas.section(f"The highest number worked out: {name}")
    products, bias = linear_terms(step, unit)
    draw_sum_bars(canvas, products, bias, float(step.values[unit]))
    if step.maps is None:
        return
    if step.maps[0] == 1:
        _draw_weight_image(canvas, step, unit, products)
        return
    canvas.section(f"The same products where they came from: {step.maps[0]} maps of {format_size(step.maps[1:])}")
    limit = colour_limit(products)
    canvas.scale(limit, products.min(), products.max())
    draw_mosaic(canvas, products.reshape(step.maps), limit, 240)


def _draw_weight_image(canvas: Canvas, step: LayerStep, unit: int, products: np.ndarray) -> None:
    """Draws the digit, a unit's weights and their products as images."""
    canvas.section("The same as pictures")
    weights = step.module_as(nn.Linear).weight[unit].detach().numpy()
    cell, y = 10, canvas.y
    for place, (text, values) in enumerate(
        (("the picture", step.below), ("× weights", weights), ("= products", products))
    ):
        x = MARGIN_PX + place * (28 * cell + 60)
        canvas.words(x, y, text, SMALL_PX + 1, SOFT)
        canvas.tile(x, y + 14, palette.signed_colours(values.reshape(step.below_sides), np.abs(values).max()), cell)
    canvas.y = y + 28 * cell + 24


def _draw_dropout(canvas: Canvas, step: LayerStep) -> None:
    canvas.section("As the network reads: all numbers pass")
    draw_vertical_bars(canvas, step.values, 190)
    canvas.section("As it might be in training: one throw of the dice, in pale what falls silent")
    rate = step.module_as(nn.Dropout).p
    kept = torch.rand(step.values.size, generator=torch.Generator().manual_seed(1)).numpy() >= rate
    thrown = np.where(kept, step.values / (1 - rate), 0)
    draw_vertical_bars(canvas, thrown.astype(np.float32), 190, np.where(kept, thrown, step.values))
    share = f"{int(kept.sum())} of {kept.size} numbers are kept here."
    canvas.words(MARGIN_PX + INNER_PX / 2, canvas.y - 12, share, SMALL_PX + 1, SOFT, align="center")


def _draw_softmax(canvas: Canvas, step: LayerStep) -> None:
    canvas.section("From scores to shares")
    scores = step.below / step.temperature
    powers = np.exp(scores - scores.max())
    columns = (("score", 100), (f"÷ {step.temperature:.2f}", 220), ("e to that, the highest set to 1", 480))
    for text, x in columns:
        canvas.words(MARGIN_PX + x, canvas.y, text, SMALL_PX + 1, SOFT, align="right")
    canvas.words(MARGIN_PX + 540, canvas.y, "divided by the sum: the share", SMALL_PX + 1, SOFT)
    canvas.y += 16
    y, winner = canvas.y, step.peak[0]
    for digit in range(10):
        for (_, x), value in zip(columns, (step.below[digit], scores[digit], powers[digit]), strict=True):
            colour = ABOVE if digit == winner else MUTED
            canvas.words(
                MARGIN_PX + x, y + 32 * digit + 16, format_number(float(value)), TEXT_PX - 1, colour, align="right"
            )
    draw_probability_bars(canvas, step.values, MARGIN_PX + 540, INNER_PX - 540, winner)


def _draw_relu(canvas: Canvas, step: LayerStep) -> None:
    if step.values.ndim == 3:
        map_pictures.draw_relu(canvas, step)
        return
    canvas.section("All units; what was cut off is pale")
    draw_vertical_bars(canvas, step.values, 300, step.below)


LAYER_DRAWERS: dict[str, Callable[[Canvas, LayerStep], None]] = {
    "conv": map_pictures.draw_convolution,
    "batchnorm": map_pictures.draw_batchnorm,
    "relu": _draw_relu,
    "pool": map_pictures.draw_pool,
    "flatten": _draw_flatten,
    "linear": _draw_linear,
    "dropout": _draw_dropout,
    "softmax": _draw_softmax,
}
