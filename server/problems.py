"""Error responses: application/problem+json (RFC 9457) under /api/, Flask's HTML elsewhere."""

import json
import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from digits import errors

log = logging.getLogger("inkling")

# Type, status and title of each library error; the first matching class counts.
LIBRARY_PROBLEMS = {
    errors.NoInk: ("no-ink", 422, "The picture is blank"),
    errors.ImageTooLarge: ("image-too-large", 413, "The picture has too many pixels"),
    errors.UnsupportedImage: ("unsupported-image", 415, "Not a picture of an accepted format"),
    errors.BadImage: ("bad-image", 422, "The picture is damaged"),
    errors.UnknownModel: ("unknown-model", 404, "No such network"),
    errors.UnknownMap: ("unknown-map", 400, "No such layer or map"),
    errors.BadCheckpoint: ("model-unavailable", 503, "The network's weights are damaged"),
    errors.InklingError: ("internal-error", 500, "Internal error"),
}
UNAVAILABLE_RETRY_SECONDS = 30
MAX_DRAINED_BYTES = 64 * 2**20  # a refused body is read up to here, so that its sender can receive the answer


class Problem(Exception):
    """An error response; `kind` is the problem's type, `retry_after` is in seconds."""

    def __init__(self, status: int, kind: str, title: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.kind, self.title, self.detail, self.retry_after = status, kind, title, detail, retry_after


def init_app(app: Flask) -> None:
    """Makes the app answer every error as a problem."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(errors.InklingError, _library_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _problem(problem: Problem) -> Response:
    body = {"type": problem.kind, "title": problem.title, "status": problem.status, "detail": problem.detail}
    response = Response(json.dumps(body), problem.status, content_type="application/problem+json")
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _library_error(error: errors.InklingError) -> Response:
    kind, status, title = next(entry for known, entry in LIBRARY_PROBLEMS.items() if isinstance(error, known))
    retry_after = UNAVAILABLE_RETRY_SECONDS if status == 503 else None
    return _problem(Problem(status, kind, title, str(error), retry_after))


def _http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestEntityTooLarge):
        return _body_too_large()
    if not request.path.startswith("/api/"):
        return error
    status = error.code or 500
    kind = error.name.lower().replace(" ", "-")
    detail = error.description or error.name
    if status == 429:
        detail = f"The limit for one address is {detail}. Wait before you try again."
    response = _problem(Problem(status, kind, error.name, detail))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _body_too_large() -> Response:
    # If the server closed a half-read upload, the connection would be reset and the sender would never see the answer.
    chunked = request.environ.get("wsgi.input_terminated", False)
    remaining = min(request.content_length or (MAX_DRAINED_BYTES if chunked else 0), MAX_DRAINED_BYTES)
    stream = request.environ["wsgi.input"]
    while remaining > 0 and (chunk := stream.read(min(remaining, 2**16))):
        remaining -= len(chunk)
    limit = (request.max_content_length or 0) // 10**6
    response = _problem(Problem(413, "body-too-large", "The body is too large", f"Send at most {limit} MB."))
    response.headers["Connection"] = "close"
    return response


def _unexpected(_: Exception) -> Response:
    log.exception("unexpected error")
    detail = "An unexpected error occurred. The server's log has the details."
    if not request.path.startswith("/api/"):
        return Response(detail, 500, content_type="text/plain; charset=utf-8")
    return _problem(Problem(500, "internal-error", "Internal error", detail))
