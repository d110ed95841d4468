"""Measures how many small pictures a second the command reads from a folder.

    python benchmarks/folder.py

The pictures are MNIST test digits, 28×28 to 200×200, half of them dark on light, as PNG in a temporary folder.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import mnist as data


def fill(folder: Path, count: int, mnist: Path) -> list[int]:
    """Writes pictures into a folder; returns their labels in the order of their names."""
    _, test = data.load(mnist)
    random = np.random.default_rng(1)
    chosen = random.choice(len(test.labels), count)
    for number, index in enumerate(chosen):
        side = int(random.integers(28, 201))
        digit = test.images[index].numpy()
        picture = Image.fromarray(255 - digit if number % 2 else digit).resize((side, side), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:06}.png")
    return test.labels[chosen].tolist()


def read(folder: Path, options: list[str]) -> tuple[float, float, list[str]]:
    """Reads a folder; returns seconds from the start, seconds from the first result, and the texts."""
    command = [sys.executable, str(ROOT / "predict.py"), str(folder), "--json", *options]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        answered = time.perf_counter()
        rest = process.stdout.readlines()
    ended = time.perf_counter()
    if process.returncode:
        raise SystemExit(f"predict.py ended with status {process.returncode}.")
    return ended - started, ended - answered, [json.loads(line)["text"] for line in (first, *rest)]


def rates(count: int, seconds: list[float]) -> str:
    """Formats pictures per second: median and range."""
    found = [count / value for value in seconds]
    return f"{statistics.median(found):.0f} pictures/s ({min(found):.0f}–{max(found):.0f}, n = {len(found)})"


@click.command()
@click.option("--pictures", "count", default=1_000, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--jobs", type=int, help="As for predict.py.")
@click.option("--data", "mnist", type=click.Path(path_type=Path), default=ROOT / "data")
def main(count: int, rounds: int, jobs: int | None, mnist: Path) -> None:
    """Print pictures per second, with and without the start of the command, and the share read right."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        labels = fill(folder, count, mnist)
        runs = [read(folder, ["--jobs", str(jobs)] if jobs else []) for _ in range(rounds)]
    texts = runs[0][2]
    right = sum(text == str(label) for text, label in zip(texts, labels, strict=True))
    print(f"{count:,} pictures, {100 * right / count:.1f} % read right")
    print(f"from the start of the command: {rates(count, [whole for whole, _, _ in runs])}")
    print(f"from its first answer: {rates(count - 1, [part for _, part, _ in runs])}")


if __name__ == "__main__":
    main()
