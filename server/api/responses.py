"""Response bodies of the API: compressed JSON, arrays as base64, digit images."""

import base64
import json
from dataclasses import asdict
from typing import Any

import numpy as np
import werkzeug
from flask import Response, request

from digits.data.dataset import Digits
from digits.recognition.results import PreparedDigit
from server.inference.incremental_task import Progress
from server.middleware.compression import compress, gzip

MIN_COMPRESSED_BYTES = 8192  # a shorter body is sent as it is
# All layers of the largest network, 196 KB: level 3 of libdeflate makes 87 KB on the mean and 98 at most (31 digits)
# in 1.5 ms. zlib makes 94 KB in 2.9 ms; ISA-L 92 KB, at most 103, in 0.4 ms.
JSON_LEVEL = 3


def json_response(body: dict[str, Any], status: int = 200) -> Response:
    """Returns a body as JSON, compressed if it is long and the client accepts gzip."""
    data = json.dumps(body, allow_nan=False).encode()
    response = Response(data, status, content_type="application/json")
    compress(response, MIN_COMPRESSED_BYTES, lambda data: gzip(data, JSON_LEVEL))
    return response


def with_etag(response: Response) -> werkzeug.Response:
    """Adds an ETag; returns a 304 without body if the client already has this response."""
    response.add_etag()
    response.cache_control.no_cache = True
    return response.make_conditional(request)


def not_ready(name: str, progress: Progress) -> Response:
    """Returns a 202 with the progress of an incremental task; each poll continues the task."""
    return json_response({"model": name, **asdict(progress)}, 202)


def base64_of(values: np.ndarray) -> str:
    """Returns the bytes of an array in C order as base64."""
    return base64.b64encode(np.ascontiguousarray(values).data).decode("ascii")


def floats_of(values: np.ndarray) -> dict[str, Any]:
    """Returns an array as float32, little-endian, with its shape."""
    return {"shape": values.shape, "data": base64_of(values.astype("<f4"))}


def image_of(image: np.ndarray) -> dict[str, Any]:
    """Returns a digit image, (28, 28) from 0 to 1, as uint8."""
    return {"shape": [28, 28], "data": base64_of((image * 255).round().astype(np.uint8))}


def input_of(digit: PreparedDigit) -> dict[str, Any]:
    """Returns a digit image with its origin.

    `size` is the sent picture's width and height, `box` the ink's box in it, `place` that box within the 28×28.
    """
    return {
        **image_of(digit.image),
        "size": [digit.width, digit.height],
        "box": list(digit.box),
        "place": list(digit.place),
    }


def digit_images(digits: Digits, rows: list[int]) -> dict[str, Any]:
    """Returns the images of some digits of a dataset as uint8."""
    return {"shape": [len(rows), 28, 28], "data": base64_of(digits.images[rows].numpy())}
