"""`POST /api/neighbours`: the training digits nearest to a drawing in a network's features."""

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
    """Answers with the nearest training digits, or with 202 while their features are computed."""
    name, classifier = request_input.network()
    picture = request_input.picture()
    with services.queues().drawings.slot():
        digit = request_input.prepare(classifier, picture)  # first, so that a bad picture is refused at once
        features = classifier.features(digit.image)
    result = services.run_over_digits(neighbours.compute_features, name, classifier, load().train)
    if isinstance(result, Progress):
        return responses.not_ready(name, result)
    with services.queues().drawings.slot():
        return responses.json_response({"model": name, **_body(result, features)})


def _body(searched: Neighbours, features: torch.Tensor) -> dict[str, Any]:
    indices, cosines = searched.nearest(features, NEAREST)
    return {
        "of": len(searched.digits),
        "layer": searched.layer,
        "features": len(features),
        "votes": searched.votes(indices),
        "neighbours": [
            {"row": BundledDigits.train_row(index), "label": label, "similarity": round(cosine, 4)}
            for index, label, cosine in zip(indices, searched.digits.labels[indices].tolist(), cosines, strict=True)
        ],
        "images": responses.digit_images(searched.digits, indices),
    }
