"""A picture of each layer: all of its answer, and one number of it worked out."""

from collections.abc import Callable

import numpy as np
import torch

from digits.explain.computation import LayerStep, linear_terms
from digits.pictures import layer_captions, maps, palette
from digits.pictures.canvas import INNER, MARGIN, SMALL, TEXT, Canvas
from digits.pictures.charts import balance, mosaic, probability_bars, stripes, ten_bars, vertical_bars
from digits.pictures.maps import strongest
from digits.pictures.number_format import format_number, format_size
from digits.pictures.palette import ABOVE, MUTED, SOFT


def draw_layer(step: LayerStep, title: str) -> Canvas:
    """The picture of a layer."""
    drawing = Canvas()
    drawing.heading(title, layer_captions.facts(step), layer_captions.caption(step))
    DRAWN[step.layer.kind](drawing, step)
    return drawing


def _flatten(drawing: Canvas, step: LayerStep) -> None:
    limit = strongest(step.values)
    count, height, width = step.below.shape
    channel, row, _ = np.unravel_index(step.below.argmax(), step.below.shape)
    whole = height * width <= 16
    values = (step.below[channel] if whole else step.below[channel, row]).ravel()
    start = channel * height * width + (0 if whole else row * width)
    what = f"Map {channel + 1}" if count > 1 else "The picture"
    drawing.section(
        f"{what}{'' if whole else f', row {row + 1},'} becomes the numbers {start + 1:,} to {start + len(values):,}"
    )
    cell = max(1, 168 // height)
    y = drawing.y
    size = drawing.tile(MARGIN, y, palette.signed_colours(step.below[channel], limit), cell)
    if not whole:
        drawing.frame(MARGIN, y + row * cell, size[0], cell, ABOVE, 3)
    drawing.words(MARGIN + 196, y + size[1] / 2, "→", 28, align="center")
    x, wide = MARGIN + 224, (INNER - 224) // max(len(values), 12)
    if wide >= 44:
        drawing.numbers(x, y + size[1] / 2 - wide / 2, values[None], wide, limit)
    else:
        drawing.tile(x, round(y + size[1] / 2 - wide / 2), palette.signed_colours(values, limit)[None], wide)
    drawing.y = y + max(size[1], 60) + 16
    drawing.section(f"The list, {len(step.values):,} numbers")
    drawing.scale(limit, step.values.min(), step.values.max())
    stripes(drawing, step.values, limit)


def _linear(drawing: Canvas, step: LayerStep) -> None:
    unit = step.peak[0]
    if step.layer.name == "logits":
        drawing.section("The ten scores")
        words, limit = [format_number(value) for value in step.values], strongest(step.values)
        ten_bars(drawing, step.values, MARGIN, INNER, words, unit, limit)
        name = f"the score of {unit}"
    else:
        drawing.section("All units")
        vertical_bars(drawing, step.values, 260)
        name = f"unit {unit + 1}"
    drawing.section(f"The highest number worked out: {name}")
    products, bias = linear_terms(step, unit)
    balance(drawing, products, bias, float(step.values[unit]))
    if step.maps is None:
        return
    if step.maps[0] == 1:
        _pictured(drawing, step, unit, products)
        return
    drawing.section(f"The same products where they came from: {step.maps[0]} maps of {format_size(step.maps[1:])}")
    limit = strongest(products)
    drawing.scale(limit, products.min(), products.max())
    mosaic(drawing, products.reshape(step.maps), limit, 240)


def _pictured(drawing: Canvas, step: LayerStep, unit: int, products: np.ndarray) -> None:
    """Where a unit looks at the picture itself, its weights are a picture too."""
    drawing.section("The same as pictures")
    weights = step.module.weight[unit].detach().numpy()
    cell, y = 10, drawing.y
    for place, (said, values) in enumerate(
        (("the picture", step.below), ("× weights", weights), ("= products", products))
    ):
        x = MARGIN + place * (28 * cell + 60)
        drawing.words(x, y, said, SMALL + 1, SOFT)
        drawing.tile(x, y + 14, palette.signed_colours(values.reshape(step.maps[1:]), np.abs(values).max()), cell)
    drawing.y = y + 28 * cell + 24


def _dropout(drawing: Canvas, step: LayerStep) -> None:
    drawing.section("As the network reads: all numbers pass")
    vertical_bars(drawing, step.values, 190)
    drawing.section("As it might be in training: one throw of the dice, in pale what falls silent")
    kept = torch.rand(step.values.size, generator=torch.Generator().manual_seed(1)).numpy() >= step.module.p
    thrown = np.where(kept, step.values / (1 - step.module.p), 0)
    vertical_bars(drawing, thrown.astype(np.float32), 190, np.where(kept, thrown, step.values))
    share = f"{int(kept.sum())} of {kept.size} numbers are kept here."
    drawing.words(MARGIN + INNER / 2, drawing.y - 12, share, SMALL + 1, SOFT, align="center")


def _softmax(drawing: Canvas, step: LayerStep) -> None:
    drawing.section("From scores to shares")
    scores = step.below / step.temperature
    powers = np.exp(scores - scores.max())
    columns = (("score", 100), (f"÷ {step.temperature:.2f}", 220), ("e to that, the highest set to 1", 480))
    for said, x in columns:
        drawing.words(MARGIN + x, drawing.y, said, SMALL + 1, SOFT, align="right")
    drawing.words(MARGIN + 540, drawing.y, "divided by the sum: the share", SMALL + 1, SOFT)
    drawing.y += 16
    y, winner = drawing.y, step.peak[0]
    for digit in range(10):
        for (_, x), value in zip(columns, (step.below[digit], scores[digit], powers[digit]), strict=True):
            colour = ABOVE if digit == winner else MUTED
            drawing.words(MARGIN + x, y + 32 * digit + 16, format_number(float(value)), TEXT - 1, colour, align="right")
    probability_bars(drawing, step.values, MARGIN + 540, INNER - 540, winner)


def _relu(drawing: Canvas, step: LayerStep) -> None:
    if step.values.ndim == 3:
        maps.relu(drawing, step)
        return
    drawing.section("All units; what was cut off is pale")
    vertical_bars(drawing, step.values, 300, step.below)


DRAWN: dict[str, Callable[[Canvas, LayerStep], None]] = {
    "conv": maps.conv,
    "batchnorm": maps.batchnorm,
    "relu": _relu,
    "pool": maps.pool,
    "flatten": _flatten,
    "linear": _linear,
    "dropout": _dropout,
    "softmax": _softmax,
}
