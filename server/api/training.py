"""/api/training: watch a network learn. Off unless the settings allow it; see server/jobs.py for the work itself."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
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
    from server.jobs.job_manager import JobManager

HOLD = 2.0  # seconds that a stream stays open; the browser asks for the rest at once
AGAIN, LATER = 100, 1000  # milliseconds until then; and where all places of this process are taken
LOOK = 0.1  # seconds between two looks at what is new

training = Blueprint("training", __name__, url_prefix="/api/training")


def register(app: Flask, settings: Settings) -> None:
    """Give an app its trainings, if its settings allow any."""
    app.extensions["inkling training"] = _Training(settings) if settings.training else None
    app.register_blueprint(training)


class _Training:
    """What this process needs for them."""

    def __init__(self, settings: Settings) -> None:
        from server.jobs.job_manager import JobManager  # locks as only Unix has them

        self.jobs: JobManager = JobManager(settings.data, settings.training_minutes)
        # Two of eight threads for streams: the others are for drawings, however many look on.
        self.places = threading.BoundedSemaphore(max(1, settings.threads // 4))
        self._classifier: tuple[Any, DigitClassifier] | None = None

    def classifier(self) -> DigitClassifier | None:
        """A reader with the weights of a moment ago; None where there are none yet. In the queue's turn only."""
        path = self.jobs.network()
        if path is None:
            return None
        status = path.stat()
        stamp = path.name, status.st_mtime_ns, status.st_size
        if self._classifier is None or self._classifier[0] != stamp:
            self._classifier = stamp, DigitClassifier.from_checkpoint(path)
        return self._classifier[1]


def _here() -> _Training:
    found = current_app.extensions["inkling training"]
    if found is None:
        raise Problem(
            403,
            "training-off",
            "No training here",
            "This server trains no networks. “make serve” on this computer alone allows it; anywhere else "
            "INKLING_TRAINING=1 does, for everybody who can open the page.",
        )
    return found


def _jobs() -> "JobManager":
    return _here().jobs


@training.get("")
def state() -> Response:
    """What may be asked for, and how the latest training stands."""
    jobs = _jobs()
    with contextlib.suppress(OSError):  # start() says what is wrong
        jobs.prepare()
    running = jobs.running()
    defaults = {
        name: {"lr": recipe.lr, "batch_size": recipe.batch_size, "optimizer": recipe.optimizer}
        for name, recipe in RECIPES.items()
    }
    bounds = {
        name: [bound.least, bound.most] for name, bound in training_request.FIELD_RULES.items() if not bound.choices
    }
    job = jobs.current()
    return responses.json_response(
        {
            "running": running,
            "paused": running and jobs.wanted() == "pause",
            "minutes": jobs.minutes,
            "job": job and {name: job[name] for name in ("id", *training_request.FIELD_RULES)},
            "defaults": defaults,
            "bounds": bounds,
        }
    )


@training.post("")
def start() -> Response:
    """Begin a training."""
    jobs = _jobs()
    _own_page_only()
    wish = training_request.parse(request.get_data())
    try:
        job = jobs.start(wish)
    except OSError as error:
        detail = f"{error.filename or jobs.folder}: {error.strerror}. INKLING_DATA names another folder."
        raise Problem(507, "no-folder", "Nowhere to put the training", detail) from error
    if job is None:
        raise Problem(409, "training-runs", "A network is learning already", "Stop that training, or wait for its end.")
    return responses.json_response({"id": job["id"], **asdict(wish)}, 201)


@training.post("/pause", defaults={"word": "pause"})
@training.post("/resume", defaults={"word": "resume"})
@training.post("/stop", defaults={"word": "stop"})
def steer(word: str) -> Response:
    """Let the training rest, go on, or end."""
    jobs = _jobs()
    _own_page_only()
    if not jobs.running():
        raise Problem(409, "no-training", "No network is learning", "The training has ended, or none was begun.")
    jobs.want("go" if word == "resume" else word)
    return responses.json_response({"wanted": word}, 202)


