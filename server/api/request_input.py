"""Input of the API calls: the picture in the body, and the query parameters."""

import base64
import binascii
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import request

from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import PreparedDigit
from server.inference import services
from server.inference.request_queue import MAX_WAIT_SECONDS, overloaded
from server.problems import Problem

MAX_BODY_BYTES = 10_000_000
# The kernel buffers a body up to this size before a thread reads it (server/gunicorn_worker.py); a drawing has 2**14.
MAX_BUFFERED_BODY_BYTES = 2**18
MAX_UPLOAD_SECONDS = 60  # for a longer body


def picture() -> bytes:
    """Returns the picture in the body: raw bytes, the form field `image`, or JSON with a data URL.

    Raises a 400 for an empty or malformed body, 413 for one over `MAX_BODY_BYTES`, 503 with too many slow uploads.
    """
    with _upload_slot():
        return _body()


@contextmanager
def _upload_slot() -> Iterator[None]:
    """Bounds the number and the duration of uploads that hold a thread while they arrive."""
    arrives_later = "Transfer-Encoding" in request.headers or "Expect" in request.headers
    if (request.content_length or 0) <= MAX_BUFFERED_BODY_BYTES and not arrives_later:
        yield
        return
    slots = services.upload_slots()
    if not slots.acquire(timeout=MAX_WAIT_SECONDS):
        raise overloaded()
    timer = threading.Timer(MAX_UPLOAD_SECONDS, _stop_reading, [request.environ.get("gunicorn.socket")])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        slots.release()


def _stop_reading(connection: socket.socket | None) -> None:
    """Ends the reading side of a connection; Flask's own server passes None."""
    if connection:
        with suppress(OSError):  # the client has already gone
            connection.shutdown(socket.SHUT_RD)


def _body() -> bytes:
    if request.mimetype == "multipart/form-data":
        if "image" not in request.files:
            raise Problem(400, "no-picture", "No picture", "The form has no file in its field “image”.")
        data = request.files["image"].read()
    elif request.mimetype == "application/json":
        data = _picture_from_json(request.get_data())
    else:
        data = request.get_data()
    # A chunked body does not state its length. This raises the 413 if it goes on past the limit.
    request.stream.read(1)
    if not data:
        raise Problem(400, "no-picture", "No picture", "The body is empty. Send a picture, for example as image/png.")
    return data


def _picture_from_json(body: bytes) -> bytes:
    try:
        text = json.loads(body)["image"]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        expected = '{"image": "data:image/png;base64,…"}'
        raise Problem(400, "bad-json", "Not the JSON expected", f"Send an object like {expected}.") from None
    try:
        return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(400, "bad-base64", "Broken base64", "The picture's base64 cannot be decoded.") from None


def network() -> tuple[str, DigitClassifier]:
    """Returns the network of the parameter `model`, by default the default one.

    Raises `UnknownModel` or `BadCheckpoint`.
    """
    return services.models()[request.args.get("model")]


def networks() -> dict[str, DigitClassifier]:
    """Returns the networks of the parameter `models`, separated by commas; raises what `network` does."""
    names = request.args.get("models")
    return dict(services.models()[name] for name in (names.split(",") if names is not None else [None]))


def choice(name: str, *values: str) -> str:
    """Returns a parameter that must be one of `values`, the first by default; raises a 400 otherwise."""
    value = request.args.get(name, values[0])
    if value not in values:
        raise Problem(400, "bad-parameter", "Unknown value", f"{name} is “{value}”; it can be {' or '.join(values)}.")
    return value


def digit(name: str) -> int | None:
    """Returns a parameter that is a digit, None if it is missing. Raises a 400 for another value."""
    return int(choice(name, *"0123456789")) if name in request.args else None


def preparation_options() -> dict[str, bool]:
    """Returns the switches `scaled` and `centred`; raises a 400 unless they are on or off."""
    return {name: choice(name, "on", "off") == "on" for name in ("scaled", "centred")}


def prepare(classifier: DigitClassifier | type[DigitClassifier], data: bytes) -> PreparedDigit:
    """Preprocesses a picture with the options of the request."""
    return classifier.prepare(data, **preparation_options())
