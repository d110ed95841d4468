"""Measures one forward pass of each network on one digit and one thread, as the server runs it.

python benchmarks/forward.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.networks import ood_head
from digits.networks.architectures import ARCHITECTURES, build
from digits.networks.checkpoint import CheckpointMetadata
from digits.recognition.classifier import DigitClassifier
from digits.training.recipes import DEFAULT_MODEL


def milliseconds(task: Callable[[], object]) -> float:
    """Returns the mean milliseconds of 50 calls."""
    started = time.perf_counter()
    for _ in range(50):
        task()
    return 20 * (time.perf_counter() - started)


@click.command()
@click.option("--rounds", default=40, show_default=True, help="The networks take turns so many times.")
def main(rounds: int) -> None:
    """Print milliseconds per pass: median and range."""
    torch.set_num_threads(1)
    image = np.random.default_rng(1).random((28, 28), np.float32)
    classifiers = {name: DigitClassifier(build(name)) for name in ARCHITECTURES}
    network = build(DEFAULT_MODEL)
    classifiers[f"{DEFAULT_MODEL} with OOD head"] = DigitClassifier(
        network, CheckpointMetadata(DEFAULT_MODEL, ood_head=ood_head.build(network).eval())
    )
    tasks = {
        (name, layers): lambda classifier=classifier, layers=layers: classifier._run(image, layers)
        for name, classifier in classifiers.items()
        for layers in (False, True)
    }
    for task in tasks.values():
        milliseconds(task)
    times = {key: [] for key in tasks}
    for _ in range(rounds):
        for key, task in tasks.items():
            times[key].append(milliseconds(task))
    print("| network | answer only, ms | every layer's answer, ms |\n|---|---|---|")
    for name in classifiers:
        cells = [
            f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
            for values in (times[name, False], times[name, True])
        ]
        print(f"| `{name}` | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
