"""What the calls of the API have in common: the network asked for, the picture sent, the place in the queue."""

import base64
import binascii
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import current_app, request

from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import PreparedDigit
from server.inference.request_queue import MAX_WAIT_SECONDS, overloaded
from server.inference.services import models
from server.problems import Problem

MAX_BODY = 10_000_000  # bytes
WHOLE = (
    2**18
)  # bytes of a body that server/gunicorn_worker.py gathers before a thread reads it; a drawing has some 2**14
UPLOAD = 60  # seconds that a longer one may take


def picture() -> bytes:
    """The picture's bytes out of the body: raw, the multipart field `image`, or JSON with a data URL."""
    with _upload():
        return _body()


@contextmanager
def _upload() -> Iterator[None]:
    """Take in a body that may still be on its way: only so many at a time, and none for ever.

    A thread waits for each of them, and half of the threads are for drawings.
    """
    on_its_way = "Transfer-Encoding" in request.headers or "Expect" in request.headers
    if (request.content_length or 0) <= WHOLE and not on_its_way:
        yield
        return
    uploads = current_app.extensions["inkling"]["uploads"]
    if not uploads.acquire(timeout=MAX_WAIT_SECONDS):
        raise overloaded()
    limit = threading.Timer(UPLOAD, _give_up, [request.environ.get("gunicorn.socket")])
    limit.start()
    try:
        yield
    finally:
        limit.cancel()
        uploads.release()


def _give_up(connection: socket.socket | None) -> None:
    """Read no more from a connection; Flask's own server does not tell of it."""
    if connection:
        with suppress(OSError):  # the client is gone by itself
            connection.shutdown(socket.SHUT_RD)


def _body() -> bytes:
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


def networks() -> dict[str, DigitClassifier]:
    """The networks of the parameter `models`, separated by commas; raises what `network` does."""
    names = request.args.get("models")
    return dict(models()[name] for name in (names.split(",") if names is not None else [None]))


def network() -> tuple[str, DigitClassifier]:
    """The network of the parameter `model`, the default one unless given; raises `UnknownModel`, `BadCheckpoint`."""
    return models()[request.args.get("model")]


def choice(name: str, *values: str) -> str:
    """The parameter of that name, which must be one of these values; the first is the default."""
    value = request.args.get(name, values[0])
    if value not in values:
        raise Problem(400, "bad-parameter", "Unknown value", f"{name} is “{value}”; it can be {' or '.join(values)}.")
    return value


def digit(name: str) -> int | None:
    """The digit of that parameter, None unless given."""
    return int(choice(name, *"0123456789")) if name in request.args else None


def switches() -> dict[str, bool]:
    """The parameters `scaled` and `centred` (on or off): how a picture is made ready for a network."""
    return {name: choice(name, "on", "off") == "on" for name in ("scaled", "centred")}


def prepared(classifier: DigitClassifier | type[DigitClassifier], data: bytes) -> PreparedDigit:
    """A picture made ready for a network as the parameters say."""
    return classifier.prepare(data, **switches())


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
