"""/api/explain: one map of one layer, and every number that it was computed from."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from digits.explain.computation import Explanation
from digits.explain.computation import explain_map as explained
from server.api import request_input, responses
from server.inference import services

explain = Blueprint("explain", __name__, url_prefix="/api")


@explain.post("/explain")
def explain_map() -> Response:
    """A drawing → what a map of a layer was computed from."""
    name, classifier = request_input.network()
    picture = request_input.picture()
    with services.queues().drawings.place():
        digit = request_input.prepared(classifier, picture)
        explanation = explained(classifier, digit, request.args.get("layer", ""), _index(request.args.get("map", "0")))
    return responses.json_response({"model": name, **_body(explanation)})


def _index(text: str) -> int:
    """The number of a map; what is no number is no map either."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _body(told: Explanation) -> dict[str, Any]:
    layer = told.layer
    return {
        "layer": layer.name,
        "kind": layer.kind,
        "shape": layer.shape,
        "map": told.index,
        "window": asdict(layer.window) if layer.window else None,
        "input": {"layer": told.source, "first": told.first, **responses.floats_of(told.input)},
        "weights": None if told.weights is None else responses.floats_of(told.weights),
        "bias": told.bias,
        "norm": asdict(told.norm) if told.norm else None,
        "temperature": told.temperature,
        "rate": told.rate,
        "output": responses.floats_of(told.output),
        "after": [
            {
                "layer": step.name,
                "kind": step.kind,
                "norm": asdict(step.norm) if step.norm else None,
                **responses.floats_of(step.values),
            }
            for step in told.after
        ],
    }
