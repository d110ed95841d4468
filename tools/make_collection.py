"""Writes the digits that ship with the project from the verified MNIST.

python tools/make_collection.py [FOLDER OF MNIST]
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import dataset, mnist
from digits.data.bundled import BUNDLED_NPZ, TRAIN_STEP


def main() -> None:
    """Write the file, and print its checksum for digits/data/bundled.py."""
    train, test = mnist.load(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data")
    learnt, _ = dataset.split(train)
    parts = {"test": test, "train": dataset.Digits(learnt.images[::TRAIN_STEP], learnt.labels[::TRAIN_STEP])}
    arrays = {}
    for name, digits in parts.items():
        arrays[f"{name}_images"] = digits.images.numpy()
        arrays[f"{name}_labels"] = digits.labels.to(torch.uint8).numpy()
    np.savez_compressed(BUNDLED_NPZ, **arrays)
    content = BUNDLED_NPZ.read_bytes()
    print(f"{BUNDLED_NPZ.relative_to(ROOT)}: {len(content):,} bytes, {len(parts['test']):,} test digits and", end=" ")
    print(f"{len(parts['train']):,} training digits\nSHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
