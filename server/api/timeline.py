"""`/api/timeline`: snapshots of one network during its training, and their predictions for a drawing."""

import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import werkzeug
from flask import Blueprint, Flask, Response, current_app, request

from digits.networks import timeline
from digits.networks.architectures import ARCHITECTURES
from digits.paths import list_files
from digits.recognition.classifier import DigitClassifier
from server.api import request_input, responses
from server.inference import services
from server.problems import Problem

blueprint = Blueprint("timelines", __name__, url_prefix="/api")
load_timeline = cache(timeline.load)  # each file once per process, at its first use


def init_app(app: Flask, checkpoint: Path, models: Path) -> None:
    """Gives an app the timelines in the folder of models, and the one beside the default checkpoint."""
    paths = [*list_files(models, "*.timeline"), checkpoint.with_suffix(".timeline")]
    app.extensions["inkling timelines"] = {path.stem: path for path in paths if path.exists()}
    app.register_blueprint(blueprint)


@blueprint.get("/timeline")
def snapshots() -> werkzeug.Response:
    """Answers with the snapshots, the first layer's kernels in each, and the names of all timelines."""
    name, path = _requested_timeline()
    with services.queues().drawings.slot():
        loaded = load_timeline(path)
    body = {
        "timeline": name,
        "timelines": list(current_app.extensions["inkling timelines"]),
        "model": loaded.architecture,
        "title": ARCHITECTURES[loaded.architecture].title,
        "measured": loaded.measured,
        "moments": [vars(snapshot) for snapshot in loaded.snapshots],
        "layer": loaded.layer,
        "units": loaded.units,
        "kernels": _quantize(loaded.kernels()),
    }
    return responses.with_etag(responses.json_response(body))


@blueprint.post("/timeline")
def read() -> Response:
    """Answers with every snapshot's probabilities and first maps for one drawing."""
    started = time.perf_counter()
    name, path = _requested_timeline()
    picture = request_input.picture()
    with services.queues().drawings.slot():
        digit = request_input.prepare(DigitClassifier, picture)
        predictions = load_timeline(path).predict(digit.image)
    body = {
        "timeline": name,
        "input": responses.input_of(digit),
        "probabilities": predictions.probabilities.astype(float).tolist(),
        "maps": None if predictions.maps is None else _quantize(predictions.maps),
        "milliseconds": round(1000 * (time.perf_counter() - started), 3),
    }
    return responses.json_response(body)


def _requested_timeline() -> tuple[str, Path]:
    """Returns name and file of the timeline that the parameter `timeline` names, by default the first."""
    paths: dict[str, Path] = current_app.extensions["inkling timelines"]
    name = request.args.get("timeline", next(iter(paths), None))
    if name is None:
        advice = "Train a network with one: python train_mnist.py --model two_conv --snapshots"
        raise Problem(404, "no-timeline", "No timeline", f"This server has no timeline of a training. {advice}")
    if name not in paths:
        detail = f"No timeline is named “{name}”. Known: {', '.join(paths)}."
        raise Problem(404, "no-timeline", "No such timeline", detail)
    return name, paths[name]


def _quantize(values: np.ndarray) -> dict[str, Any]:
    """Returns numbers as bytes with one scale for all snapshots: value = (byte − 128) / 127 · limit."""
    limit = float(np.abs(values).max()) or 1.0
    scaled = np.round(values * (127 / limit)) + 128
    return {"shape": list(values.shape), "limit": limit, "data": responses.base64_of(scaled.astype(np.uint8))}
