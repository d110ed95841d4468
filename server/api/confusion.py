"""`GET /api/confusion`: which test digits a network takes for which."""

from flask import Blueprint, Response, request

from digits.data.bundled import load
from digits.evaluation import report
from digits.evaluation.report import Evaluation
from server.api import request_input, responses
from server.inference import services
from server.inference.incremental_task import Progress

blueprint = Blueprint("confusion", __name__, url_prefix="/api")

MOST = 60  # digits of one cell: more than anybody looks at, 65 KB


@blueprint.get("/confusion")
def confusion() -> Response:
    """How many of the test digits the network reads as which."""
    name, made = _read()
    if isinstance(made, Progress):
        return responses.not_ready(name, made)
    wrong = int(made.wrong.sum())
    body = {
        "model": name,
        "of": len(made.test),
        "wrong": wrong,
        "wrong_unsure": int((made.wrong & ~made.sure).sum()),
        "accuracy": round(100 * (1 - wrong / len(made.test)), 2),
        "counts": made.confusion.tolist(),
    }
    return _kept(responses.json_response(body))


@blueprint.get("/confusion/digits")
def cell() -> Response:
    """The test digits `actual` that the network reads as `read`: mistakes the surest first, others the least so."""
    actual, read = request_input.digit("actual") or 0, request_input.digit("read") or 0
    name, made = _read()
    if isinstance(made, Progress):
        return responses.not_ready(name, made)
    rows = made.cell(actual, read)
    digits = [
        {"row": row, "sure": bool(made.sure[row]), "probabilities": made.probabilities[row].tolist()}
        for row in rows[:MOST]
    ]
    body = {"model": name, "actual": actual, "read": read, "total": len(rows), "digits": digits}
    return _kept(responses.json_response({**body, "images": responses.digit_images(made.test, rows[:MOST])}))


def _read() -> tuple[str, Evaluation | Progress]:
    name, classifier = request_input.network()
    return name, services.run_over_digits(report.evaluate_incrementally, name, classifier, load().test)


def _kept(response: Response) -> Response:
    """The answer with a tag; who has it already is told so instead of getting it again."""
    response.add_etag()
    response.cache_control.no_cache = True
    return response.make_conditional(request)
