"""Measures what bad and odd pictures cost the server: response, seconds, and the worker's peak memory.

    python benchmarks/bad_pictures.py

Each picture is sent to /api/predict and to /api/read of a new server with one worker on one core. Exits with status 1
if a response took over 2 seconds, was a 5xx, or left the worker at more than 600 MB.
"""

import struct
import sys
import zlib

import click
import numpy as np
from clients import ROOT, lone_worker, peak, posted
from pictures import encoded
from PIL import Image, ImageDraw, ImageFont

LONGEST, LARGEST = 2.0, 600.0  # seconds, MB


def printed() -> Image.Image:
    """Draws a page of a book with about 8,000 letters."""
    rng = np.random.default_rng(1)
    page = Image.new("L", (1240, 1754), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(16)
    for top in range(40, 1700, 21):
        words = ("".join(rng.choice(list("etaonshrdlucmfwypvbgk"), rng.integers(2, 9))) for _ in range(25))
        pen.text((40, top), " ".join(words)[:125], font=font, fill=0)
    return page


def striped() -> Image.Image:
    """Draws worn cloth: as many lines as fit, each in many pieces."""
    rng = np.random.default_rng(1)
    down = np.arange(1200)[:, None] % 5
    return Image.fromarray(np.where((down < 2) & (rng.random((1200, 1600)) < 0.9), 60, 230).astype(np.uint8))


def pictures() -> dict[str, bytes]:
    """Returns the bodies to send, by name."""
    noise = np.random.default_rng(1).integers(0, 255, (3000, 4000, 3), np.uint8)
    strokes = [Image.new("L", (300, 300), 255) for _ in range(5)]
    for index, stroke in enumerate(strokes):
        stroke.paste(0, (100 + 10 * index, 50, 120 + 10 * index, 250))
    photo = (ROOT / "docs/photo_table.jpg").read_bytes()
    bomb = bytearray(encoded(Image.new("L", (10_000, 1000))))
    bomb[16:24] = struct.pack(">II", 60_000, 60_000)  # the size in its header
    bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
    return {
        "a bomb: 60,000×60,000 in a small PNG": bytes(bomb),
        "1×30,000 pixels, white": encoded(Image.new("L", (1, 30_000), 255)),
        "30,000×1 pixels, noise": encoded(Image.fromarray(noise[0].reshape(-1)[:30_000][None])),
        "12 megapixels, all black": encoded(Image.new("RGB", (4000, 3000))),
        "12 megapixels, all white": encoded(Image.new("RGB", (4000, 3000), "white")),
        "12 megapixels, noise": encoded(Image.fromarray(noise), "JPEG", quality=60),
        "a page of print": encoded(printed()),
        "striped cloth": encoded(striped(), "JPEG"),
        "half of a JPEG": photo[: len(photo) // 2],
        "text named .png": b"This is no picture.",
        "an animated GIF": encoded(strokes[0], "GIF", save_all=True, append_images=strokes[1:]),
        "a CMYK JPEG": encoded(strokes[0].convert("CMYK"), "JPEG"),
        "a 16-bit PNG": encoded(Image.fromarray(np.asarray(strokes[0]).astype(np.uint16) * 257)),
        "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>',
    }


@click.command()
def main() -> None:
    """Send bad and odd pictures to the server, and print a table."""
    failed = False
    print("| picture | to be one digit | to be a page | the longer one | worker's peak |\n|---|---|---|---|---|")
    for name, body in pictures().items():
        with lone_worker() as (port, worker):
            answers = [posted(port, path, body) for path in ("/api/predict", "/api/read")]
            memory = peak(worker)
        longest = max(seconds for *_, seconds in answers)
        failed |= longest > LONGEST or memory > LARGEST or any(status >= 500 for status, *_ in answers)
        statuses = " | ".join(f"{status} {answer.get('type', '')}".strip() for status, answer, _ in answers)
        print(f"| {name} | {statuses} | {longest:.2f} s | {memory:.0f} MB |", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
