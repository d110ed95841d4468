"""What a layer did to a digit, in plain words and the digit's own numbers."""

import math
from collections.abc import Callable

import numpy as np

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


def facts(step: LayerStep) -> str:
    """The layer in a line: kind, shape, parameters."""
    layer = step.layer
    shape = (
        format_size(layer.shape)
        if len(layer.shape) == 1
        else f"{layer.shape[0]} maps of {format_size(layer.shape[1:])}"
    )
    shape += "" if len(layer.shape) == 3 else " units" if layer.kind in ("linear", "softmax") else " numbers"
    learnt = f"{layer.parameters:,} parameters" if layer.parameters else "nothing to learn"
    return f"{KINDS[layer.kind]}  ·  {shape}  ·  {learnt}"


def where(place: tuple[int, ...]) -> str:
    """A place for people, counted from 1."""
    if len(place) == 1:
        return f"number {place[0] + 1}"
    return f"map {place[0] + 1}, row {place[1] + 1}, column {place[2] + 1}"


def caption(step: LayerStep) -> str:
    """What the layer does, in plain words and this digit's numbers."""
    return CAPTIONS[step.layer.kind](step)


def _range(step: LayerStep) -> str:
    low, high = format_number(step.values.min()), format_number(step.values.max())
    return f"The lowest number is {low}, the highest {high} ({where(step.peak)})."


def _sees(step: LayerStep) -> str:
    if step.sees == 28:
        return "One number here may depend on the whole picture."
    return f"One number here depends on {format_size((step.sees, step.sees))} pixels of the picture."


def _conv(step: LayerStep) -> str:
    filters, inputs, window = step.layer.shape[0], len(step.below), step.layer.window
    over = "the picture" if inputs == 1 else f"all {inputs} maps below at once"
    each = f"{inputs} · " * (inputs > 1) + f"{window.side} · {window.side}"
    bias = "" if step.module.bias is None else " + 1"
    edge = f"{window.padding} row of zeros added all round" if window.padding else "never over the edge"
    return (
        f"Each of the {filters} filters is a window of {format_size((window.side, window.side))} that slides over {over}, "
        f"{edge}. At every place it multiplies what lies under it by its own weights and adds up. Orange: the filter’s "
        f"pattern is here; blue: its opposite. The weights are learnt: {filters} · ({each}{bias}) = "
        f"{step.layer.parameters:,}. {_sees(step)} {_range(step)}"
    )


def _batchnorm(step: LayerStep) -> str:
    count = step.layer.shape[0]
    before, after = (np.abs(values).max(axis=(1, 2)) for values in (step.below, step.values))
    return (
        f"Each of the {count} maps is brought to a common scale: its mean over the training digits is taken away, it "
        "is divided by its usual spread, then multiplied and shifted by two learnt numbers "
        f"(2 · {count} = {step.layer.parameters:,}). Before, the strongest number of a map was between "
        f"{format_number(before.min())} and {format_number(before.max())}; now it is between {format_number(after.min())} and "
        f"{format_number(after.max())}. {_range(step)}"
    )


def _relu(step: LayerStep) -> str:
    silent = int((step.below < 0).sum())
    share = f"{silent:,} of {step.below.size:,} numbers were below zero ({format_percent(silent / step.below.size)})"
    what = "The blue is gone and what was found stays." if step.values.ndim == 3 else "A unit speaks, or is silent."
    quiet = int((step.values.reshape(len(step.values), -1).max(axis=1) == 0).sum())
    empty = f" {quiet} of {len(step.values)} maps are empty now." if step.values.ndim == 3 and quiet else ""
    return (
        f"Everything below zero becomes zero, all else stays: max(0, x). {share}. {what} Without this bend between "
        f"them, two layers in a row could do no more than one.{empty} {_range(step)}"
    )


def _pool(step: LayerStep) -> str:
    side = step.layer.window.side
    before, after = step.below.shape[1:], step.values.shape[1:]
    lost = "" if before[0] % side == 0 else " The last row and the last column fill no window and are left out."
    return (
        f"Of every {format_size((side, side))} numbers only the largest stays: {format_size(before)} becomes {format_size(after)}.{lost} "
        f"Where exactly something was found matters less; that it was found stays. {_sees(step)} {_range(step)}"
    )


def _flatten(step: LayerStep) -> str:
    what = "The picture" if len(step.below) == 1 else f"All {len(step.below)} maps"
    shape = step.below.shape[1:] if len(step.below) == 1 else step.below.shape
    return (
        f"{what}, row after row, written as one list: {format_size(shape)} = {step.values.size:,} numbers. Nothing is "
        f"computed; the next layer only wants a list. {_range(step)}"
    )


def _linear(step: LayerStep) -> str:
    units, inputs = step.layer.shape[0], step.below.size
    learnt = f"{units} · ({inputs:,} + 1) = {step.layer.parameters:,}"
    if step.layer.name == "logits":
        first, second = np.argsort(-step.values)[:2]
        return (
            f"One score for each digit: all {inputs:,} numbers below, each times a weight of that digit’s own, added "
            f"up, and a bias ({learnt} learnt numbers). The highest score is that of {first}, "
            f"{format_number(step.values[first])}; {second} follows with {format_number(step.values[second])}. Scores may be "
            "negative and do not add up to anything; the next step turns them into shares."
        )
    return (
        f"Each of the {units} units looks at all {inputs:,} numbers below, multiplies each by a weight of its own, "
        f"adds up, and adds a bias: {learnt} learnt numbers. An orange unit has found what it has learnt to look for; "
        f"a blue one has found the opposite. {_range(step)}"
    )


def _dropout(step: LayerStep) -> str:
    rate = step.module.p
    return (
        f"In training each of the {step.values.size:,} numbers is set to 0 with a chance of {format_percent(rate, 0)}, anew "
        f"for each digit, and the others are multiplied by {format_number(1 / (1 - rate))} to make up for it; so no unit can "
        "rely on another. When the network reads, as here, all pass unchanged."
    )


def _softmax(step: LayerStep) -> str:
    first, second = np.argsort(-step.values)[:2]
    lead = float(step.below[first] - step.below[second]) / step.temperature
    odds = math.exp(min(lead, 700))
    warm = (
        f"Each score is first divided by a temperature of {step.temperature:.2f}, fitted after training so that the "
        "shares claim neither more nor less than they keep. "
    )
    return (
        "Ten scores become ten shares that add up to 100\u00a0%: e to the power of each score, divided by the sum of "
        f"all ten. {warm if step.temperature != 1 else ''}{first} gets {format_percent(step.values[first])}, and {second} "
        f"gets {format_percent(step.values[second])}. The first leads by {format_number(lead)}, and e to that power is "
        f"{f'{odds:,.0f}' if 10 <= odds < 1e7 else format_number(odds)}: so many times likelier is it held to be."
    )


CAPTIONS: dict[str, Callable[[LayerStep], str]] = {
    "conv": _conv,
    "batchnorm": _batchnorm,
    "relu": _relu,
    "pool": _pool,
    "flatten": _flatten,
    "linear": _linear,
    "dropout": _dropout,
    "softmax": _softmax,
}
