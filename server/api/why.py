"""/api/: why a drawing is read as it is, and what small changes do to its reading."""

from typing import Any

import numpy as np
from flask import Blueprint, Response

from digits.explain.attribution import integrated_gradients
from digits.explain.perturbations import perturbations
from digits.recognition.results import Prediction
from server.api import request_input, responses
from server.inference import services

why = Blueprint("why", __name__, url_prefix="/api")


@why.post("/importance")
def importances() -> Response:
    """One drawing → what each of its pixels adds to the score of `digit`, less that of the digit `against`."""
    name, classifier = request_input.network()
    asked, against = request_input.digit("digit"), request_input.digit("against")
    picture = request_input.picture()
    with services.queues().long.place():
        prepared = request_input.prepared(classifier, picture)
        digit = classifier.classify(prepared).digit if asked is None else asked
        against = None if against == digit else against
        found = integrated_gradients(classifier.network, prepared.image, digit, against)
    body = {
        "model": name,
        "digit": digit,
        "against": against,
        "input": responses.input_of(prepared),
        "pixels": responses.floats_of(found.pixels),
        "drawing": found.drawing,
        "paper": found.paper,
        "sum": found.total,
    }
    return responses.json_response(body)


@why.post("/variations")
def variation() -> Response:
    """One drawing and its variations → what each of the networks `models` makes of them."""
    networks = request_input.networks()
    picture = request_input.picture()
    with services.queues().long.place():
        prepared = request_input.prepared(next(iter(networks.values())), picture)
        changed = perturbations(prepared.image)
        images = np.stack([prepared.image, *(each.image for each in changed)])
        boxes = [prepared.box] * len(images)
        readings = list(
            zip(*(classifier.classify_batch(images, boxes) for classifier in networks.values()), strict=True)
        )
    body = {
        "models": list(networks),
        "readings": [_brief(reading) for reading in readings[0]],
        "variations": [
            {
                "kind": each.kind,
                "amount": each.amount,
                "image": responses.image_of(each.image),
                "readings": [_brief(reading) for reading in row],
            }
            for each, row in zip(changed, readings[1:], strict=True)
        ],
    }
    return responses.json_response(body)


def _brief(reading: Prediction) -> dict[str, Any]:
    return {
        "digit": reading.digit,
        "sure": reading.sure,
        "probability": reading.probabilities[reading.digit],
    }
