"""Errors as the API says them: application/problem+json (RFC 9457) under /api/, Flask's HTML elsewhere."""

import json
import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from digits import errors

log = logging.getLogger("inkling")

# The type and status of each error of the library; the first class that fits counts.
LIBRARY = {
    errors.NoInk: ("no-ink", 422, "The picture is blank"),
    errors.ImageTooLarge: ("image-too-large", 413, "The picture has too many pixels"),
    errors.UnsupportedImage: ("unsupported-image", 415, "Not a picture of an accepted format"),
    errors.BadImage: ("bad-image", 422, "The picture is damaged"),
    errors.UnknownModel: ("unknown-model", 404, "No such network"),
    errors.UnknownMap: ("unknown-map", 400, "No such layer or map"),
    errors.BadCheckpoint: ("model-unavailable", 503, "The network's weights are broken"),
    errors.InklingError: ("internal-error", 500, "Internal error"),
}
DRAIN = 64 * 2**20  # bytes of a refused body that are still taken in, so that its sender gets to read the answer


class Problem(Exception):
    """An answer other than the one asked for; `kind` is the problem's type."""

    def __init__(self, status: int, kind: str, title: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.kind, self.title, self.detail, self.retry_after = status, kind, title, detail, retry_after


def register(app: Flask) -> None:
    """Have the app answer errors in one shape."""
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
    kind, status, title = next(entry for known, entry in LIBRARY.items() if isinstance(error, known))
    return _problem(Problem(status, kind, title, str(error), retry_after=30 if status == 503 else None))


def _http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestEntityTooLarge):
        return _body_too_large()
    if not request.path.startswith("/api/"):
        return error
    status = error.code or 500
    kind = error.name.lower().replace(" ", "-")
    detail = error.description or error.name
    if status == 429:
        detail = f"One address is answered {detail}, no more often. Wait a little."
    response = _problem(Problem(status, kind, error.name, detail))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _body_too_large() -> Response:
    # A server that closes on a half-read upload resets the connection, and the sender never sees why.
    chunked = request.environ.get("wsgi.input_terminated", False)
    left = min(request.content_length or (DRAIN if chunked else 0), DRAIN)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(left, 2**16))):
        left -= len(chunk)
    limit = request.max_content_length // 10**6
    response = _problem(Problem(413, "body-too-large", "Too much was sent", f"Send at most {limit} MB."))
    response.headers["Connection"] = "close"
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error")
    detail = "Something went wrong here; the server's log says what."
    if not request.path.startswith("/api/"):
        return Response(detail, 500, content_type="text/plain; charset=utf-8")
    return _problem(Problem(500, "internal-error", "Internal error", detail))
