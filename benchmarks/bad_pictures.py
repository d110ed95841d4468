"""What pictures that are none, or odd ones, cost the server: the answer, seconds, and the worker's memory at its peak.

    python benchmarks/bad_pictures.py

Each is sent to /api/predict and to /api/read of a new server with one worker, on one core. Ends with status 1 if an
answer took over 2 seconds, was a 5xx, or left the worker at more than 600 MB.
"""

import http.client
import io
import json
import os
import struct
import sys
import time
import zlib

import click
import numpy as np
from clients import ROOT, children, peak, served
from PIL import Image

LONGEST, LARGEST = 2.0, 600.0  # seconds · MB


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def file(picture: Image.Image, form: str = "PNG", **how) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **how)
    return buffer.getvalue()


def pictures() -> dict[str, bytes]:
    """What is sent, by name."""
    noise = np.random.default_rng(1).integers(0, 255, (3000, 4000, 3), np.uint8)
    strokes = [Image.new("L", (300, 300), 255) for _ in range(5)]
    for index, stroke in enumerate(strokes):
        stroke.paste(0, (100 + 10 * index, 50, 120 + 10 * index, 250))
    photo = (ROOT / "docs/photo_table.jpg").read_bytes()
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(10**7))), chunk(b"IEND", b""))
    return {
        "a bomb: 60,000×60,000 in a small PNG": b"\x89PNG\r\n\x1a\n" + b"".join(bomb),
        "1×30,000 pixels, white": file(Image.new("L", (1, 30_000), 255)),
        "30,000×1 pixels, noise": file(Image.fromarray(noise[0].reshape(-1)[:30_000][None])),
        "12 megapixels, all black": file(Image.new("RGB", (4000, 3000))),
        "12 megapixels, all white": file(Image.new("RGB", (4000, 3000), "white")),
        "12 megapixels, noise": file(Image.fromarray(noise), "JPEG", quality=60),
        "half of a JPEG": photo[: len(photo) // 2],
        "text named .png": b"This is no picture.",
        "an animated GIF": file(strokes[0], "GIF", save_all=True, append_images=strokes[1:]),
        "a CMYK JPEG": file(strokes[0].convert("CMYK"), "JPEG"),
        "a 16-bit PNG": file(Image.fromarray(np.asarray(strokes[0]).astype(np.uint16) * 257)),
        "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>',
    }


def asked(port: int, path: str, body: bytes) -> tuple[str, float]:
    """→ the answer in few words, and the seconds until it was there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    started = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/octet-stream"})
    answer = connection.getresponse()
    text = json.load(answer)
    seconds = time.perf_counter() - started
    connection.close()
    return f"{answer.status} {text.get('type', '')}".strip(), seconds


@click.command()
def main() -> None:
    """Send the server bad and odd pictures, one kind after the other."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the servers take it over
    failed = False
    print("| picture | to be one digit | to be a page | the longer one | worker's peak |\n|---|---|---|---|---|")
    for name, body in pictures().items():
        with served(INKLING_WORKERS="1") as server:
            (worker,) = children(server.process.pid)
            answers, seconds = zip(
                *(asked(server.port, f"/api/{path}", body) for path in ("predict", "read")), strict=True
            )
            memory = peak(worker)
        failed |= max(seconds) > LONGEST or memory > LARGEST or any(answer.startswith("5") for answer in answers)
        print(f"| {name} | {' | '.join(answers)} | {max(seconds):.2f} s | {memory:.0f} MB |", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
