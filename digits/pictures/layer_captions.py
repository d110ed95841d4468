"""Captions of the layer pictures, in plain words and with the numbers of the digit that is shown."""

import math
from collections.abc import Callable

import numpy as np
from torch import nn

from digits.explain.computation import LayerStep
from digits.pictures.number_format import format_number, format_percent, format_size

KINDS = {
    "conv": "convolution",
    "batchnorm": "batch normalisation",
    "relu": "ReLU",
    "pool": "max pooling",
    "flatten": "flattening",
    "linear": "linear layer",
    "dropout": "dropout",
    "softmax": "softmax",
}


def describe_layer(step: LayerStep) -> str:
    """Returns one line about a layer: its kind, output shape and number of parameters."""
    layer = step.layer
    shape = (
        format_size(layer.shape)
        if len(layer.shape) == 1
        else f"{layer.shape[0]} maps of {format_size(layer.shape[1:])}"
    )
    shape += "" if len(layer.shape) == 3 else " units" if layer.kind in ("linear", "softmax") else " numbers"
    learnt = f"{layer.parameters:,} parameters" if layer.parameters else "nothing to learn"
    return f"{KINDS[layer.kind]}  ·  {shape}  ·  {learnt}"


def format_place(place: tuple[int, ...]) -> str:
    """Returns the position of a value as text, counted from 1: (number) or (map, row, column)."""
    if len(place) == 1:
        return f"number {place[0] + 1}"
    return f"map {place[0] + 1}, row {place[1] + 1}, column {place[2] + 1}"


def write_caption(step: LayerStep) -> str:
    """Returns the explanation of a layer's computation, with the numbers of the digit that is shown."""
    return CAPTIONS[step.layer.kind](step)


def _describe_range(step: LayerStep) -> str:
    low, high = format_number(step.values.min()), format_number(step.values.max())
    return f"The lowest number is {low}, the highest {high} ({format_place(step.peak)})."


def _describe_receptive_field(step: LayerStep) -> str:
    if step.sees == 28:
        return "One number here may depend on the whole picture."
    return f"One number here depends on {format_size((step.sees, step.sees))} pixels of the picture."


def _caption_convolution(step: LayerStep) -> str:
    filters, inputs, window = step.layer.shape[0], len(step.below), step.window
    over = "the picture" if inputs == 1 else f"all {inputs} maps below at once"
    each = f"{inputs} · " * (inputs > 1) + f"{window.side} · {window.side}"
    bias = "" if step.module_as(nn.Conv2d).bias is None else " + 1"
    edge = f"{window.padding} row of zeros added all round" if window.padding else "never over the edge"
    return (
        f"Each of the {filters} filters is a window of {format_size((window.side, window.side))} that slides "
        f"over {over}, {edge}. At every place it multiplies what lies under it by its own weights and adds up. "
        f"Orange: the filter’s pattern is here; blue: its opposite. The weights are learnt: "
        f"{filters} · ({each}{bias}) = {step.layer.parameters:,}. "
        f"{_describe_receptive_field(step)} {_describe_range(step)}"
    )


def _caption_batchnorm(step: LayerStep) -> str:
    count = step.layer.shape[0]
    before, after = (np.abs(values).max(axis=(1, 2)) for values in (step.below, step.values))
    return (
        f"Each of the {count} maps is brought to a common scale: its mean over the training digits is taken away, it "
        "is divided by its usual spread, then multiplied and shifted by two learnt numbers "
        f"(2 · {count} = {step.layer.parameters:,}). Before, the strongest number of a map was between "
        f"{format_number(before.min())} and {format_number(before.max())}; "
        f"now it is between {format_number(after.min())} and {format_number(after.max())}. {_describe_range(step)}"
    )


