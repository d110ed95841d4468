"""Makes docs/augmented.png and docs/outliers.png: the training images besides plain MNIST.

python tools/make_augmented.py [FOLDER]

augmented.png: each upper row is one class of training digits, the first as in MNIST, the others augmented. Below are
digits drawn by code. outliers.png: pictures that are no digit, one kind in each row. Above are the kinds for
training, below those for measuring.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import mnist
from digits.data.augmentation import augment
from digits.synthesis import digit_shapes, outliers

COLUMNS, GAP, ENLARGED = 24, 8, 2


def sheet(images: torch.Tensor) -> np.ndarray:
    """Arranges digits (N, 28, 28) uint8, ink bright, in rows of COLUMNS; returns dark ink on white."""
    rows = images.reshape(-1, COLUMNS, 28, 28).permute(0, 2, 1, 3)
    return 255 - rows.reshape(-1, COLUMNS * 28).numpy()


def main() -> None:
    """Write both pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    train, _ = mnist.load(ROOT / "data")
    generator = torch.Generator().manual_seed(1)
    first = torch.stack([(train.labels == digit).nonzero()[0, 0] for digit in range(10)])
    batch = train.batch(first.repeat_interleave(COLUMNS))
    varied = (augment(batch, "strong", generator) * 255).round().byte()[:, 0]
    varied[::COLUMNS] = train.images[first]

    drawn, labels = digit_shapes.draw_digits(8 * COLUMNS, np.random.default_rng(1))
    drawn = drawn[labels.argsort(stable=True)]
    write([varied, drawn], folder / "augmented.png")

    rng = np.random.default_rng(1)
    families = dict.fromkeys(outliers.TRAIN_KINDS), outliers.TEST_KINDS
    write(
        [torch.cat([outliers.draw_outliers(COLUMNS, [kind], train, rng) for kind in kinds]) for kinds in families],
        folder / "outliers.png",
    )


def write(parts: list[torch.Tensor], path: Path) -> None:
    """Saves parts (N, 28, 28), one below the other."""
    gap = np.full((GAP, COLUMNS * 28), 255, np.uint8)
    picture = Image.fromarray(np.concatenate([row for part in parts for row in (gap, sheet(part))][1:]))
    picture = picture.resize((picture.width * ENLARGED, picture.height * ENLARGED), Image.Resampling.BICUBIC)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    main()
