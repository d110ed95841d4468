"""/api/: one drawing or one page in, readings out."""

import time
from typing import Any

import numpy as np
from flask import Blueprint, Response

from digits.recognition.page_reader import PageReader
from digits.recognition.results import Activation
from server import metrics
from server.api import request_input, responses
from server.inference import services

api = Blueprint("api", __name__, url_prefix="/api")


@api.get("/models")
def models() -> Response:
    """The networks that can be asked for."""
    return responses.json_response(services.models().describe())


@api.post("/predict")
def predict() -> Response:
    """One drawing → one reading, with what every layer made of it if `layers=all`."""
    started = time.perf_counter()
    layers = request_input.choice("layers", "none", "all") == "all"
    name, classifier = request_input.network()
    picture = request_input.picture()  # before a place is taken: a slow upload must not hold one
    with services.queues().drawings.place():
        digit = request_input.prepared(classifier, picture)
        reading = classifier.classify(digit, layers)
        body = {**reading.summary(), "model": name, "input": responses.input_of(digit)}
        if layers:
            body["layers"] = [_layer(answer) for answer in reading.layers]
    total = round(1000 * (time.perf_counter() - started), 3)
    body["milliseconds"] = {**reading.milliseconds, "total": total}
    metrics.count_readings([reading])
    metrics.time_stages(body["milliseconds"])
    return responses.json_response(body)


@api.post("/read")
def read() -> Response:
    """One page → every digit on it."""
    _, classifier = request_input.network()
    picture = request_input.picture()
    with services.queues().long.place():
        page = PageReader(classifier).read(picture)
    metrics.count_readings(page.digits)
    body = page.summary()
    for digit, reading in zip(body["digits"], page.digits, strict=True):
        digit["input"] = responses.image_of(reading.image)
    return responses.json_response(body)


def _layer(answer: Activation) -> dict[str, Any]:
    low, high = float(answer.values.min()), float(answer.values.max())
    scaled = (answer.values - low) * (255 / (high - low) if high > low else 0.0)
    return {
        "name": answer.name,
        "kind": answer.kind,
        "shape": list(answer.values.shape),
        "low": low,
        "high": high,
        "data": responses.base64_of((scaled + 0.5).astype(np.uint8)),
    }
