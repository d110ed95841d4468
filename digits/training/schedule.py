"""Learning-rate schedules: the learning rate of each step of a run."""

import warnings

from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LRScheduler, OneCycleLR

from digits.training.recipes import Recipe

RISE_SHARE = 0.2  # share of a one-cycle schedule in which the rate grows
START_SHARE = 0.1  # first rate of a one-cycle schedule, as a share of the highest
AVERAGED_END_SHARE = 0.2  # its last rate where weights are averaged; else it falls to 0


def build_scheduler(optimizer: Optimizer, recipe: Recipe, steps_per_epoch: int, steps_done: int = 0) -> LRScheduler:
    """Returns the recipe's scheduler, with the rate of step `steps_done` (from 0) set in the optimizer.

    Call its `step()` after each step of the optimizer. Training states hold no scheduler: a resumed run repeats the
    scheduler's earlier steps, so that its rates are those of a run without a break.
    """
    for group in optimizer.param_groups:
        group["lr"] = recipe.lr  # a resumed optimizer has the rate of its last step
        group.pop("initial_lr", None)
    scheduler = _fresh_scheduler(optimizer, recipe, recipe.epochs * steps_per_epoch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # PyTorch expects a step of the optimizer before each
        for _ in range(0 if recipe.schedule == "constant" else steps_done):
            scheduler.step()
    return scheduler


def _fresh_scheduler(optimizer: Optimizer, recipe: Recipe, steps: int) -> LRScheduler:
    if recipe.schedule == "one-cycle":
        return _one_cycle(optimizer, recipe, steps)
    if recipe.schedule == "cosine":
        return CosineAnnealingLR(optimizer, T_max=steps)
    return LambdaLR(optimizer, lambda _: 1.0)


def _one_cycle(optimizer: Optimizer, recipe: Recipe, steps: int) -> OneCycleLR:
    """Returns a schedule that rises to `recipe.lr`, then falls; it ends higher with averaging.

    Small last steps settle the weights. An average settles them as well, and gains from weights that lie further apart.
    Sources: Smith, Topin: Super-Convergence, 2018; Izmailov et al.: Averaging Weights, 2018.
    """
    end_share = AVERAGED_END_SHARE if recipe.ema_decay else 0.0
    return OneCycleLR(
        optimizer,
        max_lr=recipe.lr,
        # PyTorch counts from 0 to total_steps − 1. The lowest rate belongs to the step after the last.
        total_steps=steps + 1,
        pct_start=(RISE_SHARE * steps + 1) / (steps + 1),
        div_factor=1 / START_SHARE,
        final_div_factor=START_SHARE / end_share if end_share else float("inf"),
        cycle_momentum=False,
    )
