"""/api/: one drawing or one page in, readings out."""

import base64
import binascii
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from flask import Blueprint, Flask, Response, current_app, request

from digits.reader import Answer, Reading
from server import metrics
from server.problems import Problem
from server.readers import Readers

api = Blueprint("api", __name__, url_prefix="/api")

MAX_BODY = 10_000_000  # bytes
PATIENCE = 0.25  # seconds: a class that posts all at once is served in less; longer than that is too much work
RETRY_AFTER = 1  # seconds; a reading takes milliseconds, so a full house empties soon


def register(app: Flask, readers: Readers, max_pending: int) -> None:
    """Add the API to an app."""
    app.extensions["inkling"] = {
        "readers": readers,
        "room": threading.BoundedSemaphore(max_pending),
        "turn": threading.Lock(),
    }
    app.register_blueprint(api)


@api.get("/models")
def models() -> Response:
    """The networks that can be asked for."""
    return _answer(_readers().describe())


@api.post("/predict")
def predict() -> Response:
    """One drawing → one reading, with what every layer made of it if `layers=all`."""
    started = time.perf_counter()
    wanted = request.args.get("layers", "none")
    if wanted not in ("none", "all"):
        raise Problem(400, "bad-parameter", "Unknown value", f"layers is “{wanted}”; it can be none or all.")
    name, reader = _readers()[request.args.get("model")]
    picture = _picture()  # before a place is taken: a slow upload must not hold one
    with _room():
        reading = reader.predict(picture, layers=wanted == "all")
        body = {
            **reading.summary(),
            "model": name,
            "input": _input(reading),
        }
        if wanted == "all":
            body["layers"] = [_layer(answer) for answer in reading.layers]
    total = round(1000 * (time.perf_counter() - started), 3)
    body["milliseconds"] = {**reading.milliseconds, "total": total}
    metrics.count_readings([reading])
    return _answer(body)


@api.post("/read")
def read() -> Response:
    """One page → every digit on it."""
    _, reader = _readers()[request.args.get("model")]
    picture = _picture()
    with _room():
        page = reader.read(picture)
    metrics.count_readings(page.digits)
    body = page.summary()
    for digit, reading in zip(body["digits"], page.digits, strict=True):
        digit["input"] = _input(reading)
    return _answer(body)


def _readers() -> Readers:
    return current_app.extensions["inkling"]["readers"]


@contextmanager
def _room() -> Iterator[None]:
    """A place in the queue, and then the turn; where the queue stays full, say so rather than let it grow.

    One at a time, so that a few large photos cannot fill the memory; and it is faster: threads that read at once only
    take the interpreter and the caches from each other. In turn, eight connections got 840 answers a second instead of
    583 (medians of 7 runs side by side), and half the p99.
    """
    room, turn = current_app.extensions["inkling"]["room"], current_app.extensions["inkling"]["turn"]
    if not room.acquire(timeout=PATIENCE):
        raise Problem(503, "overloaded", "Too much to read at once", "Try again in a moment.", retry_after=RETRY_AFTER)
    try:
        with turn:
            yield
    finally:
        room.release()


def _picture() -> bytes:
    """The picture's bytes out of the body: raw, the multipart field `image`, or JSON with a data URL."""
    if request.mimetype == "multipart/form-data":
        if "image" not in request.files:
            raise Problem(400, "no-picture", "No picture", "The form has no file in its field “image”.")
        data = request.files["image"].read()
    elif request.mimetype == "application/json":
        data = _from_json(request.get_data())
    else:
        data = request.get_data()
    # A body sent in chunks says nothing of its length; where it goes on past the limit, this raises the 413.
    request.stream.read(1)
    if not data:
        raise Problem(400, "no-picture", "No picture", "The body is empty. Send a picture as image/png, say.")
    return data


def _from_json(body: bytes) -> bytes:
    try:
        content = json.loads(body)
        text = content["image"]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        expected = '{"image": "data:image/png;base64,…"}'
        raise Problem(400, "bad-json", "Not the JSON expected", f"Send an object like {expected}.") from None
    try:
        return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(400, "bad-base64", "Broken base64", "The picture's base64 cannot be decoded.") from None


def _input(reading: Reading) -> dict[str, Any]:
    return {"shape": [28, 28], "data": _base64((reading.image * 255).round().astype(np.uint8))}


def _layer(answer: Answer) -> dict[str, Any]:
    low, high = float(answer.values.min()), float(answer.values.max())
    scaled = (answer.values - low) * (255 / (high - low) if high > low else 0.0)
    return {
        "name": answer.name,
        "kind": answer.kind,
        "shape": list(answer.values.shape),
        "low": low,
        "high": high,
        "data": _base64((scaled + 0.5).astype(np.uint8)),
    }


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values)).decode("ascii")


def _answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, allow_nan=False), content_type="application/json")
