"""Number format of the forward pass in training: float32, or bfloat16 by autocast."""

import copy
import time
from contextlib import nullcontext

import torch

from digits.training import distributed
from digits.training.run import Run

MIN_SPEEDUP = 1.15  # bfloat16 rounds more, so it must be clearly faster
_ROUNDS, _WARM_UP_ROUNDS = 8, 3


def autocast(run: Run) -> torch.autocast | nullcontext:
    """Returns the context in which the run's forward passes are computed."""
    if run.precision == "float32":
        return nullcontext()
    return torch.autocast(run.device.type, torch.bfloat16)


def choose_precision(run: Run) -> str:
    """Returns the recipe's precision; `auto` is measured: the faster one for this network."""
    if run.recipe.precision != "auto":
        return run.recipe.precision
    if run.device.type == "mps":
        return "float32"
    seconds = _measure(run)
    faster = distributed.all_agree(seconds["float32"] > MIN_SPEEDUP * seconds["bfloat16"])
    return "bfloat16" if faster else "float32"


def _measure(run: Run) -> dict[str, float]:
    """Returns the seconds of one forward and backward pass in each precision."""
    seconds: dict[str, list[float]] = {"float32": [], "bfloat16": []}
    network = copy.deepcopy(run.train_network).train()
    devices = [run.device] if run.device.type == "cuda" else []
    with torch.random.fork_rng(devices):  # the measurement must not change the training
        batch = run.inputs(torch.rand(run.recipe.batch_size, 1, 28, 28).to(run.device))
        for _ in range(_ROUNDS):
            for name, times in seconds.items():
                started = time.perf_counter()
                with torch.autocast(run.device.type, torch.bfloat16, enabled=name == "bfloat16"):
                    logits = network(batch)
                logits.float().square().mean().backward()
                gradient = next(network.parameters()).grad
                assert gradient is not None  # noqa: S101 - backward() has just set it
                gradient.sum().item()  # waits for the device
                times.append(time.perf_counter() - started)
    # The minimum is disturbed least by other work on the machine.
    return {name: min(times[_WARM_UP_ROUNDS:]) for name, times in seconds.items()}