def _caption_relu(step: LayerStep) -> str:
    silent = int((step.below < 0).sum())
    share = f"{silent:,} of {step.below.size:,} numbers were below zero ({format_percent(silent / step.below.size)})"
    what = "The blue is gone and what was found stays." if step.values.ndim == 3 else "A unit speaks, or is silent."
    quiet = int((step.values.reshape(len(step.values), -1).max(axis=1) == 0).sum())
    empty = f" {quiet} of {len(step.values)} maps are empty now." if step.values.ndim == 3 and quiet else ""
    return (
        f"Everything below zero becomes zero, all else stays: max(0, x). {share}. {what} Without this bend between "
        f"them, two layers in a row could do no more than one.{empty} {_describe_range(step)}"
    )


def _caption_pool(step: LayerStep) -> str:
    side = step.window.side
    before, after = step.below.shape[1:], step.values.shape[1:]
    lost = "" if before[0] % side == 0 else " The last row and the last column fill no window and are left out."
    return (
        f"Of every {format_size((side, side))} numbers only the largest stays: "
        f"{format_size(before)} becomes {format_size(after)}.{lost} "
        f"Where exactly something was found matters less; that it was found stays. "
        f"{_describe_receptive_field(step)} {_describe_range(step)}"
    )


def _caption_flatten(step: LayerStep) -> str:
    what = "The picture" if len(step.below) == 1 else f"All {len(step.below)} maps"
    shape = step.below.shape[1:] if len(step.below) == 1 else step.below.shape
    return (
        f"{what}, row after row, written as one list: {format_size(shape)} = {step.values.size:,} numbers. Nothing is "
        f"computed; the next layer only wants a list. {_describe_range(step)}"
    )


def _caption_linear(step: LayerStep) -> str:
    units, inputs = step.layer.shape[0], step.below.size
    learnt = f"{units} · ({inputs:,} + 1) = {step.layer.parameters:,}"
    if step.layer.name == "logits":
        first, second = np.argsort(-step.values)[:2].tolist()
        return (
            f"One score for each digit: all {inputs:,} numbers below, each times a weight of that digit’s own, added "
            f"up, and a bias ({learnt} learnt numbers). The highest score is that of {first}, "
            f"{format_number(float(step.values[first]))}; {second} follows with "
            f"{format_number(float(step.values[second]))}. "
            "Scores may be negative and do not add up to anything; the next step turns them into shares."
        )
    return (
        f"Each of the {units} units looks at all {inputs:,} numbers below, multiplies each by a weight of its own, "
        f"adds up, and adds a bias: {learnt} learnt numbers. An orange unit has found what it has learnt to look for; "
        f"a blue one has found the opposite. {_describe_range(step)}"
    )


def _caption_dropout(step: LayerStep) -> str:
    rate = step.module_as(nn.Dropout).p
    return (
        f"In training each of the {step.values.size:,} numbers is set to 0 with a chance of {format_percent(rate, 0)}, "
        f"anew for each digit, and the others are multiplied by {format_number(1 / (1 - rate))} to make up for it; "
        "so no unit can rely on another. When the network reads, as here, all pass unchanged."
    )


def _caption_softmax(step: LayerStep) -> str:
    first, second = np.argsort(-step.values)[:2].tolist()
    lead = float(step.below[first] - step.below[second]) / step.temperature
    odds = math.exp(min(lead, 700))
    warm = (
        f"Each score is first divided by a temperature of {step.temperature:.2f}, fitted after training so that the "
        "shares claim neither more nor less than they keep. "
    )
    return (
        "Ten scores become ten shares that add up to 100\u00a0%: e to the power of each score, divided by the sum of "
        f"all ten. {warm if step.temperature != 1 else ''}{first} gets "
        f"{format_percent(float(step.values[first]))}, and {second} gets {format_percent(float(step.values[second]))}. "
        f"The first leads by {format_number(lead)}, and e to that power is "
        f"{f'{odds:,.0f}' if 10 <= odds < 1e7 else format_number(odds)}: so many times likelier is it held to be."
    )


CAPTIONS: dict[str, Callable[[LayerStep], str]] = {
    "conv": _caption_convolution,
    "batchnorm": _caption_batchnorm,
    "relu": _caption_relu,
    "pool": _caption_pool,
    "flatten": _caption_flatten,
    "linear": _caption_linear,
    "dropout": _caption_dropout,
    "softmax": _caption_softmax,
}
