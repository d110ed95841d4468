"""Explanations of one prediction: `/api/explain`, `/api/importance` and `/api/variations`.

The numbers behind one map of a layer, the contribution of each pixel to a digit's score, and the predictions for
small changes of the drawing.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from digits.explain.attribution import integrated_gradients
from digits.explain.computation import Explanation, explain_map
from digits.explain.perturbations import perturbations
from digits.recognition.results import Prediction
from server.api import request_input, responses
from server.inference import services

blueprint = Blueprint("explain", __name__, url_prefix="/api")

MAX_INDEX_CHARACTERS = 9  # longer numbers exceed every network, and take long to parse


@blueprint.post("/explain")
def explain() -> Response:
    """Answers with every number that the map `map` of the layer `layer` was computed from."""
    name, classifier = request_input.network()
    picture = request_input.picture()
    with services.queues().drawings.slot():
        digit = request_input.prepare(classifier, picture)
        explanation = explain_map(classifier, digit, request.args.get("layer", ""), _map_index())
    return responses.json_response({"model": name, **_explanation_body(explanation)})


@blueprint.post("/importance")
def importance() -> Response:
    """Answers with each pixel's contribution to the score of `digit`, minus that of `against`."""
    name, classifier = request_input.network()
    digit, against = request_input.digit("digit"), request_input.digit("against")
    picture = request_input.picture()
    with services.queues().long.slot():
        prepared = request_input.prepare(classifier, picture)
        if digit is None:
            digit = classifier.classify(prepared).digit
        if against == digit:
            against = None
        attribution = integrated_gradients(classifier.network, prepared.image, digit, against)
    body = {
        "model": name,
        "digit": digit,
        "against": against,
        "input": responses.input_of(prepared),
        "pixels": responses.floats_of(attribution.pixels),
        "drawing": attribution.drawing,
        "paper": attribution.paper,
        "sum": attribution.total,
    }
    return responses.json_response(body)


@blueprint.post("/variations")
def variations() -> Response:
    """Answers with the predictions of the networks `models` for a drawing and for small changes of it."""
    networks = request_input.networks()
    picture = request_input.picture()
    with services.queues().long.slot():
        prepared = request_input.prepare(next(iter(networks.values())), picture)
        changes = perturbations(prepared.image)
        images = np.stack([prepared.image, *(change.image for change in changes)])
        boxes = [prepared.box] * len(images)
        by_network = [classifier.classify_batch(images, boxes) for classifier in networks.values()]
    by_image = list(zip(*by_network, strict=True))
    body = {
        "models": list(networks),
        "readings": [_brief(prediction) for prediction in by_image[0]],
        "variations": [
            {
                "kind": change.kind,
                "amount": change.amount,
                "image": responses.image_of(change.image),
                "readings": [_brief(prediction) for prediction in predictions],
            }
            for change, predictions in zip(changes, by_image[1:], strict=True)
        ],
    }
    return responses.json_response(body)


def _map_index() -> int:
    """Returns the parameter `map`; -1, which no layer has, for anything but a plain number."""
    text = request.args.get("map", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_INDEX_CHARACTERS else -1


def _explanation_body(explanation: Explanation) -> dict[str, Any]:
    layer = explanation.layer
    return {
        "layer": layer.name,
        "kind": layer.kind,
        "shape": layer.shape,
        "map": explanation.index,
        "window": asdict(layer.window) if layer.window else None,
        "input": {
            "layer": explanation.source,
            "first": explanation.first,
            **responses.floats_of(explanation.input),
        },
        "weights": None if explanation.weights is None else responses.floats_of(explanation.weights),
        "bias": explanation.bias,
        "norm": asdict(explanation.norm) if explanation.norm else None,
        "temperature": explanation.temperature,
        "rate": explanation.rate,
        "output": responses.floats_of(explanation.output),
        "after": [
            {
                "layer": step.name,
                "kind": step.kind,
                "norm": asdict(step.norm) if step.norm else None,
                **responses.floats_of(step.values),
            }
            for step in explanation.after
        ],
    }


def _brief(prediction: Prediction) -> dict[str, Any]:
    return {
        "digit": prediction.digit,
        "sure": prediction.sure,
        "probability": prediction.probabilities[prediction.digit],
    }
