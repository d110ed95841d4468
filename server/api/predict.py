"""`POST /api/predict` and `/api/read`: predictions for a drawing and for a page; `GET /api/models`."""

import time
from typing import Any

import numpy as np
from flask import Blueprint, Response

from digits.recognition.page_reader import PageReader
from digits.recognition.results import Activation
from server import metrics
from server.api import request_input, responses
from server.inference import services

blueprint = Blueprint("predict", __name__, url_prefix="/api")


@blueprint.get("/models")
def models() -> Response:
    """Answers with the served networks, layer by layer."""
    return responses.json_response(services.models().describe())


@blueprint.post("/predict")
def predict() -> Response:
    """Answers with the prediction for one drawing, and all activations if `layers=all`."""
    started = time.perf_counter()
    layers = request_input.choice("layers", "none", "all") == "all"
    name, classifier = request_input.network()
    picture = request_input.picture()  # before a slot is taken: a slow upload must not hold one
    with services.queues().drawings.slot():
        digit = request_input.prepare(classifier, picture)
        prediction = classifier.classify(digit, layers)
        body = {**prediction.summary(), "model": name, "input": responses.input_of(digit)}
        if layers:
            body["layers"] = [_quantize(activation) for activation in prediction.layers]
    total = round(1000 * (time.perf_counter() - started), 3)
    body["milliseconds"] = {**prediction.milliseconds, "total": total}
    metrics.count_readings([prediction])
    metrics.time_stages(body["milliseconds"])
    return responses.json_response(body)


@blueprint.post("/read")
def read() -> Response:
    """Answers with the prediction for every digit on a page."""
    _, classifier = request_input.network()
    picture = request_input.picture()
    with services.queues().long.slot():
        page = PageReader(classifier).read(picture)
    metrics.count_readings(page.digits)
    body = page.summary()
    for digit, prediction in zip(body["digits"], page.digits, strict=True):
        digit["input"] = responses.image_of(prediction.image)
    return responses.json_response(body)


def _quantize(activation: Activation) -> dict[str, Any]:
    """Returns an activation as bytes: value = low + byte / 255 · (high − low)."""
    low, high = float(activation.values.min()), float(activation.values.max())
    scaled = (activation.values - low) * (255 / (high - low) if high > low else 0.0)
    return {
        "name": activation.name,
        "kind": activation.kind,
        "shape": list(activation.values.shape),
        "low": low,
        "high": high,
        "data": responses.base64_of((scaled + 0.5).astype(np.uint8)),
    }
