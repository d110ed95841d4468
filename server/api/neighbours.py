"""`POST /api/neighbours`: the training digits that a network finds most like a drawing."""

from typing import Any

import torch
from flask import Blueprint, Response

from digits.data.bundled import BundledDigits, load
from digits.explain import neighbours
from digits.explain.neighbours import Neighbours
from server.api import request_input, responses
from server.inference import services
from server.inference.incremental_task import Progress

NEAREST = 20

blueprint = Blueprint("neighbours", __name__, url_prefix="/api")


@blueprint.post("/neighbours")
def nearest() -> Response:
    """One drawing → the training digits that the network finds most like it."""
    name, classifier = request_input.network()
    picture = request_input.picture()
    with services.queues().drawings.place():
        digit = request_input.prepared(classifier, picture)  # first, so that a bad picture is refused at once
        features = classifier.features(digit.image)
    train = load().train
    made = services.run_over_digits(neighbours.compute_features, name, classifier, train)
    if isinstance(made, Progress):
        return responses.not_ready(name, made)
    with services.queues().drawings.place():
        return responses.json_response({"model": name, **_nearest(made, features)})


def _nearest(found: Neighbours, features: torch.Tensor) -> dict[str, Any]:
    indices, cosines = found.nearest(features, NEAREST)
    return {
        "of": len(found.digits),
        "layer": found.layer,
        "features": len(features),
        "votes": found.votes(indices),
        "neighbours": [
            {"row": BundledDigits.train_row(index), "label": label, "similarity": round(cosine, 4)}
            for index, label, cosine in zip(indices, found.digits.labels[indices].tolist(), cosines, strict=True)
        ],
        "images": responses.digit_images(found.digits, indices),
    }
