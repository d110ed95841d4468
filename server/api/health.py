"""/healthz, /readyz, /metrics."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from server import metrics
from server.inference import services

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> dict:
    """The process is alive."""
    return {"status": "alive"}


@health.get("/readyz")
def readyz() -> tuple[dict, int]:
    """The default weights are loaded and a forward pass was done."""
    problem = services.models().problem
    return ({"status": "ready"}, 200) if problem is None else ({"status": "not ready", "detail": problem}, 503)


@health.get("/metrics")
def exposition() -> Response:
    """Counts and times for Prometheus."""
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
