"""A photo of 12 megapixels with 20 digits: seconds from its bytes to the answer on one core, and memory at the peak.

    python benchmarks/large_photo.py

Two pages of `digits/sheets.py` in shadow and warm light, with test digits, side by side as one JPEG of 4000×3000. Each
round is a new process on one core, with one thread, that loads the network and reads the photo once: the time is
that one reading's, the memory what the system counts for the process at its largest, after PyTorch's import and at the
end.
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

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CONDITION, SIZE, DIGITS = "shadow and warm light", (4000, 3000), 20


def photo(mnist: Path, seed: int) -> bytes:
    """A JPEG with `DIGITS` digits on it."""
    import numpy as np
    from PIL import Image

    from digits import data
    from digits.sheets import compose

    test = data.load(mnist)[1]
    rng = np.random.default_rng(seed)
    halves: list = []
    while not halves or sum(len("".join(half.lines)) for half in halves) != DIGITS:
        sheet = compose(CONDITION, test, rng)
        if sheet.picture.height > sheet.picture.width:
            halves = [*halves[-1:], sheet]
    whole = Image.new("RGB", SIZE)
    for index, half in enumerate(halves):
        whole.paste(half.picture.resize((SIZE[0] // 2, SIZE[1])), (index * SIZE[0] // 2, 0))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=90)
    return file.getvalue()


def megabytes() -> float:
    """What this process has taken at most so far, in MB of 2^20 bytes; Linux only."""
    # Not getrusage: its largest size survives exec, so that a small process begins with what its parent had.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def read_once(path: Path, checkpoint: Path) -> None:
    """Read a photo in this process, and print what it took."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import torch

    torch.set_num_threads(1)
    imported = megabytes()
    from digits.reader import Reader

    reader = Reader.from_checkpoint(checkpoint)
    body = path.read_bytes()
    started = time.perf_counter()
    reading = reader.read(body)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "found": len(reading.digits), "peak": megabytes(), "imported": imported}))


def told(numbers: list[float], form: str) -> str:
    """Median, and range."""
    return f"{statistics.median(numbers):{form}} ({min(numbers):{form}}–{max(numbers):{form}})"


@click.command()
@click.option("--rounds", default=9, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Which photo.")
@click.option("--checkpoint", type=click.Path(path_type=Path), default=ROOT / "mnist_model.pth", show_default=True)
@click.option("--data", "mnist", type=click.Path(path_type=Path), default=ROOT / "data", show_default=True)
@click.option("--read", "one", type=click.Path(path_type=Path), hidden=True)
def main(rounds: int, seed: int, checkpoint: Path, mnist: Path, one: Path | None) -> None:
    """Time the reading of a large photo, and take its memory."""
    if one:
        read_once(one, checkpoint)
        return
    body = photo(mnist, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(body)
        command = [sys.executable, __file__, "--read", str(path), "--checkpoint", str(checkpoint)]
        results = [json.loads(subprocess.check_output(command, text=True)) for _ in range(rounds)]
    print(
        f"{SIZE[0]}×{SIZE[1]}, {len(body) / 2**20:.1f} MB, {DIGITS} digits, {results[0]['found']} found, n = {rounds}"
    )
    print(f"from bytes to answer: {told([result['seconds'] for result in results], '.2f')} s")
    print(f"memory at its peak: {told([result['peak'] for result in results], '.0f')} MB,")
    print(f"of it after importing PyTorch: {told([result['imported'] for result in results], '.0f')} MB")


if __name__ == "__main__":
    main()
