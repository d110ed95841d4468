"""`GET /healthz`, `/readyz` and `/metrics`: for container platforms and Prometheus."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from server import metrics
from server.inference import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """Answers 200: the process is alive."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Answers 200 if the default network is loaded and has made a forward pass, else 503."""
    problem = services.models().problem
    return ({"status": "ready"}, 200) if problem is None else ({"status": "not ready", "detail": problem}, 503)


@blueprint.get("/metrics")
def exposition() -> Response:
    """Answers with counts and times in Prometheus' text format."""
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
