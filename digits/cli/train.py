"""`train`: trains a network and writes its checkpoint, such as mnist_model.pth."""

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from digits.cli.common import CHECKPOINT, Command, console, data_option, json_option, print_json
from digits.errors import TrainingFailed
from digits.training.recipes import (
    AUGMENTATIONS,
    DEFAULT_MODEL,
    FAST,
    FAST_MODEL,
    OPTIMIZERS,
    PRECISIONS,
    RECIPES,
    Recipe,
)

if TYPE_CHECKING:
    import torch

    from digits.training.run import Run


def _finite(context: click.Context, option: click.Parameter, number: float | None) -> float | None:
    if number is not None and not math.isfinite(number):
        raise click.BadParameter(f"{number} is not a finite number.", context, option)
    return number


@click.command(cls=Command)
@click.option("--model", default=None, metavar="NAME", help=f"One of {', '.join(RECIPES)}.  [default: {DEFAULT_MODEL}]")
@click.option(
    "--recipe",
    "recipe_name",
    type=click.Choice(["own", "fast"]),
    default="own",
    show_default=True,
    help=f"The network's own recipe, or fast: seconds instead of minutes ({FAST_MODEL} unless --model says otherwise).",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the training digits.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Digits per step.")
@click.option("--lr", type=click.FloatRange(0, min_open=True), callback=_finite, help="Learning rate.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), help="Rule by which the weights change.")
@click.option("--augment", type=click.Choice(AUGMENTATIONS), help="Random variation of each digit.")
@click.option(
    "--doubt",
    "ood_epochs",
    type=click.IntRange(min=0),
    help="Epochs of the OOD head, which detects pictures that are no digit. By its recipe, only the default network "
    "has one.",
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    help="auto: the faster one, measured at the start. Another precision gives slightly different weights.",
)
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto", show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Of all random numbers.")
@click.option(
    "--full",
    is_flag=True,
    help="Train on all 60,000 digits instead of 55,000. No validation digits remain: the calibration is taken over "
    "from the network in --output, if the same recipe trained it on 55,000.",
)
@click.option("--digits", type=click.IntRange(min=1), help="Train on this many digits only, the first ones.")
@data_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The checkpoint.  [default: mnist_model.pth, or models/NAME.pth with --model, or models/fast.pth with "
    "--recipe fast]",
)
@click.option("--resume", is_flag=True, help="Continue a stopped run from its last whole epoch.")
@click.option(
    "--snapshots",
    type=click.Path(path_type=Path, dir_okay=False),
    is_flag=False,
    flag_value="beside the checkpoint",
    metavar="[FILE]",
    help="Keep snapshots of the network after 0, 50, 75, 100, 125 … digits and at the end, for “Watch it learn” in "
    "the page, which finds timelines in models/.  [default file: NAME.timeline beside the checkpoint]",
)
@click.option(
    "--visualize-gradients",
    "frames",
    is_flag=False,
    flag_value="beside the checkpoint",
    metavar="[FOLDER]",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw filters, gradients and loss during training: some eighty pictures, and learning.gif of them all.  "
    "[default FOLDER: NAME.learning beside the checkpoint NAME.pth]",
)
@click.option(
    "--track",
    type=click.Choice(["comet", "tensorboard"]),
    multiple=True,
    help="Record the run with an experiment tracker; may be given twice. Writes into runs/; with COMET_API_KEY, comet "
    "sends the run to comet.com instead. Install it first: pip install tensorboard, or pip install comet_ml.",
)
@click.option(
    "--live",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder to follow and steer the training: it gets events.jsonl and now.pth, the network of a moment ago. "
    "The command in its file “wanted” is obeyed: go, pause or stop. The page trains in this way.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0, min_open=True),
    help="With --live: stop after this many minutes of training, as Ctrl-C does.",
)
@click.option(
    "--leash", "exit_on_stdin_close", is_flag=True, help="With --live: end at once when standard input is closed."
)
@click.option("--verbose", is_flag=True, help="Print the loss every 100 batches.")
@json_option
def train(
    model: str | None,
    recipe_name: str,
    output: Path | None,
    device: str,
    seed: int,
    full: bool,
    digits: int | None,
    data: Path,
    resume: bool,
    snapshots: Path | None,
    frames: Path | None,
    track: tuple[str, ...],
    live: Path | None,
    minutes: float | None,
    exit_on_stdin_close: bool,
    verbose: bool,
    as_json: bool,
    **changes: float | str | None,
) -> None:
    """Train a network on MNIST and save it.

    Without options this trains the default network by its own recipe into mnist_model.pth. Each network has its
    recipe; --epochs, --batch-size, --lr, --optimizer, --augment, --doubt and --precision change it. Beside the
    checkpoint lie training_history.png, predictions.png and the state that --resume continues from. Ctrl-C stops and
    keeps the last whole epoch.
    """
    if (minutes or exit_on_stdin_close) and not live:
        raise click.UsageError("--minutes and --leash go with --live.")
    from digits.cli.train_callbacks import optional_callbacks, remote_controls
    from digits.cli.train_progress import TrainingProgress
    from digits.data import dataset
    from digits.data import mnist as mnist
    from digits.networks.checkpoint import STATE_SUFFIX
    from digits.training import distributed, pipeline
    from digits.training.callbacks.base import CallbackList

    fast = recipe_name == "fast"
    name = model or (FAST_MODEL if fast else DEFAULT_MODEL)
    output = output or (Path("models/fast.pth") if fast else Path("models") / f"{name}.pth" if model else CHECKPOINT)
    recipe = replace(_recipe(name, fast), **{key: value for key, value in changes.items() if value is not None})
    with distributed.process_group(_device(device)) as own_device:
        screen = console(as_json, quiet=not distributed.is_main_process())
        output.parent.mkdir(parents=True, exist_ok=True)  # fails before the training, not after it
        remotes = remote_controls(live, minutes, exit_on_stdin_close)

        def report_preparation(text: str) -> None:
            screen.print(text)
            for remote in remotes:
                remote.report_preparation(text)

        with distributed.main_process_first():
            everything, test = mnist.load(data, report=report_preparation)
        train_digits, validation = (everything, None) if full else dataset.split(everything)
        train_digits = dataset.take(train_digits, digits)
        for remote in remotes:
            remote.validation = validation
        state = output.with_suffix(STATE_SUFFIX)
        run = _start_or_resume(name, recipe, seed, own_device, state if resume else None, screen)
        optional = optional_callbacks(run, train_digits, output, screen, snapshots, frames, track)
        callbacks = CallbackList(TrainingProgress(screen, verbose), *optional, *remotes)
        interrupted = pipeline.train(run, train_digits, validation, state, callbacks)
        if not run.finished or not output.exists():
            ood_callbacks = CallbackList(TrainingProgress(screen, verbose=False))
            pipeline.finish(run, train_digits, validation, test, output, state, callbacks, ood_callbacks)
        result = _result(run, output)
        screen.print(_summary(run, result))
        if as_json and distributed.is_main_process():
            print_json(result)
        callbacks.on_finish(run, result)
    if interrupted:
        raise SystemExit(130)


def _start_or_resume(
    name: str, recipe: Recipe, seed: int, device: "torch.device", state: Path | None, screen: Console
) -> "Run":
    """Returns a fresh run, or the one whose state is at `state`."""
    from digits.training.run import Run

    if state and state.exists():
        run = Run.resume(state, name, recipe, seed, device)
        screen.print(f"Continuing from {state}: {len(run.history)} of {recipe.epochs} epochs are done.")
        return run
    if state:
        screen.print(f"There is no {state} to continue from; starting afresh.")
    return Run(name, recipe, seed, device)


def _recipe(name: str, fast: bool) -> Recipe:
    if name not in RECIPES:
        from digits.networks.architectures import architecture

        architecture(name)  # raises UnknownModel, which lists the networks
    return FAST if fast else RECIPES[name]


def _device(choice: str) -> str:
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if choice == "auto":
        return next(name for name, there in available.items() if there)
    if not available[choice]:
        raise TrainingFailed(f"PyTorch sees no {choice} device here. Leave --device out to use the best there is.")
    return choice


def _result(run: "Run", output: Path) -> dict[str, Any]:
    return {
        "model": run.architecture,
        "test_accuracy": round(run.test_accuracy or 0.0, 2),
        "seconds": round(run.seconds, 1),
        "parameters": run.network.parameter_count,
        "output": str(output),
    }


def _summary(run: "Run", result: dict[str, Any]) -> str:
    return (
        f"{result['output']}: {result['test_accuracy']:.2f} % of the 10,000 test digits read right "
        f"({len(run.history)} epochs in {run.precision}, {run.seconds:.0f} s)."
    )
