"""A photo of 12 megapixels with 20 digits: seconds from its bytes to the answer on one core, and memory at the peak.

    python benchmarks/large_photo.py

Two pages of `digits/sheets.py` in shadow and warm light, with test digits, side by side as one JPEG of 4000×3000. Each
round is a new process on one core, with one thread, that loads the network and reads the photo once: the time is
that one reading's, the memory what the system counts for the process at its largest, after PyTorch's import and at the
end. With --served it is a new server with one worker, also on one core, to which the photo is sent once: the time is
the request's, the memory the worker's. That is less: the worker is forked from a process that has loaded PyTorch, and
never touches what only loading needs of the CUDA libraries in PyPI's build.
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
    """A JPEG with `DIGITS` digits on it."""
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
    """Read a photo in this process, and print what it took."""
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
    """Send the photo to a new server, and tell what it took."""
    with lone_worker(INKLING_CHECKPOINT=str(checkpoint.resolve())) as (port, worker):
        before = peak(worker)
        _, reading, seconds = posted(port, "/api/read", body)
        return {"seconds": seconds, "found": len(reading["digits"]), "peak": peak(worker), "before": before}


def told(numbers: list[float], form: str) -> str:
    """Median, and range."""
    return f"{statistics.median(numbers):{form}} ({min(numbers):{form}}–{max(numbers):{form}})"


@click.command()
@click.option("--rounds", default=9, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Which photo.")
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth", show_default=True)
@click.option("--data", "mnist", type=click.Path(path_type=Path), default=ROOT / "data", show_default=True)
@click.option("--served", "sent", is_flag=True, help="By a worker of the server, as the page has photos read.")
@click.option("--read", "one", type=click.Path(path_type=Path), hidden=True)
def main(rounds: int, seed: int, checkpoint: Path, mnist: Path, sent: bool, one: Path | None) -> None:
    """Time the reading of a large photo, and take its memory."""
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
    print(f"from bytes to answer: {told([result['seconds'] for result in results], '.2f')} s")
    print(f"memory at its peak: {told([result['peak'] for result in results], '.0f')} MB,")
    first = "before the photo came" if sent else "after importing PyTorch"
    print(f"of it {first}: {told([result['before'] for result in results], '.0f')} MB")


if __name__ == "__main__":
    main()
