"""The bodies of the API: arrays as base64, pictures, and compressed JSON."""

import base64
import json
from dataclasses import asdict
from typing import Any

import deflate
import numpy as np
from flask import Response, request

from digits.data.dataset import Digits
from digits.recognition.results import PreparedDigit
from server.inference.incremental_task import Progress

MIN_COMPRESSED_BYTES = 8192  # bytes: a shorter answer is sent as it is


def base64_of(values: np.ndarray) -> str:
    """The bytes of an array in C order."""
    return base64.b64encode(np.ascontiguousarray(values)).decode("ascii")


def floats_of(values: np.ndarray) -> dict[str, Any]:
    """An array as float32, little-endian, with its shape."""
    return {"shape": values.shape, "data": base64_of(values.astype("<f4"))}


def input_of(digit: PreparedDigit) -> dict[str, Any]:
    """A digit image as bytes, and its origin: `box` of the picture sent, of `size`, came to lie at `place` in it."""
    return {
        **image_of(digit.image),
        "size": [digit.width, digit.height],
        "box": list(digit.box),
        "place": list(digit.place),
    }


def image_of(image: np.ndarray) -> dict[str, Any]:
    """A digit image (28, 28) as bytes."""
    return {"shape": [28, 28], "data": base64_of((image * 255).round().astype(np.uint8))}


def json_response(body: dict[str, Any], status: int = 200) -> Response:
    """A body as JSON, packed where it is long and the caller can unpack it."""
    data = json.dumps(body, allow_nan=False).encode()
    response = Response(data, status, content_type="application/json")
    if len(data) > MIN_COMPRESSED_BYTES:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            # All layers of the largest network, 196 KB: 87 on the mean and 98 at most (31 digits), in 1.5 ms. zlib
            # makes 94 of it in 2.9 ms; ISA-L 92, and 103 at most, in 0.4.
            response.data = bytes(deflate.gzip_compress(data, 3))  # WSGI takes no bytearray
            response.content_encoding = "gzip"
    return response


def digit_images(digits: Digits, rows: list[int]) -> dict[str, Any]:
    """The images of some digits of a dataset as bytes."""
    return {"shape": [len(rows), 28, 28], "data": base64_of(digits.images[rows].numpy())}


def not_ready(name: str, progress: Progress) -> Response:
    """A 202 with the progress of an incremental task: ask again. The work goes on while somebody asks."""
    return json_response({"model": name, **asdict(progress)}, 202)
