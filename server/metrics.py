"""What the server counts, for Prometheus. Under gunicorn the workers share their counts through files."""

import os
from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from digits.reading import Reading

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

requests = Counter("inkling_requests", "Requests answered.", ["route", "status"])
request_seconds = Histogram("inkling_request_seconds", "Time from request to answer.", ["route"], buckets=SECONDS)
readings = Counter("inkling_readings", "Digits read.", ["sure"])


def count_readings(found: Iterable[Reading]) -> None:
    """Count digits that were read, sure and unsure ones apart."""
    for reading in found:
        readings.labels("yes" if reading.sure else "no").inc()


def exposition() -> bytes:
    """All counts in Prometheus' text format, those of all workers added up."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
