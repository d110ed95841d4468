"""/api/timeline: one network at many moments of its training, and how it would have read a drawing at each."""

import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from flask import Blueprint, Flask, Response, current_app, request

from digits.networks import timeline
from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier
from server.api import request_input, responses
from server.inference import services
from server.problems import Problem

timelines = Blueprint("timelines", __name__, url_prefix="/api")
loaded = cache(timeline.load)  # each once per process, when it is asked for first


def register(app: Flask, checkpoint: Path, models: Path) -> None:
    """Give an app the timelines in the folder of models, and the one beside the default network's checkpoint."""
    paths = [*sorted(models.glob("*.timeline")), checkpoint.with_suffix(".timeline")]
    app.extensions["timelines"] = {path.stem: path for path in paths if path.exists()}
    app.register_blueprint(timelines)


@timelines.get("/timeline")
def moments() -> Response:
    """The moments, and the first layer's kernels at each of them; and which other timelines there are."""
    name, path = _asked()
    with services.queues().drawings.place():
        found = loaded(path)
    body = {
        "timeline": name,
        "timelines": list(current_app.extensions["timelines"]),
        "model": found.architecture,
        "title": ARCHITECTURES[found.architecture].title,
        "measured": found.measured,
        "moments": [vars(moment) for moment in found.moments],
        "layer": found.layer,
        "units": found.units,
        "kernels": _bytes(found.kernels()),
    }
    response = responses.json_response(body)
    response.add_etag()
    response.cache_control.no_cache = True
    return response.make_conditional(request)


@timelines.post("/timeline")
def read() -> Response:
    """One drawing → the ten probabilities at every moment, and the first layer's maps."""
    started = time.perf_counter()
    name, path = _asked()
    picture = request_input.picture()
    with services.queues().drawings.place():
        digit = request_input.prepared(DigitClassifier, picture)
        seen = loaded(path).read(digit.image)
    body = {
        "timeline": name,
        "input": responses.input_of(digit),
        "probabilities": seen.probabilities.astype(float).tolist(),
        "maps": None if seen.maps is None else _bytes(seen.maps),
        "milliseconds": round(1000 * (time.perf_counter() - started), 3),
    }
    return responses.json_response(body)


def _asked() -> tuple[str, Path]:
    """The timeline of the parameter `timeline`, the first one unless given."""
    known = current_app.extensions["timelines"]
    name = request.args.get("timeline", next(iter(known), None))
    if name is None:
        advice = "Train a network with one: python train_mnist.py --model two_conv --snapshots"
        raise Problem(404, "no-timeline", "No timeline", f"No network's training was kept here. {advice}")
    if name not in known:
        raise Problem(
            404, "no-timeline", "No such timeline", f"No timeline is named “{name}”. Known: {', '.join(known)}."
        )
    return name, known[name]


def _bytes(values: np.ndarray) -> dict[str, Any]:
    """Numbers as bytes: one scale for all moments, and as wide above zero as below it."""
    limit = float(np.abs(values).max()) or 1.0
    scaled = np.round(values * (127 / limit)) + 128
    return {"shape": list(values.shape), "limit": limit, "data": responses.base64_of(scaled.astype(np.uint8))}
