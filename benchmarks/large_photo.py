"""Measures a photo of 12 megapixels with 20 digits: seconds on one core, and peak memory.

    python benchmarks/large_photo.py

Two pages of `digits/synthesis/pages/compose.py` in shadow and warm light, with test digits, stand side by side in one
JPEG of 4000×3000. Each round is a new process on one core with one thread, which loads the network and reads the
photo once. The time is that of the one reading. The memory is the system's peak for the process, after PyTorch's
import and at the end. With --served it is a new server with one worker, also on one core. The photo is sent once;
time and memory are the request's and the worker's. They are smaller: the worker is forked from a process that has
loaded PyTorch, and never touches the memory that only the loading of PyPI's CUDA libraries needs.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from clients import ROOT, lone_worker, peak, posted

CONDITION, SIZE, DIGITS = "shadow and warm light", (4000, 3000), 20


def photo(mnist: Path, seed: int) -> bytes:
    """Returns a JPEG with `DIGITS` digits on it."""
    import numpy as np
    from PIL import Image

    from digits.data import mnist as data
    from digits.synthesis.pages.compose import compose_page

    test = data.load(mnist)[1]
    rng = np.random.default_rng(seed)
    halves: list = []
    while not halves or sum(len("".join(half.lines)) for half in halves) != DIGITS:
        sheet = compose_page(CONDITION, test, rng)
        if sheet.picture.height > sheet.picture.width:
            halves = [*halves[-1:], sheet]
    whole = Image.new("RGB", SIZE)
    for index, half in enumerate(halves):
        whole.paste(half.picture.resize((SIZE[0] // 2, SIZE[1])), (index * SIZE[0] // 2, 0))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=90)
    return file.getvalue()


def read_once(path: Path, checkpoint: Path) -> None:
    """Reads a photo in this process, and prints seconds and memory as JSON."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import torch

    torch.set_num_threads(1)
    before = peak()
    from digits.recognition.classifier import DigitClassifier
    from digits.recognition.page_reader import PageReader

    classifier = DigitClassifier.from_checkpoint(checkpoint)
    body = path.read_bytes()
    started = time.perf_counter()
    reading = PageReader(classifier).read(body)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "found": len(reading.digits), "peak": peak(), "before": before}))


def send_once(body: bytes, checkpoint: Path) -> dict[str, float]:
    """Sends the photo to a new server; returns seconds and memory."""
    with lone_worker(INKLING_CHECKPOINT=str(checkpoint.resolve())) as (port, worker):
        before = peak(worker)
        _, reading, seconds = posted(port, "/api/read", body)
        return {"seconds": seconds, "found": len(reading["digits"]), "peak": peak(worker), "before": before}


def median_and_range(numbers: list[float], form: str) -> str:
    """Formats median and range."""
    return f"{statistics.median(numbers):{form}} ({min(numbers):{form}}–{max(numbers):{form}})"


@click.command()
@click.option("--rounds", default=9, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Which photo.")
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth", show_default=True)
@click.option("--data", "mnist", type=click.Path(path_type=Path), default=ROOT / "data", show_default=True)
@click.option("--served", "sent", is_flag=True, help="By a worker of the server, as the page has photos read.")
@click.option("--read", "one", type=click.Path(path_type=Path), hidden=True)
def main(rounds: int, seed: int, checkpoint: Path, mnist: Path, sent: bool, one: Path | None) -> None:
    """Print the time and memory for a large photo."""
    if one:
        read_once(one, checkpoint)
        return
    body = photo(mnist, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(body)
        command = [sys.executable, __file__, "--read", str(path), "--checkpoint", str(checkpoint)]
        results = [
            send_once(body, checkpoint) if sent else json.loads(subprocess.check_output(command, text=True))
            for _ in range(rounds)
        ]
    print(
        f"{SIZE[0]}×{SIZE[1]}, {len(body) / 2**20:.1f} MB, {DIGITS} digits, {results[0]['found']} found, n = {rounds}"
    )
    print(f"from bytes to answer: {median_and_range([result['seconds'] for result in results], '.2f')} s")
    print(f"memory at its peak: {median_and_range([result['peak'] for result in results], '.0f')} MB,")
    first = "before the photo came" if sent else "after importing PyTorch"
    print(f"of it {first}: {median_and_range([result['before'] for result in results], '.0f')} MB")


if __name__ == "__main__":
    main()
