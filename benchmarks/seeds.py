"""Trains one network with several seeds: mean and spread of its recipe.

    python benchmarks/seeds.py                                    the default network, seeds 1 to 3
    python benchmarks/seeds.py --recipe fast --seeds 5 --usual    beside the usual tutorial

Only the last epoch counts, and the test set is evaluated once per seed, so nothing is chosen by it. `--usual` also
trains the same network once per seed as most tutorials do: a DataLoader, Adam at 0.001, batches of 64, 5 epochs.
`--keep FOLDER` writes the checkpoints. Only then is the OOD head trained too; it does not change the accuracy.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import click
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import dataset, mnist
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.networks import checkpoint
from digits.networks.architectures import build
from digits.training import pipeline
from digits.training.callbacks.base import TrainingCallback
from digits.training.loop import fit
from digits.training.recipes import DEFAULT_MODEL, FAST, FAST_MODEL, RECIPES
from digits.training.run import Run


def train_as_tutorials(name: str, folder: Path, count: int, test: dataset.Digits, seed: int) -> tuple[float, float]:
    """Trains without this project's training code; returns test accuracy in percent and seconds."""
    from torchvision import datasets, transforms

    torch.manual_seed(seed)
    digits = Subset(datasets.MNIST(folder, train=True, transform=transforms.ToTensor()), range(count))
    network = build(name)
    optimizer, criterion = torch.optim.Adam(network.parameters()), nn.CrossEntropyLoss()
    started = time.perf_counter()
    for _ in range(5):
        for batch, labels in DataLoader(digits, batch_size=64, shuffle=True):
            optimizer.zero_grad()
            criterion(network(batch), labels).backward()
            optimizer.step()
    seconds = time.perf_counter() - started
    return metrics.accuracy(metrics.compute_logits(network, test), test.labels), seconds


def train_by_recipe(run: Run, learn: dataset.Digits, test: dataset.Digits, keep: Path | None) -> tuple[float, float]:
    """Trains by the recipe; returns test accuracy in percent and seconds of training."""
    started = time.perf_counter()
    for event in fit(run, learn, None):
        if isinstance(event, EpochResult):
            click.echo(f"  seed {run.seed}: epoch {event.epoch}/{run.recipe.epochs}, loss {event.loss:.4f}", err=True)
    ood_head = pipeline.train_ood_head(run, learn, TrainingCallback()) if keep and run.recipe.ood_epochs else None
    seconds = time.perf_counter() - started
    network = run.averaged_network
    run.test_accuracy = metrics.accuracy(metrics.compute_logits(network, test), test.labels)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        checkpoint.save(keep / f"{run.architecture}-{run.seed}.pth", network.eval(), run.metadata(ood_head=ood_head))
    return run.test_accuracy, seconds


def format_row(name: str, results: list[tuple[float, float]]) -> str:
    """Formats one row: mean ± standard deviation of the accuracy, and the seconds."""
    accuracies, seconds = zip(*results, strict=True)
    deviation = statistics.stdev(accuracies) if len(results) > 1 else 0.0
    each = ", ".join(f"{accuracy:.2f}" for accuracy in accuracies)
    return (
        f"| {name} | {statistics.mean(accuracies):.3f} ± {deviation:.3f} % (n = {len(results)}: {each}) "
        f"| {statistics.median(seconds):.1f} s ({min(seconds):.1f}–{max(seconds):.1f}) |"
    )


@click.command()
@click.option("--model", metavar="NAME", help=f"[default: {DEFAULT_MODEL}, or {FAST_MODEL} with --recipe fast]")
@click.option("--recipe", "recipe_name", type=click.Choice(["own", "fast"]), default="own", show_default=True)
@click.option("--seeds", default=3, show_default=True, help="How many.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--full", is_flag=True, help="Train on all 60,000 digits.")
@click.option("--usual", "with_usual", is_flag=True, help="Also train as most tutorials do.")
@click.option("--keep", type=click.Path(path_type=Path), help="Write the checkpoints into this folder.")
@click.option("--data", "folder", type=click.Path(path_type=Path), default=ROOT / "data")
def main(
    model: str | None,
    recipe_name: str,
    seeds: int,
    first: int,
    full: bool,
    with_usual: bool,
    keep: Path | None,
    folder: Path,
) -> None:
    """Print test accuracy (mean ± sd) and seconds of training over several seeds."""
    fast = recipe_name == "fast"
    name = model or (FAST_MODEL if fast else DEFAULT_MODEL)
    everything, test = mnist.load(folder)
    learn = everything if full else dataset.split(everything)[0]
    ways: dict[str, list[tuple[float, float]]] = {f"{name}, {recipe_name} recipe": []}
    if with_usual:
        ways[f"{name}, as usual"] = []
    for seed in range(first, first + seeds):
        run = Run(name, FAST if fast else RECIPES[name], seed)
        ways[f"{name}, {recipe_name} recipe"].append(train_by_recipe(run, learn, test, keep))
        if with_usual:
            ways[f"{name}, as usual"].append(train_as_tutorials(name, folder, len(learn), test, seed))
    print(
        f"{len(learn):,} digits, {torch.get_num_threads()} of {os.cpu_count()} cores, torch {torch.__version__}, "
        f"training in {run.precision}\n"
    )
    print("| network | test accuracy, last epoch | training, median (range) |\n|---|---|---|")
    for way, results in ways.items():
        print(format_row(way, results))
    if with_usual:
        ratios = [slow[1] / quick[1] for quick, slow in zip(*ways.values(), strict=True)]
        print(f"\nThe recipe is {statistics.median(ratios):.1f} times as fast ({min(ratios):.1f}–{max(ratios):.1f}).")


if __name__ == "__main__":
    main()
