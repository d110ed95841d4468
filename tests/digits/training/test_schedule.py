"""Learning-rate schedules: the rate of each step, also in a resumed run."""

import math
import warnings
from dataclasses import replace

import pytest
import torch
from training_runs import SMALL

from digits.training.recipes import FAST, RECIPES, Recipe, ood_recipe
from digits.training.schedule import build_scheduler

ALL_RECIPES = {**RECIPES, "fast": FAST, "ood": ood_recipe(RECIPES["five_conv"])}


def expected_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The rate by a formula of its own: the oracle."""
    share = step / steps
    if recipe.schedule == "cosine":
        return recipe.lr * 0.5 * (1 + math.cos(math.pi * share))
    if recipe.schedule == "one-cycle":
        if share < 0.2:
            return recipe.lr * (0.55 - 0.45 * math.cos(math.pi * share / 0.2))
        last = 0.2 if recipe.ema_decay else 0.0
        return recipe.lr * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * (share - 0.2) / 0.8)))
    return recipe.lr


def optimizer_at(lr):
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)]} for _ in range(2)], lr=lr)


def rates(recipe, steps_per_epoch, steps_done=0, lr=None):
    """The rates that an optimizer has at each step from `steps_done` on."""
    optimizer = optimizer_at(recipe.lr if lr is None else lr)
    scheduler = build_scheduler(optimizer, recipe, steps_per_epoch, steps_done)
    found = []
    for _ in range(steps_done, recipe.epochs * steps_per_epoch):
        assert len({group["lr"] for group in optimizer.param_groups}) == 1
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize("steps_per_epoch", [1, 3, 7, 215])
@pytest.mark.parametrize("name", ALL_RECIPES)
def test_every_step_has_the_rate_of_the_formula(name, steps_per_epoch):
    recipe = ALL_RECIPES[name]
    steps = recipe.epochs * steps_per_epoch
    expected = [expected_rate(recipe, step, steps) for step in range(steps)]
    assert rates(recipe, steps_per_epoch) == pytest.approx(expected, rel=0, abs=1e-9)


@pytest.mark.parametrize("name", ALL_RECIPES)
def test_a_resumed_run_has_exactly_the_rates_of_one_without_a_break(name):
    recipe = ALL_RECIPES[name]
    whole = rates(recipe, 7)
    for epochs_done in range(recipe.epochs):
        steps_done = 7 * epochs_done
        # A state holds the optimizer as it was at its last step.
        last = whole[steps_done - 1] if steps_done else None
        assert rates(recipe, 7, steps_done, last) == whole[steps_done:]


def test_a_run_without_a_step_left_can_be_resumed():
    assert rates(replace(SMALL, schedule="one-cycle"), 3, 9) == []


def test_resuming_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates(FAST, 3, 3)
