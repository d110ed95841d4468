"""/api/neighbours, /api/confusion: a drawing, and a network's mistakes, among the digits that ship with the project."""

from collections.abc import Callable, Generator
from dataclasses import asdict
from typing import Any

import torch
from flask import Blueprint, Response, request

from digits.data.collection import Collection, load
from digits.data.mnist import Digits
from digits.evaluation import mistakes
from digits.evaluation.report import Evaluation
from digits.explain import neighbours
from digits.explain.neighbours import Neighbours
from digits.recognition.classifier import Reader
from server.api import request_input
from server.inference.incremental_task import Progress

NEAREST = 20
MOST = 60  # digits of one cell: more than anybody looks at, 65 KB

known = Blueprint("known", __name__, url_prefix="/api")

Begin = Callable[[Reader, Digits], Generator[int, None, Any]]


@known.post("/neighbours")
def nearest() -> Response:
    """One drawing → the training digits that the network finds most like it."""
    name, reader = request_input.network()
    picture = request_input.picture()
    with request_input.queues().drawings.place():
        digit = request_input.prepared(reader, picture)  # first, so that a bad picture is refused at once
        features = reader.features(digit.image)
    train = load().train
    made = _made(neighbours.gather, name, reader, train)
    if isinstance(made, Progress):
        return _wait(name, made)
    with request_input.queues().drawings.place():
        return request_input.answer({"model": name, **_nearest(made, features)})


@known.get("/confusion")
def confusion() -> Response:
    """How many of the test digits the network reads as which."""
    name, made = _read()
    if isinstance(made, Progress):
        return _wait(name, made)
    wrong = int(made.wrong.sum())
    body = {
        "model": name,
        "of": len(made.test),
        "wrong": wrong,
        "wrong_unsure": int((made.wrong & ~made.sure).sum()),
        "accuracy": round(100 * (1 - wrong / len(made.test)), 2),
        "counts": made.confusion.tolist(),
    }
    return _kept(request_input.answer(body))


@known.get("/confusion/digits")
def cell() -> Response:
    """The test digits `actual` that the network reads as `read`: mistakes the surest first, others the least so."""
    actual, read = request_input.digit("actual") or 0, request_input.digit("read") or 0
    name, made = _read()
    if isinstance(made, Progress):
        return _wait(name, made)
    rows = made.cell(actual, read)
    digits = [
        {"row": row, "sure": bool(made.sure[row]), "probabilities": made.probabilities[row].tolist()}
        for row in rows[:MOST]
    ]
    body = {"model": name, "actual": actual, "read": read, "total": len(rows), "digits": digits}
    return _kept(request_input.answer({**body, "images": _images(made.test, rows[:MOST])}))


def _read() -> tuple[str, Evaluation | Progress]:
    name, reader = request_input.network()
    return name, _made(mistakes.read_through, name, reader, load().test)


def _made(begin: Begin, name: str, reader: Reader, digits: Digits) -> Any:
    return request_input.workshop().get((begin, name), len(digits), lambda: begin(reader, digits))


def _wait(name: str, progress: Progress) -> Response:
    """Not ready: ask again. The work goes on while somebody asks."""
    return request_input.answer({"model": name, **asdict(progress)}, 202)


def _kept(response: Response) -> Response:
    """The answer with a tag; who has it already is told so instead of getting it again."""
    response.add_etag()
    response.cache_control.no_cache = True
    return response.make_conditional(request)


def _nearest(found: Neighbours, features: torch.Tensor) -> dict[str, Any]:
    indices, cosines = found.nearest(features, NEAREST)
    return {
        "of": len(found.digits),
        "layer": found.layer,
        "features": len(features),
        "votes": found.votes(indices),
        "neighbours": [
            {"row": Collection.train_row(index), "label": label, "similarity": round(cosine, 4)}
            for index, label, cosine in zip(indices, found.digits.labels[indices].tolist(), cosines, strict=True)
        ],
        "images": _images(found.digits, indices),
    }


def _images(digits: Digits, rows: list[int]) -> dict[str, Any]:
    return {"shape": [len(rows), 28, 28], "data": request_input.base64_of(digits.images[rows].numpy())}
