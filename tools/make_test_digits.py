"""Makes static/img/test_digits.png: 400 MNIST test digits, the first 40 of each class; row = label."""

from pathlib import Path

import torch
from PIL import Image

from digits.data import mnist

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = 40


def main() -> None:
    """Write the picture."""
    _, test = mnist.load(ROOT / "data")
    rows = []
    for digit in range(10):
        chosen = (test.labels == digit).nonzero()[:COLUMNS, 0]
        rows.append(torch.cat(list(test.images[chosen]), dim=1))
    sheet = Image.fromarray(torch.cat(rows).numpy())
    sheet.save(ROOT / "static/img/test_digits.png", optimize=True)


if __name__ == "__main__":
    main()
