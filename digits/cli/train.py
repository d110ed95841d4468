"""`train`: make `mnist_model.pth`."""

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from digits.cli.common import CHECKPOINT, Command, console, data_option, json_option, print_json
from digits.errors import TrainingFailed
from digits.recipes import DEFAULT_MODEL, FAST, FAST_MODEL, OPTIMIZERS, PRECISIONS, RECIPES, Recipe

if TYPE_CHECKING:
    import torch

    from digits.data import Digits
    from digits.run import Run


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
    "--full", is_flag=True, help="Learn from all 60,000 digits instead of 55,000; nothing is left to validate on."
)
@data_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The checkpoint.  [default: mnist_model.pth, or models/NAME.pth with --model, or models/fast.pth with "
    "--recipe fast]",
)
@click.option("--resume", is_flag=True, help="Go on from the last whole epoch of the run that was stopped.")
@click.option("--verbose", is_flag=True, help="Print the loss every 100 batches.")
@json_option
def train(
    model: str | None,
    recipe_name: str,
    output: Path | None,
    device: str,
    seed: int,
    full: bool,
    data: Path,
    resume: bool,
    verbose: bool,
    as_json: bool,
    **changes: float | str | None,
) -> None:
    """Train a network on MNIST and save it.

    Without options this trains the default network by its own recipe into mnist_model.pth. Each network of the zoo
    has its recipe; --epochs, --batch-size, --lr, --optimizer and --precision change it. Beside the checkpoint you get
    training_history.png, predictions.png and the state that --resume goes on from. Ctrl-C stops and keeps the last
    whole epoch.
    """
    from digits import data as mnist
    from digits import parallel

    fast = recipe_name == "fast"
    name = model or (FAST_MODEL if fast else DEFAULT_MODEL)
    output = output or (Path("models/fast.pth") if fast else Path("models") / f"{name}.pth" if model else CHECKPOINT)
    recipe = replace(_recipe(name, fast), **{key: value for key, value in changes.items() if value is not None})
    with parallel.joined(_device(device)) as where:
        screen = console(as_json, quiet=not parallel.leads())
        output.parent.mkdir(parents=True, exist_ok=True)  # a place that cannot be had is better known before than after
        with parallel.leader_first():
            everything, test = mnist.load(data, report=screen.print)
        learn, validation = (everything, None) if full else mnist.split(everything)
        state = output.with_suffix(".state.pth")
        run = _begin(name, recipe, seed, where, state if resume else None, screen)
        interrupted = _run(run, learn, validation, state, screen, verbose)
        if not run.finished or not output.exists():
            _finish(run, learn, validation, test, output, state, screen)
        _tell(run, output, screen, as_json and parallel.leads())
    if interrupted:
        raise SystemExit(130)


def _begin(name: str, recipe: Recipe, seed: int, device: "torch.device", state: Path | None, screen: Console) -> "Run":
    """A fresh run, or the one whose state was kept."""
    from digits.run import Run

    if state and state.exists():
        run = Run.resume(state, name, recipe, seed, device)
        screen.print(f"Going on from {state}: {len(run.history)} of {recipe.epochs} epochs are done.")
        return run
    if state:
        screen.print(f"There is no {state} to go on from; starting afresh.")
    return Run(name, recipe, seed, device)


def _recipe(name: str, fast: bool) -> Recipe:
    if name not in RECIPES:
        from digits.models import species

        species(name)  # raises UnknownModel, which lists the networks
    return FAST if fast else RECIPES[name]


def _device(choice: str) -> str:
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if choice == "auto":
        return next(name for name, there in available.items() if there)
    if not available[choice]:
        raise TrainingFailed(f"PyTorch sees no {choice} device here. Leave --device out to use the best there is.")
    return choice


def _run(run: "Run", learn: "Digits", validation: "Digits | None", state: Path, screen: Console, verbose: bool) -> bool:
    """Train to the end or to Ctrl-C, saving the state after each epoch; returns whether it was stopped."""
    from digits import parallel
    from digits.cli.display import TrainingDisplay
    from digits.run import Epoch
    from digits.training import fit

    if run.finished:
        screen.print("That run is finished already.")
        return False
    together = f", {parallel.count()} processes together" if parallel.count() > 1 else ""
    screen.print(
        f"Training {run.architecture} ({run.network.parameter_count:,} parameters) on {len(learn):,} digits, "
        f"on the {run.device.type}{together}: {describe(run.recipe)}."
    )
    kept = len(run.history)  # epochs that the state on disk holds
    try:
        with TrainingDisplay(screen, run.recipe.epochs, len(run.history), verbose) as display:
            for event in fit(run, learn, validation):
                if isinstance(event, Epoch):
                    if parallel.leads():
                        run.save(state)
                    kept = event.epoch
                display.show(event)
    except KeyboardInterrupt:
        if not kept:
            raise TrainingFailed("Stopped within the first epoch: there is nothing to keep yet.") from None
        screen.print(f"Stopped. Keeping epoch {kept}; the same command with --resume goes on from there.")
        run.rewind(state)
        return True
    return False


def _finish(
    run: "Run", learn: "Digits", validation: "Digits | None", test: "Digits", output: Path, state: Path, screen: Console
) -> None:
    """Learn to doubt, calibrate, touch the test set, once, and write the checkpoint and the pictures."""
    from digits import calibration, checkpoint, evaluation, figures, parallel
    from digits.models import part

    whole = len(run.history) == run.recipe.epochs
    last = _doubting(run, learn, validation, screen) if whole and run.recipe.doubt else run
    network, none = part(last.result)
    fitted = calibration.UNCALIBRATED
    if validation:
        fitted = calibration.fit(evaluation.logits(last.result, validation), validation.labels, none)
    answers = evaluation.logits(network, test)
    run.test_accuracy = evaluation.accuracy(answers, test.labels)
    if not parallel.leads():
        return
    checkpoint.save(output, network.eval(), run.facts(fitted))
    if whole:
        run.save(state)
    figures.training_history(run.history, output.with_name("training_history.png"))
    figures.predictions(
        test.images[:20].numpy() / 255,
        test.labels[:20].numpy(),
        fitted.probabilities(answers[:20]).numpy(),
        output.with_name("predictions.png"),
    )


def _doubting(run: "Run", learn: "Digits", validation: "Digits | None", screen: Console) -> "Run":
    """The epochs that follow, in which the network learns what is no digit."""
    from digits.cli.display import TrainingDisplay
    from digits.training import fit

    more = run.doubting()
    screen.print(f"Now what is no digit: {describe(more.recipe)}.")
    try:
        with TrainingDisplay(screen, more.recipe.epochs, 0, verbose=False) as display:
            for event in fit(more, learn, validation):
                display.show(event)
    except KeyboardInterrupt:
        raise TrainingFailed(
            "Stopped while learning what is no digit. The epochs before that are kept; the same command with --resume "
            "goes on from there."
        ) from None
    run.doubting_seconds = more.seconds
    return more


def _tell(run: "Run", output: Path, screen: Console, as_json: bool) -> None:
    """The result: the last line."""
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


def describe(recipe: Recipe) -> str:
    """A recipe in a few words."""
    words = [f"{recipe.epochs} epochs", f"batches of {recipe.batch_size}", f"{recipe.optimizer} at {recipe.lr:g}"]
    if recipe.schedule != "constant":
        words.append(f"{recipe.schedule} schedule")
    if recipe.augment != "none":
        words.append(f"{recipe.augment} augmentation")
    if recipe.forms:
        words.append(f"{recipe.forms:.0%} drawn by code")
    if recipe.averaging:
        words.append("averaged weights")
    return ", ".join(words)
