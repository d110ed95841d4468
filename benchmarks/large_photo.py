"""Measures time and peak memory of reading a photo of 12 megapixels with 20 digits, on one core.

    python benchmarks/large_photo.py

The photo is one JPEG of 4000×3000 with two composed pages in shadow and warm light, side by side. Each round starts a
new process on one core with one thread, which loads the network and reads the photo once. The time is that of the
reading. The memory is the peak of the process, after importing PyTorch and at the end. With --served, each round starts
a new server with one worker on one core and sends the photo once: time of the request, memory of the worker. A worker
takes less memory, because it is forked after PyTorch was loaded and does not touch all of PyTorch's libraries.
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

CONDITION = "shadow and warm light"
SIZE_PX = (4000, 3000)
DIGIT_COUNT = 20


def photo(mnist: Path, seed: int) -> bytes:
    """Returns a JPEG of `SIZE_PX` with `DIGIT_COUNT` digits."""
    import numpy as np
    from PIL import Image

    from digits.data import mnist as data
    from digits.synthesis.pages.compose import compose_page

    test = data.load(mnist)[1]
    rng = np.random.default_rng(seed)
    halves: list = []
    while not halves or sum(len("".join(half.lines)) for half in halves) != DIGIT_COUNT:
        page = compose_page(CONDITION, test, rng)
        if page.picture.height > page.picture.width:
            halves = [*halves[-1:], page]
    whole = Image.new("RGB", SIZE_PX)
    for index, half in enumerate(halves):
        whole.paste(half.picture.resize((SIZE_PX[0] // 2, SIZE_PX[1])), (index * SIZE_PX[0] // 2, 0))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=90)
    return file.getvalue()


def read_once(path: Path, checkpoint: Path) -> None:
    """Reads a photo in this process and prints time and memory as JSON."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import torch

    torch.set_num_threads(1)
    before = peak()
    from digits.recognition.classifier import DigitClassifier
    from digits.recognition.page_reader import PageReader

    classifier = DigitClassifier.from_checkpoint(checkpoint)
    body = path.read_bytes()
    started = time.perf_counter()
    prediction = PageReader(classifier).read(body)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "found": len(prediction.digits), "peak": peak(), "before": before}))


def send_once(body: bytes, checkpoint: Path) -> dict[str, float]:
    """Sends the photo to a new server and returns time and memory."""
    with lone_worker(INKLING_CHECKPOINT=str(checkpoint.resolve())) as (port, worker):
        before = peak(worker)
        _, response, seconds = posted(port, "/api/read", body)
        return {"seconds": seconds, "found": len(response["digits"]), "peak": peak(worker), "before": before}


def median_and_range(numbers: list[float], form: str) -> str:
    """Returns the median and the range as text."""
    return f"{statistics.median(numbers):{form}} ({min(numbers):{form}}–{max(numbers):{form}})"


@click.command()
@click.option("--rounds", default=9, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Chooses the photo.")
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth", show_default=True)
@click.option("--data", "mnist", type=click.Path(path_type=Path), default=ROOT / "data", show_default=True)
@click.option("--served", "sent", is_flag=True, help="Measure a worker of the server.")
@click.option("--read", "one", type=click.Path(path_type=Path), hidden=True)
def main(rounds: int, seed: int, checkpoint: Path, mnist: Path, sent: bool, one: Path | None) -> None:
    """Measure time and memory of reading a large photo."""
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
    size = f"{SIZE_PX[0]}×{SIZE_PX[1]}, {len(body) / 2**20:.1f} MB"
    print(f"{size}, {DIGIT_COUNT} digits, {results[0]['found']} found, n = {rounds}")
    print(f"from bytes to predictions: {median_and_range([result['seconds'] for result in results], '.2f')} s")
    print(f"peak memory: {median_and_range([result['peak'] for result in results], '.0f')} MB,")
    first = "before the photo" if sent else "after importing PyTorch"
    print(f"of which {first}: {median_and_range([result['before'] for result in results], '.0f')} MB")


if __name__ == "__main__":
    main()
