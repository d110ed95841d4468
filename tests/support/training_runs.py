"""Training runs on a few of the sheet's digits: what the tests of `fit` and of `Run` share."""

from dataclasses import replace

import torch

from digits.evaluation.metrics import EpochResult
from digits.training.loop import fit
from digits.training.recipes import Recipe

SMALL = Recipe(epochs=3, batch_size=40, optimizer="adam", lr=1e-3)
WHOLE = replace(SMALL, schedule="cosine", augment="light")  # everything that draws at random or counts
AVERAGED = replace(
    SMALL,
    optimizer="adamw",
    schedule="one-cycle",
    augment="strong",
    light_augment_share=0.4,
    synthetic_share=0.1,
    weight_decay=0.01,
    ema_decay=0.9,
)


def until(run, digits, epochs):
    """Train until so many epochs are done, as if somebody stopped there."""
    for event in fit(run, *digits):
        if isinstance(event, EpochResult) and event.epoch == epochs:
            return


def weights(run):
    return {name: value.clone() for name, value in run.network.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def past(run):
    return [replace(epoch, seconds=0) for epoch in run.history]