@training.post("/keep")
def keep() -> Response:
    """Put the network, as it is now, into the list of networks."""
    jobs = _jobs()
    _own_page_only()
    name = jobs.keep()
    if name is None:
        raise _nothing_learnt()
    return responses.json_response({"model": name})


@training.get("/network")
def network() -> Response:
    """The network, as it is now, as a file."""
    path, job = _jobs().network(), _jobs().current()
    if path is None or job is None:
        raise _nothing_learnt()
    response = send_file(path, "application/octet-stream", as_attachment=True, download_name=f"{job['network']}.pth")
    response.cache_control.no_store = True
    return response


@training.post("/look")
def look() -> Response:
    """What the network makes, as it is now, of a drawing and of forty test digits; its first kernels."""
    here = _here()
    request_input.switches()  # those who err in them are told so, whether they send a drawing or not
    picture = request_input.picture() if request.content_length else None
    with services.queues().drawings.place():
        classifier = here.classifier()
        if classifier is None:
            raise _nothing_learnt()
        digit = picture and classifier.classify(request_input.prepared(classifier, picture))
        kernels = layers.first_kernels(classifier.network)
        sheet = bundled.forty_digits()
        answers = classifier.classify_batch(sheet.images.numpy() / np.float32(255), [(0, 0, 28, 28)] * len(sheet))
    return responses.json_response(
        {
            "reading": digit and {"digit": digit.digit, "probabilities": digit.probabilities},
            "kernels": {
                "of": kernels.of,
                "shape": list(kernels.values.shape),
                "data": responses.base64_of(kernels.values),
            },
            "sheet": [reading.digit for reading in answers],
        }
    )


@training.get("/events")
def events() -> Response:
    """What happens, as server-sent events; `after` or `Last-Event-ID` says what is known already."""
    here = _here()
    jobs = here.jobs
    job = jobs.current()
    if job is None:
        return Response(status=204)  # nothing to wait for: the browser does not ask again
    known, _, offset = (request.args.get("after") or request.headers.get("Last-Event-ID", "")).rpartition("-")
    start = int(offset) if known == job["id"] and offset.isdecimal() and len(offset) < 16 else 0
    if not jobs.running():
        jobs.conclude()
        if next(jobs.events(start), None) is None:
            return Response(status=204)
    response = Response(_stream(here, job["id"], start), content_type="text/event-stream")
    response.cache_control.no_store = True
    response.headers["X-Accel-Buffering"] = "no"  # a proxy would keep them until there are many
    return response


def _stream(here: _Training, job: str, offset: int) -> Iterator[str]:
    """The events from a byte of their list on, for a short while only: no stream keeps a thread from drawings."""
    placed = here.places.acquire(blocking=False)
    try:
        until = time.monotonic() + (HOLD if placed else 0)
        yield f"retry: {AGAIN if placed else LATER}\n\n"
        while True:
            running = here.jobs.running()  # before what it wrote is read, so that nothing comes after the last look
            for end, line in here.jobs.events(offset):
                yield f"id: {job}-{end}\ndata: {line}\n\n"
                offset = end
            if not running or time.monotonic() > until or (here.jobs.current() or {}).get("id") != job:
                return
            time.sleep(LOOK)
    finally:
        if placed:
            here.places.release()


def _own_page_only() -> None:
    """Only this server's own page may start or steer anything, and no other site that is open in the same browser."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in ("same-origin", "none") or (origin is not None and urlsplit(origin).netloc != request.host):
        raise Problem(
            403, "cross-site", "Not from another site", "Only the page of this server itself may ask for this."
        )
    if request.mimetype != "application/json":
        raise Problem(415, "not-json", "Not JSON", "Send the header Content-Type: application/json.")


def _nothing_learnt() -> Problem:
    return Problem(409, "no-training", "Nothing is learnt yet", "Start a training and wait for its first steps.")
