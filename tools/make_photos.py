"""Composes the photographed pages of docs/ from the test digits that ship with the project.

python tools/make_photos.py [FOLDER]
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from digits.data.bundled import page_digits
from digits.synthesis.pages.compose import compose_page

LONGEST = 1400  # pixels
# name: condition, seed of the page
PAGES = {
    "photo_shadow": ("shadow and warm light", 183),
    "photo_squared": ("ruled or squared paper", 181),
    "photo_chalk": ("coloured ink, pencil, chalk", 21),
    "photo_table": ("turned, in perspective, blurred", 115),
    "photo_board": ("board on a wall", 313),
}


def main() -> None:
    """Write the photos."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    digits = page_digits()
    for name, (condition, seed) in PAGES.items():
        page = compose_page(condition, digits, np.random.default_rng(seed)).picture
        page.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        page.save(folder / f"{name}.jpg", quality=85)


if __name__ == "__main__":
    main()
