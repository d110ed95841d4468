"""`/api/training`: training a network in the page, off unless the settings allow it.

`server.jobs` runs the training.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from flask import Blueprint, Flask, Response, current_app, request, send_file

from digits.data import bundled
from digits.networks import layers
from digits.recognition.classifier import DigitClassifier
from digits.training.recipes import RECIPES
from server.api import request_input, responses
from server.inference import services
from server.jobs import training_request
from server.problems import Problem
from server.settings import Settings

if TYPE_CHECKING:
    pass

STREAM_SECONDS = 2.0  # an event stream stays open this long; the browser then connects again for the rest
RECONNECT_MS = 100  # the browser's delay before it connects again
BUSY_RECONNECT_MS = 1000  # the same, when all streams of this process are in use
POLL_SECONDS = 0.1  # between two reads of the list of events

blueprint = Blueprint("training", __name__, url_prefix="/api/training")


def init_app(app: Flask, settings: Settings) -> None:
    """Gives an app its training service if the settings allow trainings."""
    app.extensions["inkling training"] = TrainingService(settings) if settings.training else None
    app.register_blueprint(blueprint)


class TrainingService:
    """The training resources of one worker: job manager, slots for event streams, the latest weights."""

    def __init__(self, settings: Settings) -> None:
        from server.jobs.job_manager import JobManager  # its file locks exist on Unix only

        self.jobs: JobManager = JobManager(settings.data, settings.training_minutes)
        # A quarter of the threads for event streams: the others stay free for drawings.
        self.stream_slots = threading.BoundedSemaphore(max(1, settings.threads // 4))
        self._classifier: DigitClassifier | None = None
        self._file_version: tuple[str, int, int] | None = None

    def classifier(self) -> DigitClassifier | None:
        """Returns a classifier with the latest weights or None. Call it in a queue's slot only."""
        path = self.jobs.network()
        if path is None:
            return None
        status = path.stat()
        version = path.name, status.st_mtime_ns, status.st_size
        if version != self._file_version:
            self._classifier, self._file_version = DigitClassifier.from_checkpoint(path), version
        return self._classifier


@blueprint.get("")
def state() -> Response:
    """Answers with the bounds and defaults of a request, and the state of the latest training."""
    jobs = _service().jobs
    with contextlib.suppress(OSError):  # start() reports it
        jobs.prepare()
    running = jobs.running()
    defaults = {
        name: {"lr": recipe.lr, "batch_size": recipe.batch_size, "optimizer": recipe.optimizer}
        for name, recipe in RECIPES.items()
    }
    bounds = {
        name: [rule.minimum, rule.maximum] for name, rule in training_request.FIELD_RULES.items() if not rule.choices
    }
    job = jobs.current()
    return responses.json_response(
        {
            "running": running,
            "paused": running and jobs.last_command() == "pause",
            "minutes": jobs.minutes,
            "job": job and {name: job[name] for name in ("id", *training_request.FIELD_RULES)},
            "defaults": defaults,
            "bounds": bounds,
        }
    )


@blueprint.post("")
def start() -> Response:
    """Starts a training."""
    jobs = _service().jobs
    _require_own_page()
    training = training_request.parse(request.get_data())
    try:
        job = jobs.start(training)
    except OSError as error:
        detail = f"{error.filename or jobs.folder}: {error.strerror}. INKLING_DATA names another folder."
        raise Problem(507, "no-folder", "No folder for the training", detail) from error
    if job is None:
        raise Problem(409, "training-runs", "A training runs already", "Stop it, or wait until it ends.")
    return responses.json_response({"id": job["id"], **asdict(training)}, 201)


@blueprint.post("/pause", defaults={"command": "pause"})
@blueprint.post("/resume", defaults={"command": "resume"})
@blueprint.post("/stop", defaults={"command": "stop"})
def steer(command: str) -> Response:
    """Pauses, resumes or stops the training."""
    jobs = _service().jobs
    _require_own_page()
    if not jobs.running():
        raise Problem(409, "no-training", "No training runs", "The training has ended, or none was started.")
    jobs.send_command("go" if command == "resume" else command)
    return responses.json_response({"wanted": command}, 202)


@blueprint.post("/keep")
def keep() -> Response:
    """Adds the network with its latest weights to the list of networks."""
    jobs = _service().jobs
    _require_own_page()
    name = jobs.keep()
    if name is None:
        raise _nothing_trained()
    return responses.json_response({"model": name})


