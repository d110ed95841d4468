"""Bytes that nobody meant, as pictures and as JSON: an answer, or an error that says what is wrong."""

import base64
import io
import json
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from fuzzing import ANYTHING, damaged, tried
from hypothesis import given
from hypothesis import strategies as st
from pictures import chunk, drawn, encoded
from PIL import Image

from digits.data.bundled import page_digits
from digits.errors import BadImage, NoInk
from digits.imaging import fast_png
from digits.imaging.decoding import decode_picture
from digits.recognition.page_reader import PageReader

pytestmark = pytest.mark.slow

KINDS = [b"IDAT", b"tRNS", b"PLTE", b"gAMA", b"eXIf", b"IEND", b"abcd", b"ABCD"]
BEGIN = b"\x89PNG\r\n\x1a\n"


def real_pictures() -> list[bytes]:
    """Files of every accepted format, in several modes: grey, coloured, with a palette, deep, see-through, turned."""
    picture = drawn(page_digits().images[120].numpy(), 48)
    turned = Image.Exif()
    turned[0x0112] = 6
    files = [encoded(picture, format) for format in ("PNG", "JPEG", "WEBP", "GIF", "BMP")]
    files += [encoded(picture, "JPEG", progressive=True, exif=turned), encoded(picture, "PNG", exif=turned)]
    files += [encoded(picture.convert(mode)) for mode in ("1", "L", "P", "LA", "RGBA")]
    files.append(encoded(Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)))
    files += [encoded(picture, "WEBP", lossless=True), encoded(picture.convert("1"), "BMP")]
    files.append(encoded(picture, "GIF", save_all=True, append_images=[picture.rotate(90)]))
    try:
        import pillow_heif
    except ImportError:
        return files
    file = io.BytesIO()
    pillow_heif.from_pillow(picture).save(file, quality=80)
    return [*files, file.getvalue()]


REAL = real_pictures()
PNGS = [data for data in REAL if data.startswith(BEGIN)]


def chunks(data):
    """A PNG's chunks: (kind, content)."""
    found, at = [], len(BEGIN)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


@st.composite
def rebuilt(draw):
    """A PNG whose chunks were damaged, dropped, doubled or put elsewhere, each with the right checksum."""
    parts = chunks(draw(st.sampled_from(PNGS)))
    for _ in range(draw(st.integers(1, 3))):
        at, to = draw(st.integers(0, len(parts) - 1)), draw(st.integers(0, len(parts) - 1))
        change = draw(st.sampled_from(["damage", "damage", "header", "pixels", "double", "move"]))
        kind, content = parts[at]
        if change == "damage":
            parts[at] = kind, draw(damaged([content]))
        elif change == "header":
            sizes = st.sampled_from([0, 1, 27, 48, 1024, 6325, 2**16, 2**31 - 1, 2**32 - 1])
            kinds = [
                draw(st.sampled_from(values))
                for values in ((1, 2, 4, 8, 16, 3), (0, 2, 3, 4, 6, 7), (0, 1), (0, 1), (0, 1, 2))
            ]
            parts[at] = b"IHDR", struct.pack(">2I5B", draw(sizes), draw(sizes), *kinds)
        elif change == "pixels":
            parts[at] = b"IDAT", zlib.compress(draw(st.binary(max_size=3000)))
        else:
            parts.insert(to, parts[at] if change == "double" else parts.pop(at))
    return BEGIN + b"".join(chunk(*part) for part in parts)


@tried(300)
@given(data=st.binary(max_size=100) | damaged(REAL) | damaged(REAL) | rebuilt())
def test_any_bytes_are_read_or_refused_as_a_picture(data, classifier):
    for read in (decode_picture, classifier.predict, PageReader(classifier).read):
        with suppress(BadImage, NoInk):
            read(data)


@st.composite
def packed(draw, content: bytes):
    """A deflate stream of some bytes, packed in one of many ways, whole or in blocks."""
    packer = zlib.compressobj(
        draw(st.integers(0, 9)),
        zlib.DEFLATED,
        draw(st.integers(9, 15)),
        draw(st.integers(1, 9)),
        draw(st.integers(0, 4)),
    )
    stream, at = b"", 0
    for cut in sorted(draw(st.lists(st.integers(0, len(content)), max_size=3))):
        stream += packer.compress(content[at:cut]) + packer.flush(draw(st.sampled_from([1, 2, 3])))
        at = cut
    return stream + packer.compress(content[at:]) + packer.flush()


