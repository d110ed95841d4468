"""A log line per request: JSON for machines, a short line on a terminal."""

import logging
import sys
import time
import uuid
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, request

from server import metrics
from server.settings import Settings

log = logging.getLogger("inkling.requests")

# A drawing pad posts ten drawings a second, and monitors ask all day: their successes are logged at debug only.
FREQUENT_ROUTES = {
    "/api/predict",
    "/api/explain",
    "/static/<path:filename>",
    "/api/training/events",
    "/api/training/look",
    "/healthz",
    "/readyz",
    "/metrics",
}


def configuration(settings: Settings) -> dict[str, Any]:
    """Returns the logging configuration (a dictConfig) of the server and of gunicorn."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    formatters = {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
        "text": {"format": "%(asctime)s %(message)s", "datefmt": "%H:%M:%S"},
    }
    handler = {
        "class": "logging.StreamHandler",
        "formatter": "json" if as_json else "text",
        "stream": "ext://sys.stderr",
    }
    own = {"handlers": ["stderr"], "level": settings.log_level.upper(), "propagate": False}
    quiet = {**own, "level": "WARNING"}  # on a terminal the page's address should stay visible
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        # gunicorn's access log would repeat the app's own line of each request.
        "loggers": {
            "inkling": own,
            "gunicorn.error": own if as_json else quiet,
            "gunicorn.access": {"level": "WARNING"},
        },
    }


def init_app(app: Flask) -> None:
    """Logs and counts every request."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        g.request_id = uuid.uuid4().hex[:12]

    @app.after_request
    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        # The rule, not the path: paths that a visitor invents must not become labels without end.
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.count_request(route, response.status_code, seconds)
        response.headers["X-Request-ID"] = g.request_id
        level = logging.DEBUG if route in FREQUENT_ROUTES and response.status_code < 400 else logging.INFO
        if log.isEnabledFor(level):
            milliseconds = round(1000 * seconds, 2)
            path = quote(request.path)  # a line break in it would forge a log line
            log.log(
                level, "%s %s %s %.1f ms", request.method, path, response.status_code, milliseconds,
                extra={
                    "request_id": g.request_id, "method": request.method, "path": path,
                    "status": response.status_code, "milliseconds": milliseconds,
                },
            )  # fmt: skip
        return response