@blueprint.get("/network")
def network() -> Response:
    """Answers with the latest weights as a checkpoint file."""
    jobs = _service().jobs
    path, job = jobs.network(), jobs.current()
    if path is None or job is None:
        raise _nothing_trained()
    response = send_file(path, "application/octet-stream", as_attachment=True, download_name=f"{job['network']}.pth")
    response.cache_control.no_store = True
    return response


@blueprint.post("/look")
def look() -> Response:
    """Answers with the latest network's first kernels, and predictions for a drawing and 40 digits."""
    service = _service()
    request_input.preparation_options()  # refuses a bad option, with a drawing or without
    picture = request_input.picture() if request.content_length else None
    with services.queues().drawings.slot():
        classifier = service.classifier()
        if classifier is None:
            raise _nothing_trained()
        prediction = picture and classifier.classify(request_input.prepare(classifier, picture))
        kernels = layers.first_kernels(classifier.network)
        forty = bundled.forty_digits()
        predictions = classifier.classify_batch(forty.images.numpy() / np.float32(255), [(0, 0, 28, 28)] * len(forty))
    return responses.json_response(
        {
            "reading": prediction and {"digit": prediction.digit, "probabilities": prediction.probabilities},
            "kernels": {
                "of": kernels.of,
                "shape": list(kernels.values.shape),
                "data": responses.base64_of(kernels.values),
            },
            "sheet": [each.digit for each in predictions],
        }
    )


@blueprint.get("/events")
def events() -> Response:
    """Streams the training's events as server-sent events.

    `after` or `Last-Event-ID` is the id of the last event that the client has: the job's id, a hyphen, and the byte
    in the file of events at which the next one begins. Answers 204 when no more events will come.
    """
    service = _service()
    jobs = service.jobs
    job = jobs.current()
    if job is None:
        return Response(status=204)  # the browser then stops asking
    last_id = request.args.get("after") or request.headers.get("Last-Event-ID", "")
    last_job, _, offset = last_id.rpartition("-")
    start = int(offset) if last_job == job["id"] and offset.isdecimal() and len(offset) < 16 else 0
    if not jobs.running():
        jobs.conclude()
        if next(jobs.events(start), None) is None:
            return Response(status=204)
    response = Response(_stream(service, job["id"], start), content_type="text/event-stream")
    response.cache_control.no_store = True
    response.headers["X-Accel-Buffering"] = "no"  # a proxy would hold events back until there are many
    return response


def _stream(service: TrainingService, job_id: str, offset: int) -> Iterator[str]:
    """Yields the events from a byte of their file on, for `STREAM_SECONDS`, then frees the thread."""
    jobs = service.jobs
    has_slot = service.stream_slots.acquire(blocking=False)
    try:
        end_time = time.monotonic() + (STREAM_SECONDS if has_slot else 0)
        yield f"retry: {RECONNECT_MS if has_slot else BUSY_RECONNECT_MS}\n\n"
        while True:
            running = jobs.running()  # before the read: the last read must come after the training's end
            for next_offset, line in jobs.events(offset):
                yield f"id: {job_id}-{next_offset}\ndata: {line}\n\n"
                offset = next_offset
            if not running or time.monotonic() > end_time or (jobs.current() or {}).get("id") != job_id:
                return
            time.sleep(POLL_SECONDS)
    finally:
        if has_slot:
            service.stream_slots.release()


def _service() -> TrainingService:
    service = current_app.extensions["inkling training"]
    if service is None:
        raise Problem(
            403,
            "training-off",
            "Training is off",
            "This server trains no networks. “make serve” allows it for this computer alone. Elsewhere "
            "INKLING_TRAINING=1 allows it, for everybody who can open the page.",
        )
    return service


def _require_own_page() -> None:
    """Refuses calls from other sites that are open in the same browser."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in ("same-origin", "none") or (origin is not None and urlsplit(origin).netloc != request.host):
        raise Problem(403, "cross-site", "Not from another site", "Only this server's own page may call this.")
    if request.mimetype != "application/json":
        raise Problem(415, "not-json", "Not JSON", "Send the header Content-Type: application/json.")


def _nothing_trained() -> Problem:
    return Problem(409, "no-training", "Nothing is trained yet", "Start a training and wait for its first steps.")
