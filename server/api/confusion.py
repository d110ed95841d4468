"""`GET /api/confusion`: a network's confusion matrix on MNIST's test digits, and its cells."""

from flask import Blueprint
from werkzeug.wrappers import Response

from digits.data.bundled import load
from digits.evaluation import report
from digits.evaluation.report import Evaluation
from server.api import request_input, responses
from server.inference import services
from server.inference.incremental_task import Progress

blueprint = Blueprint("confusion", __name__, url_prefix="/api")

MAX_CELL_DIGITS = 60  # more than anybody looks at; 65 KB


@blueprint.get("/confusion")
def confusion() -> Response:
    """Answers with the confusion matrix of a network."""
    name, evaluation = _evaluate()
    if isinstance(evaluation, Progress):
        return responses.not_ready(name, evaluation)
    wrong = int(evaluation.wrong.sum())
    body = {
        "model": name,
        "of": len(evaluation.test),
        "wrong": wrong,
        "wrong_unsure": int((evaluation.wrong & ~evaluation.sure).sum()),
        "accuracy": round(100 * (1 - wrong / len(evaluation.test)), 2),
        "counts": evaluation.confusion.tolist(),
    }
    return responses.with_etag(responses.json_response(body))


@blueprint.get("/confusion/digits")
def cell() -> Response:
    """Answers with the test digits `actual` that are read as `read`.

    Mistakes begin with the most probable, correct digits with the least probable.
    """
    actual, read = request_input.digit("actual") or 0, request_input.digit("read") or 0
    name, evaluation = _evaluate()
    if isinstance(evaluation, Progress):
        return responses.not_ready(name, evaluation)
    rows = evaluation.cell(actual, read)
    shown = rows[:MAX_CELL_DIGITS]
    digits = [
        {"row": row, "sure": bool(evaluation.sure[row]), "probabilities": evaluation.probabilities[row].tolist()}
        for row in shown
    ]
    body = {"model": name, "actual": actual, "read": read, "total": len(rows), "digits": digits}
    return responses.with_etag(
        responses.json_response({**body, "images": responses.digit_images(evaluation.test, shown)})
    )


def _evaluate() -> tuple[str, Evaluation | Progress]:
    name, classifier = request_input.network()
    return name, services.run_over_digits(report.evaluate_incrementally, name, classifier, load().test)
