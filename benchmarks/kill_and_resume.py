"""Checks that a training killed at random moments and resumed ends like an undisturbed one.

    python benchmarks/kill_and_resume.py [--kills 20] [--model mlp] [--epochs 8]

`train_mnist.py` runs once undisturbed. Then the same command with --resume is killed (SIGKILL) at a random moment,
again and again, until it ends by itself. This repeats until there were enough kills. Each finished run must have the
weights, the timeline and the accuracy of the undisturbed run, bit for bit, and leave no other file. MNIST must be in
data/ already. Exits with status 1 if anything differs.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.networks import checkpoint, timeline


def command(folder: Path, model: str, epochs: int) -> list[str]:
    output, moments = folder / "net.pth", folder / "net.timeline"
    options = [
        "--device",
        "cpu",
        "--data",
        ROOT / "data",
        "--output",
        output,
        "--snapshots",
        moments,
        "--json",
        "--resume",
    ]
    return [sys.executable, str(ROOT / "train_mnist.py"), "--model", model, "--epochs", str(epochs), *map(str, options)]


def ended(folder: Path) -> tuple[dict[str, torch.Tensor], list, float]:
    """Returns the results of a finished run: its weights, its snapshots, and its accuracy."""
    network, metadata = checkpoint.load(folder / "net.pth")
    kept = timeline.load(folder / "net.timeline")
    weights = {**network.state_dict(), **{f"timeline {name}": tensor for name, tensor in kept.weights.items()}}
    return weights, kept.snapshots, metadata.test_accuracy


def same(one: tuple, other: tuple) -> bool:
    weights = one[0].keys() == other[0].keys() and all(torch.equal(one[0][name], other[0][name]) for name in one[0])
    return weights and one[1:] == other[1:]


@click.command()
@click.option("--kills", default=20, show_default=True)
@click.option("--model", default="mlp", show_default=True)
@click.option("--epochs", default=8, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Decides the moments.")
def main(kills: int, model: str, epochs: int, seed: int) -> None:
    """Kill and resume; print the moments, and the number of runs that differ."""
    rng, done, epochs_kept, wrong = random.Random(seed), 0, [], []
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / "whole"
        whole.mkdir()
        started = time.perf_counter()
        subprocess.run(command(whole, model, epochs), check=True, capture_output=True)
        length = time.perf_counter() - started
        expected, files = ended(whole), sorted(path.name for path in whole.iterdir())
        print(f"undisturbed: {epochs} epochs of {model} in {length:.1f} s, {expected[2]:.2f} %")
        runs = 0
        while done < kills:
            runs += 1
            folder = Path(name) / str(runs)
            folder.mkdir()
            while True:
                process = subprocess.Popen(
                    command(folder, model, epochs), stdout=subprocess.PIPE, stderr=subprocess.PIPE
                )
                try:
                    process.communicate(timeout=rng.uniform(0.2, 1.0) * length)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    done += 1
                    epochs_kept.append(kept_epochs(folder / "net.state.pth"))
                    continue
                break
            left = sorted(path.name for path in folder.iterdir())
            if process.returncode or left != files or not same(ended(folder), expected):
                wrong.append(f"run {runs}: status {process.returncode}, {left}")
    print(
        f"{done} kills in {runs} runs, with {json.dumps(epochs_kept)} epochs kept: {len(wrong)} of {runs} runs differ"
    )
    for line in wrong:
        print(f"  {line}")
    raise SystemExit(1 if wrong else 0)


def kept_epochs(state: Path) -> int:
    """Returns the number of epochs in the state on disk, which is always whole."""
    return len(torch.load(state, weights_only=True)["history"]) if state.exists() else 0


if __name__ == "__main__":
    main()
