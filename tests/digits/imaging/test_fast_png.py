"""The decoder of simple PNGs returns what Pillow returns, and leaves every other file to Pillow."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from digits.imaging import fast_png
from digits.imaging.decoding import decode_picture


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def written(grey, kind=(8, 0, 0, 0, 0), rows=None, between=b""):
    height, width = grey.shape
    rows = np.pad(grey, ((0, 0), (1, 0))) if rows is None else rows
    header = struct.pack(">II5B", width, height, *kind)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    first, *rest = (chunk(*part) for part in parts)
    return b"\x89PNG\r\n\x1a\n" + first + between + b"".join(rest)


@pytest.fixture(scope="module")
def grey():
    return np.random.default_rng(1).integers(0, 256, (7, 5), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (280, 280), (33, 1024)])
def test_it_reads_what_pillow_reads(shape):
    grey = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
    data = written(grey)
    assert (fast_png.decode_grey(data, 1024) == np.asarray(Image.open(io.BytesIO(data)))).all()


def filtered(grey):
    """Each row after the number of its filter, 2: as the difference from the one above."""
    return np.hstack([np.full((len(grey), 1), 2, np.uint8), np.diff(grey, axis=0, prepend=np.zeros((1, 5), np.uint8))])


@pytest.mark.parametrize(
    "other",
    [
        lambda grey: written(grey, rows=filtered(grey)),
        lambda grey: written(grey, between=chunk(b"tRNS", bytes(2))),
        lambda grey: written(grey, between=chunk(b"IDAT", b"")),
        lambda grey: written(grey) + b"\0",
        lambda grey: written(grey.repeat(2, axis=1), kind=(16, 0, 0, 0, 0), rows=np.zeros((7, 21), np.uint8)),
        lambda grey: written(grey.repeat(300, axis=0)),
        lambda grey: written(grey)[:-20],
        lambda grey: written(grey, rows=np.zeros((6, 6), np.uint8)),
        lambda grey: written(grey, rows=np.zeros((8, 6), np.uint8)),
        lambda grey: b"",
    ],
)
def test_it_leaves_the_rest_to_pillow(other, grey):
    assert fast_png.decode_grey(other(grey), 1024) is None


def test_a_filtered_picture_is_read_all_the_same(grey):
    assert (decode_picture(written(grey, rows=filtered(grey))).channels[0] == grey).all()


def test_no_damaged_byte_goes_unseen(grey):
    data = written(grey)
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1
        assert fast_png.decode_grey(bytes(damaged), 1024) is None