@st.composite
def plain_pngs(draw):
    """Grey pictures as the page's: their pixels, and a PNG of them without filters."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    levels = draw(st.binary(min_size=1, max_size=height * width))
    grey = np.resize(np.frombuffer(levels, np.uint8), (height, width))
    stream = draw(packed(np.pad(grey, ((0, 0), (1, 0))).tobytes()))
    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    return grey, BEGIN + b"".join(chunk(*part) for part in [(b"IHDR", header), (b"IDAT", stream), (b"IEND", b"")])


@tried(80)
@given(plain=plain_pngs())
def test_a_plain_png_is_read_the_quick_way_and_right(plain):
    grey, data = plain
    assert (fast_png.decode_grey(data, 40) == grey).all()
    assert (np.asarray(Image.open(io.BytesIO(data))) == grey).all()


@st.composite
def nearly_plain_pngs(draw):
    """Such a PNG with something else about it, its checksums right: sizes, rows, filters, the stream, another chunk."""
    grey, data = draw(plain_pngs())
    (_, header), (_, stream), end = chunks(data)
    height, width = grey.shape
    change = draw(st.sampled_from(["size", "kind", "rows", "stream", "window", "chunk", "tail"]))
    if change == "size":
        header = struct.pack(">II", width + draw(st.integers(-1, 1)), height + draw(st.integers(-1, 1))) + header[8:]
    elif change == "kind":
        header = draw(damaged([header]))
    elif change == "rows":
        size = height * (width + 1) + draw(st.integers(-2, 2))
        stream = draw(packed(draw(st.binary(min_size=size, max_size=size))))
    elif change == "stream":
        stream = draw(damaged([stream]))
    elif change == "window":  # the stream's own two bytes
        first = draw(st.integers(0, 255))
        stream = bytes([first, draw(st.integers(0, 255)) // 31 * 31 + -(first * 256) % 31 & 255]) + stream[2:]
    parts = [(b"IHDR", header), (b"IDAT", stream), end]
    if change == "chunk":
        parts.insert(draw(st.integers(0, 3)), (draw(st.sampled_from(KINDS)), draw(st.binary(max_size=20))))
    return BEGIN + b"".join(chunk(*part) for part in parts) + (draw(st.binary(max_size=9)) if change == "tail" else b"")


@tried(200)
@given(data=nearly_plain_pngs() | rebuilt() | damaged(PNGS))
def test_where_the_quick_way_answers_pillow_says_the_same(data):
    found = fast_png.decode_grey(data, 60)
    if found is not None:
        assert max(found.shape) <= 60
        assert (np.asarray(Image.open(io.BytesIO(data))) == found).all()


@st.composite
def bodies(draw):
    """JSON of any shape, the picture expected among it or not; some of it broken."""
    picture = draw(damaged(REAL) | st.binary(max_size=20))
    text = "data:image/png;base64," * draw(st.booleans()) + base64.b64encode(picture).decode()
    image = draw(st.just(text) | st.text(max_size=20) | ANYTHING | damaged([text.encode()]).map(repr))
    body = json.dumps(draw(st.just({"image": image}) | ANYTHING)).encode()
    nested = draw(st.sampled_from([b"[", b'{"image":', b'{"a":{"image":[']))
    return draw(st.just(body) | damaged([body]) | st.integers(1, 5000).map(nested.__mul__))


@tried(150)
@given(body=bodies(), path=st.sampled_from(["/api/predict", "/api/read", "/api/importance"]))
def test_any_json_is_answered_or_refused(body, path, client):
    kind = "application/json"
    answer = client.post(path, data=body, content_type=kind)
    assert answer.status_code < 500
    assert answer.mimetype == ("application/json" if answer.status_code == 200 else "application/problem+json")
    assert (
        answer.get_json()["detail" if answer.status_code != 200 else "model" if path != "/api/read" else "text"]
        is not None
    )
