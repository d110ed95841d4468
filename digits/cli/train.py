"""`train`: make `mnist_model.pth`."""

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
        raise click.BadParameter(f"{number} is no number to learn with", context, option)
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
@click.option("--epochs", type=click.IntRange(min=1), help="Times through the training digits.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Digits per step.")
@click.option("--lr", type=click.FloatRange(0, min_open=True), callback=_finite, help="Learning rate.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS))
@click.option("--augment", type=click.Choice(AUGMENTATIONS), help="How far each digit is varied at random.")
@click.option(
    "--doubt",
    type=click.IntRange(min=0),
    help="Epochs that follow, in which the network learns what is no digit; only the default network has any.",
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    help="auto: the faster one, by a measurement at the start. Another precision gives slightly other weights.",
)
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto", show_default=True)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Decides weights, order and warps."
)
@click.option(
    "--full",
    is_flag=True,
    help="Learn from all 60,000 digits instead of 55,000. Nothing is left to validate on: how sure the network may be "
    "is taken over from the one in --output, if the same recipe made it from 55,000.",
)
@click.option("--digits", type=click.IntRange(min=1), help="Learn from so many digits only, the first ones.")
@data_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The checkpoint.  [default: mnist_model.pth, or models/NAME.pth with --model, or models/fast.pth with "
    "--recipe fast]",
)
@click.option("--resume", is_flag=True, help="Go on from the last whole epoch of the run that was stopped.")
@click.option(
    "--snapshots",
    type=click.Path(path_type=Path, dir_okay=False),
    is_flag=False,
    flag_value="beside the checkpoint",
    metavar="[FILE]",
    help="Keep the network as it is after 0, 50, 75, 100, 125 … digits and at the end, for “Watch it learn” in the "
    "page, which finds what lies in models/.  [default file: beside the checkpoint, as NAME.timeline]",
)
@click.option(
    "--visualize-gradients",
    "frames",
    is_flag=False,
    flag_value="beside the checkpoint",
    metavar="[FOLDER]",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw filters, gradients and loss as they change: some eighty pictures, and learning.gif of them all.  "
    "[default FOLDER: NAME.learning, beside the checkpoint NAME.pth]",
)
@click.option(
    "--track",
    type=click.Choice(["comet", "tensorboard"]),
    multiple=True,
    help="Tell an experiment tracker too; may be given twice. Writes into runs/; comet sends it to comet.com instead "
    "where COMET_API_KEY is set. Both are to be installed: pip install tensorboard, pip install comet_ml.",
)
@click.option(
    "--live",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder to follow the training in: events.jsonl, now.pth (the network a moment ago); go, pause or stop "
    "written into its file “wanted” is obeyed. The page trains in this way.",
)
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), help="With --live: stop after so many, as Ctrl-C does."
)
@click.option("--leash", is_flag=True, help="With --live: end at once when standard input is closed.")
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
    leash: bool,
    verbose: bool,
    as_json: bool,
    **changes: float | str | None,
) -> None:
    """Train a network on MNIST and save it.

    Without options this trains the default network by its own recipe into mnist_model.pth. Each network of the zoo
    has its recipe; --epochs, --batch-size, --lr, --optimizer, --augment, --doubt and --precision change it. Beside the
    checkpoint you get training_history.png, predictions.png and the state that --resume goes on from. Ctrl-C stops and
    keeps the last whole epoch.
    """
    if (minutes or leash) and not live:
        raise click.UsageError("--minutes and --leash go with --live.")
    from digits.cli.train_callbacks import remote_control, requested_callbacks
    from digits.data import dataset
    from digits.data import mnist as mnist
    from digits.training import distributed, pipeline
    from digits.training.callbacks.base import CallbackList
    from digits.training.callbacks.progress import TrainingProgress

    fast = recipe_name == "fast"
    name = model or (FAST_MODEL if fast else DEFAULT_MODEL)
    output = output or (Path("models/fast.pth") if fast else Path("models") / f"{name}.pth" if model else CHECKPOINT)
    recipe = replace(_recipe(name, fast), **{key: value for key, value in changes.items() if value is not None})
    with distributed.process_group(_device(device)) as where:
        screen = console(as_json, quiet=not distributed.is_main_process())
        output.parent.mkdir(parents=True, exist_ok=True)  # a place that cannot be had is better known before than after
        followers = remote_control(live, minutes, leash)
        display = TrainingProgress(screen, verbose)
        with distributed.main_process_first():
            everything, test = mnist.load(data, report=CallbackList(display, *followers).said)
        learn, validation = (everything, None) if full else dataset.split(everything)
        learn = dataset.take(learn, digits)
        for follower in followers:
            follower.validation = validation
        state = output.with_suffix(".state.pth")
        run = _begin(name, recipe, seed, where, state if resume else None, screen)
        looking_on = requested_callbacks(run, learn, output, screen, snapshots, frames, track)
        watcher = CallbackList(display, *looking_on, *followers)
        interrupted = pipeline.train(run, learn, validation, state, screen, watcher)
        if not run.finished or not output.exists():
            pipeline.finish(run, learn, validation, test, output, state, screen)
        watcher.finished(run, _tell(run, output, screen, as_json and distributed.is_main_process()))
    if interrupted:
        raise SystemExit(130)


def _begin(name: str, recipe: Recipe, seed: int, device: "torch.device", state: Path | None, screen: Console) -> "Run":
    """A fresh run, or the one whose state was kept."""
    from digits.training.run import Run

    if state and state.exists():
        run = Run.resume(state, name, recipe, seed, device)
        screen.print(f"Going on from {state}: {len(run.history)} of {recipe.epochs} epochs are done.")
        return run
    if state:
        screen.print(f"There is no {state} to go on from; starting afresh.")
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


def _tell(run: "Run", output: Path, screen: Console, as_json: bool) -> dict[str, Any]:
    """The result: the last line. Returns what it is made of."""
    result = {
        "model": run.architecture,
        "test_accuracy": round(run.test_accuracy, 2),
        "seconds": round(run.seconds, 1),
        "parameters": run.network.parameter_count,
        "output": str(output),
    }
    screen.print(
        f"{output}: {result['test_accuracy']:.2f} % of the 10,000 test digits read right "
        f"({len(run.history)} epochs in {run.precision}, {run.seconds:.0f} s)."
    )
    if as_json:
        print_json(result)
    return result
